"""Checking a paper: what anybody learns, what nobody learns, and how often one may try."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import event, update

from engine import clock
from engine.casework import cases, operations, papers, stored
from engine.db import Database, transaction
from engine.models import Document
from engine.process.wiring import Wiring
from tests.engine.casework.paper_cases import CLERK, NOON, PERSON, make_case
from tests.webui.conftest import Browser

Open = Callable[..., Browser]
WRONG = "AAAA-AAAA-AAAA-AAAA"
UNKNOWN = "500103-20260914-99999-SJ-1"
ISSUED, NOT_ISSUED = "这份文书是本系统出具的", "没有出具过这个编号和校验码的文书"


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return replace(wiring, operations=operations.OPERATIONS)


class Held:
    """A paper in somebody's hand."""

    def __init__(self, database: Database, *, paper: str = "receipt", **facts: Any) -> None:
        with clock.at(NOON), transaction(database) as session:
            case = make_case(session, 2, applicant=PERSON, demo=facts.pop("demo", False))
            document = papers.issue(session, case, paper, facts=facts, by=CLERK)
            self.key = (document.instance_id, document.number)
            self.no = str(document.paper_no)
            self.code = papers.verification_code(session, case.instance_id, self.no)
            self.content = stored.read(session, case.instance_id, document.sha256)


@pytest.fixture
def held(app: object, database: Database) -> Held:
    return Held(database)


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def scan(browser: Browser, no: str, code: str, **more: Any) -> str:
    return text(browser.get("/check", query_string={"no": no, "code": code}, **more))


def send(browser: Browser, no: str, code: str, file: bytes | None = None) -> Any:
    form: dict[str, Any] = {"no": no, "code": code, "csrf_token": browser.token("/check")}
    if file is not None:
        form["file"] = (BytesIO(file), "paper.pdf")
    return browser.post("/check", form, content_type="multipart/form-data")


def test_whoever_scans_a_paper_learns_kind_day_and_office_and_no_person(
    browser: Open, held: Held
) -> None:
    page = scan(browser(), held.no, held.code)

    assert ISSUED in page and "不再有效" not in page and "演示样张" not in page
    for told in ("收件凭证", held.no, "2026年9月14日", "渝中区政务服务中心"):
        assert told in page
    for personal in ("虚构一", PERSON.id_no, PERSON.phone, PERSON.address, "校车"):
        assert personal not in page


def test_the_page_speaks_english_too(browser: Open, held: Held) -> None:
    window = browser()
    window.get("/language/en")

    page = scan(window, held.no, held.code)

    assert "This paper was issued here." in page
    assert "Receipt" in page and "14 Sep 2026" in page and "500103-hall" in page


def test_number_and_code_may_be_typed_in_another_way(browser: Open, held: Held) -> None:
    no = f" {held.no.lower().replace('-', '－')} "
    code = held.code.replace("-", " ").lower()

    assert ISSUED in text(send(browser(), no, code))


def test_a_number_without_its_code_reads_like_a_number_that_never_was(
    browser: Open, held: Held
) -> None:
    pages = [
        scan(browser(f"10.0.0.{number}"), no, code)
        for number, (no, code) in enumerate(
            [(held.no, WRONG), (UNKNOWN, WRONG), (UNKNOWN, held.code), ("x", "y")]
        )
    ]

    alike = set()
    for page in pages:
        assert NOT_ISSUED in page
        page = re.sub(r'value="[^"]*"|content="[^"]*"|href="/language[^"]*"', "", page)
        alike.add(page)
    assert len(alike) == 1


def test_a_wrong_code_costs_as_many_questions_to_the_database_as_an_unknown_number(
    browser: Open, held: Held, database: Database
) -> None:
    asked: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    counts = []
    browser().get("/check")
    for number, (no, code) in enumerate([(held.no, WRONG), (UNKNOWN, WRONG), ("x", "y")]):
        asked.clear()
        scan(browser(f"10.0.0.{number}"), no, code)
        counts.append(list(asked))

    assert counts[0] and counts[0] == counts[1] == counts[2]


def test_the_very_file_is_told_from_a_changed_one(browser: Open, held: Held) -> None:
    same = text(send(browser(), held.no, held.code, held.content))
    changed = text(send(browser(), held.no, held.code, held.content + b"\n"))
    none = text(send(browser(), held.no, held.code))

    assert "就是出具的原件" in same and "与出具的原件不一致" not in same
    assert "与出具的原件不一致" in changed and ISSUED in changed
    assert "就是出具的原件" not in none + changed and "与出具的原件不一致" not in none


def test_the_file_alone_tells_nothing(browser: Open, held: Held) -> None:
    page = text(send(browser(), held.no, WRONG, held.content))

    assert NOT_ISSUED in page and "原件" not in page.split("<form")[0]


