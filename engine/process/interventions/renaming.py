"""Renaming: the rows of a migrated instance, under the ids that its new version has.

What was done and what is waited for stays the same row: a finished task still counts for the rule
of two persons, and a question to an outside system keeps its number, so that it is not asked twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from engine.models import Job, Subscription, Task
from engine.process import assignment, waits
from engine.process.execution import Step


def rename_closed(step: Step, names: Mapping[str, str]) -> None:
    """Give tasks that are closed the ids of the new version."""
    closed = select(Task).where(
        Task.instance_id == step.instance.id,
        Task.element.in_(names),
        Task.state.in_(("completed", "cancelled")),
    )
    for task in step.session.scalars(closed):
        task.element = names[task.element]
    step.session.flush()


def rename_open(step: Step) -> None:
    """Give open tasks the id, name and form of the new version, and its rule of two persons."""
    for ready in step.run.ready_tasks():
        task, more = step.tasks[ready.id], ready.extensions
        banned = {*task.excluded, *assignment.excluded(step.session, step.instance, ready)}
        name = (ready.name or ready.element)[:200]
        now = (ready.element, name, more.form, sorted(banned))
        if (task.element, task.name, task.form_key, sorted(task.excluded)) == now:
            continue
        task.element, task.name, task.form_key, task.excluded = now
        task.version += 1


def rename_waits(step: Step) -> None:
    """Let jobs and subscriptions that only bear another id now go on as the rows they are."""
    before, now = step.before, waits.of(step.run)
    step.before = replace(
        before,
        timers=_renamed(step, Job, before.timers, now.timers),
        events=_renamed(step, Subscription, before.events, now.events),
        connectors=_renamed(step, Job, before.connectors, now.connectors),
    )


def _renamed(
    step: Step, table: type[Job] | type[Subscription], before: Mapping[int, Any], now: Any
) -> dict[int, Any]:
    found = dict(before)
    for token, old in before.items():
        new = now.get(token)
        # An operation without a name is called what its element is called: another question.
        if new is None or new[0] == old[0] or new[1:] != old[1:] or new[-1] is None:
            continue
        step.session.execute(
            update(table)
            .where(table.instance_id == step.instance.id, table.token == token)
            .values(element=new[0])
        )
        found[token] = new
    return found
