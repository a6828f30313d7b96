"""Checks of decision tables: gaps and overlaps, each proved by a concrete example.

Exact or silent: where a cell or a column cannot be reasoned about, the table is reported as not
analysed, with the reason, and nothing else is said about it.
"""

from engine.bpmn.decisions.checks.tables import check_tables

__all__ = ["check_tables"]
