"""The list of a withholding declaration: right ones pass, wrong ones are named by row."""

from __future__ import annotations

import pytest
from stdnum.cn import ric

from engine.casework import media_types, withholding_lists
from engine.casework.withholding_lists import KINDS, Checked

HEAD = "姓名,证件类型,证件号码,所得项目,收入额,扣缴税额\n"


def number(first: str) -> str:
    """Return 17 digits with their check digit."""
    return first + ric.calc_check_digit(first + "0")


A, B = number("50010118950307281"), number("50010118960307282")


def row(
    identity: str = A, income: str = "5000.00", tax: str = "12.50", name: str = "演示甲"
) -> str:
    return f"{name},居民身份证,{identity},工资薪金,{income},{tax}\n"


def checked(text: str, kind: str = "person-list", encoding: str = "utf-8-sig") -> Checked:
    return withholding_lists.check(KINDS[kind], text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_right_list_gives_counts_and_sums(encoding: str) -> None:
    found = checked(HEAD + row() + row(B, "100", "0"), encoding=encoding)

    assert found.errors == []
    assert (found.rows, found.count, found.income, found.tax) == (2, 2, 510000, 1250)


def test_one_person_with_two_kinds_of_income_counts_once() -> None:
    found = checked(HEAD + row() + row().replace("工资薪金", "劳务报酬"))

    assert (found.errors, found.rows, found.count) == ([], 2, 1)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (row(A[:-1] + ("1" if A[-1] != "1" else "2")), "第3行：证件号码的校验位不符"),
        (row("123"), "第3行：证件号码的位数或者格式不符"),
        (row(B, name=""), "第3行：没有填写姓名"),
        (row(B, tax="1.234"), "第3行：扣缴税额应为不小于零、最多两位小数的金额"),
        (row(B, income="-1", tax="0"), "第3行：收入额应为不小于零、最多两位小数的金额"),
        (row(B, income="NaN"), "第3行：收入额应为不小于零、最多两位小数的金额"),
        (row(B, income="1", tax="2"), "第3行：扣缴税额大于收入额"),
        (row(B).replace("居民身份证", "学生证"), "第3行：证件类型应为"),
        (row(), "第3行：与第2行重复"),
        ("演示乙,居民身份证\n", "第3行：栏目数与第1行不同"),
    ],
)
def test_an_error_names_its_row_and_no_person(line: str, told: str) -> None:
    found = checked(HEAD + row() + line)

    assert len(found.errors) == 1 and found.errors[0].startswith(told)
    assert A not in found.told() and B not in found.told() and "演示" not in found.told()


def test_missing_columns_and_empty_lists_are_told() -> None:
    assert "缺少栏目“证件号码”" in checked(HEAD.replace("证件号码,", "") + row()).told()
    assert checked(HEAD).errors == ["明细没有数据行"]
    assert checked("").errors
    assert checked(HEAD + '演示甲,"居民身份证').errors


def test_many_errors_are_cut_off() -> None:
    told = checked(HEAD + row("1") * 30).told()

    assert told.count("第") <= 2 * withholding_lists.MOST_ERRORS and "另有" in told


def test_vehicles_have_a_list_of_their_own() -> None:
    head = "号牌号码,车辆识别代号,代收税额\n"

    right = checked(head + ",LSVAA49J132047371,360.00\n", "vehicle-list")
    wrong = checked(head + "渝A00000,LSVAA49J13204737O,360.00\n", "vehicle-list")

    assert (right.errors, right.count, right.tax) == ([], 1, 36000)
    assert wrong.errors == ["第2行：车辆识别代号应为17位字母和数字（不含I、O、Q）"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_is_an_accepted_file(encoding: str) -> None:
    assert media_types.sniff((HEAD + row()).encode(encoding)) == media_types.CSV


@pytest.mark.parametrize("data", [b"one line", b"<a,b,c>", b"a,b,c\x00", b"#!/bin/sh,,,"])
def test_other_text_is_not(data: bytes) -> None:
    assert media_types.sniff(data) is None
