"""Measurements for Prometheus: what this process counted, and what the database says at the moment of asking."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tanheng import __version__
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.notice.models import Alarm
from tanheng.platform.record.models import Plant
from tanheng.platform.record.sequencer import sequenced

REGISTRY = CollectorRegistry()
_requests = Counter("tanheng_requests_total", "Answered requests.", ["method", "route", "status"], registry=REGISTRY)
_seconds = Histogram(
    "tanheng_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    registry=REGISTRY,
)


def observe_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
    _seconds.labels(route).observe(seconds)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class DatabaseCollector(Collector):
    """Gauges that are read when somebody asks."""

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of jobs, alarms and logs."""
        yield GaugeMetricFamily("tanheng_up", f"Tanheng {__version__} answers.", value=1)
        yield from _jobs()
        yield from _plants()


def _jobs() -> Iterator[Metric]:
    gauge = GaugeMetricFamily("tanheng_jobs", "Jobs by state.", labels=["status"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        for status, count in cursor.fetchall():
            gauge.add_metric([status], count)
    yield gauge


def _plants() -> Iterator[Metric]:
    entries = GaugeMetricFamily("tanheng_log_entries", "Entries of a plant's log.", labels=["plant"])
    behind = GaugeMetricFamily("tanheng_log_unsequenced", "Entries that no checkpoint covers yet.", labels=["plant"])
    alarms = GaugeMetricFamily("tanheng_alarms_open", "Open alarms.", labels=["plant", "priority"])
    with scope(all_plants()):
        for plant in Plant.objects.order_by("code"):
            entries.add_metric([plant.code], plant.next_index)
            behind.add_metric([plant.code], plant.next_index - sequenced(plant))
            for priority in Alarm.Priority:
                count = Alarm.objects.filter(plant=plant, cleared_at__isnull=True, priority=priority).count()
                alarms.add_metric([plant.code, str(priority.value)], count)
    yield from (entries, behind, alarms)


_database = CollectorRegistry(auto_describe=False)
_database.register(DatabaseCollector())


def exposition() -> bytes:
    """Return the measurements in Prometheus' text format."""
    return generate_latest(REGISTRY) + generate_latest(_database)
