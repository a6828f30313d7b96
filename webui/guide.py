"""The guide 办事指南: what everybody may read of each matter, without signing in.

One page per matter, made to be printed, with headings in both languages; a list with search. Both
show the edition in force today, an ended matter as ended, and what is only a guess as to be
confirmed. Nothing here writes, and no person is named: who confirmed a fact is the department.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from catalogue import loader, search
from catalogue.matter import CountsFrom, Limit, LimitUnit, Material, Matter, Requirement, StateKind
from engine import clock
from engine.casework import editions, matters
from engine.casework.editions import rows
from engine.db import reading
from engine.models import MatterEdition
from webui import auth, i18n, matter_words

KEPT = "guide.matters"
LONGEST_SEARCH = 100

blueprint = Blueprint("guide", __name__)


@dataclass(frozen=True)
class Shelf:
    """All matters as they stand today, with what is needed to search and to group them."""

    stamp: tuple[int, date]
    index: tuple[search.Entry, ...]
    departments: dict[str, Any]


@blueprint.get("/guide")
def matter_list() -> str:
    """Find a matter by name, pinyin, number or department."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    with reading(auth.database()) as session:
        shelf = _shelf(session)
    found = search.find(shelf.index, text)
    groups: dict[str, list[Matter]] = {}
    for matter in found:
        groups.setdefault(matter.department, []).append(matter)
    return render_template(
        "guide/list.html",
        text=text,
        total=len(found),
        groups=[(_name(shelf.departments.get(slug)) or slug, ms) for slug, ms in groups.items()],
        said=said,
        standing=standing,
    )


@blueprint.get("/guide/<int:no>")
def matter_page(no: int) -> str:
    """Show the guide of a matter."""
    with reading(auth.database()) as session:
        edition = rows.shown(rows.all_of(session, no))
        if edition is None:
            abort(404)
        return _page(edition, editions.as_it_stands(edition))


def _page(edition: MatterEdition, matter: Matter) -> str:
    department = next((one for one in _departments() if one.slug == matter.department), None)
    return render_template(
        "guide/page.html",
        matter=matter,
        edition=edition,
        department=_name(department) or matter.department,
        standing=standing(matter),
        limits=_limits(matter),
        said=said,
        required=_required,
        word=matter_words.value,
        printed_on=clock.today(),
    )


@blueprint.context_processor
def _headings() -> dict[str, Any]:
    return {"label": matter_words.label, "other_label": matter_words.other_label}


def said(thing: Any, name: str) -> str:
    """Return a text of a matter in the reader's language, the Chinese where there is no other."""
    if i18n.language() == "en":
        english = getattr(thing, f"{name}_en", None)
        if english:
            return str(english)
    return str(getattr(thing, name, None) or "")


def standing(matter: Matter) -> tuple[str, str]:
    """Return the kind of a matter's state and the sentence about it."""
    if matter.state.kind is StateKind.ENDED or not matter.is_valid_on(clock.today()):
        return "ended", said(matter.state, "reason")
    if matter.kept_off is not None:
        return "kept-off", said(matter.kept_off, "reason")
    if not matter.is_open:
        return "not-open", said(matter.state, "reason")
    return "open", ""


def _departments() -> tuple[Any, ...]:
    kept: tuple[Any, ...] | None = current_app.extensions.get("guide.departments")
    if kept is None:
        kept = current_app.extensions["guide.departments"] = loader.load_departments()
    return kept


def _shelf(session: Session) -> Shelf:
    stamp = editions.stamp(session)
    kept: Shelf | None = current_app.extensions.get(KEPT)
    if kept is None or kept.stamp != stamp:
        departments = {one.slug: one for one in _departments()}
        index = search.index(matters.all_current(session), departments)
        kept = current_app.extensions[KEPT] = Shelf(stamp, index, departments)
    return kept


def _name(department: Any) -> str:
    return said(department, "name") if department else ""


def _limits(matter: Matter) -> list[tuple[str, str, Any]]:
    """Return what each limit is called, its words, and the limit itself with its confidence."""
    found = matter.limits
    pairs = (
        ("statutory", found.statutory),
        ("promised", found.promised),
        ("lower_review", found.lower_review),
    )
    return [
        (matter_words.label(name), limit_words(limit), limit)
        for name, limit in pairs
        if limit is not None
    ]


def limit_words(limit: Limit) -> str:
    """Say a limit with its start: within 5 working days from acceptance."""
    if limit.days == 0:
        return _("done on the spot")
    if limit.unit is LimitUnit.WORKDAY:
        days = ngettext("%(num)s working day", "%(num)s working days", limit.days)
    else:
        days = ngettext("%(num)s day by the calendar", "%(num)s days by the calendar", limit.days)
    if limit.counts_from is CountsFrom.RECEIPT:
        return _("%(days)s from receipt of the materials", days=days)
    return _("%(days)s from acceptance", days=days)


def _required(material: Material) -> str:
    if material.required is Requirement.CONDITIONAL:
        return said(material, "condition")
    return _("always") if material.required is Requirement.YES else _("if there is one")
