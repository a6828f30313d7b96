"""Materials of a case: marking what came on paper after receipt, and taking a mark back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _

from engine.casework import cases, materials, tolerance
from engine.db import transaction
from engine.errors import EngineError
from engine.people import permissions
from webui import auth, errors
from webui.clerk import blueprint
from webui.clerk.documents import require_work
from webui.frame import say


@blueprint.post("/cases/<uuid:instance_id>/materials/<key>")
@auth.permission("case:write")
def mark_material(instance_id: UUID, key: str) -> Any:
    """Mark a material as received on paper, or as missing again."""
    received = request.form.get("state") == "received"
    try:
        with transaction(auth.database()) as session:
            case = cases.get(session, instance_id)
            require_work(permissions.require_case(session, auth.actor(), case))
            materials.mark(session, case, key, received=received, by=auth.actor())
            tolerance.settle(session, case, by=auth.actor())
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        from webui.clerk.cases import show

        return show(instance_id, problem=errors.text_of(error), status=error.status)
    say(_("Marked as received.") if received else _("The mark is taken back."))
    return redirect(url_for("clerk.case", instance_id=instance_id) + "#materials", 303)
