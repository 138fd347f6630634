"""Inventories of the two examples, and one with a blank, for the reports to print."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tanheng.accounting.account import account
from tanheng.accounting.entries import Ledger
from tanheng.accounting.folder import PlantYear, read_folder
from tanheng.accounting.inventory import Inventory
from tanheng.accounting.vocabulary import clinker_kinds, known_items, rulebook_ids
from tanheng.standards import RulePack, load_pack

EXAMPLES = Path(__file__).parents[3] / "examples"


def read(name: str, pack: RulePack) -> PlantYear:
    return read_folder(
        EXAMPLES / name,
        known_items=lambda own: known_items(pack, own),
        known_clinkers=clinker_kinds(pack),
        known_rulebooks=rulebook_ids(pack),
    )


@pytest.fixture(scope="session")
def hubei() -> Inventory:
    pack = load_pack()
    year = read("hubei-5000tpd", pack)
    return account(year.plant, year.ledger, pack)


@pytest.fixture(scope="session")
def commission() -> Inventory:
    pack = load_pack()
    year = read("european-commission-cement", pack)
    return account(year.plant, year.ledger, pack)


@pytest.fixture(scope="session")
def blank() -> Inventory:
    """The Hubei example whose coal of May nobody wrote down."""
    pack = load_pack()
    year = read("hubei-5000tpd", pack)
    entries = [
        dataclasses.replace(entry, value=None) if entry.id == "site.fuel.coal.consumption@2025-05" else entry
        for versions in year.ledger.versions.values()
        for entry in versions
    ]
    return account(year.plant, Ledger.of(entries), pack)
