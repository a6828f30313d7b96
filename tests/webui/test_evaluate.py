"""Evaluating: the public page, the window, and what administrators count."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from engine import clock
from engine.casework import evaluations, papers
from engine.casework.demonstration import stories
from engine.db import Database, reading, transaction
from engine.models import Case, Evaluation, Event
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from engine.settings import Settings
from tests import casework
from tests.conftest import Servers
from tests.webui.conftest import Browser
from webui.staff import create_app

Open = Callable[..., Browser]
NOON = datetime(2026, 9, 14, 4, tzinfo=UTC)
WRONG = "AAAA-AAAA-AAAA-AAAA"
WORDS = "让我跑了三趟"


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return casework.plugged(wiring)


@pytest.fixture
def staff(servers: Servers, database: Database, tmp_path: Any) -> dict[str, Actor]:
    return casework.staff(servers, database, tmp_path)


@pytest.fixture
def app(database: Database, settings: Settings, staff: dict[str, Actor]) -> Flask:
    return create_app(database, settings, testing=True)


class Held:
    """The last paper of a closed case in the applicant's hand."""

    def __init__(self, database: Database, staff: dict[str, Actor], number: int = 1) -> None:
        self.database = database
        with clock.at(NOON):
            self.case = stories.play(database, stories.tax(number, stories.PAID), staff, demo=True)
        with reading(database) as session:
            case = session.get_one(Case, self.case)
            row = evaluations.latest(session, case)
            assert row is not None and row.paper_no is not None
            self.no = row.paper_no
            self.code = papers.verification_code(session, self.case, self.no)
            self.receipt = f"{case.case_no}-SJ-1"
            self.receipt_code = papers.verification_code(session, self.case, self.receipt)

    @property
    def row(self) -> Evaluation:
        with reading(self.database) as session:
            found = session.get_one(Evaluation, (self.case, 1))
            session.expunge(found)
            return found


@pytest.fixture
def held(database: Database, staff: dict[str, Actor], app: Flask) -> Held:
    return Held(database, staff)


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def scan(browser: Browser, no: str, code: str) -> str:
    return text(browser.get("/evaluate", query_string={"no": no, "code": code}))


def send(browser: Browser, held: Held, **more: Any) -> Any:
    form = {"no": held.no, "code": held.code, "csrf_token": browser.token("/evaluate"), **more}
    return browser.post("/evaluate", form)


def test_the_holder_of_the_last_paper_evaluates_once(browser: Open, held: Held) -> None:
    window = browser()
    with clock.at(NOON):
        page = scan(window, held.no, held.code)
        answer = send(window, held, grade="4")
        again = send(window, held, grade="1", reasons="slow")

    assert "您对本次服务满意吗" in page and "2026年10月14日" in page
    assert "谢谢，评价已收到" in text(answer) and 'name="grade"' not in text(answer)
    assert "本次服务已存在评价" in text(again)
    assert (held.row.grade, held.row.channel) == (4, "online")


def test_the_page_tells_no_person_and_no_case(browser: Open, held: Held) -> None:
    with clock.at(NOON):
        page = scan(browser(), held.no, held.code)

    assert "虚构商贸" not in page and str(held.case) not in page
    assert "渝中区" in page


def test_it_speaks_english_too(browser: Open, held: Held) -> None:
    window = browser()
    window.get("/language/en")
    with clock.at(NOON):
        page = scan(window, held.no, held.code)
        thanks = text(send(window, held, grade="5"))

    assert "How satisfied are you" in page and "very satisfied" in page
    assert "Thank you." in thanks


def test_a_poor_evaluation_without_a_reason_is_shown_again_as_typed(
    browser: Open, held: Held
) -> None:
    with clock.at(NOON):
        answer = send(browser(), held, grade="2")
        assert answer.status_code == 422
        assert re.search(r'value="2" checked', text(answer))
        assert "请至少勾选一个原因" in text(answer)
        answer = send(browser(), held, grade="2", text=WORDS)

    assert answer.status_code == 200
    assert held.row.grade == 2


@pytest.mark.parametrize("grade", ["²", "9" * 5000, "-1", "", "\x00"])
def test_what_is_no_grade_is_told_and_not_kept(browser: Open, held: Held, grade: str) -> None:
    with clock.at(NOON):
        answer = send(browser(), held, grade=grade)

    assert answer.status_code == 422
    assert held.row.grade is None


@pytest.mark.parametrize("no", ["\x00", "9" * 5000])
def test_what_is_no_number_of_a_paper_invites_to_nothing(browser: Open, no: str) -> None:
    answer = browser().get("/evaluate", query_string={"no": no, "code": WRONG})

    assert answer.status_code == 200 and 'name="grade"' not in text(answer)


def test_an_earlier_paper_says_which_one_to_use(browser: Open, held: Held) -> None:
    with clock.at(NOON):
        page = scan(browser(), held.receipt, held.receipt_code)

    assert "最后一份文书" in page and 'name="grade"' not in page


def test_whoever_checks_the_last_paper_is_led_on_to_evaluate(browser: Open, held: Held) -> None:
    page = browser()
    checked = text(page.get("/check", query_string={"no": held.no, "code": held.code}))
    receipt = {"no": held.receipt, "code": held.receipt_code}

    (address,) = re.findall(r'href="(/evaluate\?[^"]+)"', checked)
    with clock.at(NOON):
        assert "您对本次服务满意吗" in text(page.get(address))
    assert "/evaluate?" not in text(page.get("/check", query_string=receipt))


