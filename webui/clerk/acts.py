"""Acts on a case outside its tasks: ending it, reading its feedback, following its parcel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.casework import cases as engine_cases
from engine.casework import deliveries
from engine.db import transaction
from engine.errors import EngineError
from engine.people import permissions
from engine.process import locking, steps
from webui import auth, errors
from webui.clerk import blueprint
from webui.clerk.cases import ADDRESS, show
from webui.clerk.documents import require_work
from webui.frame import say


@blueprint.post(f"{ADDRESS}/stop")
@auth.permission("case:write")
def stop(instance_id: UUID) -> Any:
    """Withdraw a case for its applicant, or terminate it by law."""
    kind = request.form.get("kind", "")
    if kind not in engine_cases.STOP_KINDS:
        raise NotFound()
    try:
        with steps.run(auth.database(), instance_id=instance_id) as session:
            locking.lock(session, instance_id)
            found = engine_cases.get(session, instance_id)
            require_work(permissions.require_case(session, auth.actor(), found))
            reason = request.form.get("reason", "")
            engine_cases.stop(session, found, kind, reason=reason, by=auth.actor())
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        return show(instance_id, problem=errors.text_of(error), status=error.status)
    say(_("The case is ended. The applicant is told in writing."))
    return redirect(url_for("clerk.case", instance_id=instance_id), 303)


@blueprint.post(f"{ADDRESS}/feedback")
@auth.permission("case:write")
def see_feedback(instance_id: UUID) -> Response:
    """Mark the feedback of a closed case as seen."""
    with transaction(auth.database()) as session:
        locking.lock(session, instance_id)
        found = engine_cases.get(session, instance_id)
        require_work(permissions.require_case(session, auth.actor(), found))
        engine_cases.see_feedback(session, found, by=auth.actor())
    say(_("Marked as seen."))
    return redirect(url_for("clerk.feedback"), 303)


@blueprint.post(f"{ADDRESS}/tracking")
@auth.permission("case:write")
def track(instance_id: UUID) -> Any:
    """Add a state of the parcel seen at the courier."""
    try:
        with transaction(auth.database()) as session:
            locking.lock(session, instance_id)
            found = engine_cases.get(session, instance_id)
            require_work(permissions.require_case(session, auth.actor(), found))
            note = request.form.get("note", "").strip()[:400] or None
            state = request.form.get("state", "")
            deliveries.track(session, found, state, note=note, by=auth.actor())
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        return show(instance_id, problem=errors.text_of(error), status=error.status)
    say(_("The state is added."))
    return redirect(url_for("clerk.case", instance_id=instance_id) + "#delivery", 303)
