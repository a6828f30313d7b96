"""Source: one file as plain items with parents, for rules about what the model does not keep.

Built in one pass, so that every rule may ask for elements by kind, by id and for the sequence
flows of a node without walking the tree again. Only elements of BPMN itself are items; what
stands inside extensionElements is of no concern to the standard's rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from catalogue.problem import Problem
from engine.bpmn.checks.rules import rule
from engine.bpmn.model import ACTIVITIES, EVENTS, NODES, SUBPROCESSES
from engine.bpmn.xml import BPMN, XSI_TYPE

LEVELS = SUBPROCESSES | {"process"}
DEFINITION = "EventDefinition"
NO = ("false", "0")
_PREFIX = f"{{{BPMN}}}"


class Item:
    """One element of BPMN."""

    __slots__ = ("element", "kind", "id", "line", "parent", "children", "process", "executable")

    def __init__(self, element: Any, kind: str, parent: Item | None) -> None:
        self.element = element
        self.kind = kind
        self.id: str | None = element.get("id")
        self.line: int = element.sourceline
        self.parent = parent
        self.children: list[Item] = []
        self.process: Item | None = self if kind == "process" else parent and parent.process
        # Whether it lies in a process that says that it is meant to be executed.
        self.executable: bool = bool(parent and parent.executable)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute, stripped."""
        return str(self.element.get(name, default)).strip()

    def is_true(self, name: str) -> bool:
        """Tell whether an attribute says true; absent is false."""
        return self.get(name) in ("true", "1")

    def of(self, *kinds: str) -> list[Item]:
        """Return the children of some kinds."""
        return [child for child in self.children if child.kind in kinds]

    def text(self) -> str:
        """Return the text inside, with that of its children, stripped."""
        return "".join(self.element.itertext()).strip()

    def refs(self, kind: str) -> list[str]:
        """Return the ids that children of a kind name in their text."""
        return [plain(child.text()) for child in self.of(kind)]

    def inside(self) -> Iterator[Item]:
        """Yield everything below, in document order."""
        todo = list(reversed(self.children))
        while todo:
            item = todo.pop()
            yield item
            todo.extend(reversed(item.children))

    @property
    def is_event_subprocess(self) -> bool:
        """Whether it is a sub-process that an event triggers."""
        return self.kind in SUBPROCESSES and self.is_true("triggeredByEvent")

    @property
    def is_formal(self) -> bool:
        """Whether an expression says by its type that it is a formal one."""
        written = str(self.element.get(XSI_TYPE, ""))
        return self.kind == "formalExpression" or written.endswith("tFormalExpression")


