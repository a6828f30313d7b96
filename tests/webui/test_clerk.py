"""The clerks' screens: from choosing a matter to the last task, and what is refused on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select

from catalogue import loader
from engine import clock
from engine.casework import applicants, editions
from engine.casework.demonstration import applicants as invented
from engine.casework.demonstration.stories import PHARMACY_FORM, TAX_FORM
from engine.db import Database, reading, transaction
from engine.models import OPEN_STATES, AccessEvent, CalendarDay, Case, Document, Task
from engine.people.identity import Actor
from engine.process.wiring import Wiring
from engine.settings import Settings
from tests import casework
from tests.conftest import Servers
from tests.engine.casework import editors
from tests.webui.conftest import Browser
from webui.staff import create_app

NOT_OPEN = 12  # of the department that `tests.engine.casework.editors` edits for
WINDOW, OTHER_WINDOW, ORGAN = "500101-zwzx", "500102-zwzx", "500103-ybj"
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

Add = Callable[..., Actor]
Open = Callable[..., Browser]


@pytest.fixture
def wiring(wiring: Wiring) -> Wiring:
    return casework.plugged(wiring)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A morning within the published calendar."""
    with clock.at(MONDAY):
        yield


@pytest.fixture
def app(database: Database, servers: Servers, settings: Settings) -> Flask:
    """The application with catalogue, calendar and processes."""
    casework.catalogue(servers, database)
    return create_app(database, settings, testing=True)


