"""Ad hoc: tasks that people choose from, in any order and as often as it takes.

Every task that no flow leads to is offered at once, and again whenever it was done; to complete it
is to choose it (BPMN 2.0.2, 13.3.5). After each completion the condition of the sub-process is
asked: when it holds, what is still offered is cancelled and the sub-process is complete.
"""

from __future__ import annotations

from engine.bpmn.activities import Activity, ManualTask, UserTask
from engine.bpmn.nodes import truth
from engine.bpmn.token import Token


class Offered(Activity):
    """A task inside an ad-hoc sub-process."""

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        frame = scope.host.task_spec.model
        complete = truth(my_task, str(frame.completion), frame.id)
        if not complete and not self.incoming:
            scope.enter(self, dict(scope.data), dict(scope.marks))
        super()._on_complete(my_task)
        if complete and not scope.completed:
            scope.clear()
            scope.finish()


class OfferedTask(Offered, UserTask):
    """Waits for a person who chooses it."""


class OfferedManualTask(Offered, ManualTask):
    """Waits for a person who chooses it and does it outside the system."""
