"""Metrics: how much waits and what is stuck, for a monitoring program; counts, never contents.

The figures are asked of the database when they are asked for, so every web process tells the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.db import reading
from engine.models import OPEN_STATES, Circuit, Incident, Instance, Job, Task
from engine.process.locking import LIVE, SUSPENDED
from webui import auth

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in the text format of Prometheus."""
    registry = CollectorRegistry()
    with reading(auth.database()) as session:
        registry.register(_Counts(session))
        body = generate_latest(registry)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


class _Counts(Collector):
    """The figures of one moment."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure."""
        now = clock.now()
        waiting = select(Job.state, func.count()).group_by(Job.state)
        live = Instance.status.in_((*LIVE, SUSPENDED))
        by_status = select(Instance.status, func.count()).where(live).group_by(Instance.status)
        yield self._labelled("tongban_instances", "Live instances.", "status", by_status)
        yield self._labelled("tongban_jobs", "Jobs of live instances.", "state", waiting)
        late = select(func.count()).where(Job.state == "waiting", Job.due_at <= now)
        yield self._one("tongban_jobs_due", "Jobs that a worker should have done.", late)
        tasks = select(func.count()).where(Task.state.in_(OPEN_STATES))
        yield self._one("tongban_tasks_open", "Tasks that wait for a person.", tasks)
        overdue = select(func.count()).where(Task.state.in_(OPEN_STATES), Task.due_at < now)
        yield self._one("tongban_tasks_overdue", "Open tasks past their due time.", overdue)
        stuck = select(func.count()).where(Incident.resolved_at.is_(None))
        yield self._one("tongban_incidents_open", "Incidents that wait for a person.", stuck)
        resting = select(func.count()).where(Circuit.open_until > now)
        yield self._one("tongban_systems_resting", "Outside systems left in peace.", resting)

    def _one(self, name: str, what: str, query: object) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, what, value=self.session.scalar(query) or 0)  # type: ignore

    def _labelled(self, name: str, what: str, label: str, query: object) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, what, labels=[label])
        for value, count in self.session.execute(query):  # type: ignore[call-overload]
            family.add_metric([value], count)
        return family
