"""Who may do what, and who sees which case."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.models import Task, new_id
from engine.people import permissions
from engine.people.identity import Actor
from engine.people.permissions import (
    CaseNotVisible,
    CaseReasonMissing,
    MissingPermission,
    Sight,
    require_case,
    sight,
)
from tests.engine.people.conftest import CITY, WANZHOU, YUZHONG_HEALTH, MakeCase, MakePerson


def test_every_permission_is_written_resource_and_action() -> None:
    assert set(permissions.PERMISSIONS) == set(permissions.ROLES)
    for name in permissions.KNOWN:
        resource, action = name.split(":")
        assert resource.isalpha() and action.isalpha()


def test_an_auditor_changes_nothing() -> None:
    changing = {name for name in permissions.PERMISSIONS["auditor"] if name.endswith(":write")}

    assert changing == set()


@pytest.mark.parametrize(
    ("role", "permission", "granted"),
    [
        ("intake", "case:write", True),
        ("intake", "definition:write", False),
        ("intake", "user:read", False),
        ("designer", "definition:write", True),
        ("designer", "case:read", False),
        ("administrator", "user:write", True),
        ("administrator", "case:read", False),
        ("administrator", "personal:reveal", False),
        ("auditor", "history:export", True),
        ("auditor", "task:write", False),
    ],
)
def test_a_role_grants_what_the_table_says(role: str, permission: str, granted: bool) -> None:
    actor = Actor(new_id(), "a", "a", WANZHOU, frozenset({(role, WANZHOU)}))

    assert permissions.allowed(actor, permission) is granted


def test_a_role_counts_only_at_its_own_office() -> None:
    actor = Actor(new_id(), "a", "a", WANZHOU, frozenset({("intake", WANZHOU)}))

    permissions.require(actor, "case:write", office=WANZHOU)
    with pytest.raises(MissingPermission) as refused:
        permissions.require(actor, "case:write", office=YUZHONG_HEALTH)

    assert refused.value.params == {"permission": "case:write"}


def test_nobody_without_a_role_may_do_anything() -> None:
    actor = Actor(new_id(), "a", "a", WANZHOU)

    assert not any(permissions.allowed(actor, name) for name in permissions.KNOWN)


def test_the_intake_office_and_the_handling_office_see_the_case(
    session: Session, person: MakePerson, make_case: MakeCase
) -> None:
    case = make_case()

    assert sight(session, person("taker"), case) is Sight.INTAKE
    assert sight(session, person("decider", "handling", YUZHONG_HEALTH), case) is Sight.HANDLING
    assert sight(session, person("auditor", "auditor", CITY), case) is Sight.AUDIT


def test_a_case_is_hidden_from_other_offices_and_from_administrators(
    session: Session, person: MakePerson, make_case: MakeCase
) -> None:
    case = make_case()

    for stranger in (
        person("elsewhere", "intake", "500102-zwzx"),
        person("root", "administrator", CITY),
        person("drawer", "designer", WANZHOU),
    ):
        assert sight(session, stranger, case) is Sight.NONE
        with pytest.raises(CaseNotVisible):
            require_case(session, stranger, case, reason="I am curious")


def test_an_office_that_was_asked_for_its_opinion_sees_the_case(
    session: Session, person: MakePerson, make_case: MakeCase
) -> None:
    case = make_case()
    asked = person("asked", "handling", "500102-ybj")
    before = sight(session, asked, case)
    session.add(
        Task(
            instance_id=case.instance_id,
            number=1,
            token=1,
            element="Activity_GiveOpinion",
            name="答复会商意见",
            process_key="consultation",
            state="completed",
            office_id="500102-ybj",
            created_at=clock.now(),
        )
    )
    session.flush()

    assert before is Sight.NONE
    assert sight(session, asked, case) is Sight.HANDLING


def test_a_supervisor_of_the_leading_department_needs_a_reason(
    session: Session, person: MakePerson, make_case: MakeCase
) -> None:
    case = make_case()
    leader = person("leader", "supervisor", "500000-ybj")
    other = person("other", "supervisor", "500000-tax")

    assert sight(session, leader, case) is Sight.ON_REASON
    with pytest.raises(CaseReasonMissing):
        require_case(session, leader, case, reason="  ")
    assert require_case(session, leader, case, reason="complaint 12") is Sight.ON_REASON
    assert sight(session, other, case) is Sight.NONE
