"""The worker process: Procrastinate's jobs, and the sequencer of the plants' logs beside them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Protocol, cast

from django.db import OperationalError, close_old_connections, connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.notice import alarms
from tanheng.platform.notice.models import Alarm
from tanheng.platform.record import cosigning, sequencer
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

_log = logging.getLogger(__name__)

SEQUENCE_EVERY = 2.0
ASK_AGAIN_AFTER = 30.0


class SequencerThread(threading.Thread):
    """Sequences every plant's log, every few seconds."""

    def __init__(self, *, every: float = SEQUENCE_EVERY) -> None:
        super().__init__(name="sequencer", daemon=True)
        self._every = every
        self._ending = threading.Event()
        self._verified: set[int] = set()
        self._ask_again: dict[int, float] = {}

    def run(self) -> None:
        """Sequence until told to stop; a fault of one plant is told and does not stop the others."""
        while not self._ending.wait(self._every):
            try:
                for plant in all_plants():
                    self._sequence(plant)
            except OperationalError:
                _log.warning("sequencer waits for the database")
            except Exception:  # noqa: BLE001  # a thread that ends would leave every log without checkpoints, in silence
                _log.exception("sequencer's round failed")
            finally:
                close_old_connections()
        connections.close_all()

    def _sequence(self, plant: int) -> None:
        try:
            if plant not in self._verified:
                sequencer.verify_head(plant)
                self._verified.add(plant)
            sequencer.sequence(plant)
            self._cosign(plant)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  # also what nobody thought of: other plants are none the worse for it
            _log.exception("plant not sequenced", extra={"plant": _code(plant)})
            self._raise_alarm(plant, error)

    def _cosign(self, plant: int) -> None:
        """Ask the witness; one that did not answer is asked again after a while."""
        witness = cosigning.configured()
        if witness is None or time.monotonic() < self._ask_again.get(plant, 0):
            return
        if not cosigning.cosign(plant, witness):
            self._ask_again[plant] = time.monotonic() + ASK_AGAIN_AFTER

    @staticmethod
    def _raise_alarm(plant: int, error: Exception) -> None:
        with scope([plant]):
            alarms.raise_alarm(
                plant,
                key="log/sequencer",
                code="platform.alarm.job_failed",
                fields={"task": "sequencer", "reason": str(error)},
                priority=Alarm.Priority.URGENT,
                now=timezone.now(),
                actor=Actor.system("sequencer"),
            )

    def stop(self) -> None:
        """End after the present round."""
        self._ending.set()
        self.join(30)


def _code(plant: int) -> str:
    """Return what persons call a plant."""
    with scope([plant]):
        return Plant.objects.get(pk=plant).code


class Beside(Protocol):
    """What runs beside the jobs: a thread that can be told to end."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


def run(*, concurrency: int = 4, beside: Sequence[Beside] = ()) -> None:
    """Work until told to stop; the sequencer, and what is given, run beside the jobs."""
    threads: tuple[Beside, ...] = (SequencerThread(), *beside)
    for thread in threads:
        thread.start()
    try:
        with app.replace_connector(cast("DjangoConnector", app.connector).get_worker_connector()):
            app.run_worker(
                concurrency=concurrency, shutdown_graceful_timeout=20, update_heartbeat_interval=5, stalled_worker_timeout=20
            )
    finally:
        for thread in threads:
            thread.stop()