def text(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


@pytest.fixture
def window(signed_in: Open) -> Browser:
    """A browser in which an intake clerk is signed in."""
    return signed_in("intake", login="window", office=WINDOW)


def opened(window: Browser, matter: int = 11) -> str:
    """Open a case and return the address of its application."""
    answer = window.post("/clerk/new", {"matter": str(matter)})
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


def application(**changes: str) -> dict[str, object]:
    """Return a complete application of matter 11 as a browser sends it."""
    flat = applicants.as_fields(invented.body(201, "虚构大药房第一店"))
    flat |= {f"form.{key}": value for key, value in PHARMACY_FORM.items()}
    flat |= {f"materials.{one.key}": "received" for one in loader.load().matters[11].materials}
    return {**flat, "delivery_method": "window", "action": "receive", **changes}


def received(window: Browser) -> str:
    """Receive an application and return the address of the examination."""
    answer = window.post(opened(window), application())
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


@pytest.fixture
def not_open(database: Database, app: Flask) -> str:
    """Publish an edition of a matter that is listed only; return the reason that it states."""
    reason = "办理流程正在准备。"
    with transaction(database) as session:
        drafter = editors.editor(session, "drafter", "甲")
        other = editors.editor(session, "confirmer", "乙")
        draft = editions.begin(session, NOT_OPEN, by=drafter)
        content = editors.changed(draft, state={"kind": "not-open", "reason": reason})
        number = draft.number
        draft = editions.save(session, NOT_OPEN, number, content, by=drafter, version=draft.version)
        editions.confirm(session, NOT_OPEN, number, by=other, version=draft.version)
        editions.publish(session, NOT_OPEN, number, by=other, on=clock.today())
    return reason


def case_of(database: Database, address: str) -> Case:
    with reading(database) as session:
        found = session.get_one(Case, UUID(address.split("/")[3]))
        session.expunge(found)
        return found


def waiting(database: Database, case: Case) -> Task:
    with reading(database) as session:
        query = select(Task).where(
            Task.instance_id == case.instance_id, Task.state.in_(OPEN_STATES)
        )
        found = session.scalars(query).one()
        session.expunge(found)
        return found


def at_the_organ(window: Browser, database: Database) -> str:
    """Bring a case to the handling office and return the address of its task there."""
    answer = window.post(received(window), {"examination": "accept"})
    assert answer.status_code == 303 and answer.location == "/clerk", text(answer)
    with reading(database) as session:
        case = session.scalars(select(Case).order_by(Case.created_at.desc())).first()
        assert case is not None
        session.expunge(case)
    task = waiting(database, case)
    assert task.office_id == ORGAN
    return f"/clerk/tasks/{case.instance_id}/{task.number}"


def test_matters_are_found_by_name_pinyin_number_and_department(
    window: Browser, not_open: str
) -> None:
    for asked in ("零售药店", "ddlsyd", "11", "市医保局"):
        assert "11. " in text(window.get("/clerk/new", query_string={"q": asked})), asked
    every = text(window.get("/clerk/new"))
    assert len(re.findall(r'name="matter"', every)) == 130
    assert every.count("尚未开通") == 1 and not_open in every and "已停止" in every
    assert "没有找到" in text(window.get("/clerk/new", query_string={"q": "没有这种事"}))


def test_a_limit_beyond_the_calendar_is_said_to_have_no_day_yet(
    signed_in: Open, window: Browser, database: Database
) -> None:
    with transaction(database) as session:
        session.execute(delete(CalendarDay).where(CalendarDay.day > date(2026, 12, 31)))
    with clock.at(datetime(2026, 12, 28, 2, tzinfo=UTC)):
        window.sign_in("window")
        task = at_the_organ(window, database)
        organ = signed_in("handling", login="organ", office=ORGAN)
        assert "届满日待日历公布" in text(organ.get("/clerk"))
        assert "届满日待日历公布" in text(organ.get(task))


def test_an_address_typed_with_a_stroke_more_is_the_same_page(window: Browser) -> None:
    assert window.get("/clerk/").status_code == 200


def test_a_matter_that_is_not_open_takes_no_case(
    window: Browser, database: Database, not_open: str
) -> None:
    answer = window.post("/clerk/new", {"matter": str(NOT_OPEN)})
    assert answer.status_code == 409 and "没有开通" in text(answer)
    with reading(database) as session:
        assert session.scalars(select(Case)).first() is None


def test_an_ended_matter_tells_its_reason(window: Browser, database: Database) -> None:
    page = text(window.get("/clerk/new"))
    with reading(database) as session:
        from engine.casework import matters

        ended = [one for one in matters.all_current(session) if one.state.kind == "ended"]
    assert ended and ended[0].state.reason in page
    assert window.post("/clerk/new", {"matter": str(ended[0].no)}).status_code == 409


def test_a_wrong_application_comes_back_with_all_that_was_typed(
    window: Browser, database: Database
) -> None:
    address = opened(window)
    answer = window.post(
        address,
        application(**{"applicant.id_no": "123", "form.pharmacy_name": "", "delivery_method": ""}),
    )
    page = text(answer)
    assert answer.status_code == 422
    assert 'href="#applicant.id_no"' in page and 'value="123"' in page
    assert 'href="#form.pharmacy_name"' in page and 'href="#delivery_method"' in page
    assert "虚构大药房第一店" in page
    assert case_of(database, address).received_at is None
    assert 'value="123"' in text(window.get(address))  # the draft


def test_an_application_is_received_and_leads_on(window: Browser, database: Database) -> None:
    address = received(window)
    case = case_of(database, address)
    assert case.case_no and case.handling_office_id == ORGAN
    page = text(window.get(address))
    assert "作出受理决定" in page and case.case_no in page and "收件凭证" in page
    with reading(database) as session:
        paper = session.scalars(select(Document).where(Document.kind == "paper")).one()
        number = paper.number
    sent = window.get(f"/clerk/cases/{case.instance_id}/documents/{number}")
    assert sent.data.startswith(b"%PDF")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sent.headers["Content-Security-Policy"]


def test_the_handling_office_is_worked_out_and_another_needs_a_reason(
    window: Browser, database: Database
) -> None:
    address = opened(window)
    part = window.post(f"{address}/destination", application())
    assert "渝中" in text(part)
    wrong = window.post(address, application(handling_office="500109-ybj"))
    assert wrong.status_code == 422 and 'href="#override_reason"' in text(wrong)
    right = window.post(
        address, application(handling_office="500109-ybj", override_reason="医疗机构迁址。")
    )
    assert right.status_code == 303
    assert case_of(database, address).handling_office_id == "500109-ybj"


def test_a_draft_is_kept_while_typing(window: Browser) -> None:
    address = opened(window)
    assert window.post(f"{address}/draft", {"applicant.name": "虚构某店"}).status_code == 204
    assert 'value="虚构某店"' in text(window.get(address))


def test_files_are_added_removed_and_refused_by_their_content(
    window: Browser, database: Database
) -> None:
    address = opened(window)
    with reading(database) as session:
        from engine.casework import matters

        key = matters.of_case(session, session.scalars(select(Case)).one()).materials[0].key
    wrong = window.post(
        address,
        {**application(action="upload"), f"file.{key}": (BytesIO(b"MZ program"), "扫描.pdf")},
    )
    assert (
        wrong.status_code == 422
        and "只改文件名没有用" in text(wrong)
        and f"file.{key}" in text(wrong)
    )
    assert "虚构大药房第一店" in text(wrong)
    right = window.post(
        address, {**application(action="upload"), f"file.{key}": (BytesIO(PDF), "扫描.pdf")}
    )
    assert right.status_code == 303
    assert "扫描.pdf" in text(window.get(address))
    case = case_of(database, address)
    assert window.get(f"/clerk/cases/{case.instance_id}/documents/1").data == PDF
    with reading(database) as session:
        looks = [
            one.subject
            for one in session.scalars(select(AccessEvent))
            if one.what == "document.opened"
        ]
    assert looks == [f"{case.instance_id} 1"]
    window.post(address, {**application(action=""), "remove": "1"})
    assert window.get(f"/clerk/cases/{case.instance_id}/documents/1").status_code == 404


def test_an_accepted_case_appears_at_the_handling_office(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = at_the_organ(window, database)
    organ = signed_in("handling", login="organ", office=ORGAN)
    assert address in text(organ.get("/clerk"))
    page = text(organ.get(address))
    assert "签收，由本单位办理" in page and "定点零售药店信息变更" in page


def test_of_two_who_claim_one_is_told(window: Browser, signed_in: Open, database: Database) -> None:
    address = at_the_organ(window, database)
    first = signed_in("handling", login="first", office=ORGAN)
    second = signed_in("handling", login="second", office=ORGAN)
    assert first.post(f"{address}/claim").status_code == 303
    late = second.post(f"{address}/claim")
    assert late.status_code == 409 and "签收" in text(late)
    assert second.post(address, {"receipt": "accept"}).status_code == 409
    assert first.post(address, {"receipt": "accept"}).status_code == 303
    assert "经过" in text(second.get(address))


def test_a_form_error_keeps_what_was_typed(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = at_the_organ(window, database)
    organ = signed_in("handling", login="organ", office=ORGAN)
    answer = organ.post(address, {"receipt": "wrong-office", "wrong_office_reason": ""})
    assert answer.status_code == 422 and 'href="#wrong_office_reason"' in text(answer)
    assert re.search(r'value="wrong-office" checked', text(answer))


def test_an_old_version_of_a_task_is_refused(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = at_the_organ(window, database)
    organ = signed_in("handling", login="organ", office=ORGAN)
    organ.post(f"{address}/claim")
    answer = organ.post(address, {"receipt": "accept", "version": "1"})
    assert answer.status_code == 409


def test_the_whole_way_to_the_feedback(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = at_the_organ(window, database)
    organ = signed_in("handling", login="organ", office=ORGAN)
    head = signed_in("supervisor", login="head", office=ORGAN)
    review = organ.post(address, {"receipt": "accept"})
    assert review.status_code == 303 and "审查要点" in text(organ.get(review.location))
    done = organ.post(
        review.location, {"review": "approve", "review_opinion": "材料齐全。", "points": "1"}
    )
    assert done.status_code == 303, text(done)
    case = case_of(database, address)
    task = waiting(database, case)
    signing = text(head.get(f"/clerk/tasks/{case.instance_id}/{task.number}"))
    assert "审查意见" in signing and "材料齐全。" in signing
    assert (
        head.post(
            f"/clerk/tasks/{case.instance_id}/{task.number}", {"signature": "approve"}
        ).status_code
        == 303
    )
    task = waiting(database, case)
    assert task.element == "Activity_HandOver"
    assert window.post(f"/clerk/tasks/{case.instance_id}/{task.number}").status_code == 303
    assert case_of(database, address).closed_at is not None
    assert case.case_no in text(window.get("/clerk/feedback"))
    page = text(window.get(f"/clerk/cases/{case.instance_id}"))
    assert "作出决定" in page and "送达回证" in page
    assert window.post(f"/clerk/cases/{case.instance_id}/feedback").status_code == 303
    assert case_of(database, address).feedback_seen_at is not None


def test_ticked_review_points_are_shown_to_the_auditor_and_unknown_ones_refused(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = at_the_organ(window, database)
    organ = signed_in("handling", login="organ", office=ORGAN)
    review = organ.post(address, {"receipt": "accept"}).location
    values = {"review": "approve", "review_opinion": "材料齐全。"}
    assert organ.post(review, {**values, "points": "99"}).status_code == 422
    assert organ.post(review, {**values, "points": "1"}).status_code == 303

    auditor = signed_in("auditor", login="auditor", office="500000-zzb")
    page = text(auditor.get(f"/auditor/cases/{case_of(database, address).instance_id}"))
    assert "未勾选的审查要点" in page
    first = loader.load().matters[11].review_points[0].text
    assert re.search(rf">已勾选的审查要点</span>\s*<ins class=\"ins\">{first}</ins>", page)


def test_a_task_is_handed_to_a_colleague_with_a_reason(
    window: Browser, signed_in: Open, add_person: Add, database: Database
) -> None:
    address = at_the_organ(window, database)
    colleague = add_person("colleague", "handling", office=ORGAN)
    stranger = add_person("elsewhere", "handling", office="500102-ybj")
    organ = signed_in("handling", login="organ", office=ORGAN)
    assert "delegate-to" not in text(organ.get(address))
    organ.post(f"{address}/claim")
    assert f'value="{colleague.user_id}"' in text(organ.get(address))
    assert f'value="{stranger.user_id}"' not in text(organ.get(address))

    to = {"to": str(colleague.user_id), "reason": "本人明日休假。"}
    assert organ.post(f"{address}/delegate", {**to, "reason": " "}).status_code == 422
    assert organ.post(f"{address}/delegate", {**to, "to": str(stranger.user_id)}).status_code == 403
    assert organ.post(f"{address}/delegate", to).status_code == 303

    task = waiting(database, case_of(database, address))
    assert task.assignee_id == colleague.user_id
    assert "本人明日休假。" in text(organ.get(f"/clerk/cases/{task.instance_id}"))
    assert organ.post(f"{address}/delegate", to).status_code == 409


def test_a_supervisor_releases_a_task_of_an_absent_colleague(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = at_the_organ(window, database)
    organ = signed_in("handling", login="organ", office=ORGAN)
    head = signed_in("supervisor", login="head", office=ORGAN)
    organ.post(f"{address}/claim")
    assert "/release" in text(head.get(address))
    assert head.post(f"{address}/release").status_code == 303
    assert waiting(database, case_of(database, address)).assignee_id is None


def declared(**changes: str) -> dict[str, object]:
    """Return a complete application of matter 39 whose figures differ."""
    flat = applicants.as_fields(invented.body(301, "虚构商贸第一有限公司"))
    flat |= {f"form.{key}": value for key, value in TAX_FORM.items()}
    flat |= {f"materials.{one.key}": "received" for one in loader.load().matters[39].materials}
    flat |= {"delivery_method": "on-the-spot", "action": "receive"}
    return {**flat, "form.declared_sales": "90000", **changes}


def test_a_correction_of_a_declaration_changes_its_figures(
    window: Browser, database: Database
) -> None:
    examine = window.post(opened(window, 39), declared()).location
    told = {"examination": "correct", "correction_note": "销售额漏报。"}
    answer = window.post(examine, told)
    page = text(window.get(answer.location))
    assert 'name="form.declared_sales"' in page and 'value="90000.00"' in page
    assert "form.registered_district" not in page

    wrong = window.post(answer.location, {"form.declared_sales": "many"})
    assert wrong.status_code == 422 and 'value="many"' in text(wrong)
    assert window.post(answer.location, {"form.period_from": "2026-09-01"}).status_code == 422
    right = window.post(answer.location, {"form.declared_sales": "120000"})
    assert right.status_code == 303, text(right)
    case = text(window.get(f"/clerk/cases/{case_of(database, examine).instance_id}"))
    assert "登记了申请人更正的内容" in case and "120,000.00" in case


def test_a_correction_of_a_change_leaves_the_answers_alone(window: Browser) -> None:
    answer = window.post(received(window), {"examination": "correct", "correction_note": "缺章。"})
    assert "form.pharmacy_name" not in text(window.get(answer.location))
    assert window.post(answer.location, {"form.pharmacy_name": "别名"}).status_code == 422
    assert window.post(answer.location, {}).status_code == 303


def test_a_case_of_other_offices_is_refused(
    window: Browser, signed_in: Open, database: Database
) -> None:
    address = received(window)
    case = case_of(database, address)
    stranger = signed_in("intake", login="stranger", office=OTHER_WINDOW)
    for path in (
        address,
        f"/clerk/cases/{case.instance_id}",
        f"/clerk/cases/{case.instance_id}/documents/1",
        f"/clerk/cases/{case.instance_id}/diagram.bpmn",
        f"/clerk/cases/{case.instance_id}/marks.json",
    ):
        assert stranger.get(path).status_code == 403, path
    assert stranger.post(address, {"examination": "accept"}).status_code == 403
    assert stranger.post(f"{address}/draft", {"examination": "accept"}).status_code == 403
    stop = {"kind": "withdraw", "reason": "不想办了。"}
    assert stranger.post(f"/clerk/cases/{case.instance_id}/stop", stop).status_code == 403
    assert case.case_no not in text(stranger.get("/clerk/cases"))


def test_a_case_is_withdrawn_for_a_reason(window: Browser, database: Database) -> None:
    case = case_of(database, received(window))
    address = f"/clerk/cases/{case.instance_id}/stop"
    assert window.post(address, {"kind": "withdraw", "reason": " "}).status_code == 422
    assert window.post(address, {"kind": "withdraw", "reason": "不想办了。"}).status_code == 303
    page = text(window.get(f"/clerk/cases/{case.instance_id}"))
    assert "已撤回" in page and "不想办了。" in page
    again = window.post(address, {"kind": "withdraw", "reason": "再来一次。"})
    assert again.status_code == 409


def test_real_values_are_shown_for_a_recorded_reason(window: Browser, database: Database) -> None:
    case = case_of(database, received(window))
    phone = invented.NO_PHONE
    page = text(window.get(f"/clerk/cases/{case.instance_id}"))
    assert phone not in page and "000****0000" in page
    shown = window.post(f"/clerk/cases/{case.instance_id}/reveal", {"reason": "核对证照。"})
    assert phone in text(shown)
    with reading(database) as session:
        looks = [
            one.reason
            for one in session.scalars(select(AccessEvent))
            if one.what == "personal.revealed"
        ]
    assert looks == ["核对证照。"]


def test_the_diagram_comes_with_its_marks(window: Browser, database: Database) -> None:
    case = case_of(database, received(window))
    xml = window.get(f"/clerk/cases/{case.instance_id}/diagram.bpmn")
    assert b"medical-institution" in xml.data
    marks = window.get(f"/clerk/cases/{case.instance_id}/marks.json").get_json()["marks"]
    assert marks["Activity_ReceiveApplication"] == "passed"
    assert "now" in marks["Activity_ExamineApplication"]
    assert window.get(f"/clerk/cases/{case.instance_id}/diagram.bpmn?file=x").status_code == 404


@pytest.mark.parametrize("view", ["all", "mine", "unclaimed", "overdue", "stopped", "nonsense"])
def test_every_filter_of_the_inbox_opens(window: Browser, view: str) -> None:
    opened(window)
    assert window.get(f"/clerk?view={view}&q=药店&page=2").status_code == 200


def test_an_exact_number_in_the_search_opens_the_case(window: Browser, database: Database) -> None:
    case = case_of(database, received(window))
    found = window.get("/clerk/cases", query_string={"q": case.case_no})
    assert found.status_code == 303 and str(case.instance_id) in found.location


def test_a_material_that_comes_on_paper_is_marked_and_unmarked(
    window: Browser, database: Database
) -> None:
    lacking = {"materials.change-application": "missing"}
    answer = window.post(opened(window), application(**lacking))
    case = case_of(database, str(answer.location))
    page = f"/clerk/cases/{case.instance_id}"
    assert window.post(str(answer.location), {"examination": "accept"}).status_code == 422

    mark = f"{page}/materials/change-application"
    assert window.post(mark, {"state": "received"}).status_code == 303
    assert "标记材料已收：“" in text(window.get(page))
    assert window.post(mark, {"state": "missing"}).status_code == 303
    assert "标记材料为缺：“" in text(window.get(page))
    assert window.post(f"{page}/materials/none", {"state": "received"}).status_code == 422
    window.post(mark, {"state": "received"})
    assert window.post(str(answer.location), {"examination": "accept"}).status_code == 303


def test_names_typed_by_people_stay_text_in_the_history(
    signed_in: Open, add_person: Add, browser: Open, database: Database
) -> None:
    add_person("evil", "intake", office=WINDOW, name="<b>某</b>")
    window = browser()
    window.sign_in("evil")
    case = case_of(database, received(window))
    page = window.get(f"/clerk/cases/{case.instance_id}").get_data(as_text=True)
    assert "<b>某</b>" not in page and "&lt;b&gt;某" in page


def test_the_screens_speak_english(window: Browser) -> None:
    window.client.set_cookie("lang", "en")
    address = opened(window)
    page = text(window.get(address))
    assert "Receive and print the receipt" in page and "Applicant" in page
    accepted = window.post(address, application())
    assert "Ask for correction, once and in full" in text(window.get(accepted.location))


@pytest.mark.parametrize("matter", [11, 39])
def test_english_pages_hold_chinese_only_where_somebody_typed_it(
    window: Browser, matter: int, database: Database
) -> None:
    window.client.set_cookie("lang", "en")
    given = declared() if matter == 39 else application()
    address = opened(window, matter)
    examine = window.post(address, given).location
    told = {"examination": "correct", "correction_note": "缺章。"}
    correct = window.post(examine, told).location
    case = f"/clerk/cases/{case_of(database, address).instance_id}"
    typed = " ".join(str(one) for one in [*given.values(), "缺章。"])
    for page in ("/clerk", "/clerk/cases", correct, case):
        shown = re.sub(r"<[^>]*>", " ", text(window.get(page)))
        foreign = set(re.findall(r"[\u4e00-\u9fff]+", shown)) - {"中文", "办", "张", "张三"}
        assert {one for one in foreign if one not in typed} == set(), page


def test_auditors_have_no_business_in_the_inbox_forms(signed_in: Open) -> None:
    auditor = signed_in("auditor", login="auditor", office="500000-zzb")
    assert auditor.get("/clerk/new").status_code == 403
    assert auditor.post("/clerk/new", {"matter": "11"}).status_code == 403


def test_every_page_names_only_known_paths(app: Flask) -> None:
    templates = Path(app.root_path, "templates", "clerk")
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    for file in templates.glob("*.html"):
        named = set(re.findall(r'url_for\([\'"]([\w.]+)', file.read_text(encoding="utf-8")))
        assert named <= endpoints, (file.name, named - endpoints)
