"""Interventions: what operators do to running instances that no diagram foresees.

Suspend and resume, move, migrate, restart; each one locks the instance, asks for a reason, is one
event in the history and marks the instance as altered by hand where its course was changed. The
clocks of the law go on all the while: only the law stops them.
"""
