"""Numbers in addresses: whatever is typed there, a page or a plain answer comes of it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 10**30])
def test_a_page_that_is_not_there_is_empty(signed_in, number: int) -> None:
    browser = signed_in("intake", "handling", "administrator")

    for path in ("/clerk", "/clerk/cases", "/clerk/feedback", "/admin/people", "/admin/instances"):
        assert browser.get(path, query_string={"page": number}).status_code == 200, path


@pytest.mark.parametrize("number", [2**31, 10**30])
def test_a_task_that_cannot_be_there_is_not_found(signed_in, number: int) -> None:
    address = "/clerk/tasks/018f3a52-0000-7000-8000-000000000000"

    assert signed_in("intake").get(f"{address}/{number}").status_code == 404
