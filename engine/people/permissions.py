"""Permissions: which roles may do what, and who may see which case.

`PERMISSIONS` is the whole rule for kinds of things; a permission is written `resource:action` and
is also the scope of a token. A role counts only at the office where it is held. Whether a person
may see one certain case is asked of the case itself (`sight`), never of an address in a browser.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden, Invalid
from engine.models import Case, MatterVersion, Office, Task
from engine.people import offices
from engine.people.identity import Actor

ROLES = ("intake", "handling", "supervisor", "editor", "designer", "auditor", "administrator")
WORKING_ROLES = ("intake", "handling", "supervisor")

_CASEWORK = frozenset(
    "case:read case:write document:read history:read instance:read instance:write matter:read "
    "message:write definition:read personal:reveal task:read task:write".split()
)
_MODELS = frozenset(
    "definition:read definition:write history:read incident:read incident:write instance:read "
    "instance:operate instance:write matter:read message:write task:read task:write".split()
)
PERMISSIONS: dict[str, frozenset[str]] = {
    "intake": _CASEWORK,
    "handling": _CASEWORK,
    "supervisor": _CASEWORK | {"report:read"},
    # Of matters of their own department only, see `casework.editions.rights`.
    "editor": frozenset({"matter:read", "matter:write"}),
    # Designers and administrators work tasks of the instances they start themselves: to which
    # task somebody is entitled is decided task by task.
    "designer": _MODELS,
    "auditor": frozenset(
        "access:read case:read definition:read document:read history:export history:read "
        "history:verify instance:read matter:read report:read task:read".split()
    ),
    "administrator": _MODELS
    | frozenset(
        "calendar:read calendar:write office:read office:write user:read user:write".split()
    ),
}
KNOWN = frozenset[str]().union(*PERMISSIONS.values())


class MissingPermission(Forbidden):
    """Ask the administrator for the role, or a colleague who holds it."""

    code = "missing-permission"
    message = "This needs the permission {permission}."


class CaseNotVisible(Forbidden):
    """Ask the office that handles the case; a department's supervisor may give a reason."""

    code = "case-not-visible"
    message = "The case belongs to other offices."


class CaseReasonMissing(Invalid):
    """Say why you look into this case; the reason is kept in the record of looks."""

    code = "case-reason-missing"
    message = "A case of another office is shown only for a stated reason."


class Sight(Enum):
    """How much of a case somebody sees."""

    NONE = "none"
    ON_REASON = "on-reason"  # a supervisor of the leading department, with a recorded reason
    INTAKE = "intake"  # form, materials, route and state of a case that the office took in
    HANDLING = "handling"  # everything, of a case that was routed to the office
    AUDIT = "audit"  # everything, and no action


def require_known(names: frozenset[str] | set[str]) -> None:
    """Check that permissions exist.

    Raises:
        ValueError: a name is mistyped.
    """
    unknown = sorted(names - KNOWN)
    if unknown:
        raise ValueError(f"no such permission: {', '.join(unknown)}")


def allowed(actor: Actor, permission: str, *, office: str | None = None) -> bool:
    """Tell whether a role of the actor grants a permission, at one office or anywhere."""
    if actor.is_system:
        return True
    return any(
        permission in PERMISSIONS.get(role, ()) and office in (None, held_at)
        for role, held_at in actor.roles
    )


def require(actor: Actor, permission: str, *, office: str | None = None) -> None:
    """Refuse an actor without a permission.

    Raises:
        MissingPermission: no role of theirs grants it there.
    """
    if not allowed(actor, permission, office=office):
        raise MissingPermission(permission=permission)


def sight(session: Session, actor: Actor, case: Case) -> Sight:
    """Tell how much of a case an actor sees.

    The intake office sees what it took in, the handling office and a consulted one what was
    routed to it, the auditor all. Rights of an ended office are those of its successor.
    """
    if actor.is_system or actor.holds("auditor"):
        return Sight.AUDIT
    mine = offices.with_predecessors(session, actor.offices_with(*WORKING_ROLES))
    if case.handling_office_id in mine or _was_asked(session, mine, case):
        return Sight.HANDLING
    if case.intake_office_id in mine:
        return Sight.INTAKE
    return Sight.ON_REASON if _leads(session, actor, case) else Sight.NONE


def require_case(session: Session, actor: Actor, case: Case, *, reason: str | None = None) -> Sight:
    """Return how much of a case an actor sees; the caller records a look that needs a reason.

    Raises:
        CaseNotVisible: it belongs to other offices.
        CaseReasonMissing: it may be seen, but only with a reason.
    """
    found = sight(session, actor, case)
    if found is Sight.NONE:
        raise CaseNotVisible(permission="case:read")
    if found is Sight.ON_REASON and not (reason or "").strip():
        raise CaseReasonMissing()
    return found


def _was_asked(session: Session, mine: frozenset[str], case: Case) -> bool:
    """A consulted office has, or had, a task of the case; so may an office it was sent back by."""
    if not mine:
        return False
    asked = select(Task.number).where(
        Task.instance_id == case.instance_id,
        Task.office_id.in_(mine),
        Task.office_id != case.intake_office_id,
    )
    return session.scalar(asked.limit(1)) is not None


def _leads(session: Session, actor: Actor, case: Case) -> bool:
    """A supervisor of the department that leads the matter in the whole city."""
    supervised = actor.offices_with("supervisor")
    if not supervised:
        return False
    version = session.get(MatterVersion, case.matter_hash)
    department = version.content.get("department") if version else None
    found = session.scalars(select(Office).where(Office.id.in_(supervised)))
    return any(
        "lead" in office.roles
        and office.department_id == department
        and offices.is_valid(office, clock.today())
        for office in found
        if department is not None
    )
