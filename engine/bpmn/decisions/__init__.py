"""Decisions: DMN 1.3 to 1.5 read, checked and evaluated; pure, without a database.

`parse` reads a file into a `DecisionModel` and its problems; `evaluate` gives the value of a
decision and the record of how it came about. FEEL is evaluated by `feel`, a closed evaluator of
our own, with decimals and within counted bounds.
"""

from engine.bpmn.decisions.checks import check_tables
from engine.bpmn.decisions.evaluating import evaluate, invoke
from engine.bpmn.decisions.exchange import from_plain, to_plain
from engine.bpmn.decisions.model import Decision, DecisionModel
from engine.bpmn.decisions.reader import (
    imported,
    imported_models,
    imports,
    parse,
    parse_all,
)
from engine.bpmn.decisions.record import Evaluation, Step

__all__ = [
    "Decision",
    "DecisionModel",
    "Evaluation",
    "Step",
    "check_tables",
    "evaluate",
    "from_plain",
    "imported",
    "imported_models",
    "imports",
    "invoke",
    "parse",
    "parse_all",
    "to_plain",
]
