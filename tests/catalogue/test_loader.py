"""Reading names file and line of every fault, and what is read can be written and read again."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue import loader
from catalogue.matter import Matter
from tests.catalogue.conftest import Copy


def test_all_matters_load(catalogue: loader.Catalogue) -> None:
    assert list(catalogue.matters) == list(range(1, 131))


def test_open_matters_have_a_form_and_five_have_ended(catalogue: loader.Catalogue) -> None:
    by_state: dict[str, list[int]] = {}
    for matter in catalogue.matters.values():
        by_state.setdefault(matter.state.kind, []).append(matter.no)

    assert {11, 39, 119} <= set(by_state["open"])
    assert by_state["ended"] == [27, 77, 98, 103, 123]
    assert all(catalogue.matters[no].form for no in by_state["open"])


def test_a_matter_survives_its_json(catalogue: loader.Catalogue) -> None:
    for matter in catalogue.matters.values():
        again = loader.from_json(matter.as_json())

        assert again == matter
        assert again.content_hash() == matter.content_hash()


def test_json_that_is_no_matter_is_refused(catalogue: loader.Catalogue) -> None:
    data = catalogue.by_no(39).as_json() | {"surprise": 1}

    with pytest.raises(ValueError, match="surprise"):
        loader.from_json(data)


def test_an_unknown_number_is_refused(catalogue: loader.Catalogue) -> None:
    with pytest.raises(loader.MatterUnknown, match="131"):
        catalogue.by_no(131)


@pytest.mark.parametrize(
    ("old", "new", "rule", "word"),
    [
        ("name_en: VAT", "name_eng: VAT", "missing-key", "name_en"),
        ("fee:\n  charged: false", "fee:\n  charged: no", "wrong-type", "true or false"),
        ("project_kind: immediate", "project_kind: instant", "unknown-value", "instant"),
        ("copies: 2", "copies: two", "wrong-type", "whole number"),
        ("valid_from: 2020-06-03", "valid_from: 2020-06-31", "wrong-type", "date"),
        ("channels: [window, online]", "channels: window", "wrong-type", "list"),
        ("name_en: VAT declaration by general taxpayers", "name_en:", "wrong-type", "nothing"),
        ("name_en: VAT declaration by general taxpayers", 'name_en: " "', "empty-text", "empty"),
        ("confidence: A\nvalid", "confidence: D\nvalid", "unknown-value", "D"),
    ],
)
def test_a_fault_names_file_line_and_what_is_wrong(
    copy: Copy, old: str, new: str, rule: str, word: str
) -> None:
    copy.change(39, old, new)

    problems = [one for one in loader.read(copy.folder)[1] if one.rule != "unknown-key"]

    assert [(one.rule, one.file) for one in problems] == [
        (rule, "matters/tax/039-vat-general-taxpayer.yaml")
    ]
    assert word in problems[0].message


def test_an_unknown_key_is_refused_at_its_line(copy: Copy) -> None:
    copy.change(39, "fee:\n", "fee:\n  discount: 5\n")

    [problem] = loader.read(copy.folder)[1]

    assert (problem.rule, problem.element) == ("unknown-key", "fee.discount")
    assert problem.line == copy.line(39, "discount")


def test_all_faults_of_all_files_are_told_at_once(copy: Copy) -> None:
    copy.change(39, "copies: 2", "copies: two")
    copy.change(39, "unit: workday", "unit: week")
    copy.change(11, "required: conditional", "required: perhaps")

    problems = loader.read(copy.folder)[1]

    assert [one.file[-9:-5] for one in problems] == ["ange", "ayer", "ayer"]
    assert problems[1].line is not None and problems[2].line is not None
    assert problems[1].line < problems[2].line


def test_load_hands_out_nothing_while_a_fault_stands(copy: Copy) -> None:
    copy.change(39, "copies: 2", "copies: two")

    with pytest.raises(loader.CatalogueInvalid) as refused:
        loader.load(copy.folder)

    assert len(refused.value.problems) == 1


def test_number_and_department_must_fit_the_file(copy: Copy) -> None:
    path = copy.path(39)
    path.rename(copy.folder / "matters" / "customs" / "040-other.yaml")

    problems = loader.read(copy.folder)[1]

    assert [(one.rule, one.line) for one in problems] == [("file-name", 2), ("file-folder", 5)]


def test_two_files_of_one_matter_are_told(copy: Copy) -> None:
    path = copy.path(39)
    (path.parent / "039-again.yaml").write_bytes(path.read_bytes())

    problems = loader.read(copy.folder)[1]

    assert [one.rule for one in problems] == ["matter-twice"]
    assert "039-again.yaml" in problems[0].message + problems[0].file


def test_an_entry_listed_twice_is_told(copy: Copy) -> None:
    copy.change("departments.yaml", "{slug: tax,", "{slug: customs,")

    problems = copy.problems()

    assert ("listed-twice", "departments.yaml") in [(one.rule, one.file) for one in problems]


def test_the_edition_has_another_name_when_anything_differs(copy: Copy) -> None:
    before = loader.load(copy.folder).by_no(39).content_hash()
    copy.change(39, "copies: 2", "copies: 3")

    after: Matter = loader.load(copy.folder).by_no(39)

    assert after.content_hash() != before


def test_comments_and_layout_do_not_change_the_edition(copy: Copy) -> None:
    before = loader.load(copy.folder).by_no(39).content_hash()
    copy.change(39, "channels: [window, online]", "# both\nchannels:\n- window\n- online")

    assert loader.load(copy.folder).by_no(39).content_hash() == before


def test_offices_end_with_their_district_and_name_their_successor() -> None:
    offices = {office.id: office for office in loader.load_offices()}
    gone, after = offices["500105-tax"], offices["X50001-tax"]

    assert gone.successor == after.id
    assert gone.valid_to == after.valid_from == date(2025, 11, 6)


def test_every_district_has_its_three_offices() -> None:
    offices = {office.id for office in loader.load_offices()}

    for district in loader.load_districts():
        assert {f"{district.code}-{end}" for end in ("zwzx", "tax", "ybj")} <= offices


def test_ids_and_short_names_of_offices_fit_their_columns() -> None:
    for office in loader.load_offices():
        assert len(office.id) <= 40 and len(office.short_name) <= 40


def test_the_ten_departments_of_the_notice_are_listed() -> None:
    assert len([one for one in loader.load_departments() if one.in_notice]) == 10
