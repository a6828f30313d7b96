"""Every text of the web has its Chinese, every error its two languages."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import engine
import webui
from engine.errors import EngineError
from webui import errors, i18n

WEBUI = Path(i18n.__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"silent": "false", "extensions": "jinja2.ext.do"}}


def _skip_built(path: str) -> bool:
    return Path(path).name not in ("node_modules", "static", "assets", "__pycache__")


def texts_of_the_web() -> dict[tuple[str | None, str], set[str]]:
    """Return (context, text) -> the files that say it."""
    found: dict[tuple[str | None, str], set[str]] = {}
    keywords = {
        "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3), "lazy_pgettext": ((1, "c"), 2), "lazy_ngettext": (1, 2),
    }  # fmt: skip
    every = extract_from_dir(
        str(WEBUI), METHODS, OPTIONS, keywords=keywords, directory_filter=_skip_built
    )
    for file, _line, message, _comments, context in every:
        text = message[0] if isinstance(message, tuple) else message
        found.setdefault((context, text), set()).add(file)
    return found


def test_every_text_has_its_chinese() -> None:
    catalogue = i18n.read_catalogues()
    missing: dict[str, list[str]] = {}
    for (context, text), files in texts_of_the_web().items():
        known = catalogue.get(text, context)
        if known is None or not known.string:
            for file in sorted(files):
                missing.setdefault(file, []).append(text)
    lists = [f"{file}:\n    " + "\n    ".join(sorted(missing[file])) for file in sorted(missing)]
    assert not missing, "texts without Chinese:\n" + "\n".join(lists)


def test_the_extraction_sees_templates_and_python() -> None:
    every = texts_of_the_web()
    assert "templates/base.html" in every[(None, "Skip to content")]
    assert "i18n.py" in every[(None, "due tomorrow")]


def test_translations_keep_the_placeholders() -> None:
    wrong = []
    for message in i18n.read_catalogues():
        sources = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        wanted = set(re.findall(r"%\((\w+)\)", sources[-1]))
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        for string in strings:
            if message.id and set(re.findall(r"%\((\w+)\)", string)) != wanted:
                wrong.append(message.id)
    assert not wrong


def test_two_files_that_disagree_are_refused(tmp_path: Path) -> None:
    for name, chinese in (("a", "甲"), ("b", "乙")):
        (tmp_path / f"{name}.po").write_text(
            f'msgid "Open"\nmsgstr "{chinese}"\n', encoding="utf-8"
        )
    with pytest.raises(i18n.DoubleTranslation, match="Open"):
        i18n.read_catalogues(tmp_path)


def codes_of_the_program() -> dict[str, type[EngineError]]:
    """Import the whole program and return every error by its code."""
    for package in (engine, webui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found: dict[str, type[EngineError]] = {}
    waiting = [EngineError]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind
        waiting += kind.__subclasses__()
    return {
        code: kind
        for code, kind in found.items()
        if kind.__module__.startswith(("engine.", "webui."))
    }


def test_every_error_has_its_text_in_both_languages() -> None:
    assert errors.missing_texts(codes_of_the_program()) == []


def test_every_text_belongs_to_an_error_that_exists() -> None:
    known = codes_of_the_program().keys() | errors.WEB_CODES

    assert sorted(errors.texts().keys() - known) == []


def test_every_sentence_about_a_field_can_be_said() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("engine", "webui")
        for path in (WEBUI.parent / folder).rglob("*.py")
    )

    assert [code for code in errors.field_codes() if f'"{code}"' not in source] == []


def test_no_text_names_a_fact_that_its_error_does_not_have() -> None:
    wrong = []
    for code, kind in codes_of_the_program().items():
        has = set(re.findall(r"{(\w+)", kind.message))
        for language, text in errors.texts().get(code, {}).items():
            unknown = set(re.findall(r"{(\w+)}", text.title + text.text)) - has
            if unknown:
                wrong.append(f"{code} ({language}): {sorted(unknown)}")
    assert wrong == []


def test_everything_that_can_be_wrong_with_a_field_is_said() -> None:
    said = re.compile(r"""AnswerInvalid\("([a-z-]+)"|= \("([a-z-]+)", \{""")
    codes = {
        one[1] or one[2]
        for path in (WEBUI.parent / "engine").rglob("*.py")
        for one in said.finditer(path.read_text(encoding="utf-8"))
    }
    assert "required" in codes and "not-a-date" in codes
    assert sorted(codes - set(errors.field_codes()) - set(errors.texts())) == []
    assert all(set(one) == set(i18n.LANGUAGES) for one in errors.field_codes().values())


def test_a_field_error_is_a_sentence_with_its_facts() -> None:
    found = {
        "a": ("too-short", {"min": 5, "length": 2}),
        "b": ("too-long", {"longest": 60}),
        "c": ("matter-not-found", {"no": "999"}),
    }
    assert errors.field_texts(found, "zh") == {
        "a": "太短了，至少 5 个字，现在是 2 个。",
        "b": "太长了，最多 60 个字。",
        "c": "没有这个事项",
    }
