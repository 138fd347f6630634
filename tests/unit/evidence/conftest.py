"""A plant, its key, its witness, its log in memory, and the bundle of one account: the Commission's cement installation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tanheng.accounting import trace
from tanheng.accounting.account import account as account_year
from tanheng.accounting.folder import read_folder
from tanheng.core import canonical
from tanheng.evidence import Account, Archive, PlantLog, making, manifest, state_account
from tanheng.evidence.archive import write
from tanheng.evidence.cosigning import WitnessAddress, cosign
from tanheng.standards import RulePack, load_pack
from tanheng.trust import policy
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.files import MemoryFiles
from tanheng.trust.key_file import StoredKey
from tanheng.trust.keys import Algorithm, KeyRecord, Purpose, record_of, signer
from tanheng.trust.note import ED25519, VerifierKey
from tanheng.trust.witness import MemoryStore, Witness

EXAMPLE = Path(__file__).parents[3] / "examples" / "european-commission-cement"
ORIGIN = "plant.example/log/1"
T0 = 1_790_000_000_000  # 2026-09-21, milliseconds UTC


def salts() -> Callable[[int], bytes]:
    """Salts of a known sequence."""
    count = iter(range(1, 1 << 30))
    return lambda length: hashlib.sha256(str(next(count)).encode()).digest()[:length]


@dataclass
class Workshop:
    """Makes bundles of one plant. Everything can be another: the key, the files, the results, the time."""

    pack: RulePack
    seed: int = 1
    time_ms: int = T0 + 1000
    subject: str = ORIGIN
    log_files: MemoryFiles = field(default_factory=MemoryFiles)
    payload_files: MemoryFiles = field(default_factory=MemoryFiles)
    witness_seed: int | None = 3
    record_changes: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def key(self) -> StoredKey:
        made = signer(Algorithm.ED25519, bytes([self.seed] * 32))
        changes: dict[str, Any] = {"purpose": Purpose.LOG, "subject": self.subject, "valid_from_ms": T0} | self.record_changes
        return StoredKey(made, record_of(made, **changes))

    @cached_property
    def log(self) -> PlantLog:
        return PlantLog(self.log_files, self.payload_files, self.key)

    @cached_property
    def salt(self) -> Callable[[int], bytes]:
        return salts()

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey(self.subject, ED25519, self.key.record.public)

    @cached_property
    def witness(self) -> Witness:
        cosigner = Cosigner("witness.example", signer(Algorithm.ED25519, bytes([self.witness_seed or 3] * 32)))
        return Witness(cosigner, logs={self.subject: self.vkey}, store=MemoryStore(), clock=lambda: T0 // 1000 + 60)

    def policy(self, **changes: Any) -> policy.Policy:
        given: dict[str, Any] = {"logs": [self.vkey], "witnesses": {"w": self.witness.cosigner.verifier_key}, "needed": 1}
        return policy.parse(policy.write(**(given | changes)))

    def inputs(self, **replaced: bytes) -> dict[str, bytes]:
        """The plant's files; a keyword such as ``activity=…`` replaces the file of that stem."""
        names = ("activity.csv", "plant.yaml")
        return {name: replaced.get(name.partition(".")[0], (EXAMPLE / name).read_bytes()) for name in names}

    def inventory(self, inputs: dict[str, bytes], folder: Path) -> bytes:
        """The trace of the account of these files."""
        for name, data in inputs.items():
            (folder / name).write_bytes(data)
        year = read_folder(folder)
        return trace.dumps(account_year(year.plant, year.ledger, self.pack))

    def parts(self, account: Account, *, verified: bool = True) -> Parts:
        """State an account, have it cosigned, and take its bundle apart."""
        stated = state_account(self.log, account, self.pack, time_ms=self.time_ms, salt=self.salt)
        witnesses = []
        if self.witness_seed is not None:
            address = WitnessAddress("https://witness.example", self.witness.cosigner.verifier_key)
            cosign(self.log.log, address, lambda _, body: (200, self.witness.add_checkpoint(body).encode()))
            witnesses.append(address.key)
        make = making.bundle if verified else making.assemble
        return Parts.of(make(self.log, account, stated, self.pack, witnesses=witnesses))


@dataclass
class Parts:
    """A bundle taken apart, so that a test can change a member and put it together with sizes and digests that fit."""

    members: dict[str, bytes]
    entries: list[dict[str, Any]]

    @classmethod
    def of(cls, data: bytes) -> Parts:
        archive = Archive(data)
        members = {name: archive.read(name) for name in archive.names}
        return cls(members, json.loads(members.pop(manifest.NAME))["entries"])

    def copy(self) -> Parts:
        return Parts(dict(self.members), [dict(entry) for entry in self.entries])

    def manifest(self) -> dict[str, Any]:
        ordered = sorted(self.members.items())
        listed = [{"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for path, data in ordered]
        return {"schema": "bundle/1", "entries": self.entries, "members": listed}

    def zip(self, changed: object = None) -> bytes:
        """The bundle, with its own manifest or another one."""
        head = changed if isinstance(changed, bytes) else canonical.pretty(changed or self.manifest())
        return write({manifest.NAME: head, **dict(sorted(self.members.items()))})

    def archive(self, changed: object = None) -> Archive:
        return Archive(self.zip(changed))


@pytest.fixture(scope="session")
def pack() -> RulePack:
    return load_pack()


@pytest.fixture
def workshop(pack: RulePack) -> Workshop:
    return Workshop(pack)


@pytest.fixture
def make_workshop(pack: RulePack) -> Callable[..., Workshop]:
    return lambda **changes: Workshop(pack, **changes)


@pytest.fixture(scope="session")
def account(pack: RulePack, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """The account of the example; its rendered reports are stand-ins, because no test here opens them."""
    shop = Workshop(pack)
    inputs = shop.inputs()
    results = {"inventory.json": shop.inventory(inputs, tmp_path_factory.mktemp("year"))}
    return Account(inputs, results | {"report.pdf": b"%PDF-1.7 stand-in", "report.xlsx": b"PK stand-in"})


@pytest.fixture(scope="session")
def _whole(pack: RulePack, account: Account) -> Parts:
    return Workshop(pack).parts(account)


@pytest.fixture
def parts(_whole: Parts) -> Parts:
    """A good bundle, taken apart; each test gets its own copy."""
    return _whole.copy()


@pytest.fixture
def key_record() -> Callable[..., KeyRecord]:
    return record_of
