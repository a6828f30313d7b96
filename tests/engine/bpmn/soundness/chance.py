"""Chance: random diagrams: blocks nested soundly, then spoilt by a few random changes.

The changes are those of a tired designer: another gateway, a flow that leads elsewhere, one more
flow, a border event that interrupts or no longer does, an end that terminates.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SPOILT = 0.65
ENTERED = ("user", "xor", "and", "or", "end", "call", "sub", "many")


@dataclass
class Level:
    """The lines of one level."""

    nodes: list[list[str]] = field(default_factory=list)
    flows: list[list[str]] = field(default_factory=list)  # source, target, condition or ""
    below: dict[str, Level] = field(default_factory=dict)

    def all(self) -> list[Level]:
        return [self] + [one for level in self.below.values() for one in level.all()]

    def text(self) -> str:
        lines = []
        for words in self.nodes:
            name = words[2] if words[0] == "many" else words[1]
            if name in self.below and words[0] not in ("on", "beside"):
                lines += [" ".join(words) + " {", self.below[name].text(), "}"]
            else:
                lines.append(" ".join(words))
        for source, target, condition in self.flows:
            lines.append(f"{source} > {target}" + (f" [{condition}]" if condition else ""))
        return "\n".join(lines)


class Drawer:
    """Draws one diagram."""

    def __init__(self, seed: int, size: int = 9) -> None:
        self.chance = random.Random(seed)
        self.count = 0
        self.left = self.chance.randint(2, size)
        self.processes: dict[str, Level] = {}
        self.main = self.level()
        if self.chance.random() < SPOILT:
            for _ in range(self.chance.randint(1, 3)):
                self.spoil()

    def text(self) -> str:
        found = self.main.text()
        for key, level in self.processes.items():
            found += f"\nprocess {key} {{\n{level.text()}\n}}"
        return found

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def level(self) -> Level:
        made = Level()
        start, end = self.name("s"), self.name("e")
        made.nodes.append(["start", start])
        first, last = self.block(made)
        made.nodes.append(["end", end])
        made.flows += [[start, first, ""], [last, end, ""]]
        if self.chance.random() < 0.15 and self.left > 0:
            self.handler(made)
        return made

    def handler(self, level: Level) -> None:
        name, inner = self.name("h"), self.level()
        interrupting = self.chance.random() < 0.6
        inner.nodes[0] = ["start" if interrupting else "start-", inner.nodes[0][1], "timer"]
        level.nodes.append(["event", name])
        level.below[name] = inner

    def block(self, level: Level) -> tuple[str, str]:
        self.left -= 1
        if self.left <= 0:
            return self.user(level)
        kinds = ["user", "sequence", "xor", "and", "or", "loop", "sub", "call", "border", "choice"]
        weights = [2, 3, 3, 3, 2, 2, 1.2, 0.8, 2.5, 1]
        kind = self.chance.choices(kinds, weights)[0]
        return getattr(self, kind)(level)  # type: ignore[no-any-return]

    def user(self, level: Level) -> tuple[str, str]:
        name = self.name("a")
        level.nodes.append((["many"] if self.chance.random() < 0.1 else []) + ["user", name])
        return name, name

    def sequence(self, level: Level) -> tuple[str, str]:
        parts = [self.block(level) for _ in range(self.chance.randint(2, 3))]
        for (_, last), (first, _) in zip(parts, parts[1:], strict=False):
            level.flows.append([last, first, ""])
        return parts[0][0], parts[-1][1]

    def gateways(self, level: Level, kind: str) -> tuple[str, str]:
        split, join = self.name("g"), self.name("j")
        level.nodes += [[kind, split], [kind, join]]
        for _ in range(self.chance.randint(2, 3)):
            first, last = self.block(level)
            level.flows += [[split, first, ""], [last, join, ""]]
        return split, join

    def xor(self, level: Level) -> tuple[str, str]:
        return self.gateways(level, "xor")

    def loop(self, level: Level) -> tuple[str, str]:
        merge, split, after = self.name("m"), self.name("g"), self.name("k")
        level.nodes += [["xor", merge], ["xor", split], ["xor", after]]
        first, last = self.block(level)
        level.flows += [[merge, first, ""], [last, split, ""]]
        level.flows += [[split, merge, ""], [split, after, ""]]
        return merge, after

    def sub(self, level: Level) -> tuple[str, str]:
        name = self.name("t")
        repeated = ["many"] if self.chance.random() < 0.2 else []
        level.nodes.append([*repeated, "sub", name])
        inner = level.below[name] = self.level()
        if self.chance.random() < 0.5:
            self.thrown(level, name, inner)
        return name, name

    def thrown(self, level: Level, name: str, inner: Level) -> None:
        kind = self.chance.choice(["error:X", "escalation:X"])
        word = "on" if kind.startswith("error") or self.chance.random() < 0.5 else "beside"
        border, end = self.name("b"), self.name("e")
        level.nodes += [[word, name, border, kind], ["end", end]]
        level.flows.append([border, end, ""])
        ends = [words for words in inner.nodes if words[0] == "end"]
        if self.chance.random() < 0.7:
            chosen = self.chance.choice(ends)
            chosen[2:] = [kind if self.chance.random() < 0.8 else kind[:-1] + "Y"]

    def call(self, level: Level) -> tuple[str, str]:
        name, key = self.name("c"), self.name("q")
        self.processes[key] = self.level()
        level.nodes.append(["call", name, key])
        return name, name

    def border(self, level: Level) -> tuple[str, str]:
        first, last = self.chance.choice([self.user, self.sub])(level)
        name = self.name("b")
        if self.chance.random() < 0.5:
            level.nodes.append(["beside", first, name, self.chance.choice(["timer", "signal:b"])])
            inner, out = self.block(level)
            end = self.name("e")
            level.nodes.append(["end", end])
            level.flows += [[name, inner, ""], [out, end, ""]]
            return first, last
        merge = self.name("m")
        level.nodes += [["on", first, name, "timer"], ["xor", merge]]
        inner, out = self.block(level)
        level.flows += [[name, inner, ""], [out, merge, ""], [last, merge, ""]]
        return first, merge

    def choice(self, level: Level) -> tuple[str, str]:
        split, join = self.name("w"), self.name("j")
        level.nodes += [["choice", split], ["xor", join]]
        for kind in ("timer", "signal:c"):
            catch = self.name("i")
            level.nodes.append(["catch", catch, kind])
            first, last = self.block(level)
            level.flows += [[split, catch, ""], [catch, first, ""], [last, join, ""]]
        return split, join

    # Spoiling

    def spoil(self) -> None:
        levels = self.main.all() + [one for top in self.processes.values() for one in top.all()]
        level = self.chance.choices(levels, [len(one.nodes) for one in levels])[0]
        self.chance.choices(
            [self.other_gateway, self.redirect, self.add, self.border_kind, self.other_end],
            [4, 3, 2, 1.5, 1],
        )[0](level)

    def other_gateway(self, level: Level) -> None:
        found = [words for words in level.nodes if words[0] in ("xor", "and", "or")]
        if found:
            self.chance.choice(found)[0] = self.chance.choice(["xor", "and", "or"])

    def target(self, level: Level, source: str) -> str | None:
        taken = {target for one, target, _ in level.flows if one == source} | {source}
        names = [w[2] if w[0] == "many" else w[1] for w in level.nodes if w[0] in ENTERED]
        free = [name for name in names if name not in taken]
        return self.chance.choice(free) if free else None

    def redirect(self, level: Level) -> None:
        fixed = {words[1] for words in level.nodes if words[0] == "choice"}
        flow = self.chance.choice([one for one in level.flows if one[0] not in fixed])
        target = self.target(level, flow[0])
        if target is not None:
            flow[1] = target

    def add(self, level: Level) -> None:
        names = [w[2] if w[0] == "many" else w[1] for w in level.nodes]
        kinds = ("xor", "and", "or", "user", "many")
        names = [n for n, w in zip(names, level.nodes, strict=True) if w[0] in kinds]
        if names:
            source = self.chance.choice(names)
            target = self.target(level, source)
            if target is not None:
                level.flows.append([source, target, ""])

    def border_kind(self, level: Level) -> None:
        found = [
            words
            for words in level.nodes
            if words[0] in ("on", "beside") and not words[3].startswith("error")
        ]
        if found:
            words = self.chance.choice(found)
            words[0] = "on" if words[0] == "beside" else "beside"

    def other_end(self, level: Level) -> None:
        found = [words for words in level.nodes if words[0] == "end"]
        self.chance.choice(found)[2:] = [self.chance.choice(["terminate", "none"])]


for _kind in ("and", "or"):
    setattr(Drawer, _kind, lambda self, level, kind=_kind: self.gateways(level, kind))


def drawing(seed: int, size: int = 9) -> str:
    """Return the lines of a random diagram."""
    return Drawer(seed, size).text()
