"""Taking in: the page of the application up to the printed receipt.

The page is one form; every button of it keeps what was typed as a draft first, so that adding a
file or a mistake in one field loses nothing. The office that will handle the case and its limits
are worked out while the clerk types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from catalogue.matter import Matter
from engine import clock
from engine.casework import answers as given_answers
from engine.casework import applicants, cases, documents, intake, matters, routing, ways_in
from engine.casework.intake import Application
from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import OPEN_STATES, Case, Draft, Office, Task
from engine.people import offices, permissions
from engine.people.permissions import Sight
from engine.process import steps, tasks
from engine.process.tasks import TaskKey
from webui import auth, errors
from webui.clerk import blueprint, duties, questions, view, words
from webui.frame import say

PREFIXES = ("applicant.", "agent.", "form.", "materials.")
NAMES = ("delivery_method", "handling_office", "override_reason", "with_agent", "commitment")


def page(
    session: Session,
    task: Task,
    case: Case,
    sight: Sight,
    typed: Mapping[str, Any] | None,
    error: EngineError | None,
    upload_errors: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    """Show the application with what was typed, what is wrong and where it will go."""
    key = TaskKey(task.instance_id, task.number)
    shown = view.of_case(session, case, sight)
    row = session.get(Draft, (*key, auth.actor().user_id))
    values = dict(typed if typed is not None else tasks.draft(session, key, by=auth.actor()) or {})
    wrong = errors.field_texts(getattr(error, "errors", {})) if error else {}
    wrong |= {f"file.{name}": text for name, text in (upload_errors or {}).items()}
    given = documents.given_names(session, case)
    files: dict[str, list[dict[str, Any]]] = {}
    for one in shown.uploads:
        name = given.get(one.number, one.file_name)
        files.setdefault(one.material_key or "", []).append({"number": one.number, "name": name})
    labels = questions.labels(shown.matter)
    answer = render_template(
        "clerk/intake.html",
        task=task,
        view=shown,
        matter=shown.matter,
        values=values,
        errors=wrong,
        summary=[(name, f"{labels.get(name, '')} {text}".strip()) for name, text in wrong.items()],
        problem=errors.text_of(error) if error and not getattr(error, "errors", None) else None,
        files=files,
        saved=row.saved_at if row else None,
        kinds=[
            one for one in questions.applicant_kinds() if one[0] in shown.matter.applicant_kinds
        ],
        id_types=questions.id_types(shown.matter.applicant_kinds),
        person_ids=questions.id_types(["person"]),
        districts=questions.districts(session),
        form_field=questions.form_field,
        label=view.label,
        material_form=words.material_form,
        ways_in=ways_in.of_case(session, case, shown.matter),
        material_states=[(s, words.material_state(s)) for s in intake.MATERIAL_STATES],
        methods=[(one, words.delivery(one)) for one in intake.DELIVERY_METHODS],
        **_destination(session, case, shown.matter, values),
        strip=view.preview(session, shown.matter),
    )
    return answer, error.status if error else 422 if wrong else 200


def _destination(
    session: Session, case: Case, matter: Matter, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Work out where the case will go from what is typed so far."""
    raw = {name[5:]: value for name, value in values.items() if name.startswith("form.")}
    districts = frozenset(offices.district_codes(session, on=clock.today()))
    known, _wrong = given_answers.check(matter.fields, raw, districts=districts)
    try:
        computed = routing.compute(session, matter, known, on=clock.today())
    except routing.HandlingOfficeUnknown:
        computed = None
    others = routing.candidates(session, matter, on=clock.today())
    asked = next((one for one in matter.fields if one.key == matter.handling.by), None)
    window = session.get_one(Office, case.intake_office_id)
    return {
        "computed": computed,
        "duty": duties.of_answers(session, matter, known),
        "window": window,
        "office_name": view.office_name,
        "rule": view.label(matter.handling, "rule"),
        "rule_field": view.label(asked) if asked else None,
        "others": [
            (one.id, view.office_name(one))
            for one in others
            if computed is None or one.id != computed.id
        ],
    }


