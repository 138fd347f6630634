"""The ledger of each 31 December: frozen with all rows and their digest, compared with last year's, confirmed by a person."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import override

from tanheng.core import canonical
from tanheng.core.errors import InputError
from tanheng.platform.errors import ConflictError, MissingError
from tanheng.platform.instruments import selectors, words
from tanheng.platform.instruments.lines import Line, interval_text, kind_text, lines, range_text
from tanheng.platform.instruments.models import YearEnd
from tanheng.platform.instruments.schemas import year_end_1
from tanheng.platform.instruments.schemas.year_end_1 import FrozenRow
from tanheng.platform.notice import duties
from tanheng.platform.notice.models import Duty
from tanheng.platform.record import audit, clock, schema, versions
from tanheng.platform.record.actor import Actor, refuse_same_person, require
from tanheng.platform.record.models import Plant

RULE = "instrument-year-end"
_LANGUAGE = "zh"  # a frozen row is a record, not a page: its words are those of the forms


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two years for one instrument: it came, it went, or fields of it changed."""

    code: str
    name: str
    kind: str
    changes: tuple[tuple[str, str, str], ...] = ()


@transaction.atomic
def freeze(plant: Plant, *, year: int, actor: Actor) -> YearEnd:
    """Freeze the ledger of 31 December of a year; until that day has come, as it stands today.

    A year is frozen again, as a further version, while nobody has confirmed it.

    Raises
    ------
    RightsError
    InputError
        The year is not the present one or one gone by, or is before the plant was entered.
    ConflictError
        It is confirmed.
    """
    require(actor, "instruments.freeze", plant.pk)
    today = selectors.today(plant)
    if not plant.founded_at.year <= year <= today.year:
        raise InputError("platform.instruments.year", field="year", value=year, first=plant.founded_at.year, last=today.year)
    on = min(today, datetime.date(year, 12, 31))
    last = _last(plant, year)
    if last is not None and last.confirmed_on is not None:
        raise ConflictError("platform.instruments.year_confirmed", year=year, on=last.confirmed_on)
    rows = _rows(actor, plant, on)
    content = year_end_1.YearEnd(
        year=year, frozen_on=on, digest=canonical.digest(canonical.dumps(list(rows))), rows=rows, confirmed_on=None, note=""
    )
    return _write(plant, content, last, actor=actor, reason="" if last is None else on.isoformat())


@transaction.atomic
def confirm(plant: Plant, *, year: int, actor: Actor, digest: str, note: str = "") -> YearEnd:
    """Confirm the frozen ledger of a year, by somebody else than who froze it; the duty of the year ends with it.

    Parameters
    ----------
    digest : str
        Of what the person saw; another one is refused.

    Raises
    ------
    RightsError, DutiesError, MissingError
    InputError
        31 December has not been frozen yet.
    ConflictError
        It was frozen again meanwhile, or is confirmed already.
    """
    require(actor, "instruments.confirm_year", plant.pk)
    last = _last(plant, year)
    if last is None:
        raise MissingError("platform.instruments.year_missing", year=year)
    if last.confirmed_on is not None:
        raise ConflictError("platform.instruments.year_confirmed", year=year, on=last.confirmed_on)
    if last.digest != digest:
        raise ConflictError("platform.instruments.year_changed", year=year)
    if last.frozen_on < datetime.date(year, 12, 31):
        raise InputError("platform.instruments.year_early", field="note", year=year, on=last.frozen_on)
    refuse_same_person(actor, [last.actor], duty="confirm the ledger that they froze")
    content = dataclasses.replace(content_of(last), confirmed_on=selectors.today(plant), note=note.strip())
    row = _write(plant, content, last, actor=actor, reason=note.strip() or "年末台账确认")
    duty = Duty.objects.filter(plant=plant, rule=RULE, period=str(year), done_at__isnull=True).first()
    if duty is not None and actor.may("notice.finish_duty", plant.pk):
        duties.finish(duty, actor=actor, now=clock.to_datetime(clock.now_ms(plant)), note=row.digest)
    return row


def _write(plant: Plant, content: year_end_1.YearEnd, last: YearEnd | None, *, actor: Actor, reason: str) -> YearEnd:
    row = versions.write(
        YearEnd,
        plant=plant.pk,
        actor=actor,
        schema_id=YearEnd.SCHEMA,
        content=content,
        subject=last.subject if last is not None else None,
        seen=last.version if last is not None else None,
        reason=reason,
    )
    audit.note(
        "instruments.save_year_end", actor=actor, plant=plant.pk, subject=str(row.subject), detail={"year": content.year}
    )
    return row


