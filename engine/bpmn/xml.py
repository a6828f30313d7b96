"""XML: the one door through which a diagram comes in.

No document type, no entity, no network, at most 2 MB, 20,000 elements and 200 levels. What passes
is validated against the OMG schema of BPMN 2.0, which ships with SpiffWorkflow; elements and attributes of
foreign namespaces are left out of that validation and otherwise kept. Every refusal names the
line.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import SpiffWorkflow.bpmn.parser
from lxml import etree

from engine.bpmn.checks.rules import rule
from engine.bpmn.errors import XMLRefused

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
STANDARD = frozenset(
    {
        BPMN,
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.w3.org/2001/XMLSchema-instance",
    }
)
MAXIMUM_BYTES = 2_000_000
MAXIMUM_ELEMENTS = 20_000
MAXIMUM_DEPTH = 200
MOST_TOLD = 20  # schema errors of one file
_MARKS = (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")


def tag(name: str) -> str:
    """Return the qualified name of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(etree.QName(element).localname)


def read(data: bytes, name: str) -> Any:
    """Read a BPMN file and validate it.

    Args:
        data: The bytes of the file, in any encoding XML knows.
        name: The file's name, for problems.

    Returns:
        The lxml tree, without comments and processing instructions.

    Raises:
        XMLRefused: kind `unreadable` (size, depth, document type, not XML, not BPMN) or
            `invalid` (breaks the schema).
    """
    tree = read_any(data, name)
    root = tree.getroot()
    if root.tag != tag("definitions"):
        raise _refused("not-bpmn", name, root.sourceline, root=_described(root))
    _validate(tree, name)
    return tree


def read_any(data: bytes, name: str) -> Any:
    """Read any XML file with the same guards, but without the schema (DMN, imports)."""
    if len(data) > MAXIMUM_BYTES:
        raise _refused("too-large", name, None, limit=f"{MAXIMUM_BYTES // 1_000_000} MB")
    if _has_doctype(data):
        raise _refused("doctype", name, 1)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused("not-xml", name, error.lineno, reason=error.msg) from error
    except (ValueError, LookupError) as error:
        raise _refused("not-xml", name, None, reason=error) from error
    tree: Any = root.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise _refused("doctype", name, 1)
    _check_measure(root, name)
    return tree


def _described(root: Any) -> str:
    """Return the name of a root element, and of its format where it is a known other one."""
    namespace = etree.QName(root).namespace or ""
    other = next((words for part, words in _OTHERS.items() if part in namespace), None)
    return f"{local(root)} ({other})" if other else local(root)


_OTHERS = {"/DMN/": "DMN", "/CMMN/": "CMMN", "wfmc.org": "XPDL", "w3.org/1999/xhtml": "HTML"}


def _check_measure(root: Any, name: str) -> None:
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAXIMUM_DEPTH:
            raise _refused("too-deep", name, element.sourceline, limit=MAXIMUM_DEPTH)
        if count > MAXIMUM_ELEMENTS:
            limit = f"{MAXIMUM_ELEMENTS:,}"
            raise _refused("too-many-elements", name, element.sourceline, limit=limit)


def rewritten(data: bytes, name: str) -> str:
    """Return a file as text again, without instructions and comments, for an editor to draw.

    Raises:
        XMLRefused: as `read_any`.
    """
    return str(etree.tostring(read_any(data, name), encoding="unicode"))


def imports(data: bytes) -> list[str]:
    """Return the places of the BPMN files that a file imports; none when it cannot be read."""
    try:
        root = read_any(data, "").getroot()
    except XMLRefused:
        return []
    found = (one for one in root.iter(tag("import")) if one.get("importType") == BPMN)
    return [str(one.get("location")) for one in found if one.get("location")]


def has_instruction(data: bytes) -> bool:
    """Tell whether a file that was read holds a processing instruction beside its declaration.

    A style sheet named there would be run by a browser that shows the file itself.
    """
    return re.search(r"<\?(?!xml\s)", _decoded(data)) is not None


def _decoded(data: bytes) -> str:
    """Return a file as text that is good enough to look for signs of markup."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None and data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        encoding = "utf-16-le" if data[0] else "utf-16-be"
    return data.decode(encoding or "latin-1", "replace").lstrip("\ufeff\u00ef\u00bb\u00bf")


def _has_doctype(data: bytes) -> bool:
    """Look for a DOCTYPE before the root element, without parsing."""
    text = _decoded(data)
    at = 0
    while True:
        at = text.find("<", at)
        if at < 0:
            return False
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
        else:
            return text[at : at + 9].upper() == "<!DOCTYPE"
        if end < 0:
            return False
        at = end


@cache
def _schema() -> Any:
    path = Path(SpiffWorkflow.bpmn.parser.__file__).parent / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def _validate(tree: Any, name: str) -> None:
    schema = _schema()
    if schema.validate(_standard_only(tree)):
        return
    # Duplicate ids are reported by `references`, by the element and not by the data type.
    twice = _duplicates(tree)
    entries = [entry for entry in schema.error_log if _identity(entry) not in twice]
    if not entries:
        return
    problems = [
        rule("schema").problem(
            file=name,
            line=entry.line,
            element=_element_at(tree, entry.line),
            reason=_shorten(entry.message),
        )
        for entry in entries[:MOST_TOLD]
    ]
    raise XMLRefused(problems[0], problems)


def _duplicates(tree: Any) -> set[str]:
    counts = Counter(element.get("id") for element in tree.getroot().iter(etree.Element))
    return {identity for identity, count in counts.items() if identity and count > 1}


def _identity(entry: Any) -> str | None:
    """Return the id that an error of the schema is about."""
    value = re.search(r"'([^']+)' is not a valid value of the atomic type 'xs:ID'", entry.message)
    return value[1] if value else None


def _shorten(message: str) -> str:
    return str(message).replace(f"{{{BPMN}}}", "")[:300]


def _element_at(tree: Any, line: int) -> str | None:
    found = None
    for element in tree.getroot().iter():
        if element.sourceline is not None and element.sourceline > line:
            break
        found = element.get("id") or found
    return found


def _standard_only(tree: Any) -> Any:
    """Return a copy with the standard's namespaces only, for the schema."""
    plain = copy.deepcopy(tree)
    for element in list(plain.getroot().iter()):
        for attribute in list(element.attrib):
            namespace = etree.QName(attribute).namespace
            if namespace is not None and namespace not in STANDARD:
                del element.attrib[attribute]
        parent = element.getparent()
        if parent is not None and etree.QName(element).namespace not in STANDARD:
            parent.remove(element)
        elif element.tag == tag("formalExpression"):
            # bpmn-js writes formalExpression where the schema wants messagePath.
            if parent is not None and local(parent) == "correlationPropertyRetrievalExpression":
                element.tag = tag("messagePath")
    return plain


def _refused(name: str, file: str, line: int | None, **facts: Any) -> XMLRefused:
    return XMLRefused(rule(name).problem(file=file, line=line, element=None, **facts))
