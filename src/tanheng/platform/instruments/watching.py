"""What the platform watches of instruments: certificates due and overdue, broken seals, chains at odds.

State, not cron: a look after every import and every ten minutes. Each look raises the alarms whose cause is there and clears
those whose cause is gone, so a look that was missed is caught up by the next.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from tanheng.accounting.plant import Words
from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.platform.database.scope import scope
from tanheng.platform.instruments import selectors, words
from tanheng.platform.instruments.models import Instrument, Seal
from tanheng.platform.instruments.schemas.instrument_1 import Traceability
from tanheng.platform.instruments.schemas.seal_1 import SealState
from tanheng.platform.instruments.standing import Standing, standings
from tanheng.platform.notice import alarms
from tanheng.platform.notice.models import Alarm
from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

_ACTOR = Actor.system("instruments")
_BEGINNING = "instruments/"
_PRIORITY = {
    TraceState.OVERDUE: Alarm.Priority.HIGH,
    TraceState.FAILED: Alarm.Priority.URGENT,
    TraceState.UNCONFIRMED: Alarm.Priority.MEDIUM,
    TraceState.NEVER: Alarm.Priority.HIGH,
    TraceState.DUE_SOON: Alarm.Priority.MEDIUM,
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that needs a person, with the alarm it raises."""

    key: str
    code: str
    fields: Mapping[str, object]
    priority: Alarm.Priority


def watch(plant: Plant) -> None:
    """Raise and clear the alarms of a plant's instruments; run it in a scope."""
    now = clock.to_datetime(clock.now_ms(plant))
    causes = {cause.key: cause for cause in found(plant, selectors.today(plant))}
    standing = Alarm.objects.filter(plant=plant, key__startswith=_BEGINNING, cleared_at__isnull=True)
    known = dict(standing.values_list("key", "fields"))
    for key in sorted(known.keys() - causes.keys()):
        alarms.clear(plant.pk, key=key, actor=_ACTOR, now=now)
    for key, cause in sorted(causes.items()):
        if key not in known:
            alarms.raise_alarm(
                plant.pk,
                key=key,
                code=cause.code,
                fields=dict(cause.fields),
                priority=cause.priority,
                now=now,
                actor=_ACTOR,
            )
        elif known[key] != cause.fields:  # such as how many they are
            standing.filter(key=key).update(fields=dict(cause.fields))


def after_commit(plant: Plant) -> None:
    """Look once when the present transaction has committed: who enters many records need not wait for the next look.

    Several ledgers of one transaction are looked at together, when all of them are there. A look that fails is made up for by
    the next one.
    """
    look = _Look(plant.pk)
    if all(waiting[1] != look for waiting in connection.run_on_commit):
        transaction.on_commit(look, robust=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at one plant, in a scope of its own."""

    plant: int

    def __call__(self) -> None:
        with scope([self.plant]):
            watch(Plant.objects.get(pk=self.plant))


def found(plant: Plant, on: datetime.date) -> Iterator[Cause]:
    """Yield what needs a person on a day."""
    register = selectors.register(_ACTOR, plant)
    stood = standings(register, on)
    untraced = {
        row.code: row
        for row in Instrument.objects.filter(plant=plant).latest_versions()
        if row.traceability != Traceability.NONE
    }
    yield from _certificates(register, stood, untraced)
    yield from _chains(register, stood)
    for seal in Seal.objects.filter(plant=plant, state=SealState.BROKEN).latest_versions():
        fields = {"seal": seal.number, "instrument": seal.instrument, "why": seal.why}
        key = f"{_BEGINNING}seal/{seal.subject}"
        yield Cause(key, "platform.instruments.alarm.seal", fields, Alarm.Priority.URGENT)


def _certificates(register: Register, stood: Mapping[str, Standing], traced: Mapping[str, Instrument]) -> Iterator[Cause]:
    """Yield the instruments and chains in use whose certificate does not hold or ends soon.

    The parts of a chain that is certified as a system have no certificate of their own. What was taken over when the ledger
    began and never had a certificate here is one cause together, the backlog; so is what waits for its confirmation.
    """
    certified = {certificate.instrument for certificate in register.certificates}
    systems = {chain.code: chain for chain in register.chains if chain.code in certified}
    members = {code for chain in systems.values() for code in chain.members}
    titles = {code: _name(row) for code, row in traced.items() if code not in members}
    titles |= {code: dict(chain.title) for code, chain in systems.items()}
    backlog, unconfirmed = [], []
    for code, name in sorted(titles.items()):
        one = stood.get(code)
        if one is None or not one.use.in_use or one.trace is TraceState.VALID:
            continue
        if code not in certified and traced[code].taken_over_on is not None:
            backlog.append(code)
            continue
        if one.trace is TraceState.UNCONFIRMED:
            unconfirmed.append(code)
            continue
        yield _of_certificate(code, name, one)
    if backlog:
        yield Cause(f"{_BEGINNING}backlog", "platform.instruments.alarm.backlog", _listed(backlog), Alarm.Priority.MEDIUM)
    if unconfirmed:
        alarm = "platform.instruments.alarm.unconfirmed"
        yield Cause(f"{_BEGINNING}unconfirmed", alarm, _listed(unconfirmed), _PRIORITY[TraceState.UNCONFIRMED])


def _listed(codes: list[str]) -> dict[str, object]:
    return {"count": len(codes), "instruments": ", ".join(codes[:20]) + (" …" if len(codes) > 20 else "")}


def _of_certificate(code: str, name: Words, one: Standing) -> Cause:
    fields = {"instrument": code, "name": name, "state": words.TRACE[one.trace], "day": str(one.last_day or "—")}
    is_near = one.trace is TraceState.DUE_SOON
    alarm = "platform.instruments.alarm.due" if is_near else "platform.instruments.alarm.trace"
    return Cause(f"{_BEGINNING}trace/{code}/{one.trace.value}", alarm, fields, _PRIORITY[one.trace])


def _chains(register: Register, stood: Mapping[str, Standing]) -> Iterator[Cause]:
    """Yield the chains that lack a part, or whose parts are in different states."""
    for chain in register.chains:
        lacking = [role for role in chain.needed if role not in chain.roles.values()]
        fields: dict[str, object] = {"chain": chain.code, "name": dict(chain.title)}
        if lacking:
            said: Words = {language: ", ".join(words.ROLE[role][language] for role in lacking) for language in ("zh", "en")}
            code = "platform.instruments.alarm.chain_part"
            yield Cause(f"{_BEGINNING}chain/{chain.code}/part", code, {**fields, "parts": said}, Alarm.Priority.HIGH)
        states = differing(chain.members, stood)
        if states:
            listed = {
                language: ", ".join(f"{member}: {words.USE[use][language]}" for member, use in states)
                for language in ("zh", "en")
            }
            code = "platform.instruments.alarm.chain_states"
            yield Cause(f"{_BEGINNING}chain/{chain.code}/states", code, {**fields, "states": listed}, Alarm.Priority.HIGH)


def differing(members: tuple[str, ...], stood: Mapping[str, Standing]) -> list[tuple[str, UseState]]:
    """Return the state of use of each part of a chain where they differ; nothing where all agree."""
    states = [(code, stood[code].use) for code in members if code in stood]
    return states if len({use for _code, use in states}) > 1 else []


def _name(row: Instrument) -> Words:
    return {"zh": row.name_zh, "en": row.name_en or row.name_zh}