def _rows(actor: Actor, plant: Plant, on: datetime.date) -> tuple[FrozenRow, ...]:
    with override("zh-hans"):
        return tuple(frozen_row(line) for line in lines(actor, plant, on=on).lines)


def _last(plant: Plant, year: int) -> YearEnd | None:
    return YearEnd.objects.filter(plant=plant, year=year).latest_versions().first()


def frozen_row(line: Line) -> FrozenRow:
    """Return one instrument as the ledger shows it on the day."""
    row, certificate, standing = line.row, line.certificate, line.standing
    valid_to = certificate.valid_to if certificate is not None else None
    return FrozenRow(
        code=row.code,
        name=row.name_zh,
        kind=kind_text(row, _LANGUAGE),
        model=row.model,
        accuracy_class=standing.accuracy_class,
        nominal_class=row.nominal_class,
        range=range_text(row),
        maker=row.maker,
        serial=row.serial,
        place=row.place,
        points=", ".join(point.code for point in line.points),
        interval=interval_text(row, _LANGUAGE),
        state=words.said(words.USE[standing.use], _LANGUAGE),
        trace=words.said(words.TRACE[standing.trace], _LANGUAGE),
        certificate=certificate.number if certificate is not None else "",
        issuer=certificate.issuer if certificate is not None else "",
        valid_to=valid_to.isoformat() if valid_to is not None else "",
        person=row.person,
        seals=", ".join(line.seals),
    )


def content_of(row: YearEnd) -> year_end_1.YearEnd:
    """Return what a frozen ledger says, read from the payload that was logged."""
    content = schema.decode(bytes(row.payload)).content
    assert isinstance(content, year_end_1.YearEnd)  # the schema of this ledger
    return content


def differences(before: Sequence[FrozenRow], after: Sequence[FrozenRow]) -> list[Difference]:
    """Return what came, what went, and what changed between two frozen ledgers, in the order of the numbers."""
    old, new = _by_code(before), _by_code(after)
    found = []
    for code in sorted(old.keys() | new.keys()):
        if code not in old:
            found.append(Difference(code, new[code].name, "added"))
        elif code not in new:
            found.append(Difference(code, old[code].name, "removed"))
        elif changes := _changes(old[code], new[code]):
            found.append(Difference(code, new[code].name, "changed", changes))
    return found


def _by_code(rows: Sequence[FrozenRow]) -> Mapping[str, FrozenRow]:
    return {row.code: row for row in rows}


def _changes(before: FrozenRow, after: FrozenRow) -> tuple[tuple[str, str, str], ...]:
    names = [field.name for field in dataclasses.fields(FrozenRow)]
    pairs = ((name, str(getattr(before, name)), str(getattr(after, name))) for name in names)
    return tuple(change for change in pairs if change[1] != change[2])


def years(actor: Actor, plant: Plant) -> list[YearEnd]:
    """Return the frozen ledgers, newest first."""
    return list(selectors.ledger(actor, YearEnd, plant).order_by("-year"))


def year_end(actor: Actor, plant: Plant, year: int) -> YearEnd:
    """Return the frozen ledger of a year.

    Raises
    ------
    RightsError, MissingError
    """
    found = selectors.ledger(actor, YearEnd, plant).filter(year=year).first()
    if found is None:
        raise MissingError("platform.instruments.year_missing", year=year)
    return found


def before(actor: Actor, plant: Plant, row: YearEnd) -> YearEnd | None:
    """Return the frozen ledger of the year before; None where there is none."""
    return selectors.ledger(actor, YearEnd, plant).filter(year=row.year - 1).first()


def compared(actor: Actor, plant: Plant, row: YearEnd) -> list[Difference]:
    """Return what differs from the frozen ledger of the year before; all is new where there is none."""
    earlier = before(actor, plant, row)
    return differences(content_of(earlier).rows if earlier is not None else (), content_of(row).rows)


def late(actor: Actor, plant: Plant, row: YearEnd) -> list[Difference]:
    """Return what the ledgers say otherwise of the frozen day by now: entered or corrected after it was frozen."""
    return differences(content_of(row).rows, _rows(actor, plant, row.frozen_on))
