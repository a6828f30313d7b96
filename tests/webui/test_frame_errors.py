"""Errors as pages and as problem+json: what is kept, what is never shown, what is logged."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from engine import clock
from tests.webui import sampler

TYPED = {
    "opinion": "六项条件均符合",
    "result": "agree-with",
    "password": "a-secret",
    "csrf_token": "old",
}


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    with clock.at(sampler.NOW):
        yield sampler.site().test_client()


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/fail/conflict", 409, "这一步没有存上"),
        ("/fail/invalid", 422, "有内容要改"),
        ("/fail/missing", 404, "没有找到"),
        ("/fail/403", 403, "您没有权限"),
        ("/fail/413", 413, "文件太大，没有传上"),
        ("/fail/503", 503, "暂时办不了"),
        ("/fail/defect", 500, "系统出了故障，这一步没有做成"),
        ("/nowhere", 404, "没有这个页面"),
    ],
)
def test_each_kind_of_error_has_its_page(
    client: FlaskClient, path: str, status: int, title: str
) -> None:
    answer = client.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert f'<h1 class="mt4">{title}</h1>' in page
    assert re.search(r"E-20260916-[2-9A-Z]{6}", page)


def test_what_was_typed_comes_back_but_no_secret(client: FlaskClient) -> None:
    page = client.post("/fail/conflict", data=TYPED).get_data(as_text=True)
    assert "六项条件均符合" in page
    assert "agree-with" not in page, "a choice's code means nothing to a reader"
    assert "a-secret" not in page and "old" not in re.findall(r'value="([^"]*)"', page)


def test_an_expired_form_can_be_sent_again_with_a_fresh_token(client: FlaskClient) -> None:
    answer = client.post("/fail/expired?step=3", data=TYPED)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'action="/fail/expired?step=3"' in page
    assert 'name="opinion" value="六项条件均符合"' in page
    assert 'name="csrf_token" value="token-of-the-test"' in page


def test_a_body_that_is_too_large_is_answered_without_reading_it(client: FlaskClient) -> None:
    answer = client.post("/echo", data={"opinion": "x" * 20_000})
    assert answer.status_code == 413
    assert "文件太大" in answer.get_data(as_text=True)


def test_a_program_gets_problem_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/fail")
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    body = answer.get_json(force=True)
    assert set(body) == {"type", "title", "status", "code", "detail", "params", "request_id"}
    assert body["code"] == "conflict" and body["title"] == "This step was not stored"


def test_an_unknown_api_address_is_problem_json_too(client: FlaskClient) -> None:
    body = client.get("/api/v1/nowhere").get_json(force=True)
    assert body["code"] == "page-not-found" and body["status"] == 404


def test_a_defect_is_logged_without_the_values_it_met(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/fail/defect")
    [entry] = [record for record in caplog.records if record.getMessage() == "defect"]
    everything = str(vars(entry))
    assert "RuntimeError" in everything and "sampler.py" in everything
    assert "500101189503070011" not in everything and "李四" not in everything


def test_the_page_never_shows_the_message_of_a_defect(client: FlaskClient) -> None:
    assert "李四" not in client.get("/fail/defect").get_data(as_text=True)
