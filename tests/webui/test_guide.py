"""The guide: for everybody, printable, in both languages, honest about what is not sure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from catalogue import loader
from catalogue.matter import Confidence, KeptOff, MatterState, StateKind
from engine import clock
from engine.casework import editions
from engine.db import Database, transaction
from tests.engine.casework import editors
from tests.webui.conftest import Browser

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def visitor(app: Flask, database: Database, browser: Callable[..., Browser]) -> Browser:
    with transaction(database) as session:
        editions.take(session, loader.load().matters)
    return browser()


def test_everybody_finds_a_matter_by_name_pinyin_and_department(visitor: Browser) -> None:
    everything = visitor.get("/guide").get_data(as_text=True)
    assert everything.count('href="/guide/') == 130

    for words in ("零售药店信息", "ddlsyd", "市医保局 定点零售"):
        page = visitor.get("/guide", query_string={"q": words}).get_data(as_text=True)
        assert 'href="/guide/11"' in page and 'href="/guide/119"' not in page

    assert "没有" in visitor.get("/guide?q=xyzxyz").get_data(as_text=True)


def test_a_guide_holds_all_parts_in_two_languages(visitor: Browser) -> None:
    page = visitor.get("/guide/11").get_data(as_text=True)

    matter = loader.load().by_no(11)
    for text in (
        matter.name,
        matter.name_en,
        *(one.law for one in matter.legal_basis),
        *(one.name for one in matter.materials),
        *(one.text for one in matter.review_points),
        matter.fee.text,
        matter.result.name,
        matter.handling.rule,
        "自受理之日起5个工作日",
        "待部门确认",
    ):
        assert text in page
    for heading in ("申请材料", "Materials", "办结时限", "Time limits", "办理结果", "Result"):
        assert heading in page


def test_the_guide_speaks_english_by_switch(visitor: Browser) -> None:
    visitor.client.set_cookie("lang", "en")

    page = visitor.get("/guide/11").get_data(as_text=True)

    assert "Application for change of information" in page and "to be confirmed" in page


def test_every_matter_has_its_page_and_an_ended_one_says_so(visitor: Browser) -> None:
    for no, matter in loader.load().matters.items():
        answer = visitor.get(f"/guide/{no}")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, no
        assert ("已停止办理" in page) == (matter.state.kind == "ended"), no
    assert visitor.get("/guide/131").status_code == 404


def test_a_matter_retired_by_its_department_ends_on_its_day(
    visitor: Browser, database: Database
) -> None:
    with clock.at(NOON):
        with transaction(database) as session:
            han = editors.editor(session, "han", "韩一")
            day = clock.today() + timedelta(days=1)
            editions.retire(session, 11, 1, by=han, on=day, reason="并入第12项")
        assert "并入第12项" not in visitor.get("/guide/11").get_data(as_text=True)
    with clock.at(NOON + timedelta(days=1)):
        page = visitor.get("/guide/11").get_data(as_text=True)
        assert "已停止办理" in page and "并入第12项" in page
        assert "并入第12项" in visitor.get("/guide?q=零售药店信息").get_data(as_text=True)


def test_who_confirmed_is_the_department_and_no_person(
    visitor: Browser, database: Database
) -> None:
    with transaction(database) as session:
        han, yang = (editors.editor(session, one, one.upper()) for one in ("han", "yang"))
        edition = editions.begin(session, 11, by=han)
        editions.confirm(
            session, 11, 2, by=yang, version=edition.version, keys=["fee"], basis="某某号文件"
        )
        editions.publish(session, 11, 2, by=yang, on=clock.today())

    page = visitor.get("/guide/11").get_data(as_text=True)

    assert "某某号文件" in page and "YANG" not in page


@pytest.mark.slow
def test_a_guide_is_there_within_a_tenth_of_a_second(visitor: Browser) -> None:
    for path in ("/guide", "/guide/11", "/guide?q=zzs"):
        visitor.get(path)
        begun = time.process_time()
        for _ in range(5):
            visitor.get(path)
        assert (time.process_time() - begun) / 5 < 0.1, path


def test_a_matter_kept_off_the_platform_names_its_window(
    visitor: Browser, database: Database
) -> None:
    matter = loader.load().by_no(11)
    kept = KeptOff("涉及国家秘密", "市政务服务大厅3楼", Confidence.GUESS)
    state = MatterState(StateKind.NOT_OPEN, "涉及国家秘密")
    with transaction(database) as session:
        editions.take(session, {11: replace(matter, kept_off=kept, state=state)})

    page = visitor.get("/guide/11").get_data(as_text=True)

    assert "不在平台办理" in page and "市政务服务大厅3楼" in page
