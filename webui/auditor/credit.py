"""The credit record 信用记录: commitments that proved false, with what was found.

Who gave one is told by the case alone, masked there like everything personal. The list can be
taken away as CSV for the city's credit platform, which asks for case, day and reason.
"""

from __future__ import annotations

import csv
import io

from flask import Response, render_template

from engine import clock
from engine.casework import commitments
from engine.db import reading
from engine.models import Case
from webui import auth
from webui.auditor import blueprint, looks

HEADINGS = ("case_no", "matter_no", "entered_on", "reason")


@blueprint.get("/credit")
@auth.permission("history:verify")
def credit() -> str:
    """List the entries, newest first."""
    looks.record("credit.listed", "credit")
    with reading(auth.database()) as session:
        lines = [
            (one, session.get_one(Case, one.instance_id)) for one in commitments.entries(session)
        ]
        return render_template("auditor/credit.html", lines=lines)


@blueprint.get("/credit.csv")
@auth.permission("history:export")
def credit_file() -> Response:
    """Hand the entries out as CSV."""
    looks.record("credit.exported", "credit")
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADINGS)
    with reading(auth.database()) as session:
        for one in commitments.entries(session, limit=None):
            case = session.get_one(Case, one.instance_id)
            day = clock.local_date(one.entered_at).isoformat()
            writer.writerow((case.case_no, case.matter_no, day, _harmless(one.reason)))
    answer = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=credit-record.csv"
    return answer


def _harmless(text: str) -> str:
    # A spreadsheet would compute what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
