"""Parameters: what an act of a batch takes beside its reason, checked before the batch is kept.

What would fail in every instance is refused at once, so that nobody finds it out ten thousand
times; whether an element or a version is really there only the instance can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAKEN: Mapping[str, frozenset[str]] = {
    "move": frozenset({"to"}),
    "migrate": frozenset({"to", "names"}),
}
NEEDED: Mapping[str, type] = {"move": str, "migrate": int}  # what `to` must be


def problem(act: str, given: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the parameters of an act; None if nothing is."""
    if given.keys() - TAKEN.get(act, frozenset()):
        return f"{act} takes no {', '.join(sorted(given))}"
    needed = NEEDED.get(act)
    if needed is not None and (type(given.get("to")) is not needed or not given["to"]):
        return f"{act} needs to know where to"
    names = given.get("names", {})
    if not isinstance(names, Mapping):
        return "names are old id to new id"
    texts = [*names, *names.values()]
    if not all(isinstance(one, str) for one in texts):
        return "names are old id to new id"
    if any("\0" in str(one) for one in [*texts, given.get("to")]):
        return "it holds the character NUL"
    return None
