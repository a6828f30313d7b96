"""Repetitions: loops and multi-instance activities, as rows of the table of constructs."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Executed
from tests.engine.bpmn.constructs.activities import one
from tests.engine.bpmn.constructs.happenings import ROOT, SIGNAL
from tests.engine.bpmn.diagrams import (
    boundary,
    end,
    flows,
    process,
    start,
    subprocess,
    user,
)

MANY = "bpmn:multiInstanceLoopCharacteristics"
_L = "Repetition"


def many(inside: str, **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{MANY}{more}>{inside}</{MANY}>"


THREE = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
TWO = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"


ROWS = (
    Executed(
        _L,
        "Standard loop, tested before or after, with a maximum",
        one(user("a", '<bpmn:standardLoopCharacteristics loopMaximum="2"/>')),
        "s a a a e .",
        "a a",
    ),
    Executed(
        _L,
        "Multi-instance, in parallel",
        one(user("a", many(TWO))),
        "s a a a e .",
        "a a",
        note="the entries are those of the activity and of its instances",
    ),
    Executed(
        _L,
        "Multi-instance, one after another",
        one(user("a", many(TWO, isSequential="true"))),
        "s a a a e .",
        "a a",
    ),
    Executed(
        _L,
        "Multi-instance over a collection, with input and output items",
        one(
            user(
                "a",
                many(
                    "<bpmn:loopDataInputRef>rooms</bpmn:loopDataInputRef>"
                    '<bpmn:inputDataItem id="room" name="room"/>'
                ),
            )
        ),
        "s a a a e .",
        "a a",
        {"rooms": [1, 2]},
    ),
    Executed(
        _L,
        "Completion condition: the rest is cancelled",
        one(
            user(
                "a",
                many(
                    THREE + "<bpmn:completionCondition>numberOfCompletedInstances &gt;= 1"
                    "</bpmn:completionCondition>"
                ),
            )
        ),
        "s a a a a e .",
        "a",
        note="reads `numberOfInstances`, `numberOfActiveInstances`, `numberOfCompletedInstances`",
    ),
    Executed(
        _L,
        "Behavior None or One: an event as each, or the first, instance completes",
        ROOT.replace(
            "<bpmn:signal", '<bpmn:signalEventDefinition id="sed" signalRef="sig"/><bpmn:signal'
        )
        + process(
            "p",
            start(),
            user("a", many(TWO, behavior="One", oneBehaviorEventRef="sed")),
            boundary("b", "a", SIGNAL, False),
            user("x"),
            end(),
            flows("s a; a e; b x"),
        ),
        "s a a a b x e",
        "a a",
        note="caught by boundary events that do not interrupt",
    ),
    Executed(
        _L,
        "Behavior Complex: an event for each definition whose condition holds",
        ROOT
        + process(
            "p",
            start(),
            user(
                "a",
                many(
                    TWO + '<bpmn:complexBehaviorDefinition id="cb"><bpmn:condition '
                    'xsi:type="bpmn:tFormalExpression">numberOfCompletedInstances == 2'
                    '</bpmn:condition><bpmn:event id="thrown">' + SIGNAL + "</bpmn:event>"
                    "</bpmn:complexBehaviorDefinition>",
                    behavior="Complex",
                ),
            ),
            boundary("b", "a", SIGNAL, False),
            user("x"),
            end(),
            flows("s a; a e; b x"),
        ),
        "s a a a b x e",
        "a a",
    ),
    Executed(
        _L,
        "Repetition of sub-processes and calls",
        one(subprocess("a", many(TWO) + start("ss") + user("b") + flows("ss b"))),
        "s a a a ss ss b b e .",
        "b b",
    ),
)
