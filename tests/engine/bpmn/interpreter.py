"""Interpreter: what waits in a block, worked out without diagrams, tokens or flows.

It knows the meaning of each kind of block and is written from the standard alone, so that an
error of the engine is not repeated here.
"""

from __future__ import annotations

from typing import Any

from tests.engine.bpmn.blocks import Block


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
        elif self.kind == "some":
            self.open(block[1])
        self.own = [self.name] if self.kind == "gathered" else []
        self.ended: list[tuple[str, int]] = []  # of an undo block: task and its step, in order
        if self.kind == "undo":
            self.own = self.step(0)

    def step(self, number: int) -> list[str]:
        return [f"{self.name}_{number}_{one}" for one in range(self.block[1][number])]

    def open(self, parts: Any) -> None:
        self.children = [Walker(part, self.numbers, self.decide) for part in parts]

    def waiting(self) -> list[str]:
        if self.done:
            return []
        if self.kind in ("task", "guarded", "many"):
            return [self.name] * self.left
        return self.own + [name for child in self.children for name in child.waiting()]

    def complete(self, name: str) -> bool:
        if self.done:
            return False
        if self.kind in ("task", "guarded", "many"):
            if name != self.name:
                return False
            self.left -= 1
            self.done = self.left == 0
            return True
        if name in self.own:
            self.complete_own(name)
            return True
        if not any(child.complete(name) for child in self.children):
            return False
        if self.kind == "some":
            self.end_some()
        elif all(child.done for child in self.children):
            self.go_on()
        return True

    def complete_own(self, name: str) -> None:
        self.own.remove(name)
        if self.kind == "gathered":
            if name == self.name:
                self.own = [f"{name}_x"] * self.block[1]
            elif not self.own and name.endswith("_x"):
                self.own = [f"{self.name}_z"]
            self.done = not self.own
        elif self.kind == "some":
            self.end_some()
        elif name.startswith("u_"):
            if not self.own:  # what ran in the step before is undone next
                self.undo()
        else:
            self.ended.append((name, self.at))
            if not self.own:
                self.at += 1
                if self.at < len(self.block[1]):
                    self.own = self.step(self.at)
                else:
                    self.undo()

    def undo(self) -> None:
        self.at -= 1
        self.own = [f"u_{name}" for name, step in self.ended if step == self.at]
        self.done = not self.own

    def end_some(self) -> None:
        finished = sum(child.done for child in self.children)
        if self.at == 0 and finished >= self.block[2]:
            self.at, self.own = 1, [f"{self.name}_z"]
        self.done = finished == len(self.children) and self.at == 1 and not self.own

    def go_on(self) -> None:
        if self.kind == "sequence" and self.at + 1 < len(self.block[1]):
            self.at += 1
            self.open([self.block[1][self.at]])
        elif self.kind == "loop" and self.decide(self.name):
            self.open([self.block[1]])
        else:
            self.done = True
