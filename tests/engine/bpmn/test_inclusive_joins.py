"""Inclusive joins: for whom they wait, where events on borders lead to them or past them."""

from __future__ import annotations

from engine.bpmn import workflow
from engine.bpmn.bundle import Bundle, build
from engine.bpmn.soundness import prove
from engine.bpmn.workflow import Run
from tests.engine.bpmn.diagrams import complete, happened, ready
from tests.engine.bpmn.soundness import sketch


def made(text: str) -> Bundle:
    """Build a drawing of which the proof says that every case of it can end."""
    models = sketch.models(text)
    assert prove(models, "p").verdict == "sound"
    return build("p", models)


def begin(text: str, **choices: list[str]) -> Run:
    run = workflow.start(made(text))
    run._top.choices = {name: [f"f_{name}_{to}" for to in flows] for name, flows in choices.items()}
    run.advance()
    return run


def fire(run: Run, event: str) -> None:
    run.fire(next(one.id for one in run.waiting() if one.element == event))
    run.advance()


BEHIND_A_BORDER = """
start s
xor again
and f
user beside
user host
on host late timer
or g
user a
user b
or j
xor m
and k
xor more
end e
s > again > f > beside > k > more > again
f > host > m > k
more > e
late > g > a > j
g > b > j
j > m
"""


def test_a_block_behind_a_border_in_a_loop_does_not_wait_for_who_waits_for_it():
    run = begin(BEHIND_A_BORDER, g=["a"], more=["e"])
    fire(run, "late")
    complete(run, "beside")  # waits at k; round the loop it could come to host, and over its border
    assert ready(run) == ["a"]

    complete(run, "a")

    assert run.is_completed()


SHARED_HANDLER = """
start s
and f
user a
user b
on a a_late timer
on b b_late timer
xor x
user handler
or j
end e
s > f > a > j
f > b > j
a_late > x > handler > j
b_late > x
j > e
"""


def test_who_has_a_flow_without_token_before_it_is_waited_for_though_an_event_could_divert_it():
    run = workflow.start(build("p", sketch.models(SHARED_HANDLER)))
    run.advance()
    fire(run, "b_late")
    complete(run, "handler")
    assert ready(run) == ["a"]  # not overtaken: only an event would bring it by handler's flow

    complete(run, "a")

    assert run.is_completed() and happened(run, "completed").count("e") == 1


ASIDE = """
start s
user a
user note
user x
beside a noted timer
or j
end e
s > a > j
noted > note > j
j > x > e
"""


def test_who_is_not_interrupted_is_waited_for_by_the_side_path_and_waits_for_it():
    run = begin(ASIDE)
    fire(run, "noted")
    complete(run, "note")
    assert ready(run) == ["a"]
    complete(run, "a")
    assert ready(run) == ["x"]

    run = begin(ASIDE)
    fire(run, "noted")
    complete(run, "a")
    assert ready(run) == ["note"]
    complete(run, "note")
    assert ready(run) == ["x"]


EXCEPTION_ONLY = """
start s
and f
user a
user b
on a late timer
user handler
or j
user x
end done
end e
s > f > a > done
f > b > j
late > handler > j
j > x > e
"""


def test_what_only_an_event_on_a_border_can_send_is_waited_for():
    run = begin(EXCEPTION_ONLY)
    complete(run, "b")
    assert ready(run) == ["a"]
    complete(run, "a")
    assert ready(run) == ["x"]

    run = begin(EXCEPTION_ONLY)
    complete(run, "b")
    fire(run, "late")
    assert ready(run) == ["handler"]
    complete(run, "handler")
    assert ready(run) == ["x"]


LINKED = """
start s
and f
user a
user b
throw out link:over
catch in link:over
or j
user x
end e
s > f > a > out
in > j
f > b > j
j > x > e
"""


def test_a_link_is_a_path_of_sequence_flows():
    run = begin(LINKED)
    complete(run, "b")
    assert ready(run) == ["a"]

    complete(run, "a")

    assert ready(run) == ["x"]


BY_EVENT = """
start s
user a
user b
or f
or j
user x
end e
event h {
start- hs timer
user aside
end he
hs > aside > he
}
s > f > a > j
f > b > j
j > x > e
"""


def test_nobody_waits_for_an_event_subprocess_from_which_no_flow_leads_out():
    run = begin(BY_EVENT, f=["a"])
    fire(run, "hs")
    assert ready(run) == ["a", "aside"]

    complete(run, "a")

    assert ready(run) == ["aside", "x"]
