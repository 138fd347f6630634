"""How instruments stand on a day: state of use, state of the certificate, class that counts. Read from a register."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tanheng.metrology.instruments import lifecycle
from tanheng.metrology.instruments.certificate import Certificate, TraceState
from tanheng.metrology.instruments.chains import holdings, trace_of_chain
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.metrology.instruments.trace import in_force, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One instrument or chain on a day.

    Parameters
    ----------
    use : UseState
        Of a chain: that of its parts where they agree, else the first that is not in use.
    trace : TraceState
    certificate : Certificate or None
        The one in force; of an overdue instrument the last good one.
    points : tuple of str
        Where it is installed.
    newest : Certificate or None
        The last one issued, confirmed or not.
    """

    use: UseState
    trace: TraceState
    certificate: Certificate | None
    points: tuple[str, ...]
    newest: Certificate | None = None

    @property
    def last_day(self) -> datetime.date | None:
        """Return the last day of the certificate in force; where none is, of the newest that is known."""
        found = self.certificate or self.newest
        return found.valid_to if found is not None else None

    @property
    def accuracy_class(self) -> str:
        """Return the class that counts: the one of the certificate in force (JJF 1356-2012 Table B.3)."""
        return self.certificate.accuracy_class if self.certificate is not None else ""


def standings(register: Register, on: datetime.date) -> Mapping[str, Standing]:
    """Return how each instrument and chain stands on a day, by its code."""
    certificates = by_item(register.certificates)
    held = holdings(register)
    points: dict[str, list[str]] = defaultdict(list)
    for one in register.installations:
        if one.start <= on and (one.end is None or one.end > on):
            points[one.instrument].append(one.point)
    found = {
        one.code: _standing(certificates[one.code], on, use=lifecycle.state_on(one.states, on), points=points[one.code])
        for one in register.instruments
    }
    for chain in register.chains:
        uses = [found[code].use for code in chain.members if code in found]
        use = next((state for state in uses if not state.in_use), uses[0] if uses else UseState.PENDING)
        own = _standing(certificates[chain.code], on, use=use, points=points[chain.code])
        found[chain.code] = replace(own, trace=trace_of_chain(chain, held, on))  # as the equipping rate judges it
    return found


def by_item(certificates: Iterable[Certificate]) -> Mapping[str, list[Certificate]]:
    """Return the certificates of each instrument or chain; of one without any an empty list."""
    found: defaultdict[str, list[Certificate]] = defaultdict(list)
    for one in certificates:
        found[one.instrument].append(one)
    return found


def _standing(certificates: list[Certificate], on: datetime.date, *, use: UseState, points: list[str]) -> Standing:
    issued = [one for one in certificates if one.issued_on <= on]
    return Standing(
        use=use,
        trace=state_of(certificates, on),
        certificate=in_force(certificates, on),
        points=tuple(sorted(points)),
        newest=max(issued, key=lambda one: (one.issued_on, one.number), default=None),
    )
