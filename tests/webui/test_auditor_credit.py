"""The credit record: what is in it, who may see it, and as a file that no spreadsheet computes."""

from __future__ import annotations

from collections.abc import Callable

from engine import clock
from engine.db import Database, transaction
from engine.models import CreditEntry
from tests.engine.casework.paper_cases import make_case
from tests.webui.conftest import Browser

Open = Callable[..., Browser]


def entered(database: Database, reason: str) -> None:
    with transaction(database) as session:
        case = make_case(session, 11)
        session.add(
            CreditEntry(
                instance_id=case.instance_id,
                number=1,
                person_hash="a" * 64,
                reason=reason,
                entered_at=clock.now(),
                entered_by="system",
            )
        )


def test_an_empty_record_says_so(signed_in: Open) -> None:
    page = signed_in("auditor", login="auditor").get("/auditor/credit").get_data(as_text=True)

    assert "没有记录" in page and "credit.csv" not in page


def test_an_entry_stands_with_its_case_and_goes_into_the_file(
    signed_in: Open, database: Database
) -> None:
    entered(database, "=现场核查不符")
    browser = signed_in("auditor", login="auditor")

    page = browser.get("/auditor/credit").get_data(as_text=True)
    file = browser.get("/auditor/credit.csv")

    assert "=现场核查不符" in page
    rows = file.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert rows[0] == "case_no,matter_no,entered_on,reason"
    assert rows[1].split(",")[1] == "11" and rows[1].endswith(",'=现场核查不符")


def test_clerks_see_no_credit_record(signed_in: Open) -> None:
    assert signed_in("intake", login="clerk").get("/auditor/credit").status_code == 403


def test_the_file_holds_more_than_the_page(signed_in: Open, database: Database) -> None:
    with transaction(database) as session:
        case = make_case(session, 11)
        for number in range(1, 502):
            session.add(
                CreditEntry(
                    instance_id=case.instance_id,
                    number=number,
                    person_hash="a" * 64,
                    reason="现场核查不符",
                    entered_at=clock.now(),
                    entered_by="system",
                )
            )

    file = signed_in("auditor", login="auditor").get("/auditor/credit.csv")

    assert len(file.get_data(as_text=True).splitlines()) == 502
