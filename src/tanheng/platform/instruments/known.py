"""What a record is checked against: the records of the plant's ledgers in force, and those of the same batch before it."""

from __future__ import annotations

import datetime
import functools
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tanheng.metrology.instruments import certificate as pure
from tanheng.metrology.instruments.model import Spell as Step
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments import models, register, standing
from tanheng.platform.instruments.schemas import (
    certificate_1,
    chain_1,
    confirmation_1,
    installation_1,
    instrument_1,
    seal_1,
    spell_1,
)
from tanheng.platform.plant.models import Point
from tanheng.platform.record.models import Plant, Version

Content = (
    instrument_1.Instrument
    | spell_1.Spell
    | installation_1.Installation
    | chain_1.Chain
    | seal_1.Seal
    | certificate_1.Certificate
    | confirmation_1.Confirmation
)


@dataclass(frozen=True, slots=True)
class Held:
    """A record in force: its row, or its content while it is being entered; both have the fields of the payload."""

    subject: uuid.UUID | None
    said: Any  # Any: a row or a content


class Known:
    """The ledgers of one plant, each read when it is first asked for.

    Parameters
    ----------
    subject : UUID or None
        The record that is corrected: it is not checked against itself.
    """

    def __init__(self, plant: Plant, today: datetime.date, *, subject: uuid.UUID | None = None) -> None:
        self.plant, self.today, self.subject = plant, today, subject

    def add(self, content: Content) -> None:
        """Take a record of the same batch, so that the next ones are checked against it."""
        match content:
            case instrument_1.Instrument():
                if (key := serial_key(content)) is not None:
                    self.serials.setdefault(key, content.code)
                self.instruments.setdefault(content.code, Held(None, content))
            case chain_1.Chain():
                self.chains.setdefault(content.code, Held(None, content))
            case spell_1.Spell():
                self.spells[content.instrument].append(Held(None, content))
            case installation_1.Installation():
                self.installations.append(Held(None, content))
            case seal_1.Seal():
                self.seals.setdefault(content.number, Held(None, content))
            case certificate_1.Certificate():
                self.certificate_numbers.setdefault(certificate_key(content), Held(None, content))
            case confirmation_1.Confirmation():
                self.confirmations.setdefault(content.certificate, Held(None, content))

    def _rows(self, model: type[Version]) -> Iterator[Held]:
        rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
        for row in rows.filter(plant=self.plant).latest_versions():
            if row.subject != self.subject:
                yield Held(row.subject, row)

    @functools.cached_property
    def instruments(self) -> dict[str, Held]:
        """Return the instruments by number."""
        return {held.said.code: held for held in self._rows(models.Instrument)}

    @functools.cached_property
    def serials(self) -> dict[tuple[str, str], str]:
        """Return the number of the instrument with each maker and serial number."""
        return {key: code for code, held in self.instruments.items() if (key := serial_key(held.said)) is not None}

    @functools.cached_property
    def chains(self) -> dict[str, Held]:
        """Return the chains by number."""
        return {held.said.code: held for held in self._rows(models.Chain)}

    @functools.cached_property
    def spells(self) -> defaultdict[str, list[Held]]:
        """Return the steps of each instrument's life."""
        found: defaultdict[str, list[Held]] = defaultdict(list)
        for held in self._rows(models.Spell):
            found[held.said.instrument].append(held)
        return found

    @functools.cached_property
    def installations(self) -> list[Held]:
        """Return the installations."""
        return list(self._rows(models.Installation))

    @functools.cached_property
    def seals(self) -> dict[str, Held]:
        """Return the seals by number."""
        return {held.said.number: held for held in self._rows(models.Seal)}

    @functools.cached_property
    def certificates(self) -> list[Held]:
        """Return the certificates."""
        return list(self._rows(models.Certificate))

    @functools.cached_property
    def certificate_numbers(self) -> dict[tuple[str, ...], Held]:
        """Return the certificates by what they are known by."""
        return {certificate_key(held.said): held for held in self.certificates}

    @functools.cached_property
    def confirmations(self) -> dict[str, Held]:
        """Return the confirmations by the certificate that they are about."""
        return {held.said.certificate: held for held in self._rows(models.Confirmation)}

    @functools.cached_property
    def points(self) -> frozenset[str]:
        """Return the codes of the metering points."""
        return frozenset(Point.objects.filter(plant=self.plant).latest_versions().values_list("code", flat=True))

    @functools.cached_property
    def _traced(self) -> Mapping[str, list[pure.Certificate]]:
        rows = {code: held.said for code, held in self.instruments.items() if held.subject is not None}
        confirmed = {key: held.said for key, held in self.confirmations.items()}
        made = [register.certificate_of(held.said, rows, confirmed.get(str(held.subject))) for held in self.certificates]
        return standing.by_item(made)

    def certificates_of(self, item: str) -> list[pure.Certificate]:
        """Return the certificates of an instrument or chain, for the rules."""
        return self._traced[item]

    def begun(self, code: str) -> Step | None:
        """Return the step with which an instrument was taken over, if it was."""
        held = self.instruments.get(code)
        return register.begun_with(held.said.taken_over_on, held.said.taken_over_state) if held is not None else None

    def steps(self, code: str) -> list[Step]:
        """Return the steps of an instrument's life in order of time, the one with which it was taken over first."""
        first = self.begun(code)
        begun = [first] if first is not None else []
        later = [Step(start=one.said.started_on, state=UseState(one.said.state)) for one in self.spells[code]]
        return sorted([*begun, *later], key=lambda step: step.start)


def certificate_key(said: Any) -> tuple[str, ...]:  # Any: as below
    """Return by what a certificate is known: issuer and number, or item and day of a record without a number."""
    number = str(said.number).strip()
    return (said.issuer, number) if number else ("", said.instrument, said.chain, said.issued_on.isoformat())


def serial_key(said: Any) -> tuple[str, str] | None:  # Any: a row or a content
    """Return maker and serial number as they are compared; None where either is missing."""
    maker, serial = ("".join(str(text).split()).casefold() for text in (said.maker, said.serial))
    return (maker, serial) if maker and serial else None
