"""Loader: from the YAML files to matters, offices and districts.

Reading stops at nothing: all files are read, all problems collected, each with its file and line.
A catalogue with a problem is not handed out by `load`; `read` hands out what could be read, for
the checkers. Comparing files with one another is the work of `checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from catalogue import shape, yaml_source
from catalogue.directory import (
    Category,
    CategoryList,
    Department,
    DepartmentList,
    District,
    DistrictList,
    NoticeEntry,
    NoticeList,
    Office,
    OfficeList,
)
from catalogue.matter import Matter
from catalogue.problem import Problem, in_order
from catalogue.search import Entry, find, index
from catalogue.yaml_source import At, FileUnreadable, Source

FOLDER = Path(__file__).parent
FILE_NAME = re.compile(r"(\d{3})-[a-z0-9]+(-[a-z0-9]+)*\.yaml")
T = TypeVar("T")


class CatalogueInvalid(Exception):
    """Mend the files named by the problems; nothing of the catalogue is used until then."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class MatterUnknown(LookupError):
    """Choose a number between 1 and 130."""


@dataclass(frozen=True)
class Catalogue:
    """All matters by number, and the lists they refer to."""

    folder: Path
    matters: Mapping[int, Matter]
    departments: Mapping[str, Department]
    categories: Mapping[str, Category]
    districts: Mapping[str, District]
    offices: Mapping[str, Office]
    notice: Mapping[int, NoticeEntry]
    sources: Mapping[int, Source] = field(repr=False)

    def by_no(self, no: int) -> Matter:
        """Return a matter.

        Raises:
            MatterUnknown: there is none of that number.
        """
        try:
            return self.matters[no]
        except KeyError:
            raise MatterUnknown(f"There is no matter no. {no}.") from None

    def search(self, text: str) -> list[Matter]:
        """Return the matters found by name, pinyin, number or department, best first."""
        return find(self._index, text)

    @cached_property
    def _index(self) -> tuple[Entry, ...]:
        return index(self.matters.values(), self.departments)


def load(path: Path | None = None) -> Catalogue:
    """Read the catalogue.

    Args:
        path: a folder like this package's own, which is the default.

    Raises:
        CatalogueInvalid: some file is not in order; all problems are told.
    """
    catalogue, problems = read(path)
    if problems:
        raise CatalogueInvalid(problems)
    return catalogue


def read(path: Path | None = None) -> tuple[Catalogue, list[Problem]]:
    """Return what could be read of a catalogue, and every problem in the order of the files."""
    return _read(path or FOLDER, with_matters=True)


def load_lists(path: Path | None = None) -> Catalogue:
    """Return what matters refer to, without the matters.

    Raises:
        CatalogueInvalid: one of the lists is not in order.
    """
    catalogue, problems = _read(path or FOLDER, with_matters=False)
    if problems:
        raise CatalogueInvalid(problems)
    return catalogue


def _read(folder: Path, *, with_matters: bool) -> tuple[Catalogue, list[Problem]]:
    problems: list[Problem] = []
    departments = _file(DepartmentList, folder, "departments.yaml", problems)
    categories = _file(CategoryList, folder, "categories.yaml", problems)
    districts = _file(DistrictList, folder, "districts.yaml", problems)
    offices = _file(OfficeList, folder, "offices.yaml", problems)
    notice = _file(NoticeList, folder, "notice.yaml", problems)
    known = districts.districts if districts else ()
    matters, sources = _matters(folder, problems) if with_matters else ({}, {})
    catalogue = Catalogue(
        folder=folder,
        matters=matters,
        departments=_keyed(departments.departments if departments else (), "slug", problems),
        categories=_keyed(categories.categories if categories else (), "key", problems),
        districts=_keyed(known, "code", problems),
        offices=_keyed(_offices(offices, known) if offices else (), "id", problems),
        notice=_keyed(notice.matters if notice else (), "no", problems),
        sources=sources,
    )
    return catalogue, in_order(problems)


def load_offices(path: Path | None = None) -> tuple[Office, ...]:
    """Return every office, the ended ones too, so that each successor is among them.

    Raises:
        CatalogueInvalid: districts.yaml or offices.yaml is not in order.
    """
    folder = path or FOLDER
    problems: list[Problem] = []
    offices = _file(OfficeList, folder, "offices.yaml", problems)
    districts = _file(DistrictList, folder, "districts.yaml", problems)
    if offices is None or districts is None:
        raise CatalogueInvalid(problems)
    return _offices(offices, districts.districts)


def load_districts(path: Path | None = None) -> tuple[District, ...]:
    """Return every district, the ended ones too.

    Raises:
        CatalogueInvalid: districts.yaml is not in order.
    """
    problems: list[Problem] = []
    found = _file(DistrictList, path or FOLDER, "districts.yaml", problems)
    if found is None:
        raise CatalogueInvalid(problems)
    return found.districts


