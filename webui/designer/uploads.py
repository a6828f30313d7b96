"""Uploading new files: checked only, or deployed when nothing forbids it: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, redirect, request, url_for
from flask_babel import npgettext, pgettext

from catalogue.problem import Problem
from engine.db import reading, transaction
from engine.process import archives, definitions
from engine.process.definitions import DeploymentRejected
from webui import auth
from webui.designer import blueprint, findings
from webui.designer.processes import list_page
from webui.frame import say

ENDINGS = (".bpmn", ".xml", ".form", ".dmn", ".zip")


@blueprint.post("/deployments")
@auth.permission("definition:write")
def deploy() -> Response:
    """Check the files and deploy them; refused ones leave everything as it was."""
    files = {sent.filename: sent.read() for sent in request.files.getlist("files") if sent.filename}
    wrong = [name for name in files if not name.lower().endswith(ENDINGS)]
    if not files or wrong:
        return _nothing(wrong)
    if len(files) != sum(1 for sent in request.files.getlist("files") if sent.filename):
        return _refused(pgettext("design", "Two files have the same name; nothing was deployed."))
    if "check" in request.form:
        return _check(files)
    try:
        with transaction(auth.database()) as session:
            made = definitions.deploy(session, files, by=auth.actor())
            count = len(made.definitions)
    except DeploymentRejected as refused:
        return _found(refused.problems, files, 422)
    say(
        npgettext("design", "%(num)s definition is deployed.", "%(num)s definitions are deployed.",
                  count),
        "in",
    )  # fmt: skip
    return redirect(url_for("designer.processes"), 303)  # type: ignore[return-value]


def _nothing(wrong: Sequence[str]) -> Response:
    error = (
        pgettext("design", "%(name)s is no diagram and no form; nothing was deployed.",
                 name=wrong[0])
        if wrong
        else pgettext("design", "Choose at least one file; nothing was deployed.")
    )  # fmt: skip
    return _refused(error)


def _refused(error: str) -> Response:
    with reading(auth.database()) as session:
        return Response(list_page(session, error=error), 422)


def _check(files: Mapping[str, bytes]) -> Response:
    """Show everything that could be better, as a release is held to it; deploy nothing."""
    with reading(auth.database()) as session:
        _, problems = definitions.check(session, files, profile="release", style=True)
    return _found(problems, files, 200)


def _found(problems: Sequence[Problem], files: Mapping[str, bytes], status: int) -> Response:
    found = findings.by_file(problems, archives.opened(files))
    errors = sum(one.severity == "error" for one in problems)
    with reading(auth.database()) as session:
        return Response(list_page(session, found=found, errors=errors, checked=True), status)
