"""What the entries say of themselves: basis and place of each quantity, and its samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tanheng.accounting.entries import Entry
from tanheng.core.errors import InputError


@dataclass(slots=True)
class Declared:
    """What a plant says is there, with the basis, place and samples of its entries; ``made`` grows with each figure."""

    names: frozenset[str]
    traits: Mapping[str, tuple[str, str]]
    samples: Mapping[tuple[str, str], tuple[str, ...]]
    made: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, entries: Mapping[str, Entry], names: Iterable[str]) -> Declared:
        """Return what is declared by ``names`` and said by ``entries``.

        Raises
        ------
        InputError
            When the entries of one quantity disagree about its basis or place.
        """
        return cls(frozenset(names), _traits(entries), _samples(entries))

    def there(self, name: str) -> bool:
        """Tell whether a quantity is declared or was made as a figure."""
        return name in self.made or name in self.names

    def basis(self, name: str) -> str:
        """Return the basis a quantity is on, empty for none."""
        return self.traits.get(name, ("", ""))[0]

    def place(self, name: str) -> str:
        """Return the place a quantity was metered at, empty for none."""
        return self.traits.get(name, ("", ""))[1]

    def sampled(self, name: str) -> bool:
        """Tell whether a quantity has samples in any period."""
        return any(key[0] == name for key in self.samples)


def _traits(entries: Mapping[str, Entry]) -> dict[str, tuple[str, str]]:
    """Return basis and place of each quantity; a quantity has one of each for the whole year.

    Raises
    ------
    InputError
        When the entries of one quantity disagree.
    """
    traits: dict[str, tuple[str, str]] = {}
    for entry in entries.values():
        found = (entry.basis.value if entry.basis else "", entry.place.value if entry.place else "")
        name = entry.quantity.split(".sample.")[0]
        kept = traits.setdefault(name, found)
        if kept != found:
            raise InputError(
                "accounting.entry.traits", quantity=name, first="/".join(kept), second="/".join(found), cell=entry.cell
            )
    return traits


def _samples(entries: Mapping[str, Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the sample ids of each sampled quantity and period, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in entries.values():
        quantity, mark, sample = entry.quantity.partition(".sample.")
        if mark:
            found.setdefault((quantity, entry.period), []).append(sample)
    return {key: tuple(sorted(samples)) for key, samples in found.items()}
