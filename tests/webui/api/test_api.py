"""The interface as a program meets it: deploy, start, claim, complete, and every refusal."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.db import Database, reading, transaction
from engine.models import Definition, Event, Instance, Office
from engine.people import permissions, tokens, users
from engine.people.identity import Actor
from engine.process.interventions import batches
from engine.settings import Settings
from tests.engine.process.test_statements import counted
from webui.staff import create_app

APPROVAL = (Path(__file__).parents[2] / "engine" / "approval.bpmn").read_bytes()


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings.read({"TONGBAN_DATA": str(tmp_path / "var")})


class Client:
    """A program with a token."""

    def __init__(self, app, token: str) -> None:
        self.http, self.token = app.test_client(), token

    def get(self, path: str, **query):
        return self.http.get(f"/api/v1{path}", headers=self._headers(), query_string=query)

    def post(self, path: str, body=None, key: str | None = None):
        return self.http.post(f"/api/v1{path}", json=body or {}, headers=self._headers(key))

    def deploy(self, **files: bytes):
        data = {"files": [(BytesIO(c), n.replace("_", ".")) for n, c in files.items()]}
        return self.http.post("/api/v1/deployments", data=data, headers=self._headers())

    def _headers(self, key: str | None = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"}
        return headers | ({"Idempotency-Key": key} if key else {})


def member(database: Database, login: str, *roles: str) -> tuple[Actor, str]:
    with transaction(database) as session:
        if session.get(Office, "900001-window") is None:
            session.add(
                Office(
                    id="900001-window",
                    name="演示窗口",
                    name_en="Window",
                    short_name="窗口",
                    level="district",
                    district="900001",
                    roles=["intake", "handling"],
                )
            )
            session.flush()
        added = users.add(
            session,
            login=login,
            name=login,
            office_id="900001-window",
            roles={(role, "900001-window") for role in roles},
            by=Actor.system(),
        )
        actor = users.actor(session, added.user.id)
        scopes = sorted({name for role in roles for name in permissions.PERMISSIONS[role]})
        return actor, tokens.issue(session, added.user.id, scopes=scopes).token


@pytest.fixture
def app(database, settings):
    return create_app(database, settings, testing=False)


@pytest.fixture
def designer(app, database) -> Client:
    return Client(app, member(database, "designer", "designer", "intake")[1])


@pytest.fixture
def clerk(app, database) -> Client:
    return Client(app, member(database, "clerk.one", "intake", "handling")[1])


@pytest.fixture
def deployed(designer) -> Client:
    answer = designer.deploy(approval_bpmn=APPROVAL)
    assert answer.status_code == 201, answer.json
    return designer


def start(client: Client, **body):
    answer = client.post("/instances", {"process_key": "approval", **body})
    assert answer.status_code == 201, answer.json
    return answer.json


def complete(client: Client, task, variables=None, **more):
    path = f"/tasks/{task['instance']}/{task['number']}/complete"
    return client.post(path, {"variables": variables or {}, **more})


def test_a_process_runs_from_deployment_to_its_end(deployed, clerk):
    instance = start(clerk)
    assert instance["status"] == "running"
    assert [task["element"] for task in instance["tasks"]] == ["Activity_Apply"]

    answer = complete(clerk, instance["tasks"][0], {"amount": 150})
    assert answer.status_code == 200
    assert answer.json["task"]["state"] == "completed"
    left, right = answer.json["instance"]["tasks"]
    complete(clerk, left)
    done = complete(clerk, right).json["instance"]

    assert (done["status"], done["tasks"], done["variables"]["result"]) == ("completed", [], 300)
    events = clerk.get(f"/instances/{instance['id']}/history").json["items"]
    assert [e["sequence"] for e in events] == list(range(1, len(events) + 1))
    assert "task.completed" in {event["type"] for event in events}


def test_the_default_flow_ends_a_small_one(deployed, clerk):
    task = start(clerk)["tasks"][0]

    assert complete(clerk, task, {"amount": 5}).json["instance"]["status"] == "completed"


def test_completing_twice_is_refused_and_changes_nothing(deployed, clerk, database):
    task = start(clerk)["tasks"][0]
    complete(clerk, task, {"amount": 150})
    with reading(database) as session:
        before = session.scalar(select(func.count()).select_from(Event))

    answer = complete(clerk, task, {"amount": 1})

    assert (answer.status_code, answer.json["code"]) == (409, "task-already-completed")
    assert answer.content_type == "application/problem+json"
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == before


def test_a_task_that_moved_on_is_left_alone(deployed, clerk):
    task = start(clerk)["tasks"][0]
    clerk.post(f"/tasks/{task['instance']}/{task['number']}/claim")

    answer = complete(clerk, task, {"amount": 1}, version=task["version"])

    assert (answer.status_code, answer.json["code"]) == (409, "task-moved-on")


def test_a_claimed_task_is_its_holders_until_released(deployed, clerk, app, database):
    other = Client(app, member(database, "clerk.two", "intake")[1])
    task = start(clerk)["tasks"][0]
    path = f"/tasks/{task['instance']}/{task['number']}"
    assert clerk.post(f"{path}/claim").json["state"] == "claimed"

    assert other.post(f"{path}/claim").json["code"] == "task-already-claimed"
    assert complete(other, task, {"amount": 1}).status_code == 409
    assert clerk.post(f"{path}/release").json["state"] == "open"
    assert complete(other, task, {"amount": 1}).status_code == 200


def test_a_repeated_request_is_answered_once(deployed, clerk, database):
    body = {"process_key": "approval", "business_key": "B-1"}
    first = clerk.post("/instances", body, key="k1")
    again = clerk.post("/instances", body, key="k1")
    other = clerk.post("/instances", {**body, "business_key": "B-2"}, key="k1")

    assert (again.status_code, again.json) == (201, first.json)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 1


def test_a_failing_script_rolls_back_and_shows_an_incident(deployed, clerk):
    task = start(clerk)["tasks"][0]

    answer = complete(clerk, task, {})

    assert (answer.status_code, answer.json["code"]) == (422, "step-failed")
    instance = clerk.get(f"/instances/{task['instance']}").json
    assert instance["status"] == "incident"
    assert [one["element"] for one in instance["incidents"]] == ["Flow_Large"]
    assert [one["element"] for one in instance["tasks"]] == ["Activity_Apply"]
    mended = complete(clerk, task, {"amount": 1}).json["instance"]
    assert (mended["status"], mended["incidents"]) == ("completed", [])


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<not xml", "xml"),
        (b"<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>", "xml"),
        (APPROVAL.replace(b"amount &gt; 100", b"__import__('os')"), "expression"),
        (APPROVAL.replace(b'targetRef="Gateway_Join"', b'targetRef="Nowhere"'), "reference"),
    ],
)
def test_a_bad_diagram_is_refused_whole_and_named(designer, content, rule):
    answer = designer.deploy(approval_bpmn=content)

    assert (answer.status_code, answer.json["code"]) == (422, "deployment-rejected")
    assert answer.json["problems"][0]["file"] == "approval.bpmn"
    assert designer.get("/definitions").json["items"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"process_key": "none"}, 404),
        ({"process_key": 5}, 422),
        ({}, 422),
        ({"process_key": "approval", "unknown": 1}, 422),
        ({"process_key": "approval", "variables": {"_hidden": 1}}, 422),
    ],
)
def test_a_wrong_start_is_told(deployed, clerk, body, status):
    answer = clerk.post("/instances", body)

    assert answer.status_code == status
    assert {"type", "title", "status", "code", "detail", "request_id"} <= set(answer.json)


def test_without_a_token_nothing_is_told(app):
    answer = app.test_client().get("/api/v1/tasks")

    assert answer.status_code == 401
    assert answer.json["code"]


def test_tasks_come_in_pages(deployed, clerk):
    for _ in range(3):
        start(clerk)

    first = clerk.get("/tasks", limit=2).json
    second = clerk.get("/tasks", limit=2, cursor=first["next_cursor"]).json

    numbers = {task["instance"] for task in first["items"] + second["items"]}
    assert (len(first["items"]), len(second["items"]), len(numbers)) == (2, 1, 3)
    assert second["next_cursor"] is None
    assert clerk.get("/tasks", cursor="x").json["code"] == "cursor-invalid"


def test_cancelling_needs_a_reason(deployed, clerk):
    instance = start(clerk)

    assert clerk.post(f"/instances/{instance['id']}/cancel", {"reason": ""}).status_code == 422
    gone = clerk.post(f"/instances/{instance['id']}/cancel", {"reason": "started by mistake"})
    assert gone.json["status"] == "cancelled"


def test_the_openapi_document_names_every_route(app):
    document = app.test_client().get("/api/v1/openapi.json").json

    served = {
        rule.rule.removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and not rule.rule.endswith("openapi.json")
    }
    assert len(document["paths"]) == len(served)
    assert document["paths"]["/tasks/{instance}/{number}/complete"]["post"]["summary"]


def test_a_completion_with_token_and_key_takes_nine_statements(deployed, clerk, database):
    answer = start(clerk)
    path = f"/tasks/{answer['id']}/{answer['tasks'][0]['number']}/complete"

    with counted(database) as seen:
        done = clerk.post(path, {"variables": {"amount": 150}}, key="once")

    assert done.status_code == 200, done.json
    assert len(seen) <= 9, seen
    fresh = clerk.get(f"/instances/{answer['id']}").json
    assert done.json["instance"] == fresh


def test_an_operator_suspends_moves_and_migrates(deployed, clerk, app, database):
    operator = Client(app, member(database, "root", "administrator")[1])
    made = start(clerk)
    path = f"/instances/{made['id']}"

    stopped = operator.post(f"{path}/suspend", {"reason": "核对"})
    assert (stopped.status_code, stopped.json["status"]) == (200, "suspended")
    task = made["tasks"][0]["number"]
    refused = clerk.post(f"/tasks/{made['id']}/{task}/complete", {"variables": {"amount": 1}})
    assert (refused.status_code, refused.json["code"]) == (409, "instance-suspended")
    assert operator.post(f"{path}/resume", {"reason": "核对完"}).json["status"] == "running"

    element = made["tasks"][0]["element"]
    moved = operator.post(f"{path}/move", {"reason": "重来", "to": element})
    assert moved.status_code == 200, moved.json
    assert moved.json["altered"] is True
    assert [one["element"] for one in moved.json["tasks"]] == [element]

    changed = APPROVAL.replace(b"</bpmn:definitions>", b"<!-- 2 --></bpmn:definitions>")
    assert deployed.deploy(approval_bpmn=changed).status_code == 201
    outlook = operator.post("/migrations/plan", {"process_key": "approval", "version": 2}).json
    assert (outlook["movable"], len(outlook["items"])) == (1, 1)
    migrated = operator.post(f"{path}/migrate", {"reason": "新版", "version": 2})
    assert (migrated.status_code, migrated.json["version"]) == (200, 2), migrated.json


def test_a_batch_is_followed_and_steered(deployed, clerk, app, database):
    operator = Client(app, member(database, "root", "administrator")[1])
    ids = [start(clerk)["id"] for _ in range(3)]

    body = {"kind": "suspend", "instances": ids, "reason": "统一核对"}
    made = operator.post("/batches", body)
    assert (made.status_code, made.json["state"], made.json["total"]) == (202, "running", 3)
    path = f"/batches/{made.json['id']}"
    assert operator.post(f"{path}/pause").json["state"] == "paused"
    assert operator.post(f"{path}/resume").json["state"] == "running"
    batches.work(database)

    assert operator.get(path).json["counts"] == {"done": 3}
    assert operator.post(f"{path}/cancel").json["code"] == "batch-ended"
    wrong = operator.post("/batches", body | {"instances": ["x"]})
    assert (wrong.status_code, wrong.json["code"]) == (422, "body-invalid")


def test_a_clerk_may_not_intervene(deployed, clerk):
    made = start(clerk)

    refused = clerk.post(f"/instances/{made['id']}/suspend", {"reason": "核对"})

    assert (refused.status_code, refused.json["code"]) == (403, "scope-missing")


@pytest.mark.parametrize("number", [2**31, 10**30])
def test_a_number_beyond_what_a_database_counts_is_not_found(deployed, clerk, number):
    begun = clerk.post("/instances", {"process_key": "approval", "variables": {"amount": 5}})
    instance = begun.json["id"]

    assert clerk.get(f"/tasks/{instance}/{number}").status_code == 404
    assert clerk.post(f"/tasks/{instance}/{number}/claim").status_code == 404
    assert clerk.get(f"/matters/{number}").status_code in (403, 404)
    again = {"process_key": "approval", "version": number}
    assert clerk.post("/instances", again).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "²"},
        {"limit": "9" * 5000},
        {"cursor": "WzEsMiwzXQ=="},  # [1,2,3]
        {
            "cursor": "W251bGwsIjAxOGYzYTUyLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCIsMTAwMDAwMDAwMDAwMDBd"
        },
        {"office": "a\0b"},
        {"process_key": "a\0b"},
    ],
)
def test_a_query_that_means_nothing_is_refused(clerk, query):
    assert clerk.get("/tasks", **query).status_code == 422


@pytest.mark.parametrize("after", ["²", "9" * 30, "-1", "x"])
def test_a_history_is_read_from_a_number_on(deployed, clerk, after):
    instance = start(clerk)

    assert clerk.get(f"/instances/{instance['id']}/history", cursor=after).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/messages", {"name": "a\0b"}),
        ("/messages", {"name": "a", "id": "\0"}),
        ("/messages", {"name": "a", "correlation": {"x": "a\0b"}}),
        ("/messages", {"name": "a", "payload": {"x": "a\0b"}}),
        ("/signals", {"name": "a\0b"}),
        ("/instances", {"process_key": "a\0b"}),
        ("/instances", {"process_key": "approval", "business_key": "a\0b"}),
        ("/instances", {"process_key": "approval", "business_key": "b" * 5000}),
    ],
)
def test_text_that_no_database_keeps_is_refused(deployed, app, database, path, body):
    roles = "intake", "handling", "administrator"
    clerk = Client(app, member(database, "clerk.two", *roles)[1])

    assert clerk.post(path, body).status_code == 422


def test_two_files_of_one_name_are_refused(designer, database):
    files = [(BytesIO(APPROVAL), "a.bpmn"), (BytesIO(APPROVAL), "a.bpmn")]

    answer = designer.http.post(
        "/api/v1/deployments", data={"files": files}, headers=designer._headers()
    )

    assert answer.status_code == 422
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(Definition)) == 0