def test_a_file_is_read_in_memory_and_kept_nowhere(
    browser: Open, held: Held, database: Database, tmp_path: Any, monkeypatch: Any
) -> None:
    def refuse(*_values: Any, **_more: Any) -> Any:
        raise AssertionError("a temporary file was opened")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    monkeypatch.setattr("werkzeug.formparser.TemporaryFile", refuse, raising=False)
    before = {path for path in tmp_path.rglob("*") if path.suffix not in (".db-wal", ".db-shm")}

    page = text(send(browser(), held.no, held.code, b"x" * 2_000_000))

    after = {path for path in tmp_path.rglob("*") if path.suffix not in (".db-wal", ".db-shm")}
    assert "与出具的原件不一致" in page
    assert after == before


def test_a_file_that_is_too_large_is_refused(browser: Open, held: Held) -> None:
    answer = send(browser(), held.no, held.code, b"x" * 5_300_000)

    assert answer.status_code == 413
    assert "文件超过 5 MB" in text(answer) and ISSUED not in text(answer)


def test_wrong_attempts_make_their_address_wait_and_no_other(browser: Open, held: Held) -> None:
    with clock.at(NOON):
        scan(browser(), held.no, WRONG)
        waiting = browser().get("/check", query_string={"no": held.no, "code": held.code})
        elsewhere = scan(browser("10.9.9.9"), held.no, held.code)
    with clock.at(NOON + timedelta(seconds=1)):
        later = scan(browser(), held.no, held.code)

    assert waiting.status_code == 429 and waiting.headers["Retry-After"] == "1"
    assert "1 秒" in text(waiting) and ISSUED not in text(waiting)
    assert ISSUED in elsewhere and ISSUED in later


def test_right_attempts_do_not_wait_and_do_not_wipe_out_wrong_ones(
    browser: Open, held: Held
) -> None:
    at = NOON
    for wait in (1, 2, 4):
        with clock.at(at):
            assert ISSUED in scan(browser(), held.no, held.code)
            assert ISSUED in scan(browser(), held.no, held.code)
            assert NOT_ISSUED in scan(browser(), held.no, WRONG)
            asked = browser().get("/check", query_string={"no": held.no, "code": WRONG})
        assert asked.headers["Retry-After"] == str(wait)
        at += timedelta(seconds=wait)


def test_waiting_here_does_not_keep_anybody_from_signing_in(
    browser: Open, held: Held, add_person: Callable[..., Any]
) -> None:
    add_person("li", "intake")
    with clock.at(datetime(2026, 9, 15, 1, tzinfo=UTC)):
        scan(browser(), held.no, WRONG)

        assert browser().sign_in("li").status_code == 303


def test_a_sample_a_withdrawn_and_a_replaced_paper_say_so(
    browser: Open, app: object, database: Database
) -> None:
    sample = Held(database, demo=True)
    assert "没有法律效力" in scan(browser(), sample.no, sample.code)

    with clock.at(NOON + timedelta(days=1)), transaction(database) as session:
        papers.withdraw(session, sample.no, reason="依法撤销", by=CLERK)
    withdrawn = scan(browser(), sample.no, sample.code)
    assert "已于2026年9月15日作废" in withdrawn and "没有法律效力" in withdrawn
    assert "依法撤销" not in withdrawn


def test_a_later_paper_of_the_same_kind_takes_the_place_of_the_first(
    browser: Open, held: Held, database: Database
) -> None:
    with clock.at(NOON), transaction(database) as session:
        case = cases.get(session, held.key[0])
        newer = papers.issue(session, case, "receipt", facts={"note": "补收一份"}, by=CLERK)
        no = str(newer.paper_no)
        code = papers.verification_code(session, held.key[0], no)

    assert "以新的为准" in scan(browser(), held.no, held.code)
    assert "以新的为准" not in scan(browser(), no, code)


def test_papers_from_before_the_kept_code_are_still_found(
    browser: Open, held: Held, database: Database
) -> None:
    with transaction(database) as session:
        session.execute(update(Document).values(code_hash=None, office_id=None))

    page = scan(browser(), held.no, held.code)

    assert ISSUED in page and "渝中区政务服务中心" in page
    assert "没有校验码的文书仍然有效" in page


def test_what_is_missing_is_asked_for_and_counts_as_no_attempt(browser: Open, held: Held) -> None:
    with clock.at(NOON):
        empty = send(browser(), held.no, " ")

        assert empty.status_code == 422
        assert "请填写校验码" in text(empty) and held.no in text(empty)
        assert ISSUED in scan(browser(), held.no, held.code)


def test_a_form_of_another_site_is_not_taken(browser: Open, held: Held) -> None:
    answer = browser().client.post("/check", data={"no": held.no, "code": held.code})

    assert answer.status_code == 400


def test_the_page_opens_nothing_else(browser: Open, held: Held) -> None:
    window = browser()
    scan(window, held.no, held.code)

    for place in ("/clerk", "/auditor", "/designer", "/admin", f"/clerk/cases/{held.key[0]}"):
        assert window.get(place, follow_redirects=True).request.path == "/sign-in"


def test_the_page_is_found_from_the_sign_in_page_and_not_by_search_engines(browser: Open) -> None:
    window = browser()

    assert 'href="/check"' in text(window.get("/sign-in"))
    assert window.get("/check").headers["X-Robots-Tag"] == "noindex"
