"""What a matter says of itself: its form, its variables, its office, its days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from catalogue import loader
from catalogue.loader import Catalogue
from catalogue.matter import FieldType


def test_every_matter_is_the_same_after_json(catalogue: Catalogue) -> None:
    for matter in catalogue.matters.values():
        assert loader.from_json(matter.as_json()) == matter

    bare = replace(catalogue.by_no(11), materials=(), review_points=(), notes=())
    assert loader.from_json(bare.as_json()) == bare


def test_variables_hold_the_declared_amounts_in_fen(catalogue: Catalogue) -> None:
    answers = {"is_zero_declaration": "no", "declared_sales": 1_234_567, "invoiced_sales": 99}

    variables = catalogue.by_no(39).variables(answers)

    assert variables == {"declared_sales": 1_234_567, "invoiced_sales": 99, "tax_payable": 0}


def test_amounts_hidden_by_a_zero_declaration_count_as_zero(catalogue: Catalogue) -> None:
    answers = {"is_zero_declaration": "yes", "declared_sales": 500, "invoiced_sales": 300}

    variables = catalogue.by_no(39).variables(answers)

    assert variables == {"declared_sales": 0, "invoiced_sales": 300, "tax_payable": 0}


@pytest.mark.parametrize(
    ("items", "major"),
    [
        (["name"], True),
        (["telephone", "bank-account"], True),
        (["legal-representative"], True),
        (["address"], True),
        (["telephone", "business-hours", "pharmacist"], False),
        ([], False),
    ],
)
def test_a_change_is_major_by_the_items_ticked(
    catalogue: Catalogue, items: list[str], major: bool
) -> None:
    variables = catalogue.by_no(11).variables({"change_items": items})

    assert variables == {"inspection_needed": major, "designation_sought": False}


def test_a_derived_field_is_never_asked(catalogue: Catalogue) -> None:
    asked = [field.key for field in catalogue.by_no(11).fields if field.is_asked({})]

    assert "inspection_needed" not in asked
    assert "new_name" not in asked
    assert "pharmacy_code" in asked


def test_no_personal_answer_is_a_variable(catalogue: Catalogue) -> None:
    personal = {"new_bank_account": "62220000", "new_legal_representative": "某人"}

    assert not personal.keys() & catalogue.by_no(11).variables(personal).keys()


@pytest.mark.parametrize(
    ("answers", "required"),
    [
        ({"direction": "entry", "risk_level": "A"}, True),
        ({"direction": "entry", "risk_level": "C"}, False),
        ({"direction": "exit", "risk_level": "A"}, False),
        ({}, False),
    ],
)
def test_a_material_is_needed_when_all_its_rules_hold(
    catalogue: Catalogue, answers: dict[str, str], required: bool
) -> None:
    material = catalogue.by_no(119).material("foreign-certificate")

    assert material is not None and material.is_required(answers) is required


def test_a_material_whose_condition_only_a_person_can_judge_says_so(catalogue: Catalogue) -> None:
    material = catalogue.by_no(119).material("qualification")

    assert material is not None and material.is_required({}) is None


def test_the_handling_office_follows_the_matter(catalogue: Catalogue) -> None:
    assert catalogue.by_no(39).handling.office_id({"registered_district": "500107"}) == "500107-tax"
    assert catalogue.by_no(11).handling.office_id({"registered_district": "X50002"}) == "X50002-ybj"
    assert catalogue.by_no(119).handling.office_id({}) == "500000-customs"
    assert catalogue.by_no(39).handling.office_id({}) is None


def test_an_ended_matter_is_valid_until_the_day_before_it_ends(catalogue: Catalogue) -> None:
    matter = catalogue.by_no(98)

    assert matter.is_valid_on(date(2023, 12, 31))
    assert not matter.is_valid_on(date(2024, 1, 1))
    assert not matter.is_valid_on(date(2020, 6, 2))


def test_who_may_apply(catalogue: Catalogue) -> None:
    kinds = {no: catalogue.by_no(no).applicant_kinds for no in (2, 39, 119)}

    assert kinds == {2: {"person"}, 39: {"body"}, 119: {"person", "body"}}


def test_open_matters_are_complete_in_both_languages(catalogue: Catalogue) -> None:
    for matter in (one for one in catalogue.matters.values() if one.is_open):
        assert matter.handling.rule_en and matter.result.name_en
        assert all(material.name_en for material in matter.materials)
        assert all(bool(one.condition) == bool(one.condition_en) for one in matter.materials)
        assert all(point.text_en for point in matter.review_points)
        assert all(bool(field.hint) == bool(field.hint_en) for field in matter.fields)


def test_money_is_counted_only_in_the_tax_declaration(catalogue: Catalogue) -> None:
    money = [field for field in catalogue.by_no(39).fields if field.type is FieldType.MONEY]

    assert {"declared_sales", "invoiced_sales", "tax_payable"} <= {field.key for field in money}


def test_editions_differ_between_matters(catalogue: Catalogue) -> None:
    assert len({matter.content_hash() for matter in catalogue.matters.values()}) == 130


def test_the_edition_has_a_fixed_name_over_runs(catalogue: Catalogue) -> None:
    assert loader.load().by_no(39).content_hash() == catalogue.by_no(39).content_hash()
