"""Lists of a withholding declaration as files: a right one passes, errors are told by row."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from stdnum.cn import ric

from engine import clock
from engine.casework import cases, documents
from engine.db import Database, reading, transaction
from engine.models import Correction, EventValue, Instance
from tests.matters.journey import WINDOW, Journey
from tests.matters.ways import Way

HEAD = "姓名,证件类型,证件号码,所得项目,收入额,扣缴税额\n"
FIRST, SECOND = (
    digits + ric.calc_check_digit(digits + "0")
    for digits in ("50010118950307281", "50010118960307282")
)
RIGHT = f"演示甲,居民身份证,{FIRST},工资薪金,5000.00,10.00\n演示乙,护照,E00000000,劳务报酬,4000.00,20.00\n"
WRONG = RIGHT + f"演示丙,居民身份证,{SECOND[:-1]}?,工资薪金,1.00,2.00\n"
FORM = {"declared_persons": "2", "declared_income": "9000.00", "tax_payable": "30.00"}


class WithFiles(Journey):
    """A journey that hands in a file with the application and with every correction."""

    def __init__(self, database: Database, way: Way, *files: tuple[str, bytes]) -> None:
        super().__init__(database, way)
        self.files = list(files)

    def _do(self, number: int, element: str) -> None:
        hands_in = element in ("Activity_ReceiveApplication", "Activity_SubmitCorrection")
        if hands_in and self.files:
            name, data = self.files.pop(0)
            with clock.at(self.now), transaction(self.database) as session:
                documents.add_upload(
                    session,
                    cases.get(session, self.id),
                    material_key="person-list",
                    file_name=name,
                    data=data,
                    by=self.person(session, WINDOW),
                )
        super()._do(number, element)

    def variables(self) -> dict[str, Any]:
        with reading(self.database) as session:
            return dict(session.get_one(Instance, self.id).variables)


def table(rows: str, encoding: str = "utf-8-sig") -> tuple[str, bytes]:
    return "list.csv", (HEAD + rows).encode(encoding)


def test_a_right_list_leaves_nothing_for_a_person_to_check(database: Database) -> None:
    journey = WithFiles(database, Way("file", 72, form=FORM), table(RIGHT, "gb18030"))

    assert journey.run().outcome == "granted"
    assert "Activity_CheckListByHand" not in journey.did
    known = journey.variables()
    assert (known["list_persons"], known["list_income"], known["list_tax"]) == (2, 900000, 3000)


def test_errors_are_told_by_row_and_the_newest_file_counts(database: Database) -> None:
    journey = WithFiles(database, Way("file", 73, form=FORM), table(WRONG), table(RIGHT))

    assert journey.run().outcome == "granted"
    assert "correction-notice" in journey.papers()
    with reading(database) as session:
        query = select(Correction).where(Correction.instance_id == journey.id)
        assert [one.items for one in session.scalars(query)] == [["person-list"]]
        values = session.scalars(select(EventValue).where(EventValue.instance_id == journey.id))
        told = "".join(one.value.decode(errors="ignore") for one in values)
    assert "第4行：证件号码的位数或者格式不符" in told and "第4行：扣缴税额大于收入额" in told
    for personal in (FIRST, SECOND[:-1], "演示甲", "演示丙", "E00000000"):
        assert personal not in told + json.dumps(journey.variables(), ensure_ascii=False)


def test_sums_that_differ_from_the_return_are_told(database: Database) -> None:
    form = FORM | {"declared_persons": "3", "tax_payable": "31.00"}
    way = Way("file", 76, form=form, before={"Activity_SubmitCorrection": 30}, outcome="lapsed")
    journey = WithFiles(database, way, table(RIGHT))

    assert journey.run().outcome == "lapsed"
    note = journey.variables()["correction_note"]
    assert "明细的人数为2，申报表为3" in note and "明细的税额合计为30.00元，申报表为31.00元" in note


def test_a_scan_is_checked_by_hand(database: Database) -> None:
    way = Way(
        "file", 75, form=FORM, answers={"Activity_CheckListByHand": {"list_finding": "passed"}}
    )
    journey = WithFiles(database, way, ("list.pdf", b"%PDF-1.7\n"))

    assert journey.run().outcome == "granted"
    assert "Activity_CheckListByHand" in journey.did