def load_categories(path: Path | None = None) -> dict[str, Category]:
    """Return the categories by key.

    Raises:
        CatalogueInvalid: categories.yaml is not in order.
    """
    problems: list[Problem] = []
    found = _file(CategoryList, path or FOLDER, "categories.yaml", problems)
    if found is None:
        raise CatalogueInvalid(problems)
    return {one.key: one for one in found.categories}


def load_departments(path: Path | None = None) -> tuple[Department, ...]:
    """Return the departments of the notice, then the offices that run the whole.

    Raises:
        CatalogueInvalid: departments.yaml is not in order.
    """
    problems: list[Problem] = []
    found = _file(DepartmentList, path or FOLDER, "departments.yaml", problems)
    if found is None:
        raise CatalogueInvalid(problems)
    return found.departments


# What an edition must say even if it is nothing.
EMPTY: dict[str, Any] = {
    name: [] for name in ("service_objects", "legal_basis", "materials", "review_points")
} | {"channels": [], "sources": [], "limits": {}}


def from_json(data: Mapping[str, Any]) -> Matter:
    """Return a matter from `Matter.as_json`.

    Raises:
        ValueError: the data is not such a matter.
    """
    matter, faults = shape.build(Matter, dict(data))
    if matter is None:
        raise ValueError("; ".join(f"{fault.at}: {fault.message}" for fault in faults))
    return matter


LISTS = {
    "Department": "departments.yaml",
    "Category": "categories.yaml",
    "District": "districts.yaml",
    "Office": "offices.yaml",
    "NoticeEntry": "notice.yaml",
}


def _keyed(entries: Iterable[T], key: str, problems: list[Problem]) -> dict[Any, T]:
    """Return entries by their key; one that stands twice is told and the first kept."""
    found: dict[Any, T] = {}
    for entry in entries:
        value = getattr(entry, key)
        if value in found:
            file, message = LISTS[type(entry).__name__], f"{key} {value} stands twice"
            problems.append(Problem("listed-twice", "invalid", file, None, str(value), message))
        found.setdefault(value, entry)
    return found


def _matters(folder: Path, problems: list[Problem]) -> tuple[dict[int, Matter], dict[int, Source]]:
    matters: dict[int, Matter] = {}
    sources: dict[int, Source] = {}
    for path in sorted(folder.glob("matters/*/*.yaml"), key=lambda one: (one.name, one.parent)):
        source, matter, told = _matter_of(path, _name(folder, path))
        problems.extend(told)
        if not source or not matter:
            continue
        problems.extend(_of_place(source, matter, path))
        if matter.no in matters:
            other = sources[matter.no].file
            problems.append(_problem(source, "matter-twice", ("no",), matter.no, other))
            continue
        matters[matter.no], sources[matter.no] = matter, source
    return dict(sorted(matters.items())), sources


def _matter_of(path: Path, name: str) -> tuple[Source | None, Matter | None, list[Problem]]:
    try:
        source, matter, told = _read_matter(yaml_source.content(path, name), name)
    except FileUnreadable as error:
        return None, None, [error.problem]
    return source, matter, list(told)


@lru_cache(maxsize=512)
def _read_matter(data: bytes, name: str) -> tuple[Source, Matter | None, tuple[Problem, ...]]:
    """Read a matter; the same file is read once, however often the catalogue is loaded."""
    source, problems = yaml_source.parse(data, name), list[Problem]()
    matter = _built(Matter, source, problems)
    return source, matter, tuple(problems)


def _of_place(source: Source, matter: Matter, path: Path) -> list[Problem]:
    """Folder and file name repeat department and number, so that a reader finds the file."""
    found = []
    name = FILE_NAME.fullmatch(path.name)
    if name is None or int(name.group(1)) != matter.no:
        found.append(_problem(source, "file-name", ("no",), matter.no, path.name))
    if path.parent.name != matter.department:
        found.append(
            _problem(source, "file-folder", ("department",), matter.department, path.parent.name)
        )
    return found


TEXTS = {
    "matter-twice": "matter no. {0} stands in {1} too",
    "file-name": "matter no. {0} must stand in a file NNN-slug.yaml of that number, not {1}",
    "file-folder": "a matter of {0} must stand in the folder of that name, not in {1}",
}


def _problem(source: Source, rule: str, at: At, *facts: Any) -> Problem:
    return source.problem(rule, at, TEXTS[rule].format(*facts))


def _offices(offices: OfficeList, districts: tuple[District, ...]) -> tuple[Office, ...]:
    in_districts = (kind.of(one) for one in districts for kind in offices.in_every_district)
    return (*offices.of_the_city, *in_districts)


def _file(cls: type[T], folder: Path, name: str, problems: list[Problem]) -> T | None:
    source = _source(folder / name, name, problems)
    return _built(cls, source, problems) if source else None


def _source(path: Path, name: str, problems: list[Problem]) -> Source | None:
    try:
        return yaml_source.read(path, name)
    except FileUnreadable as error:
        problems.append(error.problem)
        return None


def _built(cls: type[T], source: Source, problems: list[Problem]) -> T | None:
    value, faults = shape.build(cls, source.data)
    problems.extend(source.problem(fault.rule, fault.at, fault.message) for fault in faults)
    return value


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
