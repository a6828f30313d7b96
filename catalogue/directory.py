"""Directory: departments, categories, districts and offices, with the days they exist.

The files beside this module are the first edition; the database takes its rows from them. Codes
that begin with X are ours (no GB/T 2260 code exists) and must never leave the system. A thing
that is gone keeps its entry and names its successor: old cases point at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalogue.matter import Confidence, HandlingKind


class OfficeRole(StrEnum):
    """What an office does: takes in, decides, or leads for the whole city."""

    INTAKE = "intake"
    HANDLING = "handling"
    LEAD = "lead"


@dataclass(frozen=True)
class Department:
    """One of the ten departments of the notice, or a city office that runs the whole."""

    slug: str
    name: str
    name_en: str
    in_notice: bool = True


class Retention(StrEnum):
    """How long the archived files of a case are kept 保管期限."""

    PERMANENT = "permanent"  # 永久
    THIRTY_YEARS = "30-years"
    TEN_YEARS = "10-years"


@dataclass(frozen=True)
class Category:
    """A kind of matters handled by one process; the key is the process key."""

    key: str
    name: str
    name_en: str
    retention: Retention = Retention.TEN_YEARS
    retention_confidence: Confidence = Confidence.GUESS


@dataclass(frozen=True)
class District:
    """A district of the city; `official_name` is how the names of its offices begin."""

    code: str
    name: str
    name_en: str
    official_name: str
    type: str
    confidence: Confidence = Confidence.SURE
    valid_from: date | None = None
    valid_to: date | None = None  # the first day on which it is gone
    successor: str | None = None
    note: str | None = None

    @property
    def is_internal(self) -> bool:
        """Whether the code is ours alone."""
        return self.code.startswith("X")

    def is_valid_on(self, day: date) -> bool:
        """Return whether the district exists on a local date."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Office:
    """A place where clerks sit."""

    id: str
    name: str
    name_en: str
    short_name: str
    level: HandlingKind
    roles: tuple[OfficeRole, ...] = ()
    district: str | None = None
    department: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    confidence: Confidence = Confidence.LIKELY
    note: str | None = None


@dataclass(frozen=True)
class DistrictOffice:
    """An office that every district has; `{district}` stands for the district's name."""

    suffix: str
    name: str
    name_en: str
    short_name: str
    roles: tuple[OfficeRole, ...]
    confidence: Confidence
    department: str | None = None
    note: str | None = None

    def of(self, district: District) -> Office:
        """Return the office of one district; it ends with its district."""
        after = district.successor
        return Office(
            id=f"{district.code}-{self.suffix}",
            name=self.name.format(district=district.official_name),
            name_en=self.name_en.format(district=district.name_en),
            short_name=self.short_name.format(district=district.name),
            level=HandlingKind.DISTRICT,
            roles=self.roles,
            district=district.code,
            department=self.department,
            valid_from=district.valid_from,
            valid_to=district.valid_to,
            successor=f"{after}-{self.suffix}" if after else None,
            confidence=self.confidence,
            note=self.note,
        )


@dataclass(frozen=True)
class NoticeEntry:
    """A matter as the notice prints it."""

    no: int
    name: str
    department: str


@dataclass(frozen=True)
class NoticeList:
    """The content of notice.yaml."""

    matters: tuple[NoticeEntry, ...]


@dataclass(frozen=True)
class OfficeList:
    """The content of offices.yaml."""

    in_every_district: tuple[DistrictOffice, ...]
    of_the_city: tuple[Office, ...]


@dataclass(frozen=True)
class DepartmentList:
    """The content of departments.yaml."""

    departments: tuple[Department, ...]


@dataclass(frozen=True)
class CategoryList:
    """The content of categories.yaml."""

    categories: tuple[Category, ...]


@dataclass(frozen=True)
class DistrictList:
    """The content of districts.yaml."""

    districts: tuple[District, ...]
