"""Matters of the editor's department: the list, one matter with its editions, what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue import differences, facts
from engine import clock
from engine.casework import editions
from engine.casework.editions import rows
from engine.db import reading
from engine.models import Department, MatterEdition
from webui import auth, i18n
from webui.editor import blueprint, words
from webui.editor.sections import of_place


@dataclass(frozen=True)
class Line:
    """One matter in the list: the edition that stands, and the one under way."""

    no: int
    name: str
    counts: dict[str, int]
    standing: str
    under_way: MatterEdition | None


@blueprint.get("")
@auth.permission("matter:write")
def matters() -> str:
    """List the matters of the department with how sure they are and how they stand."""
    with reading(auth.database()) as session:
        mine = editions.departments_of(session, auth.actor())
        lines = _lines(session, mine)
        names = [_name(one) for one in session.scalars(select(Department)) if one.id in mine]
        return render_template(
            "editor/matters.html",
            lines=lines,
            departments=names,
            totals={key: sum(line.counts[key] for line in lines) for key in ("A", "B", "C")},
            state=words.state,
        )


def _lines(session: Session, departments: frozenset[str]) -> list[Line]:
    known: dict[int, list[MatterEdition]] = {}
    for one in session.scalars(select(MatterEdition).order_by(MatterEdition.matter_no)):
        if one.content.get("department") in departments:
            known.setdefault(one.matter_no, []).append(one)
    lines = []
    for no, found in known.items():
        stands = rows.shown(found) or found[-1]
        under_way = next((one for one in found if one.state in rows.UNDER_WAY), None)
        ahead = next((one for one in found if rows.standing(one) == rows.AHEAD), None)
        content = editions.content_of(stands)
        name = content["name_en"] if i18n.language() == "en" else content["name"]
        counts = facts.counts(content)
        lines.append(Line(no, str(name), counts, rows.standing(stands), under_way or ahead))
    return lines


@blueprint.get("/<int:no>")
@auth.permission("matter:write")
def matter(no: int) -> str:
    """Show a matter: its editions, what may be done with them, and who did what."""
    with reading(auth.database()) as session:
        return page_of_matter(session, no)


def page_of_matter(
    session: Session, no: int, problem: Any = None, typed: dict[str, str] | None = None
) -> str:
    """Return the page of a matter, perhaps with what went wrong at an act."""
    found = editions.all_of(session, no)
    if not found:
        raise rows.EditionNotFound(no=no, number="-")
    shown = rows.shown(found) or found[0]
    department = session.get(Department, str(shown.content["department"]))
    under_way = next((one for one in found if one.state in rows.UNDER_WAY), None)
    faults = editions.problems(under_way) if under_way and under_way.state == rows.DRAFT else []
    return render_template(
        "editor/matter.html",
        no=no,
        name=shown.content["name"],
        name_en=shown.content["name_en"],
        department=_name(department) if department else "",
        may=editions.may_edit(session, auth.actor(), str(shown.content["department"])),
        found=[(one, *words.state(rows.standing(one)), rows.standing(one)) for one in found],
        shown=shown,
        under_way=under_way,
        mine=under_way is not None and auth.actor().key in under_way.drafters,
        faults=[(of_place(one.at), one.at, _said(one)) for one in faults],
        facts=_facts(under_way),
        counts=facts.counts(shown.content),
        events=[(one, words.sentence(one)) for one in editions.events(session, no)],
        today=clock.today(),
        problem=problem,
        typed=typed or {},
    )


def _facts(edition: MatterEdition | None) -> list[facts.StatedFact]:
    """Return the facts of a draft that a confirmer may make sure, the least sure first."""
    if edition is None or edition.state != rows.DRAFT:
        return []
    unsure = [one for one in facts.stated(edition.content) if one.confidence in ("B", "C")]
    return sorted(unsure, key=lambda one: one.confidence or "", reverse=True)


def _said(fault: Any) -> str:
    return str(fault.message_zh if i18n.language() == "zh" else fault.message)


@blueprint.get("/<int:no>/<int:number>/differences")
@auth.permission("matter:write")
def difference(no: int, number: int) -> str:
    """Show in words what an edition says and another does not."""
    with reading(auth.database()) as session:
        found = editions.all_of(session, no)
        after = editions.of_number(session, no, number)
        other = request.args.get("with", after.based_on or max(number - 1, 1), type=int)
        before = editions.of_number(session, no, other)
        what = differences.between(before.content, after.content)
        return render_template(
            "editor/differences.html",
            no=no,
            name=after.content["name"],
            before=before,
            after=after,
            others=[(one.number, _option(one)) for one in found if one.number != number],
            groups=words.told(what, before.content, after.content),
            count=len(what),
        )


def _option(edition: MatterEdition) -> str:
    word = words.state(rows.standing(edition))[0]
    day: date | None = edition.effective_from
    if day is None:
        return f"{edition.number} ({word})"
    return _("%(number)s (%(state)s, from %(day)s)", number=edition.number, state=word,
             day=i18n.full_day(day))  # fmt: skip


def _name(department: Department) -> str:
    return department.name if i18n.language() == "zh" else department.name_en
