"""YAML that is not what it seems is refused, with the line where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import yaml_source


def refused(text: str | bytes) -> yaml_source.Problem:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(yaml_source.FileUnreadable) as error:
        yaml_source.parse(data, "some.yaml")
    return error.value.problem


def test_only_true_and_false_are_booleans() -> None:
    source = yaml_source.parse(b"{no: 39, required: yes, off: on, sure: true}", "some.yaml")

    assert source.data == {"no": 39, "required": "yes", "off": "on", "sure": True}


def test_numbers_with_leading_zero_or_colon_stay_texts() -> None:
    source = yaml_source.parse(b"[010, 12:30, 1_000, 0x1F, 1.5, 7]", "some.yaml")

    assert source.data == ["010", "12:30", "1_000", "0x1F", "1.5", 7]


def test_every_part_knows_its_line() -> None:
    source = yaml_source.parse(b"a: 1\nb:\n- c\n- d: 2\n  e: 3\n", "some.yaml")

    assert [source.line(at) for at in (("a",), ("b",), ("b", 0), ("b", 1, "e"))] == [1, 2, 3, 5]
    assert source.line(("b", 1, "missing")) == 4


def test_a_key_given_twice_is_refused_at_its_second_line() -> None:
    problem = refused("days: 5\nunit: day\ndays: 50\n")

    assert (problem.rule, problem.line) == ("duplicate-key", 3)
    assert "days" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "expected"),
        ("a: &x 1\nb: *x\n", 1, "anchors"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tags"),
        ("a: 1\n2: b\n", 2, "key"),
        ("a: 1\n---\nb: 2\n", 2, "document"),
        (b"a: \xff\xfe", None, "UTF-8"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text: str | bytes, line: int | None, word: str) -> None:
    problem = refused(text)

    assert problem.line == line
    assert word in problem.message
    assert problem.kind == "unreadable"


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (yaml_source.MAX_BYTES + 1))

    for path in (tmp_path / "missing.yaml", large):
        with pytest.raises(yaml_source.FileUnreadable):
            yaml_source.read(path)


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    assert refused("[" * 20_000).kind == "unreadable"
