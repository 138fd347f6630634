"""What would be if: changes to a register that nobody has made yet, and what they would do to the rates."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tanheng.metrology.equipping.rates import Emissions, Rates, Row, rates
from tanheng.metrology.equipping.rules import Rules
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.chains import holdings, known_parts, missing_parts
from tanheng.metrology.instruments.lifecycle import state_on
from tanheng.metrology.instruments.model import UNNAMED, Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.instruments.trace import in_force
from tanheng.metrology.network.model import Network


@dataclass(frozen=True, slots=True)
class CertificateArrives:
    """A certificate comes in; with ``confirmed_on`` and ``fit`` it is confirmed already."""

    certificate: Certificate

    def applied(self, register: Register) -> Register:
        """Return the register with the certificate.

        Raises
        ------
        EquippingError
            When there is no such instrument or chain.
        """
        item = self.certificate.instrument
        if item not in {one.code for one in register.instruments} | {one.code for one in register.chains}:
            raise EquippingError("metrology.equipping.no_instrument", code=item)
        return replace(register, certificates=(*register.certificates, self.certificate))


@dataclass(frozen=True, slots=True)
class InstrumentBought:
    """An instrument is bought, installed at a point, and verified."""

    instrument: Instrument
    installation: Installation
    certificate: Certificate

    def applied(self, register: Register) -> Register:
        """Return the register with the instrument.

        Raises
        ------
        EquippingError
            When its code is taken.
        """
        taken = {one.code for one in register.instruments} | {one.code for one in register.chains}
        if self.instrument.code in taken:
            raise EquippingError("metrology.equipping.code_taken", code=self.instrument.code)
        return replace(
            register,
            instruments=(*register.instruments, self.instrument),
            installations=(*register.installations, self.installation),
            certificates=(*register.certificates, self.certificate),
        )


@dataclass(frozen=True, slots=True)
class ClassChanged:
    """The next certificate states another class: that of the certificate in force on the day is taken as changed."""

    item: str
    accuracy_class: str
    on: datetime.date

    def applied(self, register: Register) -> Register:
        """Return the register with the other class.

        Raises
        ------
        EquippingError
            When no certificate is in force.
        """
        own = [one for one in register.certificates if one.instrument == self.item]
        found = in_force(own, self.on)
        if found is None:
            raise EquippingError("metrology.equipping.no_certificate", item=self.item, on=self.on)
        changed = replace(found, accuracy_class=self.accuracy_class)
        return replace(register, certificates=tuple(changed if one is found else one for one in register.certificates))


@dataclass(frozen=True, slots=True)
class StateChanged:
    """An instrument comes into another state of use, such as scrapped."""

    item: str
    state: UseState
    on: datetime.date

    def applied(self, register: Register) -> Register:
        """Return the register with the step; steps planned for later are left out.

        Raises
        ------
        EquippingError
            When there is no such instrument.
        """
        if all(one.code != self.item for one in register.instruments):
            raise EquippingError("metrology.equipping.no_instrument", code=self.item)
        step = Spell(start=self.on, state=self.state)
        return replace(
            register,
            instruments=tuple(
                replace(one, states=(*(spell for spell in one.states if spell.start < self.on), step))
                if one.code == self.item
                else one
                for one in register.instruments
            ),
        )


@dataclass(frozen=True, slots=True)
class KindNamed:
    """The ledger says what an instrument is."""

    item: str
    kind: str

    def applied(self, register: Register) -> Register:
        """Return the register with the kind.

        Raises
        ------
        EquippingError
            When there is no such instrument.
        """
        if all(one.code != self.item for one in register.instruments):
            raise EquippingError("metrology.equipping.no_instrument", code=self.item)
        named = tuple(replace(one, kind=self.kind) if one.code == self.item else one for one in register.instruments)
        return replace(register, instruments=named)


@dataclass(frozen=True, slots=True)
class Moved:
    """An instrument or chain comes to a point and leaves where it stood."""

    item: str
    point: str
    on: datetime.date

    def applied(self, register: Register) -> Register:
        """Return the register with the new place; an instrument that lay idle is put in service there.

        Raises
        ------
        EquippingError
            When there is no such instrument or chain.
        """
        if self.item not in {one.code for one in register.instruments} | {one.code for one in register.chains}:
            raise EquippingError("metrology.equipping.no_instrument", code=self.item)
        kept = tuple(one for one in map(self._ended, register.installations) if one is not None)
        moved = replace(register, installations=(*kept, Installation(instrument=self.item, point=self.point, start=self.on)))
        own = next((one for one in moved.instruments if one.code == self.item), None)
        if own is None or state_on(own.states, self.on).in_use:
            return moved
        return StateChanged(self.item, UseState.IN_SERVICE, self.on).applied(moved)

    def _ended(self, one: Installation) -> Installation | None:
        """Return an installation as it is after the move: ended if it is the item's, None if it had not begun."""
        if one.instrument != self.item or (one.end is not None and one.end <= self.on):
            return one
        return replace(one, end=self.on) if one.start < self.on else None


