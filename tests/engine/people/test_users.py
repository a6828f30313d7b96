"""People come, change, and leave; their passwords and tokens with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.models import BrowserSession, Task, User
from engine.people import passwords, permissions, sessions, tokens, users
from engine.people.identity import Actor
from engine.people.passwords import PasswordTooShort, PasswordTooSimple
from engine.people.permissions import MissingPermission
from engine.people.tokens import ScopeUnknown, TokenDaysInvalid, TokenInvalid
from engine.people.users import (
    LastAdministrator,
    LoginInvalid,
    LoginTaken,
    RoleUnknown,
    UserLeft,
    WrongPassword,
)
from tests.engine.people.conftest import CITY, WANZHOU, MakeCase, MakePerson

SYSTEM = Actor.system()


def nothing_claimed(session: Session, task: Task) -> None:
    raise AssertionError("nobody has claimed anything")


def test_a_new_person_gets_a_generated_password_to_be_changed(
    session: Session, known_offices: None
) -> None:
    added = users.add(
        session, login=" Li.Si ", name=" 李  四 ", office_id=WANZHOU, roles=[], by=SYSTEM
    )

    assert added.password is not None
    assert (added.user.login, added.user.name) == ("li.si", "李 四")
    assert added.user.must_change_password
    assert passwords.matches(added.user.password_hash, added.password)
    assert added.password not in (added.user.password_hash or "")


def test_a_login_is_unique_whatever_its_letters(session: Session, person: MakePerson) -> None:
    person("wang")

    with pytest.raises(LoginTaken):
        users.add(session, login="WANG", name="王", office_id=None, by=SYSTEM)


@pytest.mark.parametrize("login", ["", "a", "李四", "a b", "-ab", "a" * 61, "<script>"])
def test_a_login_that_does_not_fit_is_refused(
    session: Session, known_offices: None, login: str
) -> None:
    with pytest.raises(LoginInvalid):
        users.add(session, login=login, name="王", office_id=None, by=SYSTEM)


def test_an_unknown_role_is_refused(session: Session, known_offices: None) -> None:
    with pytest.raises(RoleUnknown):
        users.add(
            session,
            login="x1",
            name="王",
            office_id=None,
            roles=[("king", WANZHOU)],
            by=SYSTEM,
        )


def test_only_administrators_manage_people(session: Session, person: MakePerson) -> None:
    clerk, colleague = person("clerk"), person("colleague")
    assert colleague.user_id is not None

    with pytest.raises(MissingPermission):
        users.add(session, login="x1", name="王", office_id=None, by=clerk)
    with pytest.raises(MissingPermission):
        users.set_roles(session, colleague.user_id, [("intake", WANZHOU)], by=clerk)
    with pytest.raises(MissingPermission):
        users.reset_password(session, colleague.user_id, by=clerk)
    with pytest.raises(MissingPermission):
        users.leave(session, colleague.user_id, release=nothing_claimed, by=clerk)


def test_changed_roles_replace_the_old_ones(session: Session, person: MakePerson) -> None:
    clerk = person("clerk")
    assert clerk.user_id is not None

    users.change(
        session,
        clerk.user_id,
        name="新名",
        office_id="500102-zwzx",
        roles=[("supervisor", "500102-zwzx")],
        by=SYSTEM,
    )

    now = users.actor(session, clerk.user_id)
    assert (now.name, now.office_id) == ("新名", "500102-zwzx")
    assert now.roles == {("supervisor", "500102-zwzx")}


def test_the_last_administrator_neither_leaves_nor_loses_the_role(
    session: Session, person: MakePerson
) -> None:
    root = person("root", "administrator", CITY)
    assert root.user_id is not None

    with pytest.raises(LastAdministrator):
        users.leave(session, root.user_id, release=nothing_claimed, by=root)
    with pytest.raises(LastAdministrator):
        users.set_roles(session, root.user_id, [("auditor", CITY)], by=root)
    person("second", "administrator", CITY)
    users.leave(session, root.user_id, release=nothing_claimed, by=root)

    with pytest.raises(UserLeft):
        users.actor(session, root.user_id)


def test_a_leavers_sessions_tokens_and_tasks_end(
    session: Session, person: MakePerson, make_case: MakeCase
) -> None:
    clerk, case = person("clerk"), make_case()
    assert clerk.user_id is not None
    opened = sessions.open_for(session, clerk.user_id)
    token = tokens.issue(session, clerk.user_id).token
    session.add(_claimed(case.instance_id, clerk))
    session.flush()
    released: list[Task] = []

    count = users.leave(
        session, clerk.user_id, release=lambda _, task: released.append(task), by=SYSTEM
    )

    assert count == 1
    assert [task.number for task in released] == [1]
    assert session.get(BrowserSession, opened.row.token_hash) is None
    with pytest.raises(TokenInvalid):
        tokens.find(session, f"Bearer {token}")
    assert session.get_one(User, clerk.user_id).password_hash is None
    with pytest.raises(UserLeft):
        users.leave(session, clerk.user_id, release=nothing_claimed, by=SYSTEM)


def test_a_reset_password_ends_the_sessions_and_must_be_changed(
    session: Session, person: MakePerson
) -> None:
    clerk = person("clerk")
    assert clerk.user_id is not None
    opened = sessions.open_for(session, clerk.user_id)

    given = users.reset_password(session, clerk.user_id, by=SYSTEM)

    user = users.get(session, clerk.user_id)
    assert passwords.matches(user.password_hash, given)
    assert user.must_change_password
    assert session.get(BrowserSession, opened.row.token_hash) is None


def test_a_password_is_changed_only_with_the_old_one(session: Session, person: MakePerson) -> None:
    clerk = person("clerk")
    assert clerk.user_id is not None
    old, new = "correct horse battery", "another good sentence"

    with pytest.raises(WrongPassword):
        users.change_password(session, clerk.user_id, "wrong horse battery", new)
    with pytest.raises(PasswordTooSimple):
        users.change_password(session, clerk.user_id, old, old)
    users.change_password(session, clerk.user_id, old, new)

    assert passwords.matches(users.get(session, clerk.user_id).password_hash, new)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("short", PasswordTooShort),
        ("x" * 201, PasswordTooShort),
        ("aaaaaaaaaaaa", PasswordTooSimple),
        ("wang.er1wang.er1", PasswordTooSimple),
        ("1212121212", PasswordTooSimple),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(
    password: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        passwords.check_policy(password, login="wang.er1", name="王二")


def test_generated_passwords_are_good_and_differ() -> None:
    made = {passwords.generated() for _ in range(50)}

    assert len(made) == 50
    for password in made:
        passwords.check_policy(password, login="anybody", name="谁")


def test_a_search_finds_people_by_part_of_name_or_login(
    session: Session, person: MakePerson
) -> None:
    person("li_yi")
    person("liXyi".lower())
    person("wang", "handling")

    assert {user.login for user in users.search(session, "LI_").users} == {"li_yi"}
    assert {user.login for user in users.search(session, "甲wang").users} == {"wang"}
    assert users.search(session, "%").total == 0
    assert users.search(session, role="handling").total == 1
    assert users.search(session, left=True).total == 0
    assert users.search(session, page=99).number == 1


def test_a_token_does_what_both_its_scopes_and_its_user_may(
    session: Session, person: MakePerson
) -> None:
    clerk = person("clerk")
    assert clerk.user_id is not None
    issued = tokens.issue(session, clerk.user_id, scopes=["task:read", "user:write"], days=2)

    caller = tokens.find(session, f"Bearer {issued.token}")

    assert caller.actor == clerk
    assert caller.allows("task:read")
    assert not caller.allows("task:write")  # no such scope
    assert not caller.allows("user:write")  # no such role
    assert permissions.allowed(caller.actor, "task:write")


def test_a_token_ends_with_its_day(session: Session, person: MakePerson) -> None:
    clerk = person("clerk")
    assert clerk.user_id is not None
    issued = tokens.issue(session, clerk.user_id, days=2)

    with clock.at(issued.expires_at - timedelta(seconds=1)):
        tokens.find(session, f"bearer {issued.token}")
    with clock.at(issued.expires_at), pytest.raises(TokenInvalid):
        tokens.find(session, f"Bearer {issued.token}")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "nonsense"])
def test_anything_else_is_no_token(session: Session, header: str) -> None:
    with pytest.raises(TokenInvalid):
        tokens.find(session, header)


def test_a_token_with_unknown_scope_or_endless_life_is_refused(
    session: Session, person: MakePerson
) -> None:
    clerk = person("clerk")
    assert clerk.user_id is not None

    with pytest.raises(ScopeUnknown):
        tokens.issue(session, clerk.user_id, scopes=["everything"])
    for days in (0, -1, 100_000):
        with pytest.raises(TokenDaysInvalid):
            tokens.issue(session, clerk.user_id, days=days)


def _claimed(instance_id: object, by: Actor) -> Task:
    return Task(
        instance_id=instance_id,
        number=1,
        token=1,
        element="Activity_ReceiveApplication",
        name="登记收件",
        process_key="intake",
        state="claimed",
        assignee_id=by.user_id,
        office_id=WANZHOU,
        created_at=clock.now(),
    )
