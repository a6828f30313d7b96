"""The auditor's screens: every case, its history, whether it holds, values in clear."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine.db import Database, reading, transaction
from engine.models import AccessEvent, CaseData, Event, EventValue, PersonKey
from engine.record import history, personal, verifier
from engine.record.history import Entry, Value
from tests.engine.record.cases import make_instance
from tests.webui.conftest import Browser

Open = Callable[..., Browser]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined]


@pytest.fixture
def auditor(signed_in: Open) -> Browser:
    """A browser in which an auditor is signed in."""
    return signed_in("auditor", login="auditor")


@pytest.fixture
def case(database: Database, app: object, add_person: Callable[..., object]) -> UUID:
    """An instance with a known clerk's events, one of an unknown type, and personal data."""
    clerk = add_person("clerk", "intake", name="李四")
    with transaction(database) as session:
        instance = make_instance(session)
        personal.keep(session, instance.id, "applicant.name", "虚构甲")
        history.append(
            session,
            instance,
            [
                Entry("case.opened", clerk.key),  # type: ignore[attr-defined]
                Entry(
                    "case.changed",
                    "system",
                    element="Activity_1",
                    fields={
                        "days": Value(before=5, after=7),
                        "applicant.name": Value(before="虚构乙", after="虚构甲", personal=True),
                    },
                ),
                Entry("task.claimed", clerk.key, on_behalf_of="system"),  # type: ignore
            ],
        )
        return instance.id


def looks(database: Database) -> list[tuple[str, str | None]]:
    with reading(database) as session:
        query = select(AccessEvent.what, AccessEvent.reason).order_by(
            AccessEvent.at, AccessEvent.sequence
        )
        return [(what, why) for what, why in session.execute(query) if what != "session.opened"]


@pytest.mark.parametrize("role", ["intake", "handling", "supervisor", "designer", "administrator"])
def test_no_other_role_enters(signed_in: Open, case: UUID, role: str) -> None:
    window = signed_in(role)

    for path in ("/auditor/", f"/auditor/cases/{case}", f"/auditor/cases/{case}/history.jsonl"):
        assert window.get(path).status_code == 403
    form = {"value": "data applicant.name", "reason": "long enough"}
    answer = window.post(f"/auditor/cases/{case}/reveal", form)
    assert answer.status_code == 403 and "虚构甲" not in text(answer)


@pytest.mark.parametrize(
    "path", ["/auditor/", "/auditor/?q=%25&state=closed&page=3", "/auditor/cases/{}?order=newest"]
)
def test_every_page_opens_in_both_languages(auditor: Browser, case: UUID, path: str) -> None:
    chinese = auditor.get(path.format(case))
    auditor.client.set_cookie("lang", "en")
    english = auditor.get(path.format(case))

    assert chinese.status_code == english.status_code == 200
    for page in (text(chinese), text(english)):
        assert 'style="' not in page and "<script>" not in page
        assert page.count("<h1") == 1


def test_a_history_tells_who_did_what_and_masks_persons(auditor: Browser, case: UUID) -> None:
    page = text(auditor.get(f"/auditor/cases/{case}"))

    assert "<b>李四</b>建了办件。" in page
    assert "<code>case.changed</code>" in page
    assert "<b>李四</b>代系统" in page
    assert "虚*" in page and "虚构甲" not in page and "虚构乙" not in page
    assert "3 条记录，一条没动过" in page
    oldest_first = page.index('id="record-1"') < page.index('id="record-3"')
    turned = text(auditor.get(f"/auditor/cases/{case}?order=newest"))
    assert oldest_first and turned.index('id="record-3"') < turned.index('id="record-1"')


def test_a_changed_value_is_shown_as_broken(
    auditor: Browser, case: UUID, database: Database
) -> None:
    with transaction(database) as session:
        session.execute(
            update(EventValue)
            .where(EventValue.instance_id == case, EventValue.field == "days")
            .values(value=b'{"after":"9","before":"5"}')
        )

    page = text(auditor.get(f"/auditor/cases/{case}"))

    assert "最早的问题在第 2 条" in page and "一条没动过" not in page


