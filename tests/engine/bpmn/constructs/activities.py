"""Activities: tasks, sub-processes, calls and repetitions, as rows of the table of constructs."""

from __future__ import annotations

from tests.engine.bpmn.constructs import Executed
from tests.engine.bpmn.constructs.happenings import ROOT
from tests.engine.bpmn.diagrams import (
    element,
    end,
    extensions,
    flows,
    gateway,
    operation,
    process,
    script,
    start,
    subprocess,
    user,
)

_A = "Activity"


def one(task: str, *more: str) -> str:
    return process("p", start(), task, *more, end(), flows("s a; a e"))


ROWS = (
    Executed(_A, "Task without a kind: passes", one(element("task", "a")), "s a e ."),
    Executed(_A, "User task and manual task", one(user("a")), "s a e .", "a"),
    Executed(_A, "Script task", one(script("a", "n = 1")), "s a e ."),
    Executed(
        _A,
        "Service task with an operation (in the step) or a connector (by a job)",
        one(operation("a", "note")),
        "s a e .",
    ),
    Executed(
        _A,
        "Send task and receive task",
        ROOT
        + process(
            "p",
            start(),
            element("sendTask", "t", messageRef="m"),
            element("receiveTask", "a", messageRef="m"),
            end(),
            flows("s t; t a; a e"),
        ),
        "s t a e .",
        "m:m",
    ),
    Executed(
        _A,
        "Business rule task with a decision",
        one(element("businessRuleTask", "a", extensions('<tongban:decision key="d"/>'))),
        "s a e .",
    ),
    Executed(
        _A,
        "Embedded sub-process, also an empty one",
        process(
            "p",
            start(),
            subprocess("a", start("ss") + user("b") + flows("ss b")),
            subprocess("c", ""),
            end(),
            flows("s a; a c; c e"),
        ),
        "s a ss b c e .",
        "b",
    ),
    Executed(
        _A,
        "Transaction",
        one(element("transaction", "a", start("ss") + user("b") + flows("ss b"))),
        "s a ss b e .",
        "b",
    ),
    Executed(
        _A,
        "Ad-hoc sub-process with nothing inside",
        one(element("adHocSubProcess", "a")),
        "s a e .",
    ),
    Executed(
        _A,
        "Ad-hoc sub-process of user and manual tasks, in parallel, with a completion condition",
        one(
            element(
                "adHocSubProcess",
                "a",
                user("b")
                + user("c")
                + user("d")
                + flows("c d")
                + '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">done'
                "</bpmn:completionCondition>",
            )
        ),
        "s a b c b c d",
        "b c",
        {"done": False},
        "people choose what is done and how often by completing it; then the condition is asked",
    ),
    Executed(
        _A,
        "Call activity, recursive too",
        one(element("callActivity", "a", calledElement="q"))
        + process("q", start("qs"), user("b"), flows("qs b")),
        "s a qs b e .",
        "b",
    ),
    Executed(
        _A,
        "Call of a global task: runs as that task",
        '<bpmn:globalUserTask id="g" name="g"/>'
        + one(element("callActivity", "a", calledElement="g")),
        "s a e .",
        "a",
    ),
    Executed(
        _A,
        "startQuantity and completionQuantity",
        process(
            "p",
            start(),
            element("userTask", "a", completionQuantity="2"),
            element("userTask", "b", startQuantity="2"),
            end(),
            flows("s a; a b; b e"),
        ),
        "s a b b e .",
        "a b",
    ),
    Executed(
        "Sequence flows",
        "A node reached twice: each token is kept apart until it joins",
        process(
            "p",
            start(),
            gateway("parallel", "g"),
            script("a", "n = 1"),
            script("b", "k = 2"),
            gateway("parallel", "j"),
            end(),
            flows("s g; g a; g b; a j; b j; j e"),
        ),
        "s g a b j j e .",
    ),
)
