"""The table of all matters, docs/matters.md: made from the catalogue, the processes and the tests.

    python -m tests.matter_table

The ways named are those that `tests/matters` takes through the real case system; a way that does
not end as it must fails there, so what stands in the table is what holds.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

from catalogue import facts, loader
from catalogue.checks import PROCESSES
from catalogue.loader import Catalogue
from catalogue.matter import CountsFrom, Limit, LimitUnit, Matter
from tests.matters import ways

DOCUMENT = Path(__file__).parent.parent / "docs" / "matters.md"

HEAD = """# The 130 matters

Made by `make docs` from `catalogue/`, `processes/` and `tests/matters/ways/`; do not edit.

Limits: `5w/20w` is a promised limit of 5 working days within a statutory one of 20, `d` are calendar
days, `r` counts from receipt of the materials instead of acceptance, `0` is done on the spot.
A, B, C: how many facts are sure, likely, or to be confirmed by the lead department. Ways: how the
tests take the matter, or one of its category, through the case system to its end.

"""

COLUMNS = (
    "No.", "Matter 事项", "Department 责任单位", "Category 类别", "Kind 办件类型", "Limits 时限",
    "A", "B", "C", "State 状态", "Process 流程", "Granted 准予",
)  # fmt: skip
KINDS = {"immediate": "即办件", "promised": "承诺件"}
STATES = {"open": "open 已开通", "ended": "ended 已停止", "not-open": "not open 尚未开通"}


def written() -> str:
    """Return the document as it must stand."""
    catalogue = loader.load()
    granted = {way.matter for way in ways.granted()}
    rows = [_row(catalogue, matter, granted) for matter in catalogue.matters.values()]
    ruler = "| ---: | --- | --- | --- | --- | --- | ---: | ---: | ---: | --- | --- | --- |"
    table = "\n".join([_line(COLUMNS), ruler, *rows])
    return f"{HEAD}{_totals(catalogue, granted)}\n\n{table}\n\n{_categories(catalogue)}\n"


def _totals(catalogue: Catalogue, granted: set[int]) -> str:
    states = Counter(matter.state.kind.value for matter in catalogue.matters.values())
    sure: Counter[str] = Counter()
    for matter in catalogue.matters.values():
        sure.update(facts.counts(matter.as_json()))
    return (
        f"{len(catalogue.matters)} matters: {states['open']} open, {states['not-open']} not open,"
        f" {states['ended']} ended. {len(granted)} are granted in the tests."
        f" Facts: {sure['A']} A, {sure['B']} B, {sure['C']} C."
    )


def _row(catalogue: Catalogue, matter: Matter, granted: set[int]) -> str:
    counts = facts.counts(matter.as_json())
    process = (PROCESSES / matter.process_key / "process.bpmn").is_file()
    return _line(
        (
            str(matter.no),
            matter.name,
            catalogue.departments[matter.department].name,
            matter.category,
            KINDS[matter.project_kind.value],
            _limits(matter),
            *(str(counts[key]) for key in ("A", "B", "C")),
            "kept off 不在平台办理" if matter.kept_off else STATES[matter.state.kind.value],
            "yes" if process else "none",
            "yes" if matter.no in granted else "",
        )
    )


def _limits(matter: Matter) -> str:
    promised, statutory = matter.limits.promised, matter.limits.statutory
    found = [_limit(one) for one in (promised, statutory) if one is not None]
    return "/".join(found)


def _limit(limit: Limit) -> str:
    if limit.days == 0:
        return "0"
    unit = "w" if limit.unit is LimitUnit.WORKDAY else "d"
    return f"{limit.days}{unit}{'r' if limit.counts_from is CountsFrom.RECEIPT else ''}"


def _categories(catalogue: Catalogue) -> str:
    """Return what each category has beside the granted way."""
    lines = [
        "## Other ways, by category",
        "",
        "| Category 类别 | Matters | Scenarios of the process | Ways |",
        "| --- | ---: | ---: | --- |",
    ]
    counts = Counter(matter.category for matter in catalogue.matters.values())
    others: dict[str, list[str]] = {}
    for way in ways.others():
        category = catalogue.by_no(way.matter).category
        others.setdefault(category, []).append(f"{way.name} → {way.outcome} (no. {way.matter})")
    for key, category in catalogue.categories.items():
        told = "; ".join(sorted(others.get(key, [])))
        lines.append(
            _line((f"{category.name} `{key}`", str(counts[key]), str(_scenarios(key)), told))
        )
    return "\n".join(lines)


def _scenarios(category: str) -> int:
    """Return how many scenarios the tests run through the process of a category alone."""
    files = (PROCESSES / category / "scenarios").glob("*.yaml")
    return sum(len(yaml.safe_load(path.read_text())["scenarios"]) for path in files)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(written(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