class Source:
    """One file, indexed."""

    def __init__(self, tree: Any, file: str, *, drawing: bool = False) -> None:
        """Index a tree; a `drawing` is held to no rule for executable processes."""
        self.file = file
        self.drawing = drawing
        self.items: list[Item] = []
        self.by_id: dict[str, Item] = {}
        self._kinds: dict[str, list[Item]] = defaultdict(list)
        self.root = self._index(tree.getroot())

    def _index(self, root: Any) -> Item:
        first = Item(root, "definitions", None)
        todo = [first]
        while todo:
            item = todo.pop()
            if item.kind == "process":
                item.executable = item.is_true("isExecutable") and not self.drawing
            self.items.append(item)
            self._kinds[item.kind].append(item)
            if item.id:
                self.by_id.setdefault(item.id, item)
            for child in item.element:
                name = child.tag
                if isinstance(name, str) and name.startswith(_PREFIX):
                    kind = name[len(_PREFIX) :]
                    if kind != "extensionElements":
                        item.children.append(Item(child, kind, item))
            todo.extend(reversed(item.children))
        return first

    def of(self, *kinds: str) -> list[Item]:
        """Return the items of some kinds, kind by kind in document order."""
        return [item for kind in kinds for item in self._kinds.get(kind, ())]

    @cached_property
    def nodes(self) -> list[Item]:
        """The flow nodes of processes, in document order."""
        return [i for i in self.items if i.kind in NODES and i.parent and i.parent.kind in LEVELS]

    @cached_property
    def lists_flows(self) -> bool:
        """Whether nodes list their flows, as programs write it; by hand one leaves that out."""
        return any(self._kinds.get(kind) for kind in ("incoming", "outgoing"))

    @cached_property
    def node_set(self) -> frozenset[Item]:
        """The flow nodes, to ask whether an item is one."""
        return frozenset(self.nodes)

    @cached_property
    def activities(self) -> list[Item]:
        """The activities."""
        return [node for node in self.nodes if node.kind in ACTIVITIES]

    @cached_property
    def outgoing(self) -> dict[str, list[Item]]:
        """The sequence flows by the node they leave."""
        return self._flows("sourceRef")

    @cached_property
    def incoming(self) -> dict[str, list[Item]]:
        """The sequence flows by the node they enter."""
        return self._flows("targetRef")

    def _flows(self, end: str) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for flow in self.of("sequenceFlow"):
            found[plain(flow.get(end))].append(flow)
        return found

    def out_of(self, node: Item) -> list[Item]:
        """Return the sequence flows that leave a node."""
        return self.outgoing.get(node.id or "", [])

    def into(self, node: Item) -> list[Item]:
        """Return the sequence flows that enter a node."""
        return self.incoming.get(node.id or "", [])

    def target(self, flow: Item) -> Item | None:
        """Return the flow node that a sequence flow enters."""
        found = self.by_id.get(plain(flow.get("targetRef")))
        return found if found in self.node_set else None

    @cached_property
    def events(self) -> dict[str, tuple[str, ...]]:
        """What each event waits for or throws, by its id: none, one or several kinds."""
        return {
            node.id: tuple(one.kind.removesuffix(DEFINITION) for one in self.definitions(node))
            for node in self.nodes
            if node.kind in EVENTS and node.id
        }

    def definitions(self, event: Item) -> list[Item]:
        """Return the event definitions inside an event or referenced by it."""
        own = [child for child in event.children if child.kind.endswith(DEFINITION)]
        named = (self.by_id.get(name) for name in event.refs("eventDefinitionRef"))
        return own + [one for one in named if one is not None]

    @cached_property
    def pools(self) -> dict[str, Item]:
        """The participants by the process that each stands for."""
        named = [one for one in self.of("participant") if one.get("processRef")]
        return {plain(one.get("processRef")): one for one in reversed(named)}

    @cached_property
    def associations(self) -> dict[str, list[Item]]:
        """The activities that associations join to each event."""
        found: dict[str, list[Item]] = defaultdict(list)
        for one in self.of("association"):
            ends = [self.by_id.get(plain(one.get(end))) for end in ("sourceRef", "targetRef")]
            for event, other in (ends, reversed(ends)):
                if event and other and event.kind in EVENTS and other.kind in ACTIVITIES:
                    found[event.id or ""].append(other)
        return found

    def kinds_of(self, event: Item) -> tuple[str, ...]:
        """Return what an event waits for or throws."""
        return self.events.get(event.id or "", ())

    def is_foreign(self, item: Item, reference: str) -> bool:
        """Tell whether a reference has the prefix of another file's namespace."""
        prefix = reference.rpartition(":")[0]
        space = item.element.nsmap.get(prefix or None)
        return bool(prefix) and space is not None and space != self.root.get("targetNamespace")

    def problem(self, name: str, item: Item, /, *others: Item, **facts: Any) -> Problem:
        """Return a finding about an item; one without id is shown at what holds it."""
        holder: Item | None = item
        while holder is not None and holder.id is None:
            holder = holder.parent
        process = item.process.id if item.process is not None else None
        return rule(name).problem(
            file=self.file,
            line=item.line,
            element=holder.id if holder else None,
            process=process,
            elements=[other.id for other in others if other.id],
            **facts,
        )


def plain(reference: str) -> str:
    """Take a namespace prefix off a reference."""
    return reference.strip().rpartition(":")[2]
