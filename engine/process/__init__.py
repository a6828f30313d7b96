"""The general process engine: definitions, instances, tasks, jobs, messages, incidents.

It executes any diagram that `engine.bpmn` accepts and knows nothing of government: what a case
means is plugged in as operations and hooks (`wiring`). Every change of an instance is one step:
lock its row, run to the next wait, write state and history, in the caller's transaction.
"""
