"""The designer's screens: deployed processes, where cases stand, uploads."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import func, select

from engine.casework import reference
from engine.db import Database, reading, transaction
from engine.models import Definition
from engine.people.identity import Actor
from engine.process import definitions, instances
from tests.webui.conftest import WANZHOU, Browser

Open = Callable[..., Browser]
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" '
    'targetNamespace="https://example.invalid">'
)
INNER = f"""{HEAD}<process id="inner" name="公共段" isExecutable="true">
<startEvent id="In_Start"/><sequenceFlow id="a" sourceRef="In_Start" targetRef="In_Task"/>
<userTask id="In_Task" name="里面的任务"/><sequenceFlow id="b" sourceRef="In_Task" targetRef="In_End"/>
<endEvent id="In_End"/></process></definitions>""".encode()
OUTER = f"""{HEAD}<process id="outer" name="整个流程" isExecutable="true">
<startEvent id="Start"/><sequenceFlow id="a" sourceRef="Start" targetRef="Call"/>
<callActivity id="Call" name="走公共段" calledElement="inner"/>
<sequenceFlow id="b" sourceRef="Call" targetRef="End"/><endEvent id="End" name="完"/>
</process></definitions>""".encode()
BROKEN = OUTER.replace(b'targetRef="End"', b'targetRef="Nowhere"')


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined]


@pytest.fixture
def designer(signed_in: Open) -> Browser:
    """A browser in which a designer is signed in."""
    return signed_in("designer", login="designer")


@pytest.fixture
def running(database: Database, app: object) -> None:
    """Two processes, one calling the other, and two runs that wait inside the called one."""
    files = {"outer.bpmn": OUTER, "inner.bpmn": INNER}
    with transaction(database) as session:
        definitions.deploy(session, files, by=Actor.system())
        for _ in range(2):
            instances.start(session, "outer", by=Actor.system(), office_id=WANZHOU)


def upload(**files: bytes) -> dict[str, object]:
    return {"files": [(BytesIO(data), name.replace("_", ".")) for name, data in files.items()]}


@pytest.mark.parametrize("role", ["intake", "handling", "supervisor", "auditor"])
def test_no_other_role_enters(
    signed_in: Open, running: None, database: Database, role: str
) -> None:
    window = signed_in(role)

    for path in ("/designer/", "/designer/processes/outer", "/designer/processes/outer/marks.json"):
        assert window.get(path).status_code == 403
    assert window.post("/designer/deployments", upload(inner_bpmn=INNER)).status_code == 403


@pytest.mark.parametrize("path", ["/designer/", "/designer/processes/outer?version=1"])
def test_every_page_opens_in_both_languages(designer: Browser, running: None, path: str) -> None:
    chinese = designer.get(path)
    designer.client.set_cookie("lang", "en")
    english = designer.get(path)

    assert chinese.status_code == english.status_code == 200
    for page in (text(chinese), text(english)):
        assert 'style="' not in page and "<script>" not in page
        assert page.count("<h1") == 1


def test_the_list_is_empty_before_the_first_upload(designer: Browser) -> None:
    assert "还没有部署流程" in text(designer.get("/designer/"))


def test_the_list_counts_running_cases_and_names_shared_parts(
    designer: Browser, running: None
) -> None:
    page = text(designer.get("/designer/"))

    assert "整个流程" in page and "公共段，被 1 个流程调用" in page and "直接办件" in page
    assert 'data-label="在办">2</td>' in page and 'data-label="在办">0</td>' in page


def test_a_process_shows_where_its_cases_stand(designer: Browser, running: None) -> None:
    outer = designer.get("/designer/processes/outer/marks.json").get_json()
    inner = designer.get("/designer/processes/inner/marks.json").get_json()
    page = text(designer.get("/designer/processes/outer"))

    assert outer == {"marks": {"Call": "now"}, "counts": {"Call": 2}}
    assert inner == {"marks": {"In_Task": "now"}, "counts": {"In_Task": 2}}
    assert page.index("走公共段") < page.index("完</li>") and '<a href="#step-Call">' in page


def test_a_process_says_whether_every_case_can_end(designer: Browser, running: None) -> None:
    assert "能：已证明每个办件始终可以办结" in text(designer.get("/designer/processes/outer"))

    twice = OUTER.replace(
        b'<endEvent id="End"',
        b'<sequenceFlow id="c" sourceRef="Start" targetRef="End"/><endEvent id="End"',
    )
    designer.post("/designer/deployments", upload(outer_bpmn=twice, inner_bpmn=INNER))

    page = text(designer.get("/designer/processes/outer"))
    assert "不能：流程有缺陷" in page and "同一办件会两次到达此结束" in page


def test_a_diagram_is_given_as_it_was_uploaded(designer: Browser, running: None) -> None:
    answer = designer.get("/designer/processes/outer/diagram.bpmn")

    assert answer.data == OUTER
    assert answer.mimetype == "application/xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["nothing", "outer?version=9", "nothing/marks.json"])
def test_what_is_not_deployed_is_not_found(designer: Browser, running: None, path: str) -> None:
    assert designer.get(f"/designer/processes/{path}").status_code == 404


def test_an_upload_makes_a_new_version(designer: Browser, running: None) -> None:
    changed = OUTER.replace("整个流程".encode(), "改过的流程".encode())

    answer = designer.post("/designer/deployments", upload(outer_bpmn=changed))

    assert answer.status_code == 303
    page = text(designer.get("/designer/processes/outer"))
    assert "改过的流程" in page and "outer，第 2 版" in page
    assert "整个流程" in text(designer.get("/designer/processes/outer?version=1"))


def test_a_refused_upload_names_element_and_line_and_changes_nothing(
    designer: Browser, database: Database
) -> None:
    chinese = designer.post("/designer/deployments", upload(outer_bpmn=BROKEN, inner_bpmn=INNER))
    designer.client.set_cookie("lang", "en")
    english = designer.post("/designer/deployments", upload(outer_bpmn=BROKEN, inner_bpmn=INNER))

    assert chinese.status_code == english.status_code == 422
    assert "什么都没有部署" in text(chinese) and "第 4 行" in text(chinese)
    assert "nothing was deployed" in text(english) and "line 4" in text(english)
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Definition)) == 0


@pytest.mark.parametrize(
    "files", [{}, {"letter_exe": b"MZ"}, {"evil_bpmn": b"<!DOCTYPE x []><x/>"}]
)
def test_what_is_no_model_is_refused(designer: Browser, files: dict[str, bytes]) -> None:
    assert designer.post("/designer/deployments", upload(**files)).status_code == 422


def test_scenarios_are_played_on_what_is_deployed(designer: Browser, database: Database) -> None:
    shared = reference.PROCESSES / "shared"
    files = {name: (shared / name).read_bytes() for name in ("intake.bpmn", "correction.bpmn")}
    changed = files | {
        "correction.bpmn": files["correction.bpmn"].replace(
            b'sourceRef="Event_CorrectionLimit" targetRef="Activity_LapseCorrection"',
            b'sourceRef="Event_CorrectionLimit" targetRef="Activity_AnswerCorrection"',
        )
    }
    pages = []
    for deployed in (files, changed):
        with transaction(database) as session:
            definitions.deploy(session, deployed, by=Actor.system())
        pages.append(text(designer.get("/designer/processes/correction/scenarios")))

    assert "符合预期" in pages[0] and "不符" not in pages[0]
    assert "data:image/svg+xml;base64," in pages[0]
    assert "不符" in pages[1] and "correction.lapse" in pages[1]


def test_a_process_without_scenarios_says_so(designer: Browser, running: None) -> None:
    assert "没有场景" in text(designer.get("/designer/processes/inner/scenarios"))
    assert "/designer/processes/inner/scenarios" in text(designer.get("/designer/processes/inner"))
