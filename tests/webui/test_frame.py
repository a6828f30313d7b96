"""The frame: headers, language, addresses, messages, and every component drawn in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from engine import clock
from tests.webui import sampler
from webui import frame, i18n


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    with clock.at(sampler.NOW):
        yield sampler.site().test_client()


def english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("lang", "en")
    return client


def test_every_answer_forbids_foreign_code_and_frames(client: FlaskClient) -> None:
    for path in ("/sign-in", "/no-such-page", "/fail/conflict", "/api/v1/fail"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


def test_only_a_page_with_a_canvas_may_write_style_attributes(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "style-src-attr 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy and "style-src 'self';" in policy


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/accessibility", "/fail/conflict"])
def test_no_page_has_inline_style_or_script(client: FlaskClient, path: str, language: str) -> None:
    client.set_cookie("lang", language)
    answer = client.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == (409 if "conflict" in path else 200)
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/fail/conflict"])
def test_ids_are_unique_and_icons_have_their_symbols(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#(i-[a-z]+)"', page)) <= set(ids)


def test_the_language_switch_keeps_the_page_and_lasts(client: FlaskClient) -> None:
    page = client.get("/sign-in?next=/x%3Fa=1").get_data(as_text=True)
    link = re.search(r'href="(/language/en[^"]*)"', page)
    assert link is not None and 'lang="zh-CN"' in page

    answer = client.get(link[1].replace("&amp;", "&"))

    assert (
        answer.headers["Location"] == "/sign-in?next=/x%3Fa%3D1" or "/sign-in?" in answer.location
    )
    assert 'lang="en"' in client.get("/sign-in").get_data(as_text=True)


def test_a_refused_sign_in_keeps_the_account_and_not_the_password(client: FlaskClient) -> None:
    page = client.post("/sign-in", data={"login": "wushi", "password": "a-secret"}).get_data(True)
    assert 'value="wushi"' in page and "a-secret" not in page
    assert 'aria-invalid="true"' in page and "还可以再试 3 次" in page


def test_an_unknown_language_is_no_page(client: FlaskClient) -> None:
    assert client.get("/language/fr").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", "javascript:alert(1)", ""],
)
def test_an_address_elsewhere_is_not_followed(address: str) -> None:
    assert frame.own_address(address) == "/"


def test_colours_and_large_text_come_from_the_cookies(client: FlaskClient) -> None:
    client.set_cookie("theme", "dark")
    client.set_cookie("text", "large")
    page = client.get("/sign-in").get_data(as_text=True)
    assert 'data-theme="dark"' in page and 'data-text="large"' in page

    client.set_cookie("theme", '"><script>')
    assert " data-theme=" not in client.get("/sign-in").get_data(as_text=True)


def test_what_is_said_appears_once_with_its_undo(client: FlaskClient) -> None:
    client.get("/echo")
    first = client.get("/accessibility").get_data(as_text=True)
    second = client.get("/accessibility").get_data(as_text=True)
    assert "已签收。" in first and 'action="/echo"' in first and "撤销" in first
    assert "已签收。" not in second


def test_a_browser_that_asks_for_the_icon_takes_no_message(client: FlaskClient) -> None:
    client.get("/echo")
    assert client.get("/favicon.ico").location.startswith("/static/mark")
    assert "data-toast" in client.get("/accessibility").get_data(as_text=True)


def test_the_bar_shows_home_place_and_person(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert 'title="办件"' in page and "吴十" in page and "江北区政务服务中心" in page
    assert re.search(r'<a href="/" aria-current="page">待办<span class="n">137', page)


def test_a_home_that_does_not_exist_is_refused() -> None:
    from flask import Blueprint

    with pytest.raises(ValueError, match="no home"):
        frame.furnish(Blueprint("x", __name__), "garage", lambda: ())


def test_an_icon_that_does_not_exist_is_refused() -> None:
    with sampler.site().test_request_context(), pytest.raises(KeyError, match="unicorn"):
        frame.icon("unicorn")


@pytest.mark.parametrize(
    ("arguments", "chinese", "english"),
    [
        ((6,), "剩 6 天", "6 days left"),
        ((1,), "明天到期", "due tomorrow"),
        ((0,), "今天到期", "due today"),
        ((-2,), "逾期 2 天", "2 days late"),
        ((-1,), "逾期 1 天", "1 day late"),
        ((3, True), "停表", "clock stopped"),
        ((3, "补正"), "停表，补正", "clock stopped, 补正"),
        ((3, True, 2), "停表 2 天", "stopped 2 days"),
        ((None,), "无时限", "no limit"),
    ],
)
def test_a_limit_is_said_in_the_words_of_the_house(
    arguments: tuple[object, ...], chinese: str, english: str
) -> None:
    app = sampler.site()
    with app.test_request_context():
        assert i18n.limit_text(*arguments) == chinese  # type: ignore[arg-type]
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert i18n.limit_text(*arguments) == english  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("instant", "chinese", "english"),
    [
        (datetime(2026, 9, 16, 1, 12, tzinfo=UTC), "今天 09:12", "today 09:12"),
        # 23:30 UTC is the next morning in Shanghai.
        (datetime(2026, 9, 15, 23, 30, tzinfo=UTC), "今天 07:30", "today 07:30"),
        (datetime(2026, 9, 14, 9, 20, tzinfo=UTC), "9月14日 17:20", "14 Sep 17:20"),
        (datetime(2025, 12, 31, 9, 20, tzinfo=UTC), "2025年12月31日 17:20", "31 Dec 2025 17:20"),
    ],
)
def test_an_instant_is_said_in_shanghai_time(instant: datetime, chinese: str, english: str) -> None:
    app = sampler.site()
    with clock.at(sampler.NOW):
        with app.test_request_context():
            assert i18n.when(instant) == chinese
        with app.test_request_context(headers={"Cookie": "lang=en"}):
            assert i18n.when(instant) == english


def test_money_is_counted_in_fen(client: FlaskClient) -> None:
    with client.application.test_request_context():
        assert i18n.money(0) == "不收费"
        assert i18n.money(123456) == "1,234.56 元"


def test_a_filter_on_a_constant_speaks_the_readers_language(client: FlaskClient) -> None:
    assert "不收费" in client.get("/").get_data(as_text=True)
    assert "no fee" in english(client).get("/").get_data(as_text=True)


def test_typed_text_is_escaped_in_a_field(client: FlaskClient) -> None:
    source = '{% from "components/form.html" import field %}{{ field("a", "A", value=typed, error=typed) }}'
    app = client.application
    with app.test_request_context():
        drawn = app.jinja_env.from_string(source).render(typed='"><script>alert(1)</script>')
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn


def test_a_hide_condition_becomes_the_opposite_of_a_show_condition() -> None:
    from webui.formjs import show_if

    assert show_if('=verdict != "no"') == "verdict=no"
    assert show_if('=verdict = "yes"') == "verdict!=yes"
    assert show_if("=agree = false") == "agree=true"
    assert show_if('=contains(a, "b")') is None
    assert show_if(None) is None
