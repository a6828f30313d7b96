"""The department's editor at the screen: draft by sections, confirm, publish, see what differs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from catalogue import loader
from engine.casework import editions
from engine.casework.editions import rows
from engine.db import Database, reading, transaction
from tests.engine.casework import editors
from tests.webui.conftest import Browser

NO = 11


@pytest.fixture
def people(
    app: Flask, database: Database, browser: Callable[..., Browser]
) -> Callable[[str], Browser]:
    """Open the browser of an editor of the department that leads matter 11."""
    with transaction(database) as session:
        editions.take(session, {no: loader.load().by_no(no) for no in (NO, 39)})

    def opened(login: str, office: str = editors.YBJ) -> Browser:
        with transaction(database) as session:
            editors.editor(session, login, login.upper(), office)
        found = browser()
        assert found.sign_in(login).status_code == 303
        return found

    return opened


def inputs(page: str) -> dict[str, list[str]]:
    """Return what stands in the inputs of the form that edits, as a browser would send it."""
    form = page[page.index('id="edit"') :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        kind = re.search(r'type="(\w+)"', tag)
        ticked = "checked" in tag or kind is None or kind[1] not in ("checkbox", "radio")
        if name and ticked:
            found.setdefault(name[1], []).append(_plain(value[1] if value else ""))
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        found.setdefault(name, []).append(_plain(text))
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found.setdefault(name, []).append(_plain(chosen[1]) if chosen else "")
    found.pop("csrf_token", None)
    return found


def _plain(text: str) -> str:
    from html import unescape

    return unescape(text)


def begun(browser: Browser) -> str:
    answer = browser.post(f"/editor/{NO}/begin")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def edit(browser: Browser, section: str, **values: object) -> object:
    path = f"/editor/{NO}/2/edit/{section}"
    form = inputs(browser.get(path).get_data(as_text=True))
    given = {name.replace("__", "."): value for name, value in values.items()}
    return browser.post(path, {**form, **given})


def content(database: Database) -> dict:
    with reading(database) as session:
        return editions.content_of(rows.of_number(session, NO, 2))


def test_a_department_sees_its_own_matters_with_what_is_sure(people) -> None:
    page = people("han").get("/editor").get_data(as_text=True)

    assert "定点零售药店信息变更" in page and "增值税一般纳税人" not in page
    assert "施行中" in page and "市医保局" in page
    yang = people("yang")
    begun(yang)
    page = yang.get("/editor").get_data(as_text=True)
    assert "草稿" in page and "版本 2" in page


def test_every_section_saved_as_it_stands_changes_nothing(people, database: Database) -> None:
    han = people("han")
    begun(han)
    before = content(database)

    for section in ("basics", "legal_basis", "conditions", "materials", "review_points", "limits",
                    "special_procedures", "fee", "result", "commitment", "handling", "faq"):  # fmt: skip
        assert edit(han, section).status_code == 303
        assert content(database) == before, section
    assert han.get(f"/editor/{NO}/2/edit/form").status_code == 200


def test_an_edition_goes_its_way_and_says_so(people, database: Database) -> None:
    han, yang = people("han"), people("yang")
    begun(han)
    assert edit(han, "limits", limits__promised__days="4").status_code == 303
    assert "另一位同事确认" in han.get(f"/editor/{NO}").get_data(as_text=True)
    refused = han.post(f"/editor/{NO}/2/confirm", {"version": 2})
    assert refused.status_code == 403 and "另一个人确认" in refused.get_data(as_text=True)

    said = yang.get(f"/editor/{NO}/2/differences").get_data(as_text=True)
    assert "承诺办结时限 › 天数" in said and "<del>5</del>" in said and "<ins>4</ins>" in said
    no_ground = yang.post(f"/editor/{NO}/2/confirm", {"version": 2, "facts": ["fee"]})
    assert no_ground.status_code == 422
    assert 'value="fee" checked' in no_ground.get_data(as_text=True)
    with_ground = {"version": 2, "facts": ["fee"], "basis": "第3号令"}
    assert yang.post(f"/editor/{NO}/2/confirm", with_ground).status_code == 303
    for text in ("", "2020-01-01"):
        assert yang.post(f"/editor/{NO}/2/publish", {"on": text}).status_code == 422
    today = date.today().isoformat()
    page = yang.get(f"/editor/{NO}").get_data(as_text=True)
    day = re.search(r'name="on" type="date" value="([\d-]+)"', page)
    assert yang.post(f"/editor/{NO}/2/publish", {"on": day[1] if day else today}).status_code == 303

    page = yang.get(f"/editor/{NO}").get_data(as_text=True)
    assert "确认了版本 2 和其中1 条事实，依据：第3号令" in page and "修改了版本 2：办结时限" in page
    assert "4个工作日" in yang.get(f"/guide/{NO}").get_data(as_text=True)


def test_what_is_wrong_stands_at_its_field_and_is_kept(people, database: Database) -> None:
    han = people("han")
    begun(han)
    edit(han, "limits", limits__promised__days="五")

    page = han.get(f"/editor/{NO}/2/edit/limits").get_data(as_text=True)

    assert 'value="五"' in page and 'id="limits.promised.days-error"' in page
    assert 'href="#limits.promised.days"' in page
    assert "确认之前有 1 处要改" in han.get(f"/editor/{NO}").get_data(as_text=True)


def test_entries_are_added_and_removed_and_every_button_saves(people, database: Database) -> None:
    han = people("han")
    begun(han)
    count = len(content(database)["materials"])

    first = {"materials__0__name": "新名称"}
    assert edit(han, "materials", add="materials", **first).status_code == 303
    assert content(database)["materials"][0]["name"] == "新名称"
    assert len(content(database)["materials"]) == count + 1
    gone = edit(han, "materials", goto="faq", materials__1__name="也改了")
    assert gone.headers["Location"].endswith("/edit/faq")
    edit(han, "materials", remove=f"materials.{count}")
    names = [one["name"] for one in content(database)["materials"]]
    assert len(names) == count and names[:2] == ["新名称", "也改了"]
    edit(han, "faq", add="faq")
    edit(han, "faq", faq__0__question="多久？", faq__0__answer="四日。")
    assert content(database)["faq"] == [
        {"question": "多久？", "answer": "四日。", "confidence": "C"}
    ]


@pytest.mark.parametrize("number", ["²", "9" * 5000, "", "x"])
def test_an_entry_that_is_none_is_not_removed(people, database: Database, number: str) -> None:
    han = people("han")
    begun(han)
    before = content(database)["materials"]

    assert edit(han, "materials", remove=f"materials.{number}").status_code == 303
    assert content(database)["materials"] == before


def test_signs_that_no_database_keeps_are_refused_or_left_out(people, database: Database) -> None:
    han = people("han")
    begun(han)

    assert edit(han, "fee", fee__text="免\x00费").status_code in (303, 422)
    assert "\x00" not in str(content(database))
    assert han.post(f"/editor/{NO}/2/drop", {"reason": "不\x00要"}).status_code in (303, 422)


def test_a_number_that_no_edition_can_have_is_not_found(people) -> None:
    assert people("han").get(f"/editor/{NO}/{10**30}/differences").status_code == 404


def test_a_page_that_saves_by_itself_does_not_surprise_itself_but_another(
    people, database: Database
) -> None:
    han, yang = people("han"), people("yang")
    begun(han)
    path = f"/editor/{NO}/2/edit/fee"
    first, second = (inputs(one.get(path).get_data(as_text=True)) for one in (han, yang))

    typed = {**first, "fee.text": "免费"}
    assert han.post(f"/editor/{NO}/2/autosave/fee", typed).status_code == 204
    assert han.post(path, {**first, "fee.text": "一律免费"}).status_code == 303
    refused = yang.post(path, {**second, "fee.text": "另一种说法"})

    page = refused.get_data(as_text=True)
    assert refused.status_code == 409 and "HAN" in page and "另一种说法" in page
    assert content(database)["fee"]["text"] == "一律免费"
    assert yang.post(path, {**inputs(page), "fee.text": "另一种说法"}).status_code == 303


def test_strangers_and_other_departments_are_refused(people, signed_in) -> None:
    sun = people("sun", editors.TAX)
    assert sun.post(f"/editor/{NO}/begin").status_code == 403
    assert "起草新版本" not in sun.get(f"/editor/{NO}").get_data(as_text=True)
    assert signed_in("intake").get("/editor").status_code == 403


def test_a_matter_is_retired_with_a_reason(people) -> None:
    han = people("han")
    page = han.get(f"/editor/{NO}").get_data(as_text=True)
    day = re.search(r'id="retire-on" name="on" type="date" value="([\d-]+)"', page)
    assert day is not None

    assert han.post(f"/editor/{NO}/1/retire", {"on": day[1], "reason": ""}).status_code == 422
    given = {"on": day[1], "reason": "并入第12项"}
    assert han.post(f"/editor/{NO}/1/retire", given).status_code == 303

    assert "并入第12项" in han.get(f"/guide/{NO}").get_data(as_text=True)
