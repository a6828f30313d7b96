"""Signing in, what a session is worth, and forms that come too late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask, request
from sqlalchemy import select

from engine import clock
from engine.db import Database, reading, transaction
from engine.models import AccessEvent, BrowserSession
from engine.people import users
from engine.people.identity import Actor
from engine.settings import Settings
from tests.webui.conftest import PASSWORD, WANZHOU, Browser
from webui import auth
from webui.staff import create_app

NINE = datetime(2026, 1, 5, 1, tzinfo=UTC)
Open, Add = Callable[..., Browser], Callable[..., Actor]


@pytest.fixture
def app(database: Database, settings: Settings, app: Flask) -> Flask:
    """The staff's application with two routes that give back what they got."""
    made = create_app(database, settings, testing=True)

    @made.get("/echo")
    @auth.permission("case:read")
    def look() -> str:
        return auth.actor().name

    @made.post("/echo")
    @auth.permission("case:write")
    def echo() -> str:
        return repr(sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token"))

    @made.get("/designs")
    @auth.permission("definition:write")
    def designs() -> str:
        return "designs"

    return made


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined]


def test_a_page_asks_to_sign_in_and_leads_back_to_itself(browser: Open, add_person: Add) -> None:
    add_person("li", "intake")
    window = browser()

    asked = window.get("/echo?a=1&b=2")
    page = window.get(asked.location)
    answer = window.post("/sign-in", {"login": "li", "password": PASSWORD, "next": "/echo?a=1&b=2"})

    assert (asked.status_code, page.status_code) == (303, 200)
    assert 'name="next" value="/echo?a=1&amp;b=2"' in text(page)
    assert (answer.status_code, answer.location) == (303, "/echo?a=1&b=2")
    assert text(window.get("/echo")) == "张三"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(
    browser: Open, add_person: Add, target: str
) -> None:
    add_person("li", "intake")

    answer = browser().post("/sign-in", {"login": "li", "password": PASSWORD, "next": target})

    assert answer.location == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: Open, add_person: Add
) -> None:
    add_person("li", "intake")

    plain = browser().sign_in("li")
    window = browser("10.1.1.2")
    token = window.token("https://localhost/sign-in")
    secure = window.client.post(
        "https://localhost/sign-in",
        data={"login": "li", "password": PASSWORD, "csrf_token": token},
        headers={"Referer": "https://localhost/sign-in"},
    )

    cookie = next(c for c in plain.headers.getlist("Set-Cookie") if auth.COOKIE in c)
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    cookies = secure.headers.getlist("Set-Cookie")
    assert cookies and all("Secure" in cookie for cookie in cookies)


def test_an_unknown_account_and_a_wrong_password_read_alike(browser: Open, add_person: Add) -> None:
    add_person("li", "intake")

    wrong = browser("10.1.1.1").sign_in("li", "wrong password")
    unknown = browser("10.1.1.2").sign_in("nobody", "wrong password")

    assert wrong.status_code == unknown.status_code == 401
    strip = re.compile(r'(csrf_token" (value|content)=|content=)"[^"]*"|value="(li|nobody)"')
    assert strip.sub("", text(wrong)) == strip.sub("", text(unknown))
    assert 'value="li"' in text(wrong)


def test_after_a_failure_the_wait_is_told_and_only_this_address_waits(
    browser: Open, add_person: Add
) -> None:
    add_person("li", "intake")
    with clock.at(NINE):
        browser("203.0.113.9").sign_in("li", "wrong password")

        again = browser("203.0.113.9").sign_in("li")
        elsewhere = browser("10.1.1.1").sign_in("li")

    assert again.status_code == 429
    assert "1 秒" in text(again)
    assert elsewhere.status_code == 303


def test_signing_in_is_written_down(browser: Open, add_person: Add, database: Database) -> None:
    who = add_person("li", "intake")

    browser().sign_in("li")

    with reading(database) as session:
        rows = session.execute(select(AccessEvent.actor, AccessEvent.what)).all()
    assert rows == [(who.key, "session.opened")]


@pytest.mark.parametrize(
    ("roles", "home"),
    [(("administrator",), "/admin"), (("auditor", "administrator"), None), ((), None)],
)
def test_home_follows_the_roles(signed_in: Open, roles: tuple[str, ...], home: str | None) -> None:
    window = signed_in(*roles)

    answer = window.get("/")

    if not roles:
        assert answer.status_code == 200
        assert "还没有岗位" in text(answer)
    else:
        assert answer.status_code == 303
        assert home is None or answer.location == home


def test_a_missing_permission_is_refused_and_the_refusal_written_down(
    signed_in: Open, database: Database
) -> None:
    window = signed_in("intake")

    answer = window.get("/designs")

    assert answer.status_code == 403
    with reading(database) as session:
        query = select(AccessEvent.subject).where(AccessEvent.what == "request.refused")
        assert session.scalars(query).all() == ["GET designs"]


