"""日格: a limit drawn as working days, one cell a day, so that nobody has to compute a deadline.

The first cell is the day after the event. The caller brings the working days and the limits from
`engine.calendar` and `engine.casework.deadlines`; this module only lays them out and says the same
in words. Above 45 days one cell is five working days.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from webui.i18n import day

MOST_CELLS = 45
GROUP = 5


@dataclass(frozen=True)
class Cell:
    """One day, or the mark of a limit that ends after the day before it.

    kind: u used, s stopped, n today, empty left, f beyond the promise, x late; promised, statutory.
    place: classes of the label, t above, hot in the accent, r right-aligned, opt not on phones.
    """

    kind: str
    label: str = ""
    gap: bool = False
    place: str = ""


@dataclass(frozen=True)
class Strip:
    """A limit as cells, its tone (in, soon, over), its legend and the whole in words."""

    cells: tuple[Cell, ...]
    tone: str
    text: str
    legend: tuple[tuple[str, str], ...]
    grouped: bool


def strip(
    workdays: Sequence[date],
    *,
    today: date,
    promised_on: date,
    statutory_on: date | None = None,
    stopped: Collection[date] = (),
    ended_on: date | None = None,
) -> Strip | None:
    """Lay out a limit.

    `workdays` are the working days from the first that counts to the last to be shown (the later
    limit, or today when that is past it). `promised_on` and `statutory_on` are the last days of the
    limits, stops already added. `stopped` are days on which the clock stood; `ended_on` is the day
    the case was done. Returns None when there is no day to show.
    """
    shown = [one for one in workdays if ended_on is None or one <= max(ended_on, promised_on)]
    if not shown:
        return None
    kinds = {one: _kind(one, today, promised_on, stopped, ended_on) for one in shown}
    groups = _groups(shown)
    grouped = len(groups) < len(shown)
    cells: list[Cell] = []
    late = _late(kinds)
    # A short strip has room for one date only.
    dated = len(groups) > 10 or statutory_on in (None, promised_on)
    for position, group in enumerate(groups):
        cells.append(_cell(position, group, groups, kinds, today, late, stopped))
        if promised_on in group:
            cells.append(Cell("promised", _limit(_("promised"), promised_on, dated)))
        if statutory_on and statutory_on in group and statutory_on != promised_on:
            cells.append(Cell("statutory", _limit(_("statutory"), statutory_on, dated)))
    left = sum(1 for kind in kinds.values() if kind in ("n", ""))
    tone = "over" if late else "soon" if ended_on is None and left <= 2 else "in"
    legend = _legend(kinds, left, tone, ended=ended_on is not None)
    text = _words(shown[0], legend, promised_on, statutory_on, late)
    return Strip(tuple(cells), tone, text, legend, grouped)


def _kind(
    one: date, today: date, promised_on: date, stopped: Collection[date], ended_on: date | None
) -> str:
    if one in stopped:
        return "s"
    passed = one <= ended_on if ended_on else one < today
    if one > promised_on:
        return "x" if passed or (one == today and not ended_on) else "f"
    if passed:
        return "u"
    return "n" if one == today and not ended_on else ""


def _groups(shown: Sequence[date]) -> list[Sequence[date]]:
    size = GROUP if len(shown) > MOST_CELLS else 1
    return [shown[at : at + size] for at in range(0, len(shown), size)]


def _late(kinds: dict[date, str]) -> int:
    return sum(1 for kind in kinds.values() if kind == "x")


def _cell(
    position: int,
    group: Sequence[date],
    groups: Sequence[Sequence[date]],
    kinds: dict[date, str],
    today: date,
    late: int,
    stopped: Collection[date],
) -> Cell:
    found = [kinds[one] for one in group]
    kind = next((one for one in ("n", "x", "s") if one in found), found[-1])
    before = groups[position - 1][-1] if position else group[0]
    gap = len(group) == 1 and position > 0 and group[0] - before > timedelta(days=1)
    last_late = kind == "x" and (
        position == len(groups) - 1 or kinds[groups[position + 1][0]] != "x"
    )
    if last_late:
        text = ngettext("%(num)s day late", "%(num)s days late", late)
        return Cell(kind, text, gap, "r")
    if today in group and kind in ("n", "s"):
        return Cell(kind, _("today"), gap, "hot" if position >= 4 else "hot t")
    if position == 0:
        return Cell(kind, _("from %(day)s", day=day(group[0])), gap)
    if kind == "s" and kinds.get(before) != "s":
        return Cell(kind, _("clock stopped"), gap, "t opt")
    return Cell(kind, "", gap)


def _limit(word: str, last: date, dated: bool) -> str:
    return f"{word} {day(last)}" if dated else word


def _legend(
    kinds: dict[date, str], left: int, tone: str, *, ended: bool
) -> tuple[tuple[str, str], ...]:
    used = sum(1 for kind in kinds.values() if kind in ("u", "x"))
    still = sum(1 for kind in kinds.values() if kind == "s")
    key = {"soon": "soon", "over": "over"}.get(tone, "u")
    parts = [(key, ngettext("%(num)s day used", "%(num)s days used", used))]
    if still:
        parts.append(
            (
                "s",
                ngettext(
                    "%(num)s day stopped, not counted", "%(num)s days stopped, not counted", still
                ),
            )
        )
    if "n" in kinds.values():
        parts.append(("n", _("today")))
    if left and ended:
        words = ngettext("%(num)s day to spare", "%(num)s days to spare", left)
        parts.append(("l", words))
    elif left:
        words = ngettext(
            "%(num)s day left of the promise, with today",
            "%(num)s days left of the promise, with today",
            left,
        )
        parts.append(("l", words))
    return tuple(parts)


def _words(
    first: date,
    legend: Sequence[tuple[str, str]],
    promised_on: date,
    statutory_on: date | None,
    late: int,
) -> str:
    parts = [_("from %(day)s", day=day(first)), *(text for _key, text in legend)]
    if late:
        parts.append(ngettext("%(num)s day late", "%(num)s days late", late))
    parts.append(_("promised by %(day)s", day=day(promised_on)))
    if statutory_on:
        parts.append(_("statutory limit %(day)s", day=day(statutory_on)))
    return _(", ").join(parts)
