"""Files of a case: adding, removing and sending them, each only to those who may see the case.

A file leaves as an attachment that no browser runs or guesses at. Who looks at a file that the
applicant handed in is recorded first.
"""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.casework import cases, documents, tolerance
from engine.db import reading, transaction
from engine.errors import EngineError
from engine.people import permissions
from engine.people.permissions import CaseNotVisible, Sight
from engine.record import access
from webui import auth, errors
from webui.clerk import blueprint
from webui.frame import say

ADDRESS = "/cases/<uuid:instance_id>/documents"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


@blueprint.get(f"{ADDRESS}/<int:number>")
@auth.permission("document:read")
def document(instance_id: UUID, number: int) -> Response:
    """Send a file as an attachment."""
    with reading(auth.database()) as session:
        case = cases.get(session, instance_id)
        permissions.require_case(session, auth.actor(), case)
        is_upload = documents.get(session, case, number).kind == "upload"
    if is_upload:
        access.record(
            auth.database(),
            actor=auth.actor().key,
            what="document.opened",
            subject=f"{instance_id} {number}",
            reason=None,
        )
    with reading(auth.database()) as session:
        opened = documents.open_for(session, cases.get(session, instance_id), number, auth.actor())
    with opened.content as content:
        data = content.read()
    answer = Response(data, content_type=opened.media_type, headers=HEADERS)
    answer.headers["Content-Disposition"] = f'attachment; filename="{opened.file_name}"'
    return answer


@blueprint.post(ADDRESS)
@auth.permission("case:write")
def add(instance_id: UUID) -> Response:
    """Add files that came in later, for instance after a correction notice."""
    material = request.form.get("material") or None
    files = [one for one in request.files.getlist("file") if one.filename]
    for file in files:
        try:
            with transaction(auth.database()) as session:
                case = cases.get(session, instance_id)
                require_work(permissions.require_case(session, auth.actor(), case))
                documents.add_upload(
                    session,
                    case,
                    material_key=material,
                    file_name=file.filename or "",
                    data=file.read(),
                    by=auth.actor(),
                )
                tolerance.settle(session, case, by=auth.actor())
        except EngineError as error:
            if error.status not in (409, 422):
                raise
            said = errors.text_of(error)
            from webui.clerk.cases import show

            return show(instance_id, problem=said, status=error.status)
    if files:
        say(_("The file is added to the case."))
    return redirect(url_for("clerk.case", instance_id=instance_id) + "#materials", 303)


@blueprint.post(f"{ADDRESS}/<int:number>/remove")
@auth.permission("case:write")
def remove(instance_id: UUID, number: int) -> Response:
    """Hide a file that was added by mistake."""
    with transaction(auth.database()) as session:
        case = cases.get(session, instance_id)
        require_work(permissions.require_case(session, auth.actor(), case))
        documents.remove(session, case, number, by=auth.actor())
    return redirect(url_for("clerk.case", instance_id=instance_id) + "#materials", 303)


def require_work(sight: Sight) -> None:
    """Refuse who may look at a case and not work on it.

    Raises:
        CaseNotVisible: an auditor, or a supervisor who looks in for a reason.
    """
    if sight not in (Sight.INTAKE, Sight.HANDLING):
        raise CaseNotVisible(permission="case:write")
