"""Evaluations per office: counts of grades, and poor ones not rectified yet. No case, no person."""

from __future__ import annotations

from flask import render_template

from engine.casework import evaluation_figures
from engine.casework.evaluations import GRADES
from engine.db import reading
from webui import auth, case_words, i18n
from webui.admin import blueprint


@blueprint.get("/evaluations")
@auth.permission("office:read")
def evaluations() -> str:
    """Show what applicants have said of the offices."""
    with reading(auth.database()) as session:
        figures = evaluation_figures.by_office(session)
    chinese = i18n.language() == "zh"
    return render_template(
        "admin/evaluations.html",
        figures=figures,
        names={one.office_id: one.name if chinese else one.name_en for one in figures},
        grades=[(one, case_words.grade(one)) for one in GRADES],
        open_count=sum(one.open for one in figures),
    )