def test_an_open_case_is_not_evaluated_yet(
    browser: Open, app: Flask, database: Database, staff: dict[str, Actor]
) -> None:
    case = stories.play(database, stories.pharmacy(1), staff, demo=True)
    with reading(database) as session:
        no = f"{session.get_one(Case, case).case_no}-SJ-1"
        code = papers.verification_code(session, case, no)

    assert "还没有办结" in scan(browser(), no, code)


def test_after_the_time_nothing_is_taken(browser: Open, held: Held) -> None:
    with clock.at(NOON + timedelta(days=31)):
        page = scan(browser(), held.no, held.code)
        send(browser(), held, grade="5")

    assert "评价期限已过" in page
    assert held.row.evaluated_at is None


def test_wrong_codes_read_alike_and_make_their_address_wait(browser: Open, held: Held) -> None:
    window = browser("10.9.9.9")
    with clock.at(NOON):
        first = scan(window, held.no, WRONG)
        answer = window.get("/evaluate", query_string={"no": "x-1", "code": "y"})
        other = scan(browser("10.9.9.8"), held.no, held.code)

    assert "没有出具过" in first
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1
    assert "您对本次服务满意吗" in other


def test_a_form_without_its_token_is_refused(browser: Open, held: Held) -> None:
    form = {"no": held.no, "code": held.code, "grade": "5", "csrf_token": "x"}
    with clock.at(NOON):
        answer = browser().post("/evaluate", form)

    assert answer.status_code == 400
    assert held.row.evaluated_at is None


def test_a_form_that_is_too_large_is_refused(browser: Open, held: Held) -> None:
    with clock.at(NOON):
        answer = send(browser(), held, grade="5", text="字" * 100_000)

    assert answer.status_code == 413
    assert held.row.evaluated_at is None


# ---- at the window


def test_the_window_enters_what_the_applicant_says(signed_in: Open, held: Held) -> None:
    window = signed_in("intake", office="500101-zwzx")
    with clock.at(NOON):
        page = text(window.get(f"/clerk/cases/{held.case}"))
        assert held.no in page and held.code in page
        form = {"grade": "1", "reasons": "many-visits", "text": WORDS}
        answer = window.post(f"/clerk/cases/{held.case}/evaluation", form)
        assert answer.status_code == 303
        after = text(window.get(f"/clerk/cases/{held.case}"))
        shown = text(window.post(f"/clerk/cases/{held.case}/reveal", {"reason": "核实差评"}))

    assert (held.row.grade, held.row.channel) == (1, "window")
    assert "非常不满意" in after and "跑了多次" in after and WORDS not in after
    assert WORDS in shown


def test_the_office_that_handled_it_enters_no_evaluation(signed_in: Open, held: Held) -> None:
    window = signed_in("handling", office="500103-tax")
    with clock.at(NOON):
        page = text(window.get(f"/clerk/cases/{held.case}"))
        answer = window.post(f"/clerk/cases/{held.case}/evaluation", {"grade": "5"})

    assert held.code not in page and 'name="grade"' not in page
    assert answer.status_code == 403
    assert held.row.evaluated_at is None


def test_administrators_see_shares_per_office(
    signed_in: Open, held: Held, database: Database, staff: dict[str, Actor]
) -> None:
    others = [Held(database, staff, number) for number in (2, 3)]
    with clock.at(NOON):
        for one, grade in ((held, 5), (others[0], 1)):
            with transaction(database) as session:
                evaluations.evaluate(
                    session, one.case, grade, reasons=["slow"], channel="online", by=Actor.system()
                )

    page = text(signed_in("administrator").get("/admin/evaluations"))

    row = re.sub(r"<[^>]*>|\s+", " ", page[page.index("data-item") :])
    assert "渝中区税务局" in row and "1 件待整改" in row
    assert re.findall(r"\d+", row.split("待整改")[1])[:2] == ["3", "2"]
    assert "50 %" in row


def test_an_auditor_reads_the_evaluation_in_words(
    signed_in: Open, held: Held, database: Database
) -> None:
    with clock.at(NOON), transaction(database) as session:
        evaluations.evaluate(session, held.case, 2, text=WORDS, channel="online", by=Actor.system())

    page = text(signed_in("auditor").get(f"/auditor/cases/{held.case}"))

    assert "收到了申请人的评价" in page and "差评" in page
    assert WORDS not in page
    with reading(database) as session:
        types = set(session.scalars(select(Event.type).where(Event.instance_id == held.case)))
    assert {"evaluation.invited", "evaluation.given", "evaluation.to-rectify"} <= types


def test_whoever_rectifies_reads_what_was_ticked_beside_the_task(
    signed_in: Open, held: Held, database: Database
) -> None:
    with clock.at(NOON):
        with transaction(database) as session:
            evaluations.evaluate(
                session,
                held.case,
                2,
                reasons=["slow"],
                text=WORDS,
                channel="online",
                by=Actor.system(),
            )
        with reading(database) as session:
            key = stories.waiting(session, held.case, "Activity_RectifyEvaluation")
        window = signed_in("handling", office="500103-tax")
        page = text(window.get(f"/clerk/tasks/{held.case}/{key.number}"))

    assert "不满意" in page and "办理时间太长" in page and WORDS not in page
