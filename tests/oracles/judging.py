"""Judging: what counts as right, as an honest refusal, and as wrong, alike for every suite.

A refusal counts only when all errors have the kind asked for (`unsupported` as a rule), point at
an element that exists in the files, and have a rule that docs/bpmn-support.md lists. Everything
else that is not right is wrong. What falls short is listed in shortfalls.yaml with its reason;
the list may only shrink.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue.problem import Problem

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs/bpmn-support.md"
SHORTFALLS = Path(__file__).parent / "shortfalls.yaml"
OUTCOMES = ("right", "refused", "wrong")


@dataclass(frozen=True)
class Verdict:
    """One of `right`, `refused`, `wrong`, and why."""

    outcome: str
    reason: str = ""


RIGHT = Verdict("right")


def wrong(reason: object) -> Verdict:
    """Return a verdict of wrong with its reason."""
    return Verdict("wrong", str(reason))


def folder() -> Path | None:
    """Return where the suites lie, None when this run has none."""
    named = os.environ.get("TONGBAN_ORACLES")
    return Path(named) if named else None


def cases(suite: str, **parse: Any) -> list[Any]:
    """Return the cases of a suite as parameters with their ids; none without the suites.

    Args:
        suite: the name of its folder.
        parse: for `json.loads`, as `parse_float=Decimal`.
    """
    where = folder()
    if where is None:
        return []
    found = json.loads((where / suite / "cases.json").read_text(encoding="utf-8"), **parse)
    return [pytest.param(case, id=str(case["id"])) for case in found]


def models(suite: str) -> Path:
    """Return the folder of the models of a suite."""
    where = folder()
    assert where is not None, "TONGBAN_ORACLES is not set"
    return where / suite / "models"


def judge_refusal(
    problems: Iterable[Problem | Mapping[str, Any]],
    files: Iterable[bytes],
    *,
    kinds: Iterable[str] = ("unsupported",),
) -> Verdict:
    """Return `refused` when the problems are an honest refusal, else `wrong` with what is amiss.

    Args:
        problems: as objects or as `check --json` prints them; only errors are looked at.
        files: the contents of the refused files.
        kinds: which kinds count.
    """
    errors = [one.as_json() if isinstance(one, Problem) else dict(one) for one in problems]
    errors = [one for one in errors if one["severity"] == "error"]
    if not errors:
        return wrong("refused without an error")
    known, listed = element_ids(files), listed_rules()
    for one in errors:
        text = f"{one['rule']} ({one['kind']}) at {one['element']}: {one['message']}"
        if one["kind"] not in set(kinds):
            return wrong(f"refused for another kind: {text}")
        if one["element"] not in known:
            return wrong(f"refused at an element that is not there: {text}")
        if one["rule"] not in listed:
            return wrong(f"refused by a rule that no document lists: {text}")
    return Verdict("refused", str(errors[0]["rule"]))


def element_ids(files: Iterable[bytes]) -> set[str]:
    """Return every id that some files give to something."""
    text = b"\n".join(files).decode("utf-8", "replace")
    return {found[1] for found in re.findall(r"""\bid\s*=\s*(["'])(.*?)\1""", text)}


def listed_rules() -> set[str]:
    """Return the rules that the table of what is executed names."""
    return set(re.findall(r"`([a-z0-9]+(?:[-/][a-z0-9]+)*)`", RULES.read_text(encoding="utf-8")))


def shortfalls(suite: str) -> dict[str, str]:
    """Return the cases of a suite that are known to fall short, with their reasons."""
    listed = yaml.safe_load(SHORTFALLS.read_text(encoding="utf-8")) or {}
    return {str(case): str(reason) for case, reason in (listed.get(suite) or {}).items()}


@dataclass
class Score:
    """How the suites of one run came out: counts by suite and group."""

    counts: dict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def judge(self, suite: str, case: str, verdict: Verdict, *, group: str = "") -> None:
        """Count a verdict, and fail the test when it contradicts the list of shortfalls.

        Args:
            suite: the name of its folder.
            case: its id in the list.
            verdict: what came of it.
            group: within a suite, where it reports more than one number.
        """
        self.counts[suite, group][verdict.outcome] += 1
        reason = shortfalls(suite).get(case)
        if verdict.outcome == "wrong" and reason is None:
            pytest.fail(f"{suite} {case}: {verdict.reason}", pytrace=False)
        if verdict.outcome != "wrong" and reason is not None:
            pytest.fail(f"{suite} {case} is {verdict.outcome}: take it off", pytrace=False)

    def rows(self) -> list[tuple[str, str, str, int]]:
        """Return what was counted as suite, group, outcome and number: to be added up elsewhere."""
        return [
            (suite, group, outcome, number)
            for (suite, group), counts in self.counts.items()
            for outcome, number in counts.items()
        ]

    def add(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        """Add what another process of the same run has counted."""
        for suite, group, outcome, number in rows:
            self.counts[suite, group][outcome] += number

    def lines(self) -> list[str]:
        """Return one line for each suite and group."""
        found = []
        for (suite, group), counts in sorted(self.counts.items()):
            total = sum(counts.values())
            share = Decimal(100 * counts["right"]) / total
            name = f"{suite} ({group})" if group else suite
            told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES)
            found.append(f"{name}: {told} of {total} ({share:.1f} % right)")
        return found


SCORE = pytest.StashKey[Score]()
