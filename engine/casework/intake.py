"""Intake: what the window enters for an applicant, checked whole before anything is kept.

The application (applicant, agent, form, materials, wanted delivery) belongs to the first task of
the case. Everything personal goes to the encrypted case data, never into process variables;
only fields that the matter marks as variables reach the process. Whatever is wrong is told in
one answer, per field, and nothing is kept of a refused application except the draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import Matter
from engine import clock
from engine.casework import (
    answers,
    applicants,
    commitments,
    materials,
    matters,
    routing,
    ways_in,
)
from engine.casework.applicants import Applicant
from engine.casework.ways_in import WaysIn
from engine.errors import Invalid
from engine.models import Case, Instance, MaterialReceived, Office
from engine.people import offices
from engine.people.identity import Actor
from engine.process import tasks
from engine.process.tasks import Completed, TaskKey
from engine.record import history, personal

DELIVERY_METHODS = ("on-the-spot", "window", "electronic", "courier")
MATERIAL_STATES = materials.STATES
RECEIVE = "Activity_ReceiveApplication"


@dataclass(frozen=True)
class Application:
    """What an applicant hands in.

    Attributes:
        applicant: the person or body, with the agent that acts for it.
        form: the matter's own fields by key, as typed.
        materials: material key to `received`, `missing` or `not-needed`.
        delivery_method: one of DELIVERY_METHODS.
        handling_office: an office chosen instead of the computed one.
        override_reason: why.
        commitment: who signed the commitment 告知承诺; None when the applicant does not choose it.
    """

    applicant: Applicant
    form: Mapping[str, Any] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)
    delivery_method: str = "window"
    handling_office: str | None = None
    override_reason: str | None = None
    commitment: str | None = None


class ApplicationInvalid(Invalid):
    """Correct the named fields; what was typed is kept as a draft."""

    code = "application-invalid"
    message = "The application has {count} fields to correct."

    def __init__(self, errors: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
        self.errors = dict(errors)
        super().__init__(count=len(errors), fields=sorted(errors))


Errors = dict[str, tuple[str, dict[str, Any]]]


def receive(
    session: Session,
    key: TaskKey,
    application: Application,
    *,
    by: Actor,
    version: int | None = None,
) -> Completed:
    """Check an application, keep it, and complete the receiving task of its case.

    Raises:
        ApplicationInvalid: with an error code per field.
        TaskAlreadyCompleted, TaskAlreadyClaimed, Forbidden: as `tasks.complete`.
    """
    instance = session.get_one(
        Instance, key.instance_id, with_for_update=True, populate_existing=True
    )
    case = session.get_one(Case, key.instance_id)
    matter = matters.of_case(session, case)
    tasks.require_completable(session, key, by=by, version=version)
    values, errors = _check(session, case, matter, application)
    if errors:
        raise ApplicationInvalid(errors)
    _keep(session, case, matter, application, values)
    _record(session, instance, application, by)
    variables = matter.variables(values) | {
        "handling_office": case.handling_office_id,
        "delivery_method": case.delivery_method,
        "materials_complete": not materials.missing(session, case, matter, values),
        "tolerated": bool(materials.tolerated(session, case)),
        "committed": commitments.is_committed(session, case),
    }
    return tasks.complete(session, key, by=by, variables=variables, version=version, trusted=True)


def _check(
    session: Session, case: Case, matter: Matter, application: Application
) -> tuple[dict[str, Any], Errors]:
    """Check everything at once; the handling office is chosen only when its field is sound."""
    errors: Errors = dict(applicants.check(application.applicant, matter.applicant_kinds))
    districts = frozenset(offices.district_codes(session, on=clock.today()))
    values, wrong = answers.check(matter.fields, application.form, districts=districts)
    errors |= {f"form.{key}": error for key, error in wrong.items()}
    allowed = ways_in.of_case(session, case, matter)
    errors |= ways_in.check(session, allowed, application)
    errors |= _check_materials(matter, application.materials, values, allowed)
    if application.delivery_method not in DELIVERY_METHODS:
        errors["delivery_method"] = ("choose-one", {})
    if f"form.{matter.handling.by}" not in errors:
        errors |= _choose_office(session, case, matter, application, values)
    return values, errors


def _check_materials(
    matter: Matter, given: Mapping[str, str], values: Mapping[str, Any], allowed: WaysIn
) -> Errors:
    errors: Errors = {}
    for name in given:
        if matter.material(name) is None:
            errors[f"materials.{name}"] = ("unknown-field", {})
    for material in matter.materials:
        state = given.get(material.key, "missing")
        if state not in allowed.states_of(material):
            errors[f"materials.{material.key}"] = ("choose-one", {})
        elif state == "not-needed" and material.is_required(values):
            errors[f"materials.{material.key}"] = ("material-required", {"material": material.name})
    return errors


def _choose_office(
    session: Session, case: Case, matter: Matter, application: Application, values: dict[str, Any]
) -> Errors:
    today = clock.today()
    try:
        computed = routing.compute(session, matter, values, on=today)
        case.computed_office_id = computed.id
    except routing.HandlingOfficeUnknown as error:
        computed = None
        if not application.handling_office:
            field_name = f"form.{matter.handling.by}" if matter.handling.by else "handling_office"
            return {field_name: (error.code, error.params)}
    chosen = application.handling_office
    if not chosen or (computed is not None and chosen == computed.id):
        assert computed is not None
        case.handling_office_id, case.override_reason = computed.id, None
        return {}
    if not (application.override_reason or "").strip():
        return {"override_reason": ("reason-missing", {})}
    try:
        office: Office = routing.require_candidate(session, matter, chosen, on=today)
    except routing.NoHandlingOffice as error:
        return {"handling_office": (error.code, error.params)}
    case.handling_office_id, case.override_reason = office.id, application.override_reason
    return {}


def _keep(
    session: Session,
    case: Case,
    matter: Matter,
    application: Application,
    values: Mapping[str, Any],
) -> None:
    case.applicant_kind = application.applicant.kind
    commitments.sign(session, case, application.commitment or "")
    case.delivery_method = application.delivery_method
    applicants.keep(session, case.instance_id, application.applicant)
    for asked in matter.fields:
        field_name = f"form.{asked.key}"
        if asked.key in values:
            personal.keep(
                session, case.instance_id, field_name, values[asked.key], personal=asked.personal
            )
        else:
            personal.forget(session, case.instance_id, field_name)
    for material in matter.materials:
        state = application.materials.get(material.key, "missing")
        session.merge(
            MaterialReceived(instance_id=case.instance_id, material_key=material.key, state=state)
        )
    session.flush()


def _record(session: Session, instance: Instance, application: Application, by: Actor) -> None:
    """Append what was applied for as it was received, so that it can be proven later.

    A body's name is public and kept in clear; the record, which many read, masks it all the same.
    """
    fields = {
        name: value if name.endswith((".kind", ".id_type")) else _owned(name, value)
        for name, value in personal.recorded(session, instance.id, ("applicant.", "agent.")).items()
    }
    fields |= personal.recorded(session, instance.id, ("form.", "commitment."))
    for key, state in application.materials.items():
        fields[f"materials.{key}"] = history.Value(after=state)
    entry = history.Entry("application.recorded", by.key, RECEIVE, by.on_behalf_of, fields)
    history.append(session, instance, [entry])


def _owned(name: str, value: history.Value) -> history.Value:
    return replace(value, personal=True, person=name.partition(".")[0])


def answers_of(session: Session, case: Case) -> dict[str, Any]:
    """Return the kept answers to the matter's form, by field key."""
    kept = personal.values(session, case.instance_id)
    return {k.removeprefix("form."): v for k, v in kept.items() if k.startswith("form.")}
