"""Uploading new files: all of them are deployed, or none and every problem is named."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_babel import npgettext, pgettext

from engine.db import reading, transaction
from engine.process import definitions
from engine.process.definitions import DeploymentRejected
from webui import auth, i18n
from webui.designer import blueprint
from webui.designer.processes import list_page
from webui.frame import say

ENDINGS = (".bpmn", ".xml", ".form", ".dmn")


@blueprint.post("/deployments")
@auth.permission("definition:write")
def deploy() -> Response:
    """Check the files and deploy them; refused ones leave everything as it was."""
    files = {sent.filename: sent.read() for sent in request.files.getlist("files") if sent.filename}
    wrong = [name for name in files if not name.lower().endswith(ENDINGS)]
    if not files or wrong:
        error = (
            pgettext("design", "%(name)s is no diagram and no form; nothing was deployed.",
                     name=wrong[0])
            if wrong
            else pgettext("design", "Choose at least one file; nothing was deployed.")
        )  # fmt: skip
        with reading(auth.database()) as session:
            return Response(list_page(session, error=error), 422)
    try:
        with transaction(auth.database()) as session:
            made = definitions.deploy(session, files, by=auth.actor())
            count = len(made.definitions)
    except DeploymentRejected as refused:
        return _refused(refused)
    say(
        npgettext("design", "%(num)s definition is deployed.", "%(num)s definitions are deployed.",
                  count),
        "in",
    )  # fmt: skip
    return redirect(url_for("designer.processes"), 303)  # type: ignore[return-value]


def _refused(refused: DeploymentRejected) -> Response:
    chinese = i18n.language() == "zh"
    problems = [
        (one, one.message_zh if chinese and one.message_zh else one.message)
        for one in refused.problems
    ]
    with reading(auth.database()) as session:
        return Response(list_page(session, problems=problems), 422)
