"""Taking in: finding the matter, and the page of the application up to the printed receipt.

The page is one form; every button of it keeps what was typed as a draft first, so that adding a
file or a mistake in one field loses nothing. The office that will handle the case and its limits
are worked out while the clerk types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from catalogue import loader, search
from catalogue.matter import FieldType, FormField, Matter
from engine import clock
from engine.casework import answers as given_answers
from engine.casework import applicants, cases, documents, identity_papers, intake, matters, routing
from engine.casework.intake import Application
from engine.db import reading, transaction
from engine.errors import EngineError
from engine.models import Case, Department, Draft, MatterVersion, Office, Task
from engine.people import offices, permissions
from engine.people.permissions import Sight
from engine.process import steps, tasks
from engine.process.tasks import TaskKey
from webui import auth, errors, i18n
from webui.clerk import blueprint, view, words
from webui.frame import say

PREFIXES = ("applicant.", "agent.", "form.", "materials.")
NAMES = ("delivery_method", "handling_office", "override_reason", "with_agent")


# ---- choosing the matter


@blueprint.get("/new")
@auth.permission("case:write")
def new() -> str:
    """Find a matter among all 130, each with its state."""
    text = request.args.get("q", "").strip()[:100]
    with reading(auth.database()) as session:
        found = search.find(_index(session), text)
        names = {
            one.id: one.name if i18n.language() == "zh" else one.name_en
            for one in session.scalars(select(Department))
        }
        windows = _windows(session)
    groups: dict[str, list[Matter]] = {}
    for matter in found:
        groups.setdefault(matter.department, []).append(matter)
    return render_template(
        "clerk/new.html",
        text=text,
        total=len(found),
        groups=[(names.get(slug, slug), listed) for slug, listed in groups.items()],
        state_of=_state_of,
        windows=windows,
        label=view.label,
    )


def _index(session: Session) -> tuple[search.Entry, ...]:
    """Return the searchable matters, made again only when an edition was added."""
    stamp = session.execute(
        select(func.count(MatterVersion.hash), func.max(MatterVersion.added_at))
    ).one()
    kept = current_app.extensions.get("clerk.matters")
    if kept is None or kept[0] != tuple(stamp):
        departments = {one.slug: one for one in loader.load_departments()}
        made = search.index(matters.all_current(session), departments)
        kept = current_app.extensions["clerk.matters"] = (tuple(stamp), made)
    return kept[1]


def _state_of(matter: Matter) -> tuple[str, str, str]:
    """Return a kind, the word for it and the reason why a matter is not open."""
    reason = view.label(matter.state, "reason")
    if matter.state.kind == "ended" or not matter.is_valid_on(clock.today()):
        return "ended", _("has ended"), reason
    if not matter.is_open:
        return (
            "not-open",
            _("not open yet"),
            reason or _("Send the applicant to the competent office."),
        )
    return "open", _("open"), ""


def _windows(session: Session) -> list[tuple[str, str]]:
    mine = auth.actor().offices_with("intake")
    found = session.scalars(select(Office).where(Office.id.in_(mine)).order_by(Office.id))
    return [(one.id, one.short_name) for one in found if "intake" in one.roles]


@blueprint.post("/new")
@auth.permission("case:write")
def open_case() -> Response:
    """Open a case of a matter and go to its application."""
    me = auth.actor()
    office = request.form.get("office") or None
    with steps.run(auth.database()) as session:
        windows = [one for one, _name in _windows(session)]
        if office is None and me.office_id not in windows and windows:
            office = windows[0]
        number = request.form.get("matter", 0, type=int)
        case = cases.open_case(session, number, by=me, office_id=office)
        first = session.scalars(
            select(Task)
            .where(Task.instance_id == case.instance_id, Task.state == "open")
            .order_by(Task.number)
        ).first()
        key = TaskKey(case.instance_id, first.number) if first else None
        if key is not None:
            tasks.claim(session, key, by=me)
        instance_id = case.instance_id
    if key is None:
        return redirect(url_for("clerk.case", instance_id=instance_id), 303)
    return redirect(url_for("clerk.task", instance_id=instance_id, number=key.number), 303)


# ---- the application


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
    labels = _labels(shown.matter)
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
        kinds=[one for one in _kinds() if one[0] in shown.matter.applicant_kinds],
        id_types=_id_types(shown.matter),
        person_ids=[(one.key, one.name) for one in identity_papers.for_holder("person")],
        districts=_districts(session),
        form_field=_form_field,
        label=view.label,
        material_form=words.material_form,
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
        "window": window,
        "rule": view.label(matter.handling, "rule"),
        "rule_field": view.label(asked) if asked else None,
        "others": [
            (one.id, one.name) for one in others if computed is None or one.id != computed.id
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
        if task.state in ("open", "claimed"):
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
        if found.state in ("open", "claimed"):
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
    )


# ---- words and choices of the page


def _kinds() -> list[tuple[str, str]]:
    return [("person", _("a person")), ("body", _("a body"))]


def _id_types(matter: Matter) -> list[tuple[str, str]]:
    kinds = [kind for kind in ("person", "body") if kind in matter.applicant_kinds]
    return [(one.key, one.name) for kind in kinds for one in identity_papers.for_holder(kind)]


def _districts(session: Session) -> list[tuple[str, str]]:
    codes = offices.district_codes(session, on=clock.today())
    names = {
        one.code: one.name if i18n.language() == "zh" else one.name_en
        for one in loader.load_districts()
    }
    return [(code, names.get(code, code)) for code in sorted(codes)]


def _form_field(asked: FormField, districts: list[tuple[str, str]]) -> dict[str, Any]:
    """Return how a question of the matter is drawn."""
    kinds = {
        FieldType.TEXTAREA: "textarea",
        FieldType.NUMBER: "number",
        FieldType.MONEY: "number",
        FieldType.DATE: "date",
        FieldType.SELECT: "select",
        FieldType.RADIO: "radio",
        FieldType.DISTRICT: "select",
    }
    kind = kinds.get(asked.type, "text")
    if asked.type is FieldType.CHECKBOX:
        kind = "checks" if asked.options else "checkbox"
    options = [(one.value, view.label(one)) for one in asked.options]
    rule = asked.show_if
    return {
        "kind": kind,
        "options": districts if asked.type is FieldType.DISTRICT else options,
        "show_if": f"form.{rule.field}={'|'.join(rule.any_of)}" if rule else None,
        "hint": view.label(asked, "hint")
        or (_("in yuan") if asked.type is FieldType.MONEY else None),
    }


def _labels(matter: Matter) -> dict[str, str]:
    """Return the label of every field, for the list of what is wrong."""
    made = {f"form.{one.key}": view.label(one) for one in matter.fields}
    made |= {f"materials.{one.key}": view.label(one, "name") for one in matter.materials}
    made |= {f"file.{one.key}": view.label(one, "name") for one in matter.materials}
    applicant, agent = _("Applicant"), _("Agent")
    for prefix, who in (("applicant", applicant), ("agent", agent)):
        for name, text in (
            ("kind", _("kind of applicant")),
            ("name", _("name")),
            ("id_type", _("identity paper")),
            ("id_no", _("number of the paper")),
            ("phone", _("telephone")),
            ("address", _("address")),
            ("authorisation", _("authorisation")),
        ):
            made[f"{prefix}.{name}"] = _("%(who)s, %(what)s:", who=who, what=text)
    made["delivery_method"] = _("Delivery")
    made["handling_office"] = _("Handling office")
    made["override_reason"] = _("Why another office")
    colon = "：" if i18n.language() == "zh" else ":"
    return {n: t if t.endswith((":", "：")) else t + colon for n, t in made.items()}
