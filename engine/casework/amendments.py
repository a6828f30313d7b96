"""Amendments: what an applicant corrects of the answers given at receipt.

A process names the answers that a correction may change in its property `amendable`, or says `*`
for all; without it the answers stand and only materials are handed in later. The answers are
checked whole, as at receipt, because one may decide whether another is asked. Each change is an
event, before and after, and the process goes on with the corrected values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from catalogue.matter import FormField, Matter
from engine import clock
from engine.casework import answers, cases, intake, matters
from engine.casework.intake import ApplicationInvalid, Errors
from engine.models import Case, Instance
from engine.people import offices
from engine.people.identity import Actor
from engine.process import bundles, tasks
from engine.process.tasks import Completed, TaskKey
from engine.record import history, personal
from engine.record.history import UNSET, Entry, Value

SUBMIT = "Activity_SubmitCorrection"
PROPERTY = "amendable"
ALL = "*"


def fields(session: Session, case: Case) -> tuple[FormField, ...]:
    """Return the questions whose answers a correction of this case may change.

    The one that decides on the handling office is never among them: that office has the case.
    """
    instance = session.get_one(Instance, case.instance_id)
    model = bundles.of_instance(session, instance).specifications.models[instance.process_key]
    named = dict(model.extensions.properties).get(PROPERTY, "").split()
    matter = matters.of_case(session, case)
    return tuple(
        one
        for one in matter.fields
        if (one.key in named or ALL in named)
        and one.derived is None
        and one.key != matter.handling.by
    )


def present(session: Session, case: Case) -> dict[str, Any]:
    """Return the answers as they stand, as somebody would type them, by field key."""
    matter = matters.of_case(session, case)
    kept = intake.answers_of(session, case)
    return {
        one.key: answers.as_typed(one, kept[one.key])
        for one in matter.fields
        if one.derived is None and one.key in kept
    }


def submit(
    session: Session,
    key: TaskKey,
    typed: Mapping[str, Any],
    *,
    by: Actor,
    version: int | None = None,
) -> Completed:
    """Record what was corrected of the answers and complete the task that waits for it.

    Args:
        typed: corrected answers by field key; what is left out stays.

    Raises:
        ApplicationInvalid: an answer does not fit, or may not be changed.
        EngineError: as `tasks.complete`.
    """
    tasks.require_completable(session, key, by=by, version=version)
    case = cases.get(session, key.instance_id)
    matter = matters.of_case(session, case)
    allowed = {one.key for one in fields(session, case)}
    errors: Errors = {
        f"form.{name}": ("unknown-field", {}) for name in typed if name not in allowed
    }
    districts = frozenset(offices.district_codes(session, on=clock.today()))
    wanted = present(session, case) | dict(typed)
    values, wrong = answers.check(matter.fields, wanted, districts=districts)
    errors |= {f"form.{name}": error for name, error in wrong.items()}
    if errors:
        raise ApplicationInvalid(errors)
    changed = _keep(session, case, matter, values, by)
    variables = matter.variables(values) if changed else {}
    return tasks.complete(session, key, by=by, variables=variables, version=version, trusted=True)


def _keep(
    session: Session, case: Case, matter: Matter, values: Mapping[str, Any], by: Actor
) -> bool:
    """Keep the changed answers and append their event; tell whether there were any."""
    before = intake.answers_of(session, case)
    changes: dict[str, Value] = {}
    for one in matter.fields:
        name, was, now = f"form.{one.key}", before.get(one.key, UNSET), values.get(one.key, UNSET)
        if was == now:
            continue
        changes[name] = Value(was, now, personal=one.personal)
        if now is UNSET:
            personal.forget(session, case.instance_id, name)
        else:
            personal.keep(session, case.instance_id, name, now, personal=one.personal)
    if changes:
        entry = Entry("application.amended", by.key, SUBMIT, by.on_behalf_of, changes)
        history.append(session, session.get_one(Instance, case.instance_id), [entry])
    return bool(changes)