@blueprint.post("/tasks/<uuid:instance_id>/<int:number>/destination")
@auth.permission("task:write")
def destination(instance_id: UUID, number: int) -> str:
    """Return the part of the page that says where the case will go."""
    with reading(auth.database()) as session:
        tasks.get(session, TaskKey(instance_id, number), by=auth.actor())
        case = cases.get(session, instance_id)
        matter = matters.of_case(session, case)
        return render_template(
            "clerk/destination.html",
            **_destination(session, case, matter, typed_fields(request.form)),
        )


def submit(key: TaskKey) -> Any:
    """Keep the draft, then do what the pressed button says."""
    me, typed = auth.actor(), typed_fields(request.form)
    action = request.form.get("action", "")
    upload_errors = _keep(key, typed)
    if upload_errors:
        return _again(key, typed, None, upload_errors)
    here = url_for("clerk.task", instance_id=key.instance_id, number=key.number)
    if request.form.get("remove"):
        with transaction(auth.database()) as session:
            case = cases.get(session, key.instance_id)
            documents.remove(session, case, request.form.get("remove", 0, type=int), by=me)
        return redirect(f"{here}#materials", 303)
    if action != "receive":
        return redirect(f"{here}#materials" if action == "upload" else here, 303)
    version = request.form.get("version", type=int)
    try:
        with steps.run(
            auth.database(), instance_id=key.instance_id, task_number=key.number
        ) as session:
            intake.receive(session, key, _application(typed), by=me, version=version)
            case_no = cases.get(session, key.instance_id).case_no
    except EngineError as error:
        if error.status not in (409, 422):
            raise
        return _again(key, typed, error, {})
    from webui.clerk.tasks import lead_on

    say(_("Received as %(case)s. The receipt is ready to print.", case=case_no), "here")
    return lead_on(key.instance_id)


def _again(
    key: TaskKey,
    typed: Mapping[str, Any],
    error: EngineError | None,
    upload_errors: Mapping[str, str],
) -> Any:
    with reading(auth.database()) as session:
        task = tasks.get(session, key, by=auth.actor())
        case = cases.get(session, key.instance_id)
        sight = permissions.require_case(session, auth.actor(), case)
        if task.state in OPEN_STATES:
            return page(session, task, case, sight, typed, error, upload_errors)
    from webui.clerk.tasks import show

    return show(key, error=error)


def _keep(key: TaskKey, typed: dict[str, Any]) -> dict[str, str]:
    """Keep draft and files; return what is wrong with a file, by material."""
    wrong: dict[str, str] = {}
    for name, files in request.files.lists():
        material = name.removeprefix("file.")
        for file in files:
            if not file.filename or not name.startswith("file."):
                continue
            try:
                with transaction(auth.database()) as session:
                    tasks.require_completable(session, key, by=auth.actor())
                    case = cases.get(session, key.instance_id)
                    documents.add_upload(
                        session,
                        case,
                        material_key=material if material != "other" else None,
                        file_name=file.filename,
                        data=file.read(),
                        by=auth.actor(),
                    )
            except EngineError as error:
                if error.status != 422:
                    raise
                wrong[material] = errors.text_of(error).text
            else:
                if material != "other":
                    typed[f"materials.{material}"] = "received"
    with transaction(auth.database()) as session:
        found = tasks.get(session, key, by=auth.actor())
        if found.state in OPEN_STATES:
            tasks.save_draft(session, key, by=auth.actor(), content=typed)
    return wrong


def typed_fields(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the fields of an application as typed; boxes with one name become a list."""
    found: dict[str, Any] = {}
    for name in form:
        if name in NAMES or name.startswith(PREFIXES):
            values = form.getlist(name)
            found[name] = values[0] if len(values) == 1 else values
    return found


def _application(typed: Mapping[str, Any]) -> Application:
    def part(prefix: str) -> dict[str, Any]:
        size = len(prefix)
        return {name[size:]: value for name, value in typed.items() if name.startswith(prefix)}

    return Application(
        applicant=applicants.from_fields(typed),
        form=part("form."),
        materials=part("materials."),
        delivery_method=str(typed.get("delivery_method") or ""),
        handling_office=str(typed.get("handling_office") or "") or None,
        override_reason=str(typed.get("override_reason") or "") or None,
        commitment=str(typed.get("commitment") or "").strip() or None,
    )
