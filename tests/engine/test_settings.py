"""Settings: the address that is printed on papers is one, or the program does not start."""

from __future__ import annotations

import pytest

from engine.settings import PublicURLInvalid, Settings


def test_without_an_address_there_is_none() -> None:
    assert Settings.read({}).public_url is None
    assert Settings.read({"TONGBAN_PUBLIC_URL": " "}).public_url is None


@pytest.mark.parametrize("address", ["https://office.example", "http://10.0.0.1:8000/tongban"])
def test_an_address_is_kept_without_its_last_slash(address: str) -> None:
    assert Settings.read({"TONGBAN_PUBLIC_URL": f" {address}/ "}).public_url == address


@pytest.mark.parametrize(
    "address",
    ["office.example", "ftp://office.example", "https://", "https://a@office.example",
     "https://office.example?x=1", "https://office.example#x", "https://office.example:port",
     "https://office example", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(PublicURLInvalid):
        Settings.read({"TONGBAN_PUBLIC_URL": address})
