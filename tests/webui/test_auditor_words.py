"""What an auditor reads is words in both languages; the codes stand beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from engine import clock
from engine.casework.demonstration import stories
from engine.casework.demonstration.stories import Doing
from engine.db import Database, reading, transaction
from engine.models import MatterEvent, Office
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from engine.record.history import EventView
from engine.settings import Settings
from tests import casework
from tests.conftest import Servers
from tests.webui.conftest import Browser
from webui import case_labels
from webui.auditor import sentences
from webui.auditor.values import Words
from webui.clerk import happenings
from webui.clerk.sentences import Teller
from webui.editor import words as edition_words
from webui.staff import create_app

Open = Callable[..., Browser]
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return casework.plugged(wiring)


@pytest.fixture
def staff(servers: Servers, database: Database, tmp_path: Path) -> dict[str, Actor]:
    return casework.staff(servers, database, tmp_path)


@pytest.fixture
def app(database: Database, settings: Settings, staff: dict[str, Actor]) -> Flask:
    return create_app(database, settings, testing=True)


@pytest.fixture
def case(database: Database, staff: dict[str, Actor]) -> UUID:
    """A change of a pharmacy that was granted and handed over."""
    story = stories.pharmacy(
        1,
        Doing(stories.LI, stories.EXAMINE, stories.ACCEPT),
        Doing(stories.ZHOU, stories.RECEIVE_CASE, stories.TAKE),
        Doing(stories.ZHOU, stories.REVIEW, stories.APPROVE),
        Doing(stories.ZHENG, stories.SIGN_DECISION, stories.SIGN),
        Doing(stories.LI, "Activity_HandOver"),
    )
    return stories.play(database, story, staff, demo=True)


def read(auditor: Browser, case: UUID, language: str) -> str:
    """Return the visible text of the history, without what is folded away as it is recorded."""
    auditor.client.set_cookie("lang", language)
    page = auditor.get(f"/auditor/cases/{case}").get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r'<p class="hash">.*?</p>|<dd class="hash">.*?</dd>', "", main, flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ["办理单位 重庆市渝中区医疗保障事务中心", "受理决定 受理", "结果 准予", "计算单位 工作日",
             "文书 受理通知书", "送达方式 窗口领取", "医保定点药店编码"],
        ),
        (
            "en",
            ["Decision on acceptance Accept", "Outcome granted", "Counted in working days",
             "Kind promised limit", "Way in at a window"],
        ),
    ],
)  # fmt: skip
def test_a_history_is_told_in_words(
    signed_in: Open, case: UUID, language: str, words: list[str]
) -> None:
    auditor = signed_in("auditor", login="reader")

    page = read(auditor, case, language)

    assert [word for word in words if word not in page] == []
    codes = r"\b(?:[a-z]+_[a-z_]+|(?:form|applicant|agent)\.[a-z_]+|5\d{5}-[a-z]+|Gateway_\w+|granted)\b"
    left = set(re.findall(codes, page)) - ({"granted"} if language == "en" else set())
    assert left == set()


def test_codes_stand_beside_their_words(signed_in: Open, case: UUID) -> None:
    page = signed_in("auditor", login="reader").get(f"/auditor/cases/{case}")

    text = page.get_data(as_text=True)
    assert 'title="500103-ybj"' in text and 'title="granted"' in text
    assert 'title="handling_office"' in text
    assert "记录原文" in text and "Activity_ReceiveApplication" in text


def test_an_office_that_has_ended_bears_the_name_it_had_and_its_last_day(
    signed_in: Open, case: UUID, database: Database
) -> None:
    with transaction(database) as session:
        session.get_one(Office, "500103-ybj").valid_to = date(2027, 3, 1)

    page = read(signed_in("auditor", login="reader"), case, "zh")

    assert "重庆市渝中区医疗保障事务中心（2027年3月1日前）" in page


def types_of_events() -> set[str]:
    """Return every type of event that the program writes."""
    made = re.compile(r'(?:Entry|_?note|noting\.note)\(\s*(?:[\w.]+,\s+)*?"([a-z-]+\.[a-z-]+)"')
    return {
        found
        for path in (ROOT / "engine").rglob("*.py")
        for found in made.findall(path.read_text(encoding="utf-8"))
        if not found.startswith("user.")  # of no case: who looks there is in the access record
    }


def test_every_type_of_event_has_its_sentence() -> None:
    types = {one for one in types_of_events() if not one.startswith("edition.")}

    assert {"case.accepted", "instance.cancelled", "personal.destroyed"} <= types
    assert sorted(types - sentences.known()) == []


def test_every_event_is_told_to_clerks_or_kept_from_them_for_a_reason(
    app: Flask, database: Database, case: UUID
) -> None:
    with app.test_request_context(), reading(database) as session:
        teller = Teller(session, case, [])
        for kind in sorted(sentences.known()):
            event = EventView(case, 1, clock.now(), kind, "system", None, None, (), "")
            assert (teller.sentence(event) is None) == (kind in happenings.SILENT), kind


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_event_of_a_matter_has_its_sentence_for_editors(app: Flask, language: str) -> None:
    """They stand in the chain of a matter, not in the record of a case: editors read them."""
    types = {one for one in types_of_events() if one.startswith("edition.")}
    facts = {"based_on": 1, "effective_from": "2026-11-02", "on": "2026-11-02", "places": []}

    assert {"edition.confirmed", "edition.published"} <= types
    with app.test_request_context(headers={"Cookie": f"lang={language}"}):
        told = {
            one: edition_words.sentence(MatterEvent(type=one, number=2, facts=facts))
            for one in types
        }
    assert [one for one, text in told.items() if text == one or "%(" in text] == []
    assert len(set(told.values())) == len(types)


def test_what_nobody_has_a_word_for_stands_for_itself(app: Flask) -> None:
    words = Words()
    with app.test_request_context():
        assert words.name("invented_field") == "invented_field"
        assert words.shown("invented_field", "a-code").text == "a-code"
        assert words.shown("kind", "invented").text == "invented"
        assert words.shown("path", [["completed", "Activity_X", "p"]]).raw is not None
        assert words.shown("path", [["completed", "Activity_X", "p"]]).text
        assert words.shown("x", {"b": 1, "a": [None]}).text == '{"a": [null], "b": 1}'


def test_what_was_typed_comes_back_under_the_labels_of_its_form(
    app: Flask, case: UUID, database: Database
) -> None:
    given = [
        ("review", "approve"),
        ("review_opinion", "符合条件。"),
        ("form.pharmacy_name", "虚构"),
        ("applicant.id_type", "passport"),
        ("version", "3"),
        ("action", "submit"),
    ]
    with app.test_request_context(), database.sessions() as session:
        typed = case_labels.typed(session, case, given)
        nowhere = case_labels.typed(session, None, given)

    assert ("审查结果", "同意") in typed or any(label == "审查结果" for label, _ in typed)
    assert ("审查意见和理由", "符合条件。") in typed
    assert all(value not in ("3", "submit", "approve") for _, value in typed)
    assert ("申请人证件", "护照") in nowhere or any("证件" in label for label, _ in nowhere)
    assert ("", "符合条件。") in nowhere
