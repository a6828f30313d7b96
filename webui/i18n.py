"""Language, dates and numbers: English in the source, Chinese on the screen.

Texts go through gettext with English source strings. The Chinese is one `.po` file per part of the
site, `translations/zh/<part>.po`; all of them are read and merged when the application starts, so
there is no compile step and nobody waits for another's file. A text that needs two translations
takes a context (`pgettext`). Texts of errors are in `translations/errors/` (see `errors.py`).
The language is the cookie `lang`, else Chinese; the time zone is always Asia/Shanghai.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, Domain
from flask_babel import gettext as _
from flask_babel import ngettext
from jinja2 import pass_context
from jinja2.runtime import Context

from engine import clock

LANGUAGES = {"zh": Locale("zh", "CN", "Hans"), "en": Locale("en")}
COOKIE = "lang"
CATALOGUES = Path(__file__).parent / "translations" / "zh"


class DoubleTranslation(Exception):
    """Two .po files translate one text differently: give one of them a context."""


def read_catalogues(folder: Path = CATALOGUES) -> Catalog:
    """Merge every .po file of a folder; raise DoubleTranslation where two of them disagree."""
    merged = Catalog(locale="zh_Hans_CN")
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="zh_Hans_CN", abort_invalid=True)
        for message in part:
            if not message.id or not any(_strings(message.string)):
                continue
            known = merged.get(message.id, message.context)
            if known is not None and _strings(known.string) != _strings(message.string):
                raise DoubleTranslation(f"{path.name}: {message.id!r} is translated elsewhere")
            merged.add(message.id, message.string, context=message.context)
    return merged


def _strings(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@cache
def chinese() -> Translations:
    """Return the merged Chinese texts, read once per process."""
    data = BytesIO()
    write_mo(data, read_catalogues())
    data.seek(0)
    return Translations(fp=data)


class _Texts(Domain):
    """Flask-Babel's source of texts: our merged catalogue instead of compiled files."""

    def get_translations(self) -> gettext.NullTranslations:
        return chinese() if language() == "zh" else NullTranslations()


class _Languages(Babel):
    domain_instance = _Texts()


def install(app: Flask) -> None:
    """Give an application its languages, its time zone and the filters of this module."""
    chinese()  # a fault in the files shows at the start, not to the first reader
    _Languages(
        app,
        default_locale="zh_Hans_CN",
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: str(LANGUAGES[language()]),
    )
    for function in (when, day, full_day, clock_time, number, money, file_size, machine_time):
        app.jinja_env.filters[function.__name__] = _live(function)
    app.jinja_env.globals.update(language=language, limit_text=limit_text)


def _live(function: Callable[..., str]) -> Callable[..., str]:
    """Keep Jinja from working a filter out at compile time, in the language of the first reader."""

    @pass_context
    def filtered(_context: Context, *values: Any) -> str:
        return function(*values)

    return filtered


def language() -> str:
    """Return "zh" or "en": the cookie of this request, else Chinese."""
    chosen = request.cookies.get(COOKIE) if has_request_context() else None
    return chosen if chosen in LANGUAGES else "zh"


def when(instant: datetime | None) -> str:
    """Say an aware instant: today 09:12, 14 Sep 17:20; the year only when it is another one."""
    if instant is None:
        return ""
    local = instant.astimezone(clock.BUSINESS_ZONE)
    if local.date() == clock.today():
        return _("today %(time)s", time=local.strftime("%H:%M"))
    return f"{day(local.date())} {local.strftime('%H:%M')}"


def clock_time(instant: datetime | None) -> str:
    """Say only the hour and minute of an aware instant, in Shanghai."""
    return instant.astimezone(clock.BUSINESS_ZONE).strftime("%H:%M") if instant else ""


def day(value: date | datetime | None) -> str:
    """Say a date without the year when it is this year's: 9月14日, 14 Sep."""
    local = _local(value)
    if local is None:
        return ""
    if local.year != clock.today().year:
        return full_day(local)
    pattern = "M月d日" if language() == "zh" else "d MMM"
    return format_date(local, pattern, locale=LANGUAGES[language()])


def full_day(value: date | datetime | None) -> str:
    """Say a date with its year: 2026年9月4日, 4 Sep 2026."""
    local = _local(value)
    if local is None:
        return ""
    pattern = "y年M月d日" if language() == "zh" else "d MMM y"
    return format_date(local, pattern, locale=LANGUAGES[language()])


def machine_time(value: date | datetime) -> str:
    """Say a date or an instant for the datetime attribute of `<time>`."""
    if isinstance(value, datetime):
        return format_datetime(
            value, "yyyy-MM-dd'T'HH:mm:ssZZZZZ", tzinfo=clock.BUSINESS_ZONE, locale="en"
        )
    return value.isoformat()


def _local(value: date | datetime | None) -> date | None:
    return clock.local_date(value) if isinstance(value, datetime) else value


def number(value: int | float | Decimal | None) -> str:
    """Say a number with separators: 12,046."""
    return "" if value is None else format_decimal(value, locale=LANGUAGES[language()])


def money(fen: int | None) -> str:
    """Say an amount given in fen (分): no fee, 12.50 yuan."""
    if not fen:
        return _("no fee")
    yuan = format_decimal(Decimal(fen) / 100, "#,##0.00", locale=LANGUAGES[language()])
    return _("%(amount)s yuan", amount=yuan)


def file_size(size: int) -> str:
    """Say the size of a file: 820 KB, 1.2 MB."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def limit_state(days_left: int | None, stopped: bool = False) -> str:
    """Return in, soon, over, stop or none: how a limit stands and which shape shows it."""
    if stopped:
        return "stop"
    if days_left is None:
        return "none"
    if days_left < 0:
        return "over"
    return "soon" if days_left <= 1 else "in"


def limit_text(days_left: int | None, stopped: bool | str = False, stopped_days: int = 0) -> str:
    """Say how a limit stands.

    `days_left` counts from today: 0 is due today, 1 tomorrow, -2 two days late. `stopped` is True
    or the short reason for which the clock stands still; `stopped_days` how long it has.
    """
    if stopped:
        if isinstance(stopped, str):
            return _("clock stopped, %(reason)s", reason=stopped)
        if stopped_days:
            return ngettext("stopped %(num)s day", "stopped %(num)s days", stopped_days)
        return _("clock stopped")
    if days_left is None:
        return _("no limit")
    if days_left < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days_left)
    if days_left == 0:
        return _("due today")
    if days_left == 1:
        return _("due tomorrow")
    return ngettext("%(num)s day left", "%(num)s days left", days_left)
