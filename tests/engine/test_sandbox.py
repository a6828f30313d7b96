"""The played outside systems: plausible, repeatable, refusing what lacks something."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner

from engine.commands.sandbox import sandbox
from engine.connectors.http import HTTPConnector
from engine.connectors.protocol import OutsideFailed, OutsideRefused, Request
from engine.connectors.sandbox import make_server
from tests.postgres import free_port


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server(0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def ask(address: str, system: str, operation: str, key: str = "k", **parameters: object):
    connector = HTTPConnector(f"{address}/{system}", seconds=5)
    return connector.call(Request(system, operation, parameters, key))


def test_the_same_key_gets_the_same_answer(address: str) -> None:
    first = ask(address, "courier", "order", key="one", recipient_ref="x")

    assert ask(address, "courier", "order", key="one", recipient_ref="x") == first
    assert ask(address, "courier", "order", key="two", recipient_ref="x") != first
    assert str(first["waybill_no"]).startswith("SANDBOX-")


def test_a_payment_is_ordered_and_then_paid(address: str) -> None:
    ordered = ask(address, "payment", "order", amount_fen=1200)
    paid = ask(address, "payment", "query", payment_no=ordered["payment_no"])

    assert (ordered["payment_state"], paid["payment_state"]) == ("pending", "paid")


@pytest.mark.parametrize("amount", [0, -1, "12", 1.5])
def test_an_amount_that_is_no_whole_number_of_fen_is_refused(address: str, amount: object) -> None:
    with pytest.raises(OutsideRefused) as refused:
        ask(address, "payment", "order", amount_fen=amount)

    assert refused.value.code == "AMOUNT"


def test_what_is_missing_is_named(address: str) -> None:
    with pytest.raises(OutsideRefused, match="matter_no"):
        ask(address, "data-sharing", "query", purpose="受理", catalogue="营业执照")


@pytest.mark.parametrize("path", ["courier/fly", "nobody/order", ""])
def test_what_is_not_played_fails(address: str, path: str) -> None:
    system, _, operation = path.partition("/")

    with pytest.raises(OutsideFailed):
        ask(address, system, operation)


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"parameters": 5}'])
def test_nonsense_is_answered_with_400(address: str, body: bytes) -> None:
    assert requests.post(f"{address}/courier/order", data=body, timeout=5).status_code == 400


def test_a_port_in_use_is_told() -> None:
    port = free_port()
    server = make_server(port)
    try:
        result = CliRunner().invoke(sandbox, ["--port", str(port)])
    finally:
        server.server_close()

    assert result.exit_code == 1
    assert "cannot be used" in result.output
