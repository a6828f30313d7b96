"""Every edition is written as a file that reads as the very same edition, in the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from catalogue import loader, yaml_writer
from catalogue.loader import Catalogue
from catalogue.matter import Confirmation
from tests.catalogue.conftest import Copy


def test_all_matters_come_back_with_the_same_hash(catalogue: Catalogue, copy: Copy) -> None:
    for matter in catalogue.matters.values():
        path = copy.folder / yaml_writer.path_of(matter, catalogue)
        path.write_text(yaml_writer.write(matter), encoding="utf-8")

    again = loader.load(copy.folder)

    assert again.matters == catalogue.matters
    assert all(
        yaml_writer.write(matter) == yaml_writer.write(catalogue.by_no(no))
        for no, matter in again.matters.items()
    )
    assert copy.problems() == []


def test_texts_that_look_like_something_else_stay_texts(catalogue: Catalogue, copy: Copy) -> None:
    odd = ("true", "null", "007", "39", "- a", "a: b", "# c", " x", "两行\n文字", "~")
    mark = Confirmation("韩一", date(2026, 3, 2), "依据：第3号令")
    matter = replace(catalogue.by_no(11), notes=odd, confirmed=mark)
    copy.path(11).write_text(yaml_writer.write(matter), encoding="utf-8")

    again = loader.load(copy.folder).by_no(11)

    assert again == matter and again.content_hash() == matter.content_hash()


def test_a_matter_without_a_file_gets_a_place_of_its_own(catalogue: Catalogue) -> None:
    path = yaml_writer.path_of(catalogue.by_no(11))

    assert path.parent == Path("matters/medical-insurance")
    assert loader.FILE_NAME.fullmatch(path.name)
