"""What a check of an upload shows: grouped by file, marked on the drawing, in both languages."""

from __future__ import annotations

import json
import zipfile
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.db import Database, reading
from engine.models import Definition
from tests.engine.bpmn.checks.rows import A, document, line, task
from tests.engine.bpmn.checks.rows_of_style import EVENTS, WAYS, drawing, shape
from tests.engine.bpmn.soundness import sketch
from tests.webui.conftest import Browser
from webui.designer import findings

DRAWN = drawing(EVENTS, shape("a", 100, 0), WAYS)
GOOD = document(line(A), DRAWN)
BAD = document(line(task(kind="scriptTask")), DRAWN)


@pytest.fixture
def designer(signed_in: Any) -> Browser:
    """A browser in which a designer is signed in."""
    return signed_in("designer", login="designer")


def send(designer: Browser, *, only_check: bool = False, **files: bytes) -> Any:
    sent: dict[str, Any] = {
        "files": [(BytesIO(data), name.replace("_", ".")) for name, data in files.items()]
    }
    return designer.post("/designer/deployments", sent | ({"check": "1"} if only_check else {}))


def deployed(database: Database) -> int:
    with reading(database) as session:
        return int(session.scalar(select(func.count()).select_from(Definition)) or 0)


def test_a_refusal_tells_element_rule_and_severity_in_the_readers_language(
    designer: Browser,
) -> None:
    chinese = send(designer, good_bpmn=GOOD, bad_bpmn=BAD)
    designer.client.set_cookie("lang", "en")
    english = send(designer, good_bpmn=GOOD, bad_bpmn=BAD)

    assert chinese.status_code == english.status_code == 422
    page, other = chinese.get_data(as_text=True), english.get_data(as_text=True)
    assert "没有脚本" in page and "错误" in page and "script-missing" in page and "元素 a" in page
    assert "it has no script" in other and "error" in other and "element a" in other


def test_findings_are_marked_on_the_drawing_that_was_sent(designer: Browser) -> None:
    page = send(designer, bad_bpmn=BAD).get_data(as_text=True)

    assert 'data-bpmn-xml="&lt;definitions' in page
    marks = unescape(page.split('data-marks="')[1].split('"')[0])
    assert json.loads(marks)["marks"]["a"] == "bad"


def test_a_check_only_deploys_nothing_and_tells_what_could_be_better(
    designer: Browser, database: Database
) -> None:
    answer = send(designer, only_check=True, good_bpmn=GOOD)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "文件没有问题" in page
    assert "label-required" in page and "警告" in page
    assert deployed(database) == 0


def test_an_archive_is_deployed_by_what_it_holds(designer: Browser, database: Database) -> None:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("p.bpmn", GOOD)

    assert send(designer, models_zip=kept.getvalue()).status_code == 303
    assert deployed(database) == 1


def test_names_and_texts_of_a_file_are_only_text(designer: Browser) -> None:
    evil = BAD.replace(b'id="a"', b'id="a" name="&lt;script&gt;x&lt;/script&gt;"')

    page = send(designer, evil_bpmn=evil).get_data(as_text=True)
    assert "<script>x" not in page


def test_a_large_file_is_told_of_without_its_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "LARGEST_DRAWING", 100)

    assert findings._drawing(GOOD, "good.bpmn") is None
    assert findings._drawing(b"<!DOCTYPE x><x/>BPMNShape", "x.bpmn") is None


def test_an_unsound_drawing_shows_the_path_to_its_fault(designer: Browser) -> None:
    lines = "start s\nxor g\nuser a\nuser b\nand j\nend e\ns > g\ng > a > j\ng > b > j\nj > e"
    plane = (
        b'<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"'
        b' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><d:BPMNPlane bpmnElement="p">'
        + "".join(shape(name, 150 * at, 0) for at, name in enumerate("sgabje")).encode()
        + b"</d:BPMNPlane></d:BPMNDiagram>"
    )
    end = b"</bpmn:definitions>"
    data = sketch.document(lines).replace(end, plane + end)

    page = send(designer, only_check=True, p_bpmn=data).get_data(as_text=True)

    assert "parallel-join-starved" in page and "可能一直等待" in page
    marks = json.loads(unescape(page.split('data-marks="')[1].split('"')[0]))["marks"]
    assert marks["j"] == "bad"
    assert all("passed" in marks[name].split() for name in ("f_s_g", "f_g_a", "a", "f_a_j"))


def test_two_files_of_one_name_are_refused(designer: Browser, database: Database) -> None:
    files = [(BytesIO(GOOD), "a.bpmn"), (BytesIO(GOOD), "a.bpmn")]

    answer = designer.post("/designer/deployments", {"files": files})

    assert answer.status_code == 422 and "同名" in answer.text
    assert deployed(database) == 0
