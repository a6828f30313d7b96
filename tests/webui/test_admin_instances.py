"""The operator's screens: instances, interventions with their reasons, batches."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from engine.db import Database, reading, transaction
from engine.models import Instance
from engine.process.interventions import batches
from tests.engine.process import world
from tests.webui.conftest import CITY, Browser

Open = Callable[..., Browser]
WHY = "核对材料"


@pytest.fixture
def admin(signed_in: Open) -> Browser:
    """A browser in which an administrator is signed in."""
    return signed_in("administrator", login="root", office=CITY)


@pytest.fixture
def begun(admin: Browser, database: Database) -> list[UUID]:
    """Three instances that wait at their first task."""
    with transaction(database) as session:
        world.deploy(session, world.two_tasks())
        return [world.begin(session) for _ in range(3)]


def status(database: Database, instance_id: UUID) -> tuple[str, bool]:
    with reading(database) as session:
        row = session.get_one(Instance, instance_id)
        return row.status, row.altered


def test_an_instance_is_found_suspended_and_resumed(admin, begun, database) -> None:
    one = begun[0]
    assert str(one) in admin.get(f"/admin/instances?q={one}").get_data(as_text=True)

    assert admin.post(f"/admin/instances/{one}/suspend", {"reason": WHY}).status_code == 303
    page = admin.get(f"/admin/instances/{one}").get_data(as_text=True)
    assert "已挂起" in page and "法定时限照常计算" in page
    assert status(database, one)[0] == "suspended"
    admin.post(f"/admin/instances/{one}/resume", {"reason": WHY})

    assert status(database, one)[0] == "running"


def test_a_case_is_moved_to_a_step_that_is_offered(admin, begun, database) -> None:
    page = admin.get(f"/admin/instances/{begun[0]}").get_data(as_text=True)
    assert '<option value="B">' in page

    moved = admin.post(f"/admin/instances/{begun[0]}/move", {"reason": WHY, "to": "B"})

    assert moved.status_code == 303
    assert status(database, begun[0]) == ("running", True)
    with reading(database) as session:
        assert world.open_elements(session, begun[0]) == ["B"]


@pytest.mark.parametrize(
    "act, form, told",
    [
        ("move", {"reason": WHY, "to": "nowhere"}, "不能移动到这里"),
        ("suspend", {"reason": " "}, "请写明理由"),
        ("restart", {"reason": WHY}, "流程尚未结束"),
        ("migrate", {"reason": WHY, "version": "7"}, "7"),
    ],
)
def test_what_is_refused_is_told_and_changes_nothing(
    admin, begun, database, act: str, form: dict, told: str
) -> None:
    answer = admin.post(f"/admin/instances/{begun[0]}/{act}", form)

    assert answer.status_code == 409
    assert told in answer.get_data(as_text=True)
    assert status(database, begun[0]) == ("running", False)


def test_a_batch_is_begun_from_the_list_and_followed(admin, begun, database) -> None:
    with transaction(database) as session:
        for element in ("A", "B"):
            world.complete(session, begun[2], element)
    form = {"instance": [str(one) for one in begun], "act": "suspend", "reason": WHY}

    made = admin.post("/admin/batches", form)
    assert made.status_code == 303
    path = re.sub(r"^https?://[^/]+", "", made.headers["Location"])
    assert "进行中" in admin.get(path).get_data(as_text=True)
    batches.work(database)

    page = admin.get(path).get_data(as_text=True)
    assert "已完成" in page and str(begun[2]) in page
    assert WHY in admin.get("/admin/batches").get_data(as_text=True)


def test_a_batch_is_paused_and_cancelled(admin, begun, database) -> None:
    form = {"instance": str(begun[0]), "act": "cancel", "reason": WHY}
    made = admin.post("/admin/batches", form)
    path = re.sub(r"^https?://[^/]+", "", made.headers["Location"])

    admin.post(f"{path}/paused")
    batches.work(database)
    admin.post(f"{path}/cancelled")
    batches.work(database)

    assert "已取消" in admin.get(path).get_data(as_text=True)
    assert status(database, begun[0])[0] == "running"


def test_clerks_have_no_way_in(signed_in: Open) -> None:
    clerk = signed_in("intake", login="clerk")

    assert clerk.get("/admin/instances").status_code == 403
    assert clerk.get("/admin/batches").status_code == 403


def test_metrics_tell_counts_and_nothing_else(admin, begun, database) -> None:
    admin.post(f"/admin/instances/{begun[0]}/suspend", {"reason": WHY})

    text = admin.get("/metrics").get_data(as_text=True)

    assert 'tongban_instances{status="running"} 2.0' in text
    assert 'tongban_instances{status="suspended"} 1.0' in text
    assert "tongban_tasks_open 3.0" in text
    assert WHY not in text