def test_a_record_that_cannot_be_read_is_shown_as_broken(
    auditor: Browser, case: UUID, database: Database
) -> None:
    with transaction(database) as session:
        session.execute(
            update(Event)
            .where(Event.instance_id == case, Event.sequence == 1)
            .values(body=b"nothing")
        )

    answer = auditor.get(f"/auditor/cases/{case}")

    assert answer.status_code == 200
    assert "最早的问题在第 1 条" in text(answer) and "读不出来" in text(answer)


def test_a_value_is_shown_in_clear_after_its_reason_is_recorded(
    auditor: Browser, case: UUID, database: Database
) -> None:
    place = f"/auditor/cases/{case}"

    kept = auditor.post(f"{place}/reveal", {"value": "data applicant.name", "reason": "复核身份一"})
    changed = auditor.post(f"{place}/reveal", {"value": "2 applicant.name", "reason": "复核身份二"})

    assert "<b>虚构甲</b>" in text(kept) and "虚构乙 → 虚构甲" in text(changed)
    revealed = [why for what, why in looks(database) if what == "personal.revealed"]
    assert revealed == ["复核身份一", "复核身份二"]
    later = text(auditor.get(place))
    assert "复核身份一" in later and "虚构甲" not in later


@pytest.mark.parametrize("reason", ["", "no", "x" * 401])
def test_nothing_is_shown_without_a_proper_reason(
    auditor: Browser, case: UUID, database: Database, reason: str
) -> None:
    form = {"value": "data applicant.name", "reason": reason}
    answer = auditor.post(f"/auditor/cases/{case}/reveal", form)

    assert answer.status_code == 422 and "虚构甲" not in text(answer)
    assert "personal.revealed" not in [what for what, _ in looks(database)]


@pytest.mark.parametrize("value", ["", "data nothing", "99999999999999 x", "2 days-of-old", "二 x"])
def test_a_place_that_names_no_value_is_not_found(auditor: Browser, case: UUID, value: str) -> None:
    form = {"value": value, "reason": "long enough"}

    assert auditor.post(f"/auditor/cases/{case}/reveal", form).status_code == 404


def test_destroyed_data_stays_destroyed_and_the_chain_intact(
    auditor: Browser, case: UUID, database: Database
) -> None:
    with transaction(database) as session:
        personal.destroy(session, case, "applicant", actor="system", reason="期满")

    page = text(auditor.get(f"/auditor/cases/{case}"))

    assert "已销毁" in page and "4 条记录，一条没动过" in page and 'id="reveal"' not in page
    with reading(database) as session:
        assert session.get_one(PersonKey, (case, "applicant")).wrapped is None


def test_an_export_is_proven_by_the_stand_alone_verifier(
    auditor: Browser, case: UUID, database: Database
) -> None:
    answer = auditor.get(f"/auditor/cases/{case}/history.jsonl")

    rows = [json.loads(line) for line in text(answer).splitlines()]
    assert verifier.check_case(rows[0], iter(rows[1:]), verifier.Result()) is None
    assert len(rows) == 4 and "虚构甲" not in text(answer)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "history.exported" in [what for what, _ in looks(database)]


def test_every_look_at_the_list_is_recorded_without_the_words_searched(
    auditor: Browser, app: object, database: Database
) -> None:
    auditor.get("/auditor/?q=虚构甲")

    with reading(database) as session:
        found = session.scalars(select(AccessEvent).where(AccessEvent.what == "cases.listed")).one()
        assert found.subject == "cases" and found.reason is None


def test_a_case_that_is_not_there_is_not_found(auditor: Browser) -> None:
    nowhere = "00000000-0000-0000-0000-000000000000"

    assert auditor.get(f"/auditor/cases/{nowhere}").status_code == 404
    assert auditor.get(f"/auditor/cases/{nowhere}/history.jsonl").status_code == 404


def test_kept_data_that_cannot_be_read_does_not_take_the_page_down(
    auditor: Browser, case: UUID, database: Database
) -> None:
    with transaction(database) as session:
        session.execute(
            update(CaseData).where(CaseData.instance_id == case).values(value=bytes(60))
        )

    answer = auditor.get(f"/auditor/cases/{case}")

    assert answer.status_code == 200
    assert "已经读不出来" in text(answer) or "读不" in text(answer)
