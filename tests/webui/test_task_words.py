"""Every task that a person may be given has an English name, and says what follows from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from engine.casework import intake, reviews
from tests.processes.diagrams import FILES, read
from webui import case_words
from webui.clerk import background, words

TASKS = sorted(
    {
        (path.parent.name, task.get("id"), task.get("name"))
        for path in FILES.values()
        for task in read(path).of_kind("userTask")
    }
)


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        yield


def test_every_task_of_every_process_has_an_english_name(english: None) -> None:
    unnamed = [one for one in TASKS if case_words.task_name(one[1], one[2]) == one[2]]

    assert len(TASKS) > 60
    assert unnamed == []


def test_every_task_of_every_process_says_what_follows(english: None) -> None:
    unsaid = words.then("Activity_OfNoProcess", "the window", "the office")
    silent = {
        element
        for folder, element, _name in TASKS
        if words.then(element, "the window", "the office", folder) == unsaid
    }

    assert silent == {intake.RECEIVE}  # the page of an application says itself what follows


def test_what_follows_from_a_review_is_that_of_its_process(english: None) -> None:
    review = "Activity_ReviewApplication"
    invoice, licence = (
        words.then(review, "the window", "the office", one) for one in ("invoice", "licence-simple")
    )

    assert "goes back to the window, which supplies the invoices" in invoice
    assert licence.startswith("A proposal goes to a supervisor of the office")


def test_background_and_review_points_are_of_tasks_that_exist() -> None:
    elements = {element for _folder, element, _name in TASKS}

    assert {*background.NEEDED, *reviews.ELEMENTS} <= elements


def test_every_text_of_the_background_has_a_label(english: None) -> None:
    wanted = {name for names in background.NEEDED.values() for name in names}

    assert wanted == set(background.labels())
