"""Data: items, inputs and outputs, and that what is joined has the same structure.

Chapters 8.3.10, 8.4.10 and 10.4 of BPMN 2.0.2. Two item definitions agree when they are the same
one or name the same structure. Which variables a process reads and writes is asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.problem import Problem
from engine.bpmn.checks.source import Item, Source, plain

_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")


def problems(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the data of a file."""
    for item in source.of("dataInput", "dataOutput", "dataObject"):
        yield from collection_disagrees(source, item)
    for association in source.of(*_ASSOCIATIONS):
        yield from association_structure(source, association)
    for inputs in source.of("inputSet"):
        yield from optional_input(source, inputs)
    for one in source.of("inputSet", "outputSet"):
        yield from sets_disagree(source, one)


def collection_disagrees(source: Source, item: Item) -> Iterator[Problem]:
    """A data item that is a collection where its definition is not, or the other way round."""
    definition = definition_of(source, item)
    if definition is None:
        return
    if item.is_true("isCollection") != definition.is_true("isCollection"):
        yield source.problem("collection-disagrees", item, definition, definition=definition.id)


def definition_of(source: Source, item: Item | None) -> Item | None:
    """Return the item definition of a data item, through a reference to a data object."""
    if item is not None and item.kind == "dataObjectReference":
        item = source.by_id.get(plain(item.get("dataObjectRef"))) or item
    if item is None:
        return None
    found = source.by_id.get(plain(item.get("itemSubjectRef") or item.get("itemRef")))
    return found if found is not None and found.kind == "itemDefinition" else None


def agree(one: Item | None, other: Item | None, *, collection: bool = True) -> bool:
    """Tell whether two item definitions mean the same structure; unknown ones agree.

    Args:
        one: an item definition.
        other: another.
        collection: whether both have to be collections or none.
    """
    if one is None or other is None or one is other:
        return True
    same = one.get("structureRef") == other.get("structureRef") != ""
    return same and (not collection or one.is_true("isCollection") == other.is_true("isCollection"))


def association_structure(source: Source, association: Item) -> Iterator[Problem]:
    """Data that is copied as it is has the same structure at both ends."""
    if not association.executable or association.of("transformation", "assignment"):
        return
    target = next(iter(association.refs("targetRef")), "")
    to = source.by_id.get(target)
    for name in association.refs("sourceRef"):
        origin = source.by_id.get(name)
        if not agree(definition_of(source, origin), definition_of(source, to), collection=False):
            yield source.problem("association-structure", association, source=name, target=target)


def optional_input(source: Source, inputs: Item) -> Iterator[Problem]:
    """What is optional in a set of inputs is one of its inputs; so with the others."""
    for kind in ("optionalInputRefs", "whileExecutingInputRefs"):
        for name in inputs.refs(kind):
            if name not in inputs.refs("dataInputRefs"):
                yield source.problem("input-not-in-set", inputs, input=name)


def sets_disagree(source: Source, one: Item) -> Iterator[Problem]:
    """A set of inputs and a set of outputs name one another or neither."""
    there, back = ("outputSetRefs", "inputSetRefs")
    if one.kind == "outputSet":
        there, back = back, there
    for name in one.refs(there):
        other = source.by_id.get(name)
        if other is not None and one.id not in other.refs(back):
            yield source.problem("sets-disagree", one, other, other=name)
