"""Rows of the rules on activities, data, operations, collaborations and on what files name."""

from __future__ import annotations

from tests.engine.bpmn.checks.rows import A, B, E, S, document, flows, line, of, one, task
from tests.engine.bpmn.checks.rows_of_the_standard import TIMER, catch, edge, gateway

ITEMS = (
    '!<itemDefinition id="i1" structureRef="t:one"/><itemDefinition id="i2" structureRef="t:two"/>'
    '<itemDefinition id="l1" structureRef="t:one" isCollection="true"/>'
    '<message id="m1" itemRef="i1"/><interface id="f" name="f"><operation id="o" name="o">'
    "<inMessageRef>m1</inMessageRef></operation></interface>"
)
LANGUAGE = ' expressionLanguage="urn:x"'
SETS = "<inputSet>{}</inputSet><outputSet/>"


def io(inputs: str, sets: str = SETS.format("<dataInputRefs>d</dataInputRefs>")) -> str:
    return f"<ioSpecification>{inputs}{sets}</ioSpecification>"


def data(item: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<dataInput id="d" itemSubjectRef="{item}"{more}/>'


def service(item: str) -> str:
    return task(io(data(item)), "serviceTask", operationRef="o")


def many(inside: str, collection: str = 'isCollection="true"') -> str:
    return task(
        io(f'<dataInput id="d" itemSubjectRef="l1" {collection}/>')
        + f"<multiInstanceLoopCharacteristics>{inside}</multiInstanceLoopCharacteristics>"
    )


def copied(item: str) -> str:
    return f'<dataObject id="b" itemSubjectRef="{item}"/>' + task(
        io(data("i1")) + "<dataInputAssociation><sourceRef>b</sourceRef><targetRef>d</targetRef>"
        "</dataInputAssociation>"
    )


def pools(flow: str, inside: str = "", more: str = "") -> str:
    return (
        '!|<collaboration id="c"><participant id="q" processRef="p"/>'
        f'<participant id="z">{inside}</participant>{flow}{more}</collaboration>'
    )


def message_flow(source: str, target: str) -> str:
    return f'<messageFlow id="w" sourceRef="{source}" targetRef="{target}"/>'


CHOREOGRAPHY = (
    '!<choreography id="h" {}><participant id="h1"/><participant id="h2"/>'
    '<messageFlow id="hf" sourceRef="h1" targetRef="h2"/>{}</choreography>|'
)
IN_H = message_flow("z", "h1") + "<choreographyRef>h</choreographyRef>"
CALL = '<callActivity id="a" calledElement="{}"/>'
NEWS_START = '<startEvent id="n"><messageEventDefinition messageRef="m"/></startEvent>'
BOUND = '<ioBinding operationRef="o" inputDataRef="d" outputDataRef="d"/>'
OFFER = "<supportedInterfaceRef>f</supportedInterfaceRef>"
LISTS = (
    '<inputSet id="in"><dataInputRefs>d</dataInputRefs><outputSetRefs>out</outputSetRefs>'
    '</inputSet><outputSet id="out">{}</outputSet>'
)


def operation_event(message: str) -> str:
    inside = (
        f"<messageEventDefinition {message}><operationRef>o</operationRef></messageEventDefinition>"
    )
    return catch("a", inside, "intermediateCatchEvent")


ROWS = (
    of("quantity-too-small", line(task(startQuantity="0")), line(task(startQuantity="2"))),
    of("script-missing", line(task(kind="scriptTask")), line(task("<script>x = 1</script>", "scriptTask"))),
    of("script-format", line(task("<script>x = 1</script>", "scriptTask")),
       line(task("<script>x = 1</script>", "scriptTask", scriptFormat="python"))),
    of("ad-hoc-sub-process", line(f'<adHocSubProcess id="a">{B}<endEvent id="x"/></adHocSubProcess>'),
       line(f'<adHocSubProcess id="a">{B}</adHocSubProcess>')),
    of("called-process-start",
       one('!<message id="m"/>', line(CALL.format("r")),
           '!|<process id="r" isExecutable="true">' + NEWS_START + "</process>"),
       one(line(CALL.format("r")), '!|<process id="r" isExecutable="true"><startEvent id="n"/></process>')),
    of("loop-data", one(ITEMS, line(many("<loopDataInputRef>i1</loopDataInputRef>"))),
       one(ITEMS, line(many("<loopDataInputRef>d</loopDataInputRef>")))),
    of("loop-structure",
       one(ITEMS, line(many('<loopDataInputRef>d</loopDataInputRef><inputDataItem id="x" itemSubjectRef="i2"/>'))),
       one(ITEMS, line(many('<loopDataInputRef>d</loopDataInputRef><inputDataItem id="x" itemSubjectRef="i1"/>')))),
    of("collection-disagrees", one(ITEMS, line(task(io(data("l1"))))),
       one(ITEMS, line(task(io(data("l1", isCollection="true")))))),
    of("association-structure", one(ITEMS, line(copied("i2"))), one(ITEMS, line(copied("i1")))),
    of("input-not-in-set",
       one(ITEMS, line(task(io(data("i1"), SETS.format("<optionalInputRefs>d</optionalInputRefs>"))))),
       one(ITEMS, line(task(io(data("i1"), SETS.format(
           "<dataInputRefs>d</dataInputRefs><optionalInputRefs>d</optionalInputRefs>")))))),
    of("sets-disagree", one(ITEMS, line(task(io(data("i1"), LISTS.format(""))))),
       one(ITEMS, line(task(io(data("i1"), LISTS.format("<inputSetRefs>in</inputSetRefs>")))))),
    of("informal-expression",
       one(line(A + edge(TIMER)), head=LANGUAGE),
       one(line(A + edge(TIMER.replace("Duration>P", 'Duration xsi:type="tFormalExpression">P'))),
           head=LANGUAGE)),
    of("empty-expression", line(gateway(default="g_b") + A + B, "s g; g a [ ]; g b; a e; b e"),
       line(gateway(default="g_b") + A + B, "s g; g a [x]; g b; a e; b e")),
    of("task-several-sets",
       one(ITEMS, line(task(io(data("i1"), "<inputSet/><inputSet/><outputSet/>"), "serviceTask"))),
       one(ITEMS, line(service("i1")))),
    of("operation-structure", one(ITEMS, line(service("i2"))), one(ITEMS, line(service("i1")))),
    of("interface-unbound", one(ITEMS, OFFER + io(data("i1")) + line(A)),
       one(ITEMS, OFFER + io(data("i1")) + BOUND + line(A))),
    of("event-operation", one(ITEMS, line(operation_event(""))),
       one(ITEMS, line(operation_event('messageRef="m1"')))),
    of("choreography-reference",
       one(CHOREOGRAPHY.format("", "<choreographyRef>h</choreographyRef>"), line(A)),
       one(CHOREOGRAPHY.format("", ""), line(A))),
    of("choreography-closed",
       one(CHOREOGRAPHY.format('isClosed="true"', "") + pools("", more=IN_H)[2:], line(A)),
       one(CHOREOGRAPHY.format("", "") + pools("", more=IN_H)[2:], line(A))),
    of("participant-multiplicity",
       one(pools("", '<participantMultiplicity minimum="3" maximum="2"/>'), line(A)),
       one(pools("", '<participantMultiplicity minimum="2" maximum="3"/>'), line(A))),
    of("message-flow-end", one(pools(message_flow("z", "e")), line(A)),
       one(pools(message_flow("z", "a")), line(A))),
    of("message-flow-pool", one(pools(message_flow("q", "a")), line(A)),
       one(pools(message_flow("z", "a")), line(A))),
    of("message-flow-start", one(pools(message_flow("z", "s")), line(A)),
       one('!<message id="m"/>' + pools(message_flow("z", "n"))[1:],
           NEWS_START + E + flows("n e"))),
    of("endless-recursion", line(CALL.format("p")), line(CALL.format("q"))),
    of("recursion", line(gateway(default="g_e") + CALL.format("p"), "s g; g a [x]; g e; a e"),
       line(CALL.format("q"))),
    of("called-process-missing", line(CALL.format("q")),
       {"t.bpmn": document(line(CALL.format("q"))),
        "q.bpmn": document("!|" + '<process id="q" isExecutable="true">' + S + E + flows("s e")
                           + "</process>")}),
    of("name-too-long",
       one(f'!<message id="m" name="{"m" * 121}"/>', NEWS_START, E, flows("n e")),
       one(f'!<message id="m" name="{"m" * 120}"/>', NEWS_START, E, flows("n e"))),
    of("id-too-long", line(A.replace('"a"', f'"{"a" * 121}"')), line(A)),
)  # fmt: skip
