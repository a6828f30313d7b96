"""Decision files for tests, written in short: tables as rows of cells, literals, whole files.

`table("Age:number", ">= 18 | \\"adult\\"", …)` takes inputs, then an arrow and outputs; `file` puts
decisions together. The namespace is DMN 1.5 unless a test asks for another.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from engine.bpmn import decisions
from engine.bpmn.decisions import DecisionModel

NAMESPACES = {
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def file(
    *parts: str, version: str = "1.5", namespace: str = "urn:test", identity: str = "Model"
) -> bytes:
    """Return a whole file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{NAMESPACES[version]}" '
        f'id="{identity}" name="{identity}" namespace="{namespace}">\n{"".join(parts)}'
        "</definitions>"
    ).encode()


def given(name: str, type_: str = "Any") -> str:
    """Return input data."""
    key = name.replace(" ", "_")
    return (
        f'<inputData id="i_{key}" name={quoteattr(name)}>'
        f'<variable name={quoteattr(name)} typeRef="{type_}"/></inputData>\n'
    )


def needs(*names: str) -> str:
    """Return requirements: `i_x` input data, `d_x` decisions, `b_x` knowledge, or a whole href."""
    made = []
    for name in names:
        href = name if "#" in name else f"#{name}"
        kind = "Input" if "i_" in name else "Knowledge" if "b_" in name else "Decision"
        box = "knowledge" if kind == "Knowledge" else "information"
        made.append(f'<{box}Requirement><required{kind} href="{href}"/></{box}Requirement>')
    return "".join(made)


def decision(name: str, *inside: str, type_: str = "Any", identity: str = "") -> str:
    """Return a decision with its requirements and its logic."""
    key = identity or f"d_{name.replace(' ', '_')}"
    return (
        f"<decision id={quoteattr(key)} name={quoteattr(name)}>"
        f'<variable name={quoteattr(name)} typeRef="{type_}"/>{"".join(inside)}</decision>\n'
    )


def literal(text: str, identity: str = "") -> str:
    """Return a literal expression."""
    more = f' id="{identity}"' if identity else ""
    return f"<literalExpression{more}><text>{escape(text)}</text></literalExpression>"


def table(heads: str, *rows: str, policy: str = "UNIQUE", prefix: str = "") -> str:
    """Return a decision table.

    Args:
        heads: inputs and outputs, as `Age:number, Kind -> Result:string[allowed]=default`.
        rows: the cells of a rule, with `|` between them.
        policy: the hit policy, with its aggregation after a `+`.
        prefix: begins the ids, where a file has several tables.
    """
    inputs, _, outputs = heads.partition("->")
    hit, _, aggregation = policy.partition("+")
    attributes = f'hitPolicy="{hit}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    made = [_input(f"{prefix}in{n}", one) for n, one in enumerate(_split(inputs))]
    made += [_output(f"{prefix}out{n}", one) for n, one in enumerate(_split(outputs))]
    made += [
        _rule(f"{prefix}r{n}", row, len(_split(inputs))) for n, row in enumerate(rows, start=1)
    ]
    return f'<decisionTable id="{prefix}table" {attributes}>{"".join(made)}</decisionTable>'


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _input(identity: str, text: str) -> str:
    name, _, allowed = text.partition("[")
    expression, _, type_ = name.partition(":")
    values = f"<inputValues><text>{escape(allowed[:-1])}</text></inputValues>" if allowed else ""
    more = f' typeRef="{type_}"' if type_ else ""
    return (
        f'<input id="{identity}"><inputExpression{more}><text>{escape(expression)}</text>'
        f"</inputExpression>{values}</input>"
    )


def _output(identity: str, text: str) -> str:
    head, _, default = text.partition("=")
    name, _, allowed = head.partition("[")
    name, _, type_ = name.partition(":")
    values = f"<outputValues><text>{escape(allowed[:-1])}</text></outputValues>" if allowed else ""
    other = (
        f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
        if default
        else ""
    )
    more = f' typeRef="{type_}"' if type_ else ""
    return f'<output id="{identity}" name={quoteattr(name)}{more}>{values}{other}</output>'


def _rule(identity: str, text: str, inputs: int) -> str:
    cells = [cell.strip() for cell in text.split("|")]
    made = "".join(
        f"<{tag}><text>{escape(cell)}</text></{tag}>"
        for place, cell in enumerate(cells)
        for tag in ("inputEntry" if place < inputs else "outputEntry",)
    )
    return f'<rule id="{identity}">{made}</rule>'


def read(*parts: str) -> DecisionModel:
    """Return the model of a file that has no errors."""
    model, problems = decisions.parse(file(*parts), "t.dmn")
    assert model is not None and not [one for one in problems if one.severity == "error"], problems
    return model


def of_table(heads: str, *rows: str, policy: str = "UNIQUE", type_: str = "Any") -> DecisionModel:
    """Return a model of one decision `Result` with a table over its inputs."""
    names = [part.partition("[")[0].split(":") for part in _split(heads.partition("->")[0])]
    types = {one[0]: one[1] if len(one) > 1 else "Any" for one in names}
    inputs = [given(name, kind) for name, kind in types.items()]
    required = needs(*(f"i_{name}" for name in types))
    made = table(heads, *rows, policy=policy)
    return read(*inputs, decision("Result", required, made, type_=type_))
