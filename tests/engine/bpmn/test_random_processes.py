"""Random processes: the engine against an independent interpreter, saved between all steps.

Blocks are nested at random (sequence, choice, parallel, inclusive, loop, call, sub-process,
repetition, a boundary event that never fires). The interpreter walks the blocks and knows
nothing of diagrams; after each completed task both must wait for the same tasks.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn import parser, workflow
from tests.engine.bpmn.diagrams import (
    boundary,
    document,
    element,
    end,
    flows,
    gateway,
    process,
    ready,
    start,
    subprocess,
    timer,
    user,
)

Block = tuple[Any, ...]
TASK: st.SearchStrategy[Block] = st.sampled_from([("task",), ("task",), ("guarded",)])


def _compose(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.just("sequence"), several),
        st.tuples(st.just("exclusive"), several),
        st.tuples(st.just("parallel"), several),
        st.tuples(st.just("inclusive"), several),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("call"), inner),
        st.tuples(st.just("embedded"), inner),
        st.tuples(st.just("many"), st.integers(1, 3)),
    )


BLOCKS = st.recursive(TASK, _compose, max_leaves=9)


class Diagram:
    """Writes a block as BPMN and numbers its nodes in the order the interpreter does."""

    def __init__(self, block: Block) -> None:
        self.processes: list[str] = []
        self.count = 0
        self.choices: dict[str, int] = {}
        inside: list[str] = []
        first, last = self.write(block, inside)
        self.main = process("p", start("s"), *inside, end("e"), flows(f"s {first}; {last} e"))

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def write(self, block: Block, out: list[str]) -> tuple[str, str]:
        kind = block[0]
        name = self.name(kind)
        if kind in ("task", "guarded"):
            out.append(user(name))
            if kind == "guarded":
                out.append(boundary(f"b_{name}", name, timer("P90D")) + end(f"x_{name}"))
                out.append(flows(f"b_{name} x_{name}"))
            return name, name
        if kind == "many":
            repeat = (
                f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{block[1]}"
                "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
            )
            out.append(user(name, repeat))
            return name, name
        if kind == "sequence":
            ends = [self.write(part, out) for part in block[1]]
            for (_, last), (first, _) in zip(ends, ends[1:]):
                out.append(flows(f"{last} {first}"))
            return ends[0][0], ends[-1][1]
        if kind == "loop":
            out.append(
                gateway("exclusive", name)
                + gateway("exclusive", f"{name}_x", f"f_{name}_x_{name}_y")
            )
            out.append(gateway("exclusive", f"{name}_y"))
            self.choices[name] = 0
            first, last = self.write(block[1], out)
            out.append(
                flows(
                    f"{name} {first}; {last} {name}_x; {name}_x {name} [pick('{name}')]; {name}_x {name}_y"
                )
            )
            return name, f"{name}_y"
        if kind in ("call", "embedded"):
            inside: list[str] = []
            first, last = self.write(block[1], inside)
            body = start(f"s_{name}") + "".join(inside) + end(f"e_{name}")
            body += flows(f"s_{name} {first}; {last} e_{name}")
            if kind == "call":
                self.processes.append(process(f"q_{name}", body))
                out.append(element("callActivity", name, calledElement=f"q_{name}"))
            else:
                out.append(subprocess(name, body))
            return name, name
        return self.write_gateways(kind, name, block, out)

    def write_gateways(self, kind: str, name: str, block: Block, out: list[str]) -> tuple[str, str]:
        out.append(gateway(kind, name) + gateway(kind, f"{name}_j"))
        self.choices[name] = len(block[1])
        for index, part in enumerate(block[1]):
            first, last = self.write(part, out)
            condition = {
                "exclusive": f" [pick('{name}') == {index}]",
                "inclusive": f" [pick('{name}', {index})]",
            }.get(kind, "")
            out.append(flows(f"{name} {first}{condition}; {last} {name}_j"))
        return name, f"{name}_j"


class Walker:
    """The interpreter: one node of the block tree, alive."""

    def __init__(self, block: Block, numbers: dict[int, str], decide: Any) -> None:
        self.block, self.numbers, self.decide = block, numbers, decide
        self.kind, self.name = block[0], numbers[id(block)]
        self.done = False
        self.left = block[1] if self.kind == "many" else 1
        self.at = 0
        self.children: list[Walker] = []
        if self.kind == "sequence":
            self.open(block[1][:1])
        elif self.kind == "exclusive":
            self.open([block[1][decide(self.name)]])
        elif self.kind == "parallel":
            self.open(block[1])
        elif self.kind == "inclusive":
            self.open([part for i, part in enumerate(block[1]) if decide(self.name, i)])
        elif self.kind in ("loop", "call", "embedded"):
            self.open([block[1]])

    def open(self, parts: Any) -> None:
        self.children = [Walker(part, self.numbers, self.decide) for part in parts]

    def waiting(self) -> list[str]:
        if self.done:
            return []
        if self.kind in ("task", "guarded", "many"):
            return [self.name] * self.left
        return [name for child in self.children for name in child.waiting()]

    def complete(self, name: str) -> bool:
        if self.done:
            return False
        if self.kind in ("task", "guarded", "many"):
            if name != self.name:
                return False
            self.left -= 1
            self.done = self.left == 0
            return True
        if not any(child.complete(name) for child in self.children):
            return False
        if all(child.done for child in self.children):
            self.go_on()
        return True

    def go_on(self) -> None:
        if self.kind == "sequence" and self.at + 1 < len(self.block[1]):
            self.at += 1
            self.open([self.block[1][self.at]])
        elif self.kind == "loop" and self.decide(self.name):
            self.open([self.block[1]])
        else:
            self.done = True


def numbered(block: Block, numbers: dict[int, str], count: list[int]) -> Block:
    """Copy a block so that each part is an object of its own, named as the diagram names it."""
    count[0] += 1
    name = f"{block[0]}{count[0]}"
    if block[0] in ("task", "guarded", "many"):
        copy: Block = (block[0], *block[1:], object())
    elif isinstance(block[1], list):
        copy = (block[0], [numbered(part, numbers, count) for part in block[1]])
    else:
        copy = (block[0], numbered(block[1], numbers, count))
    numbers[id(copy)] = name
    return copy


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS, st.integers(0, 2**32))
def test_engine_and_interpreter_wait_for_the_same_tasks(block: Block, seed: int) -> None:
    chance = random.Random(seed)
    numbers: dict[int, str] = {}
    own = numbered(block, numbers, [0])
    diagram = Diagram(block)
    decisions: dict[str, int] = {}

    def decide() -> None:
        for name, ways in diagram.choices.items():
            if ways == 0:
                decisions[name] = int(chance.random() < 0.4)
            elif name.startswith("inclusive"):
                decisions[name] = chance.randrange(1, 1 << ways)
            else:
                decisions[name] = chance.randrange(ways)

    def pick(name: str, index: int | None = None) -> Any:
        if index is not None:
            return bool(decisions[name] >> index & 1)
        return decisions[name] if not name.startswith("loop") else bool(decisions[name])

    probes = {"pick": pick}
    files = {"t.bpmn": document(diagram.main, *diagram.processes)}
    made = parser.bundle(files, "p", probes=frozenset(probes))
    decide()
    walker = Walker(own, numbers, pick)
    run = workflow.start(made, probes=probes)
    run.advance()
    written: dict[str, int] = {}
    for step in range(40):
        blobs = run.dump()
        if blobs:
            run = workflow.load(made, blobs, probes=probes)
            assert run.dump() == blobs
        assert ready(run) == sorted(walker.waiting())
        assert run.is_completed() == walker.done
        assert run.variables == written
        if walker.done:
            break
        task = chance.choice(run.ready_tasks())
        decide()
        written |= {task.element: step, "last": step}
        run.complete(task.id, {task.element: step, "last": step})
        run.advance()
        assert walker.complete(task.element)
