"""Restarting: a finished instance begun anew, as a new one with the variables of the old."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from engine.errors import Conflict
from engine.models import Instance
from engine.people.identity import Actor
from engine.process import bundles, instances, locking
from engine.process.interventions import grounds
from engine.record import history
from engine.record.history import Entry, Value


class StillRunning(Conflict):
    """Cancel the instance first, or move it back to an earlier step."""

    code = "instance-still-running"
    message = "Instance {instance} has not ended ({status})."


class RestartOfCase(Conflict):
    """Take the application in again: a case has one instance, and its record ends with it."""

    code = "restart-of-case"
    message = "Instance {instance} is case {case}, which is not begun anew."


def restart(session: Session, instance_id: UUID, *, by: Actor, reason: str) -> Instance:
    """Start a new instance of the newest version with the variables a finished one ended with.

    Raises:
        MissingPermission, InterventionReasonMissing: not by this person, or not without a reason.
        InstanceNotFound: there is none.
        StillRunning: it has not ended.
        RestartOfCase: it belongs to a case.
        StepFailed: the first step failed.
    """
    told = grounds.require(by, reason)
    ended = locking.lock(session, instance_id)
    if ended.ended_at is None:
        raise StillRunning(instance=instance_id, status=ended.status)
    if ended.case_no is not None:
        raise RestartOfCase(instance=instance_id, case=ended.case_no)
    given = {name: value for name, value in ended.variables.items() if not name.startswith("_")}
    begun = instances.start(
        session,
        ended.process_key,
        by=by,
        variables=given,
        business_key=ended.business_key,
        office_id=ended.office_id,
        element=_entry(session, ended),
    )
    because = {"reason": Value(after=told), "from": Value(after=str(instance_id))}
    history.append(session, begun, [Entry("instance.restarted", by.key, fields=because)])
    begun.altered = True
    session.flush()
    return begun


def _entry(session: Session, ended: Instance) -> str | None:
    """Return where a process begins that only an event can start: at the first of its events."""
    model = bundles.of_instance(session, ended).specifications.models[ended.process_key]
    starts = model.starts(None)
    triggered = bool(starts) and all(one.event.kind != "none" for one in starts)
    return starts[0].id if triggered else None
