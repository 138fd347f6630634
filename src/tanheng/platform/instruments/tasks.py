"""Every ten minutes: certificates due and overdue, broken seals, chains at odds."""

from __future__ import annotations

from tanheng.platform.database.scope import all_plants, scoped
from tanheng.platform.instruments import watching
from tanheng.platform.jobs import task
from tanheng.platform.record.models import Plant


@task("instruments.watch", once="instruments.watch", cron="*/10 * * * *")
def watch(timestamp: int) -> None:  # noqa: ARG001  # state says what is due, not the tick
    """Look after the instruments of every plant."""
    for plant in all_plants():
        look_after(plant)


@scoped
def look_after(plant: int) -> None:
    """Raise and clear the alarms of one plant's instruments; run again, it says nothing twice."""
    watching.watch(Plant.objects.get(pk=plant))
