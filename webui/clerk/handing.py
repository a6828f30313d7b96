"""Whose a task is: claiming it, giving it back, and handing it to a colleague with a reason.

The holder gives back and hands over; a supervisor of the office does either for a colleague.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.db import transaction
from engine.errors import EngineError
from engine.models import OPEN_STATES, Task
from engine.process import assignment, tasks
from engine.process.tasks import TaskKey
from webui import auth
from webui.clerk import blueprint
from webui.frame import say

ADDRESS = "/tasks/<uuid:instance_id>/<int:number>"


def choices(session: Session, found: Task) -> list[tuple[str, str]]:
    """Return whom the reader may give a task to, empty when that is not theirs to do."""
    if found.state not in OPEN_STATES or not assignment.may_hand_over(found, auth.actor()):
        return []
    return [
        (str(one.id), f"{one.name} ({one.login})")
        for one in assignment.colleagues(session, found)
        if one.id != found.assignee_id
    ]


def may_release(found: Task) -> bool:
    """Tell whether the reader may give a claimed task back to its office."""
    return found.state == "claimed" and assignment.may_hand_over(found, auth.actor())


@blueprint.post(f"{ADDRESS}/claim")
@auth.permission("task:write")
def claim(instance_id: UUID, number: int) -> Any:
    """Claim a task 签收."""
    return _act(TaskKey(instance_id, number), tasks.claim, _("Claimed. It is yours now."))


@blueprint.post(f"{ADDRESS}/release")
@auth.permission("task:write")
def release(instance_id: UUID, number: int) -> Any:
    """Give a task back to the office."""
    return _act(
        TaskKey(instance_id, number), tasks.release, _("Released. Colleagues may claim it.")
    )


def _act(key: TaskKey, verb: Any, done: str) -> Any:
    try:
        with transaction(auth.database()) as session:
            verb(session, key, by=auth.actor())
    except EngineError as error:
        if error.status != 409:
            raise
        return _again(key, error)
    say(done)
    return redirect(url_for("clerk.task", instance_id=key.instance_id, number=key.number), 303)


@blueprint.post(f"{ADDRESS}/delegate")
@auth.permission("task:write")
def delegate(instance_id: UUID, number: int) -> Any:
    """Give a task to a colleague of its office."""
    key = TaskKey(instance_id, number)
    reason = request.form.get("reason", "").strip()[:500]
    try:
        with transaction(auth.database()) as session:
            found = tasks.get(session, key, by=auth.actor())
            if not reason:
                raise cases.ReasonMissing()
            named = {str(one.id): one.id for one in assignment.colleagues(session, found)}
            to = named.get(request.form.get("to", ""))
            if to is None:
                raise assignment.TaskNotYours(task=found.name, permission="task:write")
            tasks.delegate(session, key, by=auth.actor(), to=to, reason=reason)
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        return _again(key, error)
    say(_("Handed over. Your colleague has the task now."))
    return redirect(url_for("clerk.task", instance_id=instance_id, number=number), 303)


def _again(key: TaskKey, error: EngineError) -> Any:
    from webui.clerk.tasks import show

    return show(key, error=error)
