"""Migration: running instances carried over to another version of their process.

A plan tells of each instance whether it can be carried over and what stands in the way, and
changes nothing. Due times stay; open tasks keep their number, holder and draft and take name and
form from the new version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import migration
from engine.bpmn.migration import Obstacle
from engine.errors import Conflict
from engine.models import Bundle, Definition, Instance
from engine.people import permissions
from engine.people.identity import Actor
from engine.process import bundles, definitions, locking
from engine.process.execution import Step
from engine.process.interventions import grounds, renaming
from engine.record.history import Value


class CannotMigrate(Conflict):
    """Map the elements named to others, or let the case leave them first."""

    code = "cannot-migrate"
    message = "Instance {instance} cannot go on as version {version}: {obstacles}."


@dataclass(frozen=True)
class Outlook:
    """What would become of one instance."""

    instance_id: UUID
    case_no: str | None
    version: int
    obstacles: tuple[Obstacle, ...]


def plan(
    session: Session,
    process_key: str,
    *,
    to: int,
    by: Actor,
    names: Mapping[str, str] | None = None,
    version: int | None = None,
    limit: int = 1000,
) -> list[Outlook]:
    """Return what would become of the live instances of a process; nothing is changed.

    Args:
        process_key: the process.
        to: the version that they shall have.
        by: who asks.
        names: elements that are called otherwise in it, old id to new id.
        version: only instances of this version; those of every other by default.
        limit: how many are looked at, oldest first.

    Raises:
        MissingPermission: the actor is no operator.
        DefinitionNotFound: there is no such version.
    """
    permissions.require(by, grounds.PERMISSION)
    target = definitions.latest(session, process_key, to)
    bundle = bundles.bind(session, target)
    query = select(Instance).where(
        Instance.process_key == process_key,
        Instance.status.in_((*locking.LIVE, locking.SUSPENDED)),
        Instance.version == version if version is not None else Instance.version != to,
    )
    found = session.scalars(query.order_by(Instance.started_at, Instance.id).limit(limit)).all()
    return [
        Outlook(
            one.id,
            one.case_no,
            one.version,
            tuple(_translated(session, one, bundle, names or {})[1]),
        )
        for one in found
    ]


def migrate(
    session: Session,
    instance_id: UUID,
    *,
    to: int,
    by: Actor,
    reason: str,
    names: Mapping[str, str] | None = None,
) -> Instance:
    """Carry one instance over, and run it on to its next wait.

    Args:
        to: the version of its process that it shall have.
        names: elements that are called otherwise in it, old id to new id.

    Raises:
        MissingPermission, InterventionReasonMissing: not by this person, or not without a reason.
        InstanceNotFound, InstanceEnded, InstanceSuspended: it does not run.
        DefinitionNotFound: there is no such version.
        CannotMigrate: it stands where the new version has no place for it; nothing was changed.
        StepFailed: the step after it failed.
    """
    told, renamed = grounds.require(by, reason), dict(names or {})
    instance = locking.lock(session, instance_id)
    target = definitions.latest(session, instance.process_key, to)
    bundle = bundles.bind(session, target)
    state, obstacles = _translated(session, instance, bundle, renamed)
    if obstacles:
        told_of = ", ".join(sorted(f"{one.element} ({one.reason})" for one in set(obstacles)))
        raise CannotMigrate(instance=instance_id, version=to, obstacles=told_of)
    step = Step.resume(session, instance, locking.open_tasks(session, instance_id), by)
    before = instance.version
    step.note(
        "instance.migrated",
        fields={"reason": Value(after=told), "version": Value(before=before, after=to)}
        | ({"mapping": Value(after=renamed)} if renamed else {}),
    )
    _carry_over(step, target, bundle, state, renamed)
    return step.finish()


def _translated(
    session: Session, instance: Instance, bundle: Bundle, names: Mapping[str, str]
) -> tuple[dict[int, bytes], Sequence[Obstacle]]:
    old = bundles.of_instance(session, instance).specifications
    new = bundles.of(session, bundle.hash).specifications
    return migration.translate(locking.state_of(session, instance), old, new, names)


def _carry_over(
    step: Step, target: Definition, bundle: Bundle, state: dict[int, bytes], names: dict[str, str]
) -> None:
    instance, old = step.instance, step.built.specifications
    instance.definition_id, instance.version = target.id, target.version
    instance.bundle_hash, instance.altered = bundle.hash, True
    step.rebuild(state)
    renaming.rename_closed(step, names)
    renaming.rename_waits(step)
    step.run.listen_anew(old, names)
    renaming.rename_open(step)