@pytest.mark.parametrize("token", [None, "", "nonsense", "é"])
def test_a_form_without_its_token_does_nothing_and_can_be_sent_again(
    signed_in: Open, token: str | None
) -> None:
    window = signed_in("intake")
    form = {"opinion": "六项条件均符合"} | ({} if token is None else {"csrf_token": token})

    answer = window.client.post("/echo", data=form)

    assert answer.status_code == 400
    assert "六项条件均符合" in text(answer)


def test_the_token_of_another_session_is_refused(signed_in: Open) -> None:
    mine, theirs = signed_in("intake"), signed_in("intake", login="other")

    answer = mine.client.post("/echo", data={"csrf_token": theirs.token()})

    assert answer.status_code == 400


def test_the_token_may_come_in_a_header(signed_in: Open) -> None:
    window = signed_in("intake")

    answer = window.client.post("/echo", data={"a": "1"}, headers={"X-CSRF-Token": window.token()})

    assert text(answer) == "[('a', '1')]"


def test_the_sign_in_form_has_a_token_too(browser: Open, add_person: Add) -> None:
    add_person("li", "intake")

    answer = browser().client.post("/sign-in", data={"login": "li", "password": PASSWORD})

    assert answer.status_code == 400


def test_signing_out_ends_the_session_on_the_server(signed_in: Open, database: Database) -> None:
    window = signed_in("intake")
    cookie = window.client.get_cookie(auth.COOKIE)
    assert cookie is not None

    window.post("/sign-out")
    window.client.set_cookie(auth.COOKIE, cookie.value)

    assert window.get("/echo").status_code == 303
    with reading(database) as session:
        assert session.scalars(select(BrowserSession)).all() == []


def test_use_keeps_a_session_alive_and_rest_ends_it(browser: Open, add_person: Add) -> None:
    add_person("li", "intake")
    window = browser()
    with clock.at(NINE):
        window.sign_in("li")
    for minutes in (20, 40, 60):
        with clock.at(NINE + timedelta(minutes=minutes)):
            assert window.get("/echo").status_code == 200

    with clock.at(NINE + timedelta(minutes=91)):
        assert window.get("/echo").status_code == 303


def test_a_changed_role_holds_from_the_next_request(signed_in: Open, database: Database) -> None:
    window = signed_in("intake")
    assert window.get("/echo").status_code == 200

    with transaction(database) as session:
        user = users.by_login(session, "someone")
        users.set_roles(session, user.id, [("designer", WANZHOU)], by=Actor.system())

    assert window.get("/echo").status_code == 403
    assert window.get("/designs").status_code == 200


# ---- a form that comes too late


def too_late(window: Browser, form: dict[str, object], **arguments: object):
    """Open a page, type for an hour, send."""
    with clock.at(NINE):
        token = window.token()
    with clock.at(NINE + timedelta(hours=1)):
        return window.client.post("/echo?x=1", data={"csrf_token": token} | form, **arguments)


def kept(answer: object) -> str:
    found = re.search(r'name="kept_form" value="([^"]+)"', text(answer))
    assert found is not None
    return unescape(found[1])


def again(window: Browser, answer: object, login: str = "li"):
    found = re.search(r'name="csrf_token" value="([^"]+)"', text(answer))
    assert found is not None
    data = {"csrf_token": found[1], "login": login, "password": PASSWORD}
    with clock.at(NINE + timedelta(hours=1, minutes=1)):
        return window.client.post("/sign-in", data=data | {"kept_form": kept(answer)})


@pytest.fixture
def late(browser: Open, add_person: Add) -> Browser:
    add_person("li", "intake")
    window = browser()
    with clock.at(NINE):
        window.sign_in("li")
    return window


def test_what_was_typed_survives_an_expired_session(late: Browser) -> None:
    form = {
        "opinion": "同意，<b>报负责人</b>",
        "items": ["a", "b"],
        "new_password": "hunter2hunter2",
    }

    asked = too_late(late, form)
    offered = again(late, asked)

    page = text(offered)
    assert asked.status_code == 401
    assert "hunter2" not in text(asked) + page
    assert "同意，&lt;b&gt;报负责人&lt;/b&gt;" in page
    assert 'action="/echo?x=1"' in page
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }
    with clock.at(NINE + timedelta(hours=1, minutes=2)):
        sent = late.client.post("/echo?x=1", data=fields | {"items": ["a", "b"]})
    assert text(sent) == ("[('items', 'a'), ('items', 'b'), ('opinion', '同意，<b>报负责人</b>')]")


