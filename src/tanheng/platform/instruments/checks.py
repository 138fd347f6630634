"""What each instrument ledger is checked against. Their rules look across all of them: one transaction at a time writes any."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import IntegrityError, connection

from tanheng.accounting.plant import Words
from tanheng.core.errors import InputError
from tanheng.platform.instruments import rules
from tanheng.platform.instruments.known import Known
from tanheng.platform.instruments.models import Certificate, Chain, Confirmation, Installation, Instrument, Seal, Spell
from tanheng.platform.instruments.schemas.chain_1 import members_of
from tanheng.platform.instruments.words import NOUN
from tanheng.platform.record import versions
from tanheng.platform.record.actor import Actor, refuse_same_person
from tanheng.platform.record.checking import Check, Fault
from tanheng.platform.record.keeping import end
from tanheng.platform.record.models import Version


class LedgerCheck(Check):
    """What the checks of the instrument ledgers share.

    Attributes
    ----------
    named_by : tuple
        Ledgers whose records name one of this ledger: the model, and the field that holds its name.
    """

    lock = "instruments"
    named_by: ClassVar[tuple[tuple[type[Version], str], ...]] = ()

    def known(self, subject: uuid.UUID | None = None) -> Known:
        """Return the plant's ledgers, without the record that is changed."""
        return Known(self.plant, self.today, subject=subject)

    def faults(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[Fault]:  # Any: contents of the ledger
        """Return the faults of each content, beside the ledgers and the contents before it."""
        known = self.known(subject)
        found: list[Fault] = []
        for place, content in enumerate(contents):
            if place:
                known.add(contents[place - 1])
            found += [(place, fault) for fault in rules.check(content, known)]
        return found

    def still_named(self, field: str, value: str, name: str) -> InputError | None:
        """Return the fault of a change that takes from other records the name by which they know this one."""
        users = self.users(name)
        if not users:
            return None
        said: Words = {"zh": "、".join(one["zh"] for one in users), "en": ", ".join(one["en"] for one in users)}
        return InputError("platform.instruments.still_named", field=field, value=value, by=said)

    def users(self, name: str) -> list[Words]:
        """Return how many records of which ledgers name one, in both languages."""
        found = []
        for model, field in self.named_by:
            rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
            count = rows.filter(plant=self.plant).latest_versions().filter(**{field: name}).count()
            found += [_said(model, count)] if count else []
        return found


class NumberedCheck(LedgerCheck):
    """Instruments and chains: a record that others name keeps its number, and does not end."""

    model: ClassVar[type[Version]]

    def faults(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[Fault]:  # Any: as above
        """Return the faults of each content, then that of a number taken away."""
        return [*super().faults(contents, subject), *((0, fault) for fault in self._renamed(contents[0], subject))]

    def retiring(self, row: Any) -> InputError | None:  # Any: a row of the ledger
        """Return the fault of a record that others name."""
        return self.still_named("reason", row.code, row.code)

    def _renamed(self, content: Any, subject: uuid.UUID | None) -> list[InputError]:  # Any: as above
        if subject is None:
            return []
        rows: Any = self.model._default_manager  # Any: as above
        old = rows.filter(plant=self.plant, subject=subject).order_by("-version").values_list("code", flat=True).first()
        fault = self.still_named("code", old, old) if old not in (None, content.code) else None
        return [fault] if fault is not None else []


class DatedCheck(LedgerCheck):
    """Records that say themselves from when until when they hold: a validity beside that would be a second answer."""

    def validity(self, valid_from: datetime.date | None, valid_to: datetime.date | None) -> list[InputError]:
        """Return the fault of each day that is given."""
        given = [("valid_from", valid_from), ("valid_to", valid_to)]
        return [InputError("platform.instruments.undated", field=field, value=day) for field, day in given if day is not None]


class InstrumentCheck(NumberedCheck):
    """Instruments. One that was entered by mistake is retired; one that is no more is scrapped."""

    model = Instrument
    named_by = ((Spell, "instrument"), (Installation, "instrument"), (Seal, "instrument"), (Certificate, "instrument"))

    def users(self, name: str) -> list[Words]:
        """Return how many records name it, and the chains it is a part of."""
        found = super().users(name)
        chains = Chain.objects.filter(plant=self.plant).latest_versions()
        return found + [_said(Chain, chain.code) for chain in chains if name in members_of(chain)]


class ChainCheck(NumberedCheck):
    """Chains."""

    model = Chain
    named_by = ((Installation, "chain"), (Certificate, "chain"))


class SpellCheck(DatedCheck):
    """Steps of the lives of instruments."""

    def retiring(self, row: Any) -> InputError | None:  # Any: as above
        """Return the fault of a step without which a later one stands out of turn."""
        known = self.known(row.subject)
        return rules.out_of_turn(known.steps(row.instrument), row.instrument, known, field="reason")


class InstallationCheck(DatedCheck):
    """Installations, which the database keeps apart too."""

    def settle(self, rows: Sequence[Any], seen: int | None, actor: Actor) -> None:  # noqa: ARG002  # Any: rows of the ledger
        """Have the database look at the exclusions now, while the actor can still be told."""
        names = "instrument_installation_one_place, instrument_installation_one_item"
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
                cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")
        except IntegrityError as error:
            raise versions.refused(Installation, error) from error


class CertificateCheck(DatedCheck):
    """Certificates."""

    named_by = ((Confirmation, "certificate"),)

    def retiring(self, row: Any) -> InputError | None:  # Any: as above
        """Return the fault of a certificate that is confirmed."""
        return self.still_named("reason", row.number or str(row.subject), str(row.subject))

    def settle(self, rows: Sequence[Any], seen: int | None, actor: Actor) -> None:  # Any: as above
        """Retire the confirmation of a certificate that was corrected: what was confirmed is not what it says now."""
        for row in rows:
            if seen is not None and row.version > seen:
                for last in Confirmation.objects.filter(plant=self.plant, certificate=str(row.subject)).latest_versions():
                    end(last, actor=actor, seen=last.version, reason=f"certificate v{row.version}: {row.reason}")


class ConfirmationCheck(DatedCheck):
    """Confirmations, by somebody else than the persons of the certificate."""

    permission = "instruments.confirm"

    def allow(self, contents: Sequence[Any], actor: Actor) -> None:  # Any: as above
        """Refuse who confirms a certificate that they entered or corrected."""
        for content in contents:
            rows = Certificate.objects.filter(plant=self.plant, subject=uuid.UUID(content.certificate))
            refuse_same_person(actor, rows.values_list("actor", flat=True), duty="confirm a certificate that they entered")


def _said(model: type[Version], which: object) -> Words:
    """Return records as a message calls them: how many they are, or the number of one."""
    return {language: f"{noun} {which}" for language, noun in NOUN[model.TYPE].items()}


CHECKS: Mapping[type[Version], type[Check]] = {
    Instrument: InstrumentCheck,
    Spell: SpellCheck,
    Installation: InstallationCheck,
    Chain: ChainCheck,
    Seal: DatedCheck,
    Certificate: CertificateCheck,
    Confirmation: ConfirmationCheck,
}
