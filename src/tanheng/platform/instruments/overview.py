"""What lists show beside the rows of a ledger: how each instrument and certificate stands today. Asked for once a list.

The rows that come in are those of one plant inside its scope; the plant is read from them.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from tanheng.metrology.instruments.accuracy import is_better
from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.lifecycle import state_on
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.metrology.instruments.trace import state_of
from tanheng.platform.instruments import selectors, words
from tanheng.platform.instruments.models import Certificate, Confirmation, Instrument, Spell
from tanheng.platform.instruments.register import Rows, certificate_of, register_of
from tanheng.platform.instruments.standing import Standing, standings
from tanheng.platform.plant.models import Point, SourceStream
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

_READER = Actor.system("instruments")


def standings_of(plant: Plant, *, on: datetime.date | None = None) -> Mapping[str, Standing]:
    """Return how the instruments and chains of a plant stand on a day, by default today."""
    return standings(selectors.register(_READER, plant), on or selectors.today(plant))


def use_today(row: Instrument) -> UseState:
    """Return the state of use of one instrument today."""
    spells = Spell.objects.filter(plant=row.plant_id, instrument=row.code).latest_versions()
    register = register_of(Rows(instruments=(row,), spells=spells))
    return state_on(register.instruments[0].states, selectors.today(row.plant))


def codes_standing(rows: QuerySet[Any], name: str, value: str) -> list[str]:  # Any: rows of the ledger
    """Return the numbers of the instruments whose ``use`` or ``trace`` is ``value`` today."""
    plant = _plant(rows)
    return [code for code, one in standings_of(plant).items() if str(getattr(one, name)) == value] if plant else []


def codes_of_emission(rows: QuerySet[Any], kind: str) -> list[str]:  # Any: as above
    """Return the numbers of the instruments that stand at points of source streams of one kind of emission today."""
    plant = _plant(rows)
    return [code for code, kinds in emissions(plant).items() if kind in kinds] if plant else []


def emissions(
    plant: Plant, *, on: datetime.date | None = None, register: Register | None = None
) -> Mapping[str, frozenset[str]]:
    """Return the kinds of emission that each instrument serves, through the points at which it or its chain stands."""
    register = register or selectors.register(_READER, plant)
    streams = dict(SourceStream.objects.filter(plant=plant).latest_versions().values_list("code", "kind"))
    points = dict(Point.objects.filter(plant=plant).latest_versions().values_list("code", "stream"))
    members = {chain.code: chain.members for chain in register.chains}
    found: dict[str, set[str]] = defaultdict(set)
    for code, one in standings(register, on or selectors.today(plant)).items():
        kinds = {streams[points[point]] for point in one.points if points.get(point) in streams}
        for item in (code, *members.get(code, ())):
            found[item] |= kinds
    return {code: frozenset(kinds) for code, kinds in found.items()}


def certificate_states(plant: Plant) -> Mapping[uuid.UUID, TraceState | None]:
    """Return how each certificate by itself stands today; None where a newer one, confirmed or failed, took its place."""
    instruments = {row.code: row for row in Instrument.objects.filter(plant=plant).latest_versions()}
    confirmed = {row.certificate: row for row in Confirmation.objects.filter(plant=plant).latest_versions()}
    today = selectors.today(plant)
    found: dict[uuid.UUID, TraceState | None] = {}
    followed: set[str] = set()  # what has a newer certificate that decides
    for row in Certificate.objects.filter(plant=plant).latest_versions().order_by("-issued_on", "-id"):
        own = state_of([certificate_of(row, instruments, confirmed.get(str(row.subject)))], today)
        item = row.instrument or row.chain
        found[row.subject] = None if item in followed else own
        if own is not TraceState.UNCONFIRMED:
            followed.add(item)
    return found


def certificates_in_state(rows: QuerySet[Any], value: str) -> list[uuid.UUID]:  # Any: as above
    """Return the certificates whose state today is ``value``, which may be ``superseded``."""
    plant = _plant(rows)
    if plant is None:
        return []
    states = certificate_states(plant)
    return [subject for subject, state in states.items() if (words.SUPERSEDED if state is None else state.value) == value]


def _plant(rows: QuerySet[Any]) -> Plant | None:  # Any: as above
    first = rows.select_related("plant").order_by().first()
    return first.plant if first is not None else None


def demanded_class(certificate: Certificate) -> str:
    """Return the strictest class that the plant's plan demands where the instrument of a certificate stands; empty for none."""
    standing = standings_of(certificate.plant).get(certificate.instrument or certificate.chain)
    if standing is None:
        return ""
    rows = Point.objects.filter(plant=certificate.plant, code__in=standing.points).latest_versions()
    found = ""
    for wanted in rows.exclude(required_class="").order_by("code").values_list("required_class", flat=True):
        if not found or is_better(wanted, found):
            found = wanted
    return found
