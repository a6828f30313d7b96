"""Values: what a record holds, in words; whoever needs the code finds it in the value's title.

Answers are read by the forms that the case was handled with and by the edition of the matter that
it began with, offices by the names that their codes stand for. What nobody has a word for stands
for itself, so that nothing in a record stays unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import pgettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.papers import PAPERS
from engine.models import Instance, Office, User
from engine.record.history import UNSET
from webui import case_labels, i18n, paper_names
from webui.auditor import codes, fields
from webui.case_labels import Labels

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FILE_NAME = re.compile(r"document\.(\d+)\.name")


@dataclass(frozen=True)
class Shown:
    """A value in words; `code` is what the record holds, where that differs."""

    text: str
    code: str | None = None
    steps: tuple[str, ...] = ()  # of a path: the elements passed, by their names
    raw: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.text and self.raw is None


@dataclass(frozen=True)
class Words:
    """The names that one case needs, read once for a page."""

    people: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)

    def name(self, key: str) -> str:
        """Return what a field is called; an unknown one keeps its own name."""
        found = fields.names().get(key) or self.labels.fields.get(key)
        if found is None and (match := _FILE_NAME.fullmatch(key)):
            return pgettext("audit", "Name of file %(number)s", number=match[1])
        return found or key

    def shown(self, key: str, value: Any, event: str = "") -> Shown:
        """Return a value of a field in words.

        Args:
            event: the type of the event that it stands in, which tells what a bare kind is of.
        """
        if value is UNSET or value is None or value == "" or value == []:
            return Shown("")
        if key in ("path", "operations") and isinstance(value, list):
            return self._steps(key, value)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            text = pgettext("audit", ", ").join(self._text(key, item, event) for item in value)
            return Shown(text, None if text == ", ".join(value) else ", ".join(value))
        text = self._text(key, value, event)
        code = str(value) if isinstance(value, (str, int)) else None
        return Shown(text, code if code != text else None)

    def element(self, key: str | None) -> str | None:
        """Return what an element of the diagram is called."""
        return self.labels.elements.get(key or "", key)

    def _text(self, key: str, value: Any, event: str) -> str:
        if isinstance(value, bool):
            return pgettext("audit", "yes") if value else pgettext("audit", "no")
        if isinstance(value, int) and key in self.labels.money:
            return i18n.money(value) if value else "0"
        if not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
        if _INSTANT.fullmatch(value):
            return i18n.when(datetime.fromisoformat(value))
        if _DAY.fullmatch(value) and key.endswith("_on"):
            return i18n.full_day(date.fromisoformat(value))
        if key == "paper" and value in PAPERS:
            return paper_names.issued(value, is_licence=self.labels.is_licence)
        worded = codes.worded(key, event)
        if worded is not None and (text := worded(value)) != value:
            return text
        return next((one[value] for one in self._lookups(key) if value in one), value)

    def _lookups(self, key: str) -> tuple[Mapping[str, str], ...]:
        choices = self.labels.choices.get("refusal_ground" if key == "ground" else key, {})
        return choices, self.people, self.offices

    def _steps(self, key: str, value: list[Any]) -> Shown:
        raw = json.dumps(value, ensure_ascii=False)
        passed = [one for one in value if isinstance(one, list) and len(one) > 1]
        if key == "path":
            passed = [one[1:] for one in passed if one[0] == "completed"]
        named = [self.labels.elements[one[0]] for one in passed if one[0] in self.labels.elements]
        return Shown(raw if not named else "", steps=tuple(named), raw=raw)


def words_of(session: Session, instance: Instance) -> Words:
    """Read the names that the record of a case needs."""
    people = {str(user_id): name for user_id, name in session.execute(select(User.id, User.name))}
    return Words(
        people=people,
        offices={one.id: _office(one) for one in session.scalars(select(Office))},
        labels=case_labels.of_case(session, instance),
    )


def _office(office: Office) -> str:
    """Return the name that an office has, or had to its last day."""
    name = office.name_en if i18n.language() == "en" and office.name_en else office.name
    if office.valid_to is None:
        return name
    return pgettext(
        "audit", "%(office)s (until %(day)s)", office=name, day=i18n.full_day(office.valid_to)
    )