def test_a_mistyped_password_does_not_lose_what_was_typed(late: Browser) -> None:
    asked = too_late(late, {"opinion": "同意"})
    found = re.search(r'name="csrf_token" value="([^"]+)"', text(asked))
    assert found is not None

    with clock.at(NINE + timedelta(hours=1)):
        wrong = late.client.post(
            "/sign-in",
            data={
                "csrf_token": found[1],
                "login": "li",
                "password": "mistyped",
                "kept_form": kept(asked),
            },
        )

    assert wrong.status_code == 401
    assert kept(wrong) == kept(asked)


def test_a_kept_form_is_not_shown_to_another_person(late: Browser, add_person: Add) -> None:
    add_person("wang", "intake")
    asked = too_late(late, {"opinion": "同意"})

    answer = again(late, asked, login="wang")

    assert (answer.status_code, answer.location) == (303, "/")


def test_a_forged_kept_form_is_dropped(late: Browser) -> None:
    asked = too_late(late, {"opinion": "同意"})
    forged = text(asked).replace(kept(asked), kept(asked)[:-4] + "AAAA")
    asked.set_data(forged)

    assert again(late, asked).status_code == 303


def test_files_cannot_be_kept_and_the_page_says_which(late: Browser) -> None:
    from io import BytesIO

    form = {"opinion": "同意", "file": (BytesIO(b"%PDF"), "申请表.pdf")}
    asked = too_late(late, form, content_type="multipart/form-data")

    page = text(again(late, asked))

    assert "申请表.pdf" in page
    assert 'action="/echo?x=1"' not in page


def test_a_strangers_form_is_not_kept(late: Browser) -> None:
    """A form of another site, sent with the cookie of an expired session."""
    answer = too_late(late, {"csrf_token": "forged", "opinion": "同意"})

    assert answer.status_code == 400
    assert "kept_form" not in text(answer)


# ---- passwords


def test_a_given_password_must_be_changed_first(
    browser: Open, add_person: Add, database: Database
) -> None:
    who = add_person("li", "intake")
    assert who.user_id is not None
    with transaction(database) as session:
        given = users.reset_password(session, who.user_id, by=Actor.system())
    window = browser()
    window.sign_in("li", given)

    assert window.get("/echo").location == "/password"
    new = "a sentence of my own"
    fields = {"old_password": given, "new_password": new, "repeat_password": new}
    changed = window.post("/password", fields)

    assert changed.status_code == 303
    assert window.get("/echo").status_code == 200
    assert browser().sign_in("li", new).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "repeat", "says"),
    [
        (PASSWORD, "a sentence of mine", "another sentence", "两次"),
        ("wrong", "a sentence of mine", "a sentence of mine", "现在的口令不对"),
        (PASSWORD, "short", "short", "口令长度"),
    ],
)
def test_a_password_that_does_not_fit_is_not_taken(
    signed_in: Open, browser: Open, old: str, new: str, repeat: str, says: str
) -> None:
    window = signed_in("intake")

    answer = window.post(
        "/password", {"old_password": old, "new_password": new, "repeat_password": repeat}
    )

    assert answer.status_code == 422
    assert new not in text(answer)
    assert browser("10.1.1.9").sign_in("someone").status_code == 303


def test_changing_the_password_ends_the_other_sessions(signed_in: Open, browser: Open) -> None:
    here, there = signed_in("intake"), browser("10.1.1.2")
    there.sign_in("someone")
    new = "a sentence of my own"

    here.post("/password", {"old_password": PASSWORD, "new_password": new, "repeat_password": new})

    assert here.get("/echo").status_code == 200
    assert there.get("/echo").status_code == 303


def test_every_page_of_a_demonstration_says_so(
    browser: Open, database: Database, app: Flask
) -> None:
    before = text(browser().get("/sign-in"))
    with transaction(database) as session:
        users.add(
            session,
            login="demo.li",
            name="李一",
            office_id=WANZHOU,
            roles=[("intake", WANZHOU)],
            demo=True,
            by=Actor.system(),
        )

    after = text(browser().get("/sign-in"))

    assert "demo.li" not in before
    assert "demo.li" in after and "虚构" in after


def test_the_clients_address_is_believed_from_our_own_proxy_only(
    database: Database, settings: Settings, app: Flask
) -> None:
    addresses = []
    for proxies in (0, 1):
        made = create_app(database, settings, testing=True, proxies=proxies)
        made.add_url_rule("/address", "address", lambda: str(request.remote_addr))
        answer = made.test_client().get(
            "/address",
            headers={"X-Forwarded-For": "203.0.113.9"},
            environ_base={"REMOTE_ADDR": "10.0.0.1"},
        )
        addresses.append(text(answer))

    assert addresses == ["10.0.0.1", "203.0.113.9"]
