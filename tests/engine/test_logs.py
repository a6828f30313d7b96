"""A line of the log holds the facts that were given, and no text that somebody typed."""

from __future__ import annotations

import json
import logging

from engine.logs import Lines


def line(**more: object) -> dict[str, object]:
    """Format one record."""
    record = logging.getLogger("tongban.test").makeRecord(
        "tongban.test", logging.ERROR, __file__, 1, "step failed (%s)", ("A",), None, extra=more
    )
    found: dict[str, object] = json.loads(Lines().format(record))
    return found


def test_a_line_is_json_with_the_fields_of_the_caller() -> None:
    found = line(instance="one", element="审查")

    assert (found["level"], found["logger"]) == ("error", "tongban.test")
    assert (found["message"], found["instance"]) == ("step failed (A)", "one")
    assert found["element"] == "审查"
    assert "args" not in found


def test_a_defect_shows_where_it_happened_and_not_what_was_typed() -> None:
    typed = "张虚构 is no number"
    try:
        raise ValueError(typed)
    except ValueError as error:
        record = logging.LogRecord("t", logging.ERROR, __file__, 1, "defect", (), None)
        record.exc_info = (type(error), error, error.__traceback__)

    text = Lines().format(record)

    assert json.loads(text)["kind"] == "ValueError"
    assert "test_logs.py" in json.loads(text)["trace"]
    assert "张虚构" not in text
