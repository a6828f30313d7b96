"""Checks: what is wrong with a diagram, told before anything runs.

One family of rules a module; each returns Problems and raises nothing. What a rule is called,
what kind of problem it names and what is not executed is listed in docs/bpmn-support.md.
"""
