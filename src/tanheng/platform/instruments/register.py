"""The instrument register of a plant, for the pure rules of ``tanheng.metrology``: made of the ledgers' rows."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tanheng.core.period import Month
from tanheng.metrology.instruments import certificate as pure
from tanheng.metrology.instruments import model as kernel
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.platform.instruments.models import Certificate, Chain, Confirmation, Installation, Instrument, Spell
from tanheng.platform.instruments.schemas import chain_1
from tanheng.platform.instruments.schemas.chain_1 import MEASURES, NEEDED, ChainKind
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict
from tanheng.platform.instruments.schemas.instrument_1 import Traceability

ONE_DAY = datetime.timedelta(days=1)
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows that a register is made of, the last version of each record or those of a day."""

    instruments: Iterable[Instrument] = ()
    spells: Iterable[Spell] = ()
    chains: Iterable[Chain] = ()
    installations: Iterable[Installation] = ()
    certificates: Iterable[Certificate] = ()
    confirmations: Iterable[Confirmation] = field(default=())


def register_of(rows: Rows) -> Register:
    """Return the register that the rows make; all in the order of their codes and days, so that it is the same each time."""
    instruments = sorted(rows.instruments, key=lambda row: row.code)
    spells = defaultdict(list)
    for spell in rows.spells:
        spells[spell.instrument].append(kernel.Spell(start=spell.started_on, state=UseState(spell.state)))
    by_code = {row.code: row for row in instruments}
    confirmed = {row.certificate: row for row in rows.confirmations}
    return Register(
        instruments=tuple(_instrument(row, spells[row.code]) for row in instruments),
        chains=tuple(chain_of(row) for row in sorted(rows.chains, key=lambda row: row.code)),
        installations=tuple(
            _installation(row) for row in sorted(rows.installations, key=lambda row: (row.begins, row.point, str(row.subject)))
        ),
        certificates=tuple(
            certificate_of(row, by_code, confirmed.get(str(row.subject)))
            for row in sorted(rows.certificates, key=lambda row: (row.issued_on, row.issuer, row.number))
        ),
    )


def _instrument(row: Instrument, spells: list[kernel.Spell]) -> kernel.Instrument:
    begun = begun_with(row.taken_over_on, row.taken_over_state)
    return kernel.Instrument(
        code=row.code,
        title={"zh": row.name_zh, "en": row.name_en or row.name_zh},
        kind=row.kind,
        maker=row.maker,
        serial=row.serial,
        nominal_class=row.nominal_class,
        portable=row.portable,
        states=tuple(sorted([*([begun] if begun else []), *spells], key=lambda spell: spell.start)),
    )


def begun_with(day: datetime.date | None, state: str | None) -> kernel.Spell | None:
    """Return the step with which an instrument was taken over; in service where no other state was said."""
    return kernel.Spell(start=day, state=UseState(state or UseState.IN_SERVICE)) if day is not None else None


def chain_of(row: Chain) -> kernel.Chain:
    """Return a chain of the kernel."""
    said = chain_1.Chain(
        **{name: getattr(row, name) for name in ("code", "name_zh", "name_en", *chain_1.ROLES, "remark")},
        kind=ChainKind(row.kind),
    )
    return kernel.Chain(
        code=row.code,
        title={"zh": row.name_zh, "en": row.name_en or row.name_zh},
        members=tuple(said.roles),
        needed=NEEDED[said.kind],
        roles=said.roles,
        measures=MEASURES[said.kind],
    )


def _installation(row: Installation) -> kernel.Installation:
    """Return an installation by whole days: the day of an exchange belongs to what is there at its end."""
    last = row.ended_on
    if last is not None and row.ends is not None and row.ends % DAY_MINUTES and last <= row.started_on:
        last = row.started_on + ONE_DAY  # came and went within one day
    return kernel.Installation(instrument=row.instrument or row.chain, point=row.point, start=row.started_on, end=last)


def certificate_of(
    row: Certificate, instruments: Mapping[str, Instrument], confirmation: Confirmation | None
) -> pure.Certificate:
    """Return a certificate of the kernel with its confirmation."""
    return pure.Certificate(
        instrument=row.instrument or row.chain,
        number=row.number,
        kind=pure.CertificateKind(row.kind),
        issuer=row.issuer,
        issued_on=row.issued_on,
        valid_to=last_day(row.issued_on, row.expires_on, instruments.get(row.instrument)),
        result=pure.Result(row.result),
        accuracy_class=row.accuracy_class,
        uncertainty=row.uncertainty,
        coverage_factor=row.coverage_factor,
        uncertainty_unit=row.uncertainty_unit,
        range_low=row.range_low,
        range_high=row.range_high,
        range_unit=row.range_unit,
        confirmed_on=confirmation.confirmed_on if confirmation is not None else None,
        fit=confirmation.verdict == Verdict.FIT if confirmation is not None else None,
    )


def last_day(issued_on: datetime.date, printed: datetime.date | None, instrument: Instrument | None) -> datetime.date | None:
    """Return the last day on which a certificate holds: the day printed, or the end of the plant's own interval if earlier.

    A verification's printed day is not shortened by a cycle; where none is printed, cycle or interval ends it.
    """
    months = None
    if instrument is not None:
        months = instrument.interval_months
        if months is None and printed is None and instrument.traceability == Traceability.VERIFICATION:
            months = instrument.cycle_months
    own = after_months(issued_on, months) - ONE_DAY if months is not None else None
    return min((day for day in (printed, own) if day is not None), default=None)


def after_months(day: datetime.date, months: int) -> datetime.date:
    """Return the same day some months later; the last day of the month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    month = Month(count // 12, count % 12 + 1)
    return min(datetime.date(month.year, month.month, 1) + ONE_DAY * (day.day - 1), month.last_day)
