"""Blocks: random nested processes, and the diagrams that say the same.

A block is a tuple of its kind and its parts. `numbered` names the parts as `Diagram` does, so
that the interpreter and the engine speak of the same tasks.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.engine.bpmn.diagrams import (
    boundary,
    element,
    end,
    flows,
    gateway,
    process,
    start,
    subprocess,
    timer,
    user,
)

Block = tuple[Any, ...]
UNDO = "<bpmn:compensateEventDefinition/>"
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
        st.tuples(st.just("gathered"), st.integers(2, 3)),
        st.tuples(st.just("undo"), st.lists(st.integers(1, 2), min_size=1, max_size=3)),
        st.tuples(st.just("some"), several, st.integers(1, 2)),
    )


LEAVES = ("task", "guarded", "many", "gathered", "undo")
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
        if kind == "gathered":
            out.append(element("userTask", name, completionQuantity=str(block[1])))
            out.append(user(f"{name}_x"))
            out.append(element("userTask", f"{name}_z", startQuantity=str(block[1])))
            out.append(flows(f"{name} {name}_x; {name}_x {name}_z"))
            return name, f"{name}_z"
        if kind == "undo":
            out.append(subprocess(name, self.write_undo(name, block[1])))
            return name, name
        if kind == "some":
            out.append(subprocess(name, self.write_some(name, block)))
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

    def write_undo(self, name: str, widths: list[int]) -> str:
        """Tasks one after another or two at a time, each with a handler; then all is undone."""
        out = [start(f"s_{name}")]
        before = f"s_{name}"
        for step, width in enumerate(widths):
            fork, join = f"{name}_f{step}", f"{name}_j{step}"
            out += [gateway("parallel", fork), gateway("parallel", join), flows(f"{before} {fork}")]
            for number in range(width):
                task = f"{name}_{step}_{number}"
                out += [user(task), flows(f"{fork} {task}; {task} {join}")]
                out.append(boundary(f"c_{task}", task, UNDO))
                out.append(element("userTask", f"u_{task}", isForCompensation="true"))
                out.append(
                    f'<bpmn:association id="a_{task}" sourceRef="c_{task}" '
                    f'targetRef="u_{task}"/>\n'
                )
            before = join
        out.append(element("endEvent", f"e_{name}", UNDO) + flows(f"{before} e_{name}"))
        return "".join(out)

    def write_some(self, name: str, block: Block) -> str:
        """A discriminator: the task after it is ready when some of the parts are done."""
        condition = (
            '<bpmn:activationCondition xsi:type="bpmn:tFormalExpression">'
            f"activationCount &gt;= {block[2]}</bpmn:activationCondition>"
        )
        out = [start(f"s_{name}"), gateway("parallel", f"{name}_f")]
        out.append(element("complexGateway", f"{name}_g", condition) + user(f"{name}_z"))
        out.append(flows(f"s_{name} {name}_f; {name}_g {name}_z"))
        for part in block[1]:
            first, last = self.write(part, out)
            out.append(flows(f"{name}_f {first}; {last} {name}_g"))
        return "".join(out)

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


def numbered(block: Block, numbers: dict[int, str], count: list[int]) -> Block:
    """Copy a block so that each part is an object of its own, named as the diagram names it."""
    count[0] += 1
    name = f"{block[0]}{count[0]}"
    if block[0] in LEAVES:
        copy: Block = (block[0], *block[1:], object())
    elif isinstance(block[1], list):
        parts = [numbered(part, numbers, count) for part in block[1]]
        copy = (block[0], parts, *block[2:])
    else:
        copy = (block[0], numbered(block[1], numbers, count))
    numbers[id(copy)] = name
    return copy
