"""Scenarios of a process, played on what is deployed now, with what they cover drawn.

The scenarios are those beside the diagrams of this installation (docs/scenarios.md); the diagrams
are the newest deployed ones. So the page tells whether a version that was uploaded still does what
its scenarios say. Nothing is written.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from flask import render_template
from flask_babel import get_locale

from engine.bpmn import layout
from engine.bpmn.model import Parsed
from engine.casework import reference
from engine.db import reading
from engine.process import definitions
from engine.process.checking import Report
from engine.process.scenarios import checking, picture
from engine.process.scenarios import reading as files
from engine.process.scenarios.coverage import Coverage
from engine.process.scenarios.reading import Placed
from webui import auth
from webui.designer import blueprint, standing


@blueprint.get("/processes/<key>/scenarios")
@auth.permission("definition:write")
def scenarios(key: str) -> str:
    """Play the scenarios of a process and show what came of them."""
    with reading(auth.database()) as session:
        definition = definitions.latest(session, key)
        source = definitions.source(session, definition.sha256)
        parsed = standing.models(session)
        version = definition.version
    report = checking.check(_own(key), Report("bpmn", {}, parsed))
    covered = next((one for one in report.coverage if one.process == key), None)
    return render_template(
        "designer/scenarios.html",
        key=key,
        version=version,
        name=_name(parsed, key),
        report=report,
        covered=covered,
        drawn=_drawn(source, covered) if covered else None,
        named=_named,
        share=lambda found: f"{found.total - len(found.missing)}/{found.total}",
    )


@cache
def _sources() -> dict[str, tuple[bytes, str]]:
    """Return the scenario files of this installation, each with the process it is about."""
    found = {}
    for path in sorted(reference.PROCESSES.glob(f"*/{files.FOLDER}/*.yaml")):
        data, name = path.read_bytes(), path.relative_to(reference.PROCESSES).as_posix()
        for placed in files.parse(data, name)[0][:1]:
            found[name] = (data, placed.process)
    return found


def _own(key: str) -> dict[str, bytes]:
    return {name: data for name, (data, process) in _sources().items() if process == key}


def _name(parsed: Parsed, key: str) -> str:
    model = parsed.processes.get(key)
    return model.name if model is not None and model.name else key


def _named(placed: Placed) -> str:
    """Return the name of a scenario in the reader's language."""
    chinese = str(get_locale()).startswith("zh")
    return (placed.scenario.name_zh if chinese else None) or placed.scenario.name


def _drawn(source: bytes, covered: Coverage) -> str:
    """Return the picture as an address of its own: as a picture it needs no styles of the page."""
    text = picture.draw(layout.read(source, covered.file), covered.counts, covered.process)
    return "data:image/svg+xml;base64," + b64encode(text.encode()).decode()
