"""Symbols: the marks inside events, gateways and tasks, as SVG.

Plain lines in the notation of BPMN 2.0 (annex of the standard on markers), small enough to read
at the size at which editors draw them.
"""

from __future__ import annotations

from engine.bpmn.layout import Shape

_PERSON = '<circle class="mark" cx="{a}" cy="{b}" r="3.2"/><path class="mark" d="M{l} {e}a6 6 0 0 1 12 0"/>'
_GEAR = '<circle class="mark" cx="{a}" cy="{c}" r="3"/><circle class="mark" cx="{a}" cy="{c}" r="6" stroke-dasharray="2 1.6"/>'
_SCRIPT = '<path class="mark" d="M{l} {b}h10M{l} {c}h7M{l} {e}h10"/>'
_TABLE = '<path class="mark" d="M{l} {b}h13v10h-13zM{l} {c}h13M{a} {b}v10"/>'
_HAND = '<path class="mark" d="M{l} {c}h8M{l} {e}h11"/>'
_LETTER = '<path class="mark" d="M{l} {b}h13v9h-13zl6.5 5l6.5 -5"/>'
_TASKS = {
    "userTask": _PERSON,
    "serviceTask": _GEAR,
    "scriptTask": _SCRIPT,
    "businessRuleTask": _TABLE,
    "manualTask": _HAND,
    "sendTask": _LETTER,
    "receiveTask": _LETTER,
}
_GATEWAYS = {
    "exclusiveGateway": '<path class="mark" d="M{l} {t}L{r} {b}M{r} {t}L{l} {b}" stroke-width="2.5"/>',
    "parallelGateway": '<path class="mark" d="M{x} {t}V{b}M{l} {y}H{r}" stroke-width="2.5"/>',
    "inclusiveGateway": '<circle class="mark" cx="{x}" cy="{y}" r="9"/>',
    "eventBasedGateway": '<circle class="mark" cx="{x}" cy="{y}" r="10"/><circle class="mark" cx="{x}" cy="{y}" r="7"/>',
    "complexGateway": '<path class="mark" d="M{x} {t}V{b}M{l} {y}H{r}M{l} {t}L{r} {b}M{r} {t}L{l} {b}"/>',
}
_EVENTS = {
    "timerEventDefinition": '<circle class="mark" cx="{x}" cy="{y}" r="9"/><path class="mark" d="M{x} {y}v-6M{x} {y}h5"/>',
    "messageEventDefinition": '<path class="mark" d="M{l} {t}h16v12h-16zl8 7l8 -7"/>',
    "signalEventDefinition": '<path class="mark" d="M{x} {t}l9 14h-18z"/>',
    "errorEventDefinition": '<path class="mark" d="M{l} {b}l5 -12l5 6l6 -9l-5 13l-5 -6z"/>',
    "escalationEventDefinition": '<path class="mark" d="M{x} {t}l6 15l-6 -6l-6 6z"/>',
    "terminateEventDefinition": '<circle class="solid" cx="{x}" cy="{y}" r="9"/>',
    "conditionalEventDefinition": '<path class="mark" d="M{l} {t}h14v14h-14zm3 4h8m-8 3h8m-8 3h8"/>',
    "linkEventDefinition": '<path class="mark" d="M{l} {y}h9v-5l7 6l-7 6v-4h-9z"/>',
    "compensateEventDefinition": '<path class="mark" d="M{x} {t}v13l-8 -6.5zm8 0v13l-8 -6.5z"/>',
    "cancelEventDefinition": '<path class="mark" d="M{l} {t}l13 13m0 -13l-13 13"/>',
}


def task_mark(shape: Shape) -> str:
    """Return the mark in the corner of a task, and those at its lower edge."""
    box = shape.box
    left, top = box.x + 6, box.y + 6
    places = {"l": left, "a": left + 6, "b": top + 3, "c": top + 7, "e": top + 12}
    drawn = _TASKS.get(shape.kind, "").format(**{k: f"{v:g}" for k, v in places.items()})
    x, bottom = box.middle[0], box.y + box.height
    if "multiInstanceLoopCharacteristics" in shape.marks:
        drawn += f'<path class="mark" d="M{x - 5:g} {bottom - 12:g}v9m5 -9v9m5 -9v9"/>'
    elif "standardLoopCharacteristics" in shape.marks:
        drawn += f'<path class="mark" d="M{x - 4:g} {bottom - 4:g}a5 5 0 1 1 7 0"/>'
    elif not shape.expanded:
        drawn += f'<path class="mark" d="M{x - 6:g} {bottom - 14:g}h12v12h-12zm3 6h6m-3 -3v6"/>'
    return drawn


def gateway_mark(shape: Shape) -> str:
    """Return the mark inside a gateway."""
    return _GATEWAYS.get(shape.kind, "").format(**_around(shape, 8))


def inside_event(shape: Shape) -> str:
    """Return the circles of an event and the mark inside."""
    x, y = shape.box.middle
    radius = shape.box.width / 2
    dashes = ' stroke-dasharray="4 3"' if "dashed" in shape.marks else ""
    drawn = f'<circle class="shape" cx="{x:g}" cy="{y:g}" r="{radius:g}"{dashes}/>'
    if shape.kind in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        drawn += f'<circle class="mark" cx="{x:g}" cy="{y:g}" r="{radius - 3:g}"{dashes}/>'
    for mark, picture in _EVENTS.items():
        if mark in shape.marks:
            drawn += picture.format(**_around(shape, 7))
    return drawn


def _around(shape: Shape, by: float) -> dict[str, str]:
    x, y = shape.box.middle
    places = {"x": x, "y": y, "l": x - by, "r": x + by, "t": y - by, "b": y + by}
    return {name: f"{value:g}" for name, value in places.items()}
