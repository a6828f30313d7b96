"""Confirming: a second person of the department answers for an edition, and for single facts.

Whoever has typed in a draft does not confirm it. The facts that the confirmer ticks become sure:
they bear the confirmer's name, the day and the ground. From then on the content stands still
under its hash; who wants another word in it sends it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from catalogue import facts
from engine import clock
from engine.casework.editions import checking, record, rights, rows
from engine.casework.editions.drafting import require_version
from engine.errors import Forbidden, Invalid
from engine.models import MatterEdition, Office
from engine.people.identity import Actor

LONGEST_BASIS = 200


class DrafterConfirms(Forbidden):
    """Have a colleague of the department confirm: four eyes see more than two."""

    code = "drafter-confirms"
    message = "Who has typed in an edition does not confirm it (edition {number})."


class EditionIncomplete(Invalid):
    """Mend the places named on the edition's page, then confirm."""

    code = "edition-incomplete"
    message = "Edition {number} of matter no. {no} has {count} places to mend."


class BasisMissing(Invalid):
    """Name the law, the document or the meeting that the confirmed facts rest on."""

    code = "basis-missing"
    message = "Facts are confirmed on a ground of at most {most} characters."


class FactUnknown(Invalid):
    """Load the page again and tick the facts that stand there."""

    code = "fact-unknown"
    message = "The edition has no fact {fact}."


class ReturnReasonMissing(Invalid):
    """Say what is to be mended."""

    code = "return-reason-missing"
    message = "An edition is sent back with a reason."


def confirm(
    session: Session,
    no: int,
    number: int,
    *,
    by: Actor,
    version: int,
    keys: Iterable[str] = (),
    basis: str = "",
) -> MatterEdition:
    """Confirm a draft.

    Args:
        no: of the matter.
        number: of the draft.
        by: an editor of the leading department who has not typed in it.
        version: the version that the confirmer has seen.
        keys: the facts that become sure, see `catalogue.facts`.
        basis: on what ground they do; needed when there are any.

    Raises:
        EditionNotFound, EditionNotInState: it is no draft, or no more.
        EditionChanged: somebody has saved it meanwhile.
        NotYourDepartment: the actor is no editor of the leading department.
        DrafterConfirms: they have typed in it.
        EditionIncomplete, BasisMissing, FactUnknown: something is not in order.
    """
    edition = rows.locked_in_state(session, no, number, rows.DRAFT)
    rights.require(session, by, str(edition.content["department"]))
    if by.key in edition.drafters:
        raise DrafterConfirms(permission="matter:write", number=number)
    require_version(edition, version)
    wanted = sorted(set(keys))
    content = _marked(session, edition, wanted, by, " ".join(basis.split()))
    matter, faults = checking.check(content)
    if matter is None or faults:
        raise EditionIncomplete(no=no, number=number, count=len(faults))
    edition.content, edition.hash = matter.as_json(), rows.keep_content(session, matter)
    edition.state = rows.CONFIRMED
    edition.confirmed_by, edition.confirmed_at = by.name, clock.now()
    ground = basis.strip() or None
    record.note(
        session,
        edition,
        "edition.confirmed",
        by=by,
        hash=edition.hash,
        facts_confirmed=wanted or None,
        basis=ground if wanted else None,
    )
    return edition


def send_back(session: Session, no: int, number: int, *, by: Actor, reason: str) -> MatterEdition:
    """Make a confirmed edition a draft again.

    Raises:
        EditionNotFound, EditionNotInState: it is not confirmed, or published already.
        NotYourDepartment: the actor is no editor of the leading department.
        ReturnReasonMissing: nothing says why.
    """
    edition = rows.locked_in_state(session, no, number, rows.CONFIRMED)
    rights.require(session, by, str(edition.content["department"]))
    if not reason.strip():
        raise ReturnReasonMissing()
    edition.state, edition.hash = rows.DRAFT, None
    edition.confirmed_by = edition.confirmed_at = None
    edition.version += 1
    record.note(session, edition, "edition.sent-back", by=by, reason=reason.strip())
    return edition


def _marked(
    session: Session, edition: MatterEdition, wanted: list[str], by: Actor, basis: str
) -> dict[str, Any]:
    content = checking.cleaned(edition.content)
    if not wanted:
        return content
    if not basis or len(basis) > LONGEST_BASIS:
        raise BasisMissing(most=LONGEST_BASIS)
    known = {fact.key for fact in facts.stated(content)}
    for key in wanted:
        if key not in known:
            raise FactUnknown(fact=key[:80])
    office = session.get(Office, by.office_id) if by.office_id else None
    name = f"{by.name}（{office.short_name}）" if office else by.name
    return facts.confirm(content, frozenset(wanted), by=name, on=clock.today(), basis=basis)