@dataclass(frozen=True, slots=True)
class ChainCompleted:
    """The parts that a chain lacks are bought, verified and put in: one for each role that nobody fills."""

    chain: str
    accuracy_class: str
    on: datetime.date

    def applied(self, register: Register) -> Register:
        """Return the register with the parts.

        Raises
        ------
        EquippingError
            When there is no such chain.
        """
        found = next((one for one in register.chains if one.code == self.chain), None)
        if found is None:
            raise EquippingError("metrology.equipping.no_instrument", code=self.chain)
        lacking = missing_parts(found, holdings(register), self.on)
        made = {f"{self.chain}+{role}": role for role in lacking}
        present = known_parts(found, holdings(register), self.on)
        whole = replace(
            found,
            members=(*present, *made),
            roles={**{code: role for code, role in found.roles.items() if code in present}, **made},
        )
        return replace(
            register,
            chains=tuple(whole if one is found else one for one in register.chains),
            instruments=(*register.instruments, *(self._part(code) for code in made)),
            certificates=(*register.certificates, *(new_certificate(code, self.accuracy_class, self.on) for code in made)),
        )

    def _part(self, code: str) -> Instrument:
        states = (Spell(start=self.on, state=UseState.IN_SERVICE),)
        return Instrument(code=code, title={"zh": code, "en": code}, kind=UNNAMED, states=states)


def new_certificate(item: str, accuracy_class: str, on: datetime.date) -> Certificate:
    """Return a certificate as one hopes for it: issued and confirmed on a day, qualified, without an end."""
    return Certificate(
        instrument=item,
        number="~",
        kind=CertificateKind.VERIFICATION,
        issuer="",
        issued_on=on,
        valid_to=None,
        result=Result.QUALIFIED,
        accuracy_class=accuracy_class,
        confirmed_on=on,
        fit=True,
    )


Change = CertificateArrives | InstrumentBought | ClassChanged | StateChanged | KindNamed | Moved | ChainCompleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The rates before and after, and what moves between them.

    Attributes
    ----------
    rows : tuple of (Row, Row)
        Rows whose count changes, before and after.
    gained, lost : tuple of str
        Points that come to count, and that no longer do.
    """

    before: Rates
    after: Rates
    rows: tuple[tuple[Row, Row], ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def changed(register: Register, changes: Sequence[Change]) -> Register:
    """Return the register as it would be after the changes, in their order.

    Raises
    ------
    EquippingError
        When a change does not fit the register.
    """
    for change in changes:
        register = change.applied(register)
    return register


def what_if(
    network: Network,
    register: Register,
    rules: Rules,
    changes: Sequence[Change],
    *,
    on: datetime.date,
    emissions: Emissions | None = None,
) -> Difference:
    """Return what the changes would do to the rates of a day. Nothing is kept.

    Raises
    ------
    EquippingError
        When a change does not fit the register.
    """
    before = rates(network, register, rules, on=on, emissions=emissions)
    after = rates(network, changed(register, changes), rules, on=on, emissions=emissions)
    pairs = [(row, after.every[key]) for key, row in before.every.items()]
    return Difference(
        before=before,
        after=after,
        rows=tuple((one, other) for one, other in pairs if one.equipped != other.equipped or one.meets != other.meets),
        gained=tuple(code for code, count in after.points.items() if count.is_equipped and not before.points[code].is_equipped),
        lost=tuple(code for code, count in after.points.items() if before.points[code].is_equipped and not count.is_equipped),
    )
