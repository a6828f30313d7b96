"""Entry: which processes of some files can be started, and which one is meant when none is named."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.model import ProcessModel
from engine.process.trace.errors import ProcessNotNamed


def is_startable(model: ProcessModel) -> bool:
    """Tell whether a process can start without an event."""
    starts = model.starts()
    return any(one.event.kind == "none" for one in starts) or not (starts or model.entrances())


def begins(model: ProcessModel, element: str) -> bool:
    """Tell whether an instance can begin at an element: a start, or a node that no flow enters."""
    node = model.nodes.get(element)
    if node is None or node.parent is not None:
        return False
    if any(found.id == element for found, _ in model.entrances()):
        return True
    stands_apart = node.kind == "boundaryEvent" or node.triggered_by_event or node.for_compensation
    return not stands_apart and not model.incoming(element)


def default(models: Mapping[str, ProcessModel]) -> str:
    """Return the only process that starts without an event and that no other calls.

    Raises:
        ProcessNotNamed: there are several, or none.
    """
    called = {node.called for model in models.values() for node in model.calls()}
    free = [key for key in models if key not in called] or list(models)
    found = [key for key in free if is_startable(models[key])] or free
    if len(found) != 1:
        raise ProcessNotNamed(processes=", ".join(sorted(found)) or "there is none")
    return found[0]
