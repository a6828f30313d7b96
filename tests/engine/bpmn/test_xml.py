"""The door for files: what is hostile, broken or not BPMN is refused with kind and line."""

from __future__ import annotations

import pytest

from engine.bpmn import xml
from engine.bpmn.errors import XMLRefused
from tests.engine.bpmn.diagrams import HEAD, document, end, flows, process, start, user

GOOD = document(process("p", start(), user("a"), end(), flows("s a; a e")))


def refused(data: bytes):
    with pytest.raises(XMLRefused) as caught:
        xml.read(data, "t.bpmn")
    return caught.value.problem


def with_doctype(doctype: str, text: str = "") -> bytes:
    return GOOD.replace(b"<bpmn:definitions", doctype.encode() + b"<bpmn:definitions", 1).replace(
        b"</bpmn:userTask>",
        f"<bpmn:documentation>{text}</bpmn:documentation></bpmn:userTask>".encode(),
    )


def test_a_good_file_is_read():
    assert xml.read(GOOD, "t.bpmn").getroot().tag == xml.tag("definitions")


@pytest.mark.parametrize(
    "doctype, text",
    [
        ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">', ""),
        ('<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', "&b;"),
        ("<!-- c --><!DOCTYPE d>", ""),
        ("<?p i?><!doctype d>", ""),
    ],
)
def test_every_document_type_is_refused(doctype, text):
    problem = refused(with_doctype(doctype, text))

    assert problem.kind == "unreadable"
    assert problem.rule in ("doctype", "not-xml")


def test_a_document_type_in_another_encoding_is_refused_too():
    text = with_doctype("<!DOCTYPE d>").decode().replace("UTF-8", "UTF-16")

    assert refused(text.encode("utf-16")).rule == "doctype"


def test_the_word_doctype_inside_a_text_is_harmless():
    data = GOOD.replace(b'name="', b'name="').replace(
        b'<bpmn:userTask id="a">',
        b'<bpmn:userTask id="a"><bpmn:documentation><![CDATA[<!DOCTYPE]]></bpmn:documentation>',
    )

    assert xml.read(data, "t.bpmn") is not None


def test_size_and_depth_are_capped():
    deep = "<a>" * 220 + "</a>" * 220

    assert refused(b" " * (xml.MAXIMUM_BYTES + 1)).rule == "too-large"
    assert refused((HEAD + deep + "</bpmn:definitions>").encode()).rule == "too-deep"


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<a>", b"\x00\x01\x02", b"<a>\xff</a>", b"PK\x03\x04"]
)
def test_what_is_not_xml_is_unreadable(data):
    assert refused(data).kind == "unreadable"


def test_other_xml_is_not_bpmn():
    assert refused(b"<html><body/></html>").rule == "not-bpmn"


def test_a_breach_of_the_schema_names_the_element_and_the_line():
    data = document(process("p", start(), "\n<bpmn:fooBar id='q'/>\n", end()))
    problem = refused(data)

    assert problem.kind == "invalid" and problem.rule == "schema"
    assert problem.line == data[: data.index(b"fooBar")].count(b"\n") + 1
    assert problem.element == "q"


def test_foreign_elements_and_attributes_are_kept_and_not_validated():
    data = GOOD.replace(b'id="a">', b'id="a" xmlns:z="urn:z" z:colour="red"><z:anywhere/>')

    element = xml.read(data, "t.bpmn").getroot().find(f".//{xml.tag('userTask')}")

    assert element.get("{urn:z}colour") == "red"
    assert len(element) == 1
