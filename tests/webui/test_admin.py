"""The administrator's screens: people, offices, incidents, the calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.calendar import holidays, workdays
from engine.casework import deadlines, reference
from engine.db import Database, reading, transaction
from engine.models import (
    AccessEvent,
    ApiToken,
    Bundle,
    Definition,
    Deployment,
    Incident,
    Instance,
    Office,
    SourceFile,
    Task,
    User,
)
from engine.people import tokens, users
from engine.people.identity import Actor
from engine.record import history
from tests.engine.casework import test_deadlines
from tests.webui.conftest import CITY, WANZHOU, Browser

Open, Add = Callable[..., Browser], Callable[..., Actor]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined]


@pytest.fixture
def admin(signed_in: Open) -> Browser:
    """A browser in which an administrator is signed in."""
    return signed_in("administrator", login="root", office=CITY)


def person_form(**changes: object) -> dict[str, object]:
    return {"name": "李四", "login": "li.si", "office": WANZHOU, "roles": ["intake"]} | changes


def acts(database: Database) -> list[tuple[str, str, str | None]]:
    with reading(database) as session:
        rows = session.execute(
            select(AccessEvent.what, AccessEvent.subject, AccessEvent.reason)
            .where(AccessEvent.what != "session.opened")
            .order_by(AccessEvent.at, AccessEvent.sequence)
        )
        return [(what, subject, reason) for what, subject, reason in rows]


@pytest.mark.parametrize("role", ["intake", "handling", "supervisor", "designer", "auditor"])
def test_no_other_role_enters(signed_in: Open, role: str) -> None:
    window = signed_in(role)

    for path in ("/admin", "/admin/people", "/admin/offices", "/admin/calendar"):
        assert window.get(path).status_code == 403
    assert window.post("/admin/people/new", person_form()).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/admin/people",
        "/admin/people?q=nobody&left=1&page=7",
        "/admin/people?q=%25&role=intake&office=500101-zwzx",
        "/admin/people/new",
        "/admin/offices",
        "/admin/offices?state=ended",
        "/admin/offices?state=all&q=海关",
        "/admin/offices?q=nothing-like-it",
        "/admin/offices/500105-zwzx",
        "/admin/offices/500101-zwzx",
        "/admin/incidents",
        "/admin/incidents?resolved=1",
        "/admin/calendar",
    ],
)
def test_every_page_opens_in_both_languages(admin: Browser, path: str) -> None:
    chinese = admin.get(path)
    admin.client.set_cookie("lang", "en")
    english = admin.get(path)

    assert chinese.status_code == english.status_code == 200
    assert 'lang="zh-CN"' in text(chinese) and 'lang="en"' in text(english)
    for page in (text(chinese), text(english)):
        assert 'style="' not in page and "<script>" not in page
        assert page.count("<h1") == 1


def test_a_new_person_signs_in_with_the_password_shown_once(
    admin: Browser, browser: Open, database: Database
) -> None:
    answer = admin.post("/admin/people/new", person_form())

    found = re.search(r'<code id="password">([^<]+)</code>', text(answer))
    assert answer.status_code == 200 and found is not None
    assert browser().sign_in("li.si", unescape(found[1])).status_code == 303
    with reading(database) as session:
        who = users.actor(session, users.by_login(session, "li.si"))
        assert who.roles == {("intake", WANZHOU)}
    assert [what for what, _, _ in acts(database)] == ["user.added"]
    assert found[1] not in text(admin.get("/admin/people"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"login": "root"}, "已经有人用"),
        ({"login": "李四"}, "账号为 2 到 60 位"),
        ({"name": " "}, "1 到 60 个字"),
        ({"office": "nowhere"}, "没有查到单位"),
        ({"office": "500105-zwzx"}, "不再办理业务"),
        ({"roles": ["king"]}, "不认识 king"),
    ],
)
def test_a_person_that_does_not_fit_is_not_added_and_nothing_typed_is_lost(
    admin: Browser, database: Database, changes: dict[str, object], says: str
) -> None:
    answer = admin.post("/admin/people/new", person_form(**changes))

    assert answer.status_code == 422
    assert says in text(answer)
    assert 'value="李四"' in text(answer) or changes.get("name") == " "
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1


def test_roles_are_given_and_taken_and_the_change_is_written_down(
    admin: Browser, add_person: Add, database: Database
) -> None:
    who = add_person("li", "intake")
    form = {
        "name": "李四",
        "office": WANZHOU,
        "roles": ["supervisor"],
        "add_role": "handling",
        "add_office": "500103-ybj",
    }

    answer = admin.post(f"/admin/people/{who.user_id}", form)

    assert answer.status_code == 303
    with reading(database) as session:
        now = users.actor(session, users.by_login(session, "li"))
        assert now.roles == {("supervisor", WANZHOU), ("handling", "500103-ybj")}
    assert acts(database) == [
        (
            "user.changed",
            f"user {who.user_id}",
            f"+handling@500103-ybj +supervisor@{WANZHOU} -intake@{WANZHOU}",
        )
    ]
    page = text(admin.get(f"/admin/people/{who.user_id}"))
    assert 'value="handling@500103-ybj" checked' in page


def test_the_last_administrator_cannot_give_the_role_away(
    admin: Browser, database: Database
) -> None:
    with reading(database) as session:
        me = users.by_login(session, "root").id

    answer = admin.post(f"/admin/people/{me}", {"name": "张三", "office": CITY, "roles": []})
    left = admin.post(f"/admin/people/{me}/leave")

    assert (answer.status_code, left.status_code) == (422, 409)
    assert "最后一位管理员" in text(left)
    assert admin.get("/admin/people").status_code == 200


def test_a_reset_password_signs_the_person_out_and_is_shown_once(
    admin: Browser, signed_in: Open, browser: Open, database: Database
) -> None:
    window = signed_in("intake", login="li")
    with reading(database) as session:
        user_id = users.by_login(session, "li").id

    answer = admin.post(f"/admin/people/{user_id}/reset-password")

    found = re.search(r'<code id="password">([^<]+)</code>', text(answer))
    assert found is not None
    assert window.get("/").location.startswith("/sign-in")
    assert browser().sign_in("li", unescape(found[1])).status_code == 303
    assert acts(database) == [("user.password-reset", f"user {user_id}", None)]


def test_a_leaver_is_out_at_once_and_listed_among_the_leavers(
    admin: Browser, signed_in: Open, browser: Open, database: Database
) -> None:
    window = signed_in("intake", login="li.si")
    with transaction(database) as session:
        user_id = users.by_login(session, "li.si").id
        tokens.issue(session, user_id)

    answer = admin.post(f"/admin/people/{user_id}/leave", {"reason": "retired"})

    assert answer.status_code == 303
    assert window.get("/").location.startswith("/sign-in")
    assert browser().sign_in("li.si").status_code == 401
    assert "li.si" not in text(admin.get("/admin/people"))
    assert "li.si" in text(admin.get("/admin/people?left=1"))
    with reading(database) as session:
        assert session.scalars(select(ApiToken.revoked_at)).one() is not None
    assert acts(database) == [("user.left", f"user {user_id}", "retired")]


def test_tokens_of_a_person_are_revoked_together(
    admin: Browser, add_person: Add, database: Database
) -> None:
    who = add_person("li", "intake")
    assert who.user_id is not None
    with transaction(database) as session:
        tokens.issue(session, who.user_id)
        tokens.issue(session, who.user_id)

    admin.post(f"/admin/people/{who.user_id}/revoke-tokens")

    with reading(database) as session:
        assert tokens.count(session, who.user_id) == 0


def test_an_unknown_person_or_office_is_not_found(admin: Browser) -> None:
    missing = "00000000-0000-7000-8000-000000000000"

    assert admin.get(f"/admin/people/{missing}").status_code == 404
    assert admin.get("/admin/offices/nowhere").status_code == 404


# ---- offices


def test_an_ended_office_passes_its_running_instances_on(
    admin: Browser, database: Database
) -> None:
    instance_id = running_instance(database)
    with clock.at(datetime(2026, 3, 2, 1, tzinfo=UTC)):
        admin.sign_in("root")
        answer = admin.post(
            f"/admin/offices/{WANZHOU}",
            {"on": "2026-03-02", "successor": "500102-zwzx", "sure": "true"},
        )

    assert answer.status_code == 303
    with reading(database) as session:
        assert session.get_one(Instance, instance_id).office_id == "500102-zwzx"
        types = [event.type for event in history.events(session, instance_id)]
        assert types == ["office.succeeded"]
    assert ("office.ended", f"office {WANZHOU}", "2026-03-02 500102-zwzx") in acts(database)


def test_an_office_ending_later_is_passed_on_by_a_press_when_the_day_has_come(
    admin: Browser, database: Database
) -> None:
    instance_id = running_instance(database)
    form = {"on": "2026-04-01", "successor": "500102-zwzx", "sure": "true"}
    with clock.at(datetime(2026, 3, 2, 1, tzinfo=UTC)):
        admin.sign_in("root")
        admin.post(f"/admin/offices/{WANZHOU}", form)
    with reading(database) as session:
        assert session.get_one(Instance, instance_id).office_id == WANZHOU

    with clock.at(datetime(2026, 4, 1, 1, tzinfo=UTC)):
        admin.sign_in("root")
        assert "有件待转" in text(admin.get("/admin/offices?state=ended"))
        assert "pass-on" in text(admin.get(f"/admin/offices/{WANZHOU}"))
        admin.post(f"/admin/offices/{WANZHOU}/pass-on")

    with reading(database) as session:
        assert session.get_one(Instance, instance_id).office_id == "500102-zwzx"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"on": "2026-03-02", "sure": "true"},
        {"on": "2026-03-02", "successor": "500102-zwzx"},
        {"on": "tomorrow", "successor": "500102-zwzx", "sure": "true"},
        {"on": "2026-03-02", "successor": WANZHOU, "sure": "true"},
        {"on": "2026-03-02", "successor": "500102-ybj", "sure": "true"},
    ],
)
def test_an_end_that_does_not_fit_changes_nothing(
    admin: Browser, database: Database, form: dict[str, object]
) -> None:
    answer = admin.post(f"/admin/offices/{WANZHOU}", form)

    assert answer.status_code == 422
    with reading(database) as session:
        assert session.get_one(Office, WANZHOU).valid_to is None


# ---- incidents


def test_an_incident_is_listed_with_its_cause_and_the_place(
    admin: Browser, database: Database
) -> None:
    instance_id = running_instance(database)
    with transaction(database) as session:
        session.add(
            Incident(
                instance_id=instance_id,
                number=1,
                kind="step",
                element="Activity_Compare",
                message="no flow of Gateway_7 can be taken <b>",
                created_at=clock.now(),
            )
        )

    page = text(admin.get("/admin/incidents"))

    assert "no flow of Gateway_7 can be taken &lt;b&gt;" in page
    assert "Activity_Compare" in page
    assert f"/admin/incidents/{instance_id}/1/retry" in page
    assert '<span class="n">1</span>' in page


# ---- the calendar

YAML = b"- {date: 2027-01-01, working: false, name: new year}\n"
CSV = "\ufeffdate,working,name\n2027-01-01,false,元旦\n2027-01-03,true,元旦\n".encode()


def upload(admin: Browser, content: bytes, name: str, **more: object):
    form = {"file": (BytesIO(content), name), **more}
    return admin.post("/admin/calendar", form, content_type="multipart/form-data")


@pytest.mark.parametrize(
    ("content", "name", "sunday"), [(YAML, "2027.yaml", False), (CSV, "holidays.csv", True)]
)
def test_an_imported_year_counts(
    admin: Browser, database: Database, content: bytes, name: str, sunday: bool
) -> None:
    answer = upload(admin, content, name, source="国办发明电")

    assert answer.status_code == 303
    with reading(database) as session:
        assert not workdays.is_workday(session, date(2027, 1, 1))
        assert workdays.is_workday(session, date(2027, 1, 3)) is sunday
    assert "国办发明电" in text(admin.get("/admin/calendar"))
    assert acts(database) == [("calendar.imported", "year 2027", "国办发明电")]


def test_an_imported_year_ends_the_limits_that_waited_for_it(
    admin: Browser, database: Database
) -> None:
    with clock.at(datetime(2026, 12, 21, 2, tzinfo=UTC)), transaction(database) as session:
        holidays.load_folder(session, reference.HOLIDAYS)
        case = test_deadlines.prepared(session)
        deadlines.start(session, case, "promised", 10)
        row = deadlines.find(session, case, "promised")
        assert row is not None and row.due_on is None
    assert "1件办件的期限超出已公布的日历" in text(admin.get("/admin/calendar"))

    upload(admin, YAML, "2027.yaml")

    shown = text(admin.get("/admin/calendar"))
    assert "重新计算了1件办件的期限" in shown and "超出已公布的日历" not in shown


def test_a_known_year_is_replaced_only_when_that_is_ticked(
    admin: Browser, database: Database
) -> None:
    upload(admin, YAML, "2027.yaml")

    refused = upload(admin, CSV, "holidays.csv")
    with reading(database) as session:
        assert not workdays.is_workday(session, date(2027, 1, 3))
    replaced = upload(admin, CSV, "holidays.csv", replace="true")

    assert (refused.status_code, replaced.status_code) == (422, 303)
    with reading(database) as session:
        assert workdays.is_workday(session, date(2027, 1, 3))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "2027.yaml"),
        (b"a: b", "2027.yaml"),
        (b"- {date: 2026-01-01, working: false, name: x}", "2027.yaml"),
        (YAML, "holidays.yaml"),
        (b"\xff\xfe\x00", "2027.yaml"),
        (b"\xff\xfe\x00", "2027.csv"),
        (b"date,working,name\n2027-13-01,false,x\n", "a.csv"),
        (b"date,working,name\n2027-01-01,maybe,x\n", "a.csv"),
        (b"date,working,name\n", "a.csv"),
        (b"x" * 200_001, "2027.yaml"),
        (YAML, "../../2027.yaml"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(
    admin: Browser, database: Database, content: bytes, name: str
) -> None:
    answer = upload(admin, content, name)

    if name.startswith(".."):  # only the last part of a name counts
        assert answer.status_code == 303
    else:
        assert answer.status_code == 422
        assert acts(database) == []


def running_instance(database: Database):
    with transaction(database) as session:
        deployment = Deployment(created_at=clock.now(), created_by="system", profile="bpmn")
        session.add_all(
            [
                deployment,
                SourceFile(sha256="s" * 64, content=b""),
                Bundle(hash="b" * 64, process_key="p", files={}),
            ]
        )
        session.flush()
        definition = Definition(
            deployment_id=deployment.id,
            kind="process",
            key="p",
            version=1,
            name="",
            sha256="s" * 64,
            file="p.bpmn",
        )
        session.add(definition)
        session.flush()
        instance = Instance(
            definition_id=definition.id,
            bundle_hash="b" * 64,
            process_key="p",
            version=1,
            status="running",
            office_id=WANZHOU,
            started_by="system",
            started_at=clock.now(),
        )
        session.add(instance)
        session.flush()
        session.add(
            Task(
                instance_id=instance.id,
                number=1,
                token=1,
                element="A",
                name="A",
                process_key="p",
                state="open",
                office_id=WANZHOU,
                created_at=clock.now(),
            )
        )
        return instance.id
