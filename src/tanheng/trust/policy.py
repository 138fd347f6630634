"""Policy files (C2SP tlog-policy): which logs and witnesses are trusted, and how many of them must have signed.

::

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>...
    quorum <name>|none                        exactly one
    rule-pack <sha256 hex>                    ours: digests of rule packs that may calculate; any number

Empty lines and lines that begin with # are left out. A line names only what an earlier line defined; a key or a member stands
once. The parser stays in this one module, because the specification has no release yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tanheng.trust import note, strict
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.errors import NoteError, PolicyError
from tanheng.trust.note import Note, VerifierKey

MAX_BYTES = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """Members of which at least ``needed`` must have signed; a member is a witness or another group."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verifier trusts.

    Attributes
    ----------
    logs : mapping of str to VerifierKey
        Keys of logs by origin.
    witnesses : mapping of str to VerifierKey
        Cosignature keys by the policy's own names.
    groups : mapping of str to Group
        Groups by name.
    quorum : str
        Name of the witness or group that must have signed, or ``none``.
    urls : mapping of str to str
        Addresses of logs (by origin) and witnesses (by name).
    rule_packs : frozenset of str
        Digests of rule packs that may calculate; empty when any may.
    """

    logs: Mapping[str, VerifierKey]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str
    urls: Mapping[str, str] = field(default_factory=dict)
    rule_packs: frozenset[str] = frozenset()

    def log_key(self, origin: str) -> VerifierKey:
        """Return the key of a log; raise ``PolicyError`` when the policy does not know it."""
        try:
            return self.logs[origin]
        except KeyError:
            raise PolicyError("trust.policy.unknown_log", origin=origin, known=", ".join(self.logs) or "–") from None

    def open_checkpoint(self, data: bytes) -> tuple[Checkpoint, Note]:
        """Return a checkpoint signed by its log and by a quorum of witnesses.

        Raises
        ------
        NoteError, PolicyError
            When the log is unknown, its signature or a known cosignature fails, or the quorum is not reached.
        """
        text, _ = note.parse(data)
        key = self.log_key(Checkpoint.parse(text).origin)
        checkpoint, opened = open_checkpoint(data, key, others=list(self.witnesses.values()))
        self.require_quorum(opened)
        return checkpoint, opened

    def require_quorum(self, opened: Note) -> None:
        """Raise ``PolicyError`` unless the verified cosignatures of a note reach the quorum."""
        if self.quorum == _NONE:
            return
        signed = {(signature.name, signature.key_hash) for signature in opened.verified}
        names = {name for name, key in self.witnesses.items() if (key.name, key.key_hash) in signed}
        if not self._reached(self.quorum, names):
            raise PolicyError("trust.policy.quorum", quorum=self.quorum, found=", ".join(sorted(names)) or "–")

    def _reached(self, name: str, signed: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in signed
        return sum(self._reached(member, signed) for member in group.members) >= group.needed


def parse(text: str) -> Policy:
    """Return the policy of a file's text.

    Raises
    ------
    PolicyError
        Names the line and what is wrong with it.
    """
    if len(text) > MAX_BYTES:
        raise PolicyError("trust.policy.size", found=len(text), largest=MAX_BYTES)
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            try:
                reader.read(words)
            except NoteError as error:
                raise PolicyError("trust.policy.line", line=number, reason=error.text()) from error
            except _LineError as error:
                raise PolicyError("trust.policy.line", line=number, reason=str(error)) from error
    if reader.quorum is None:
        raise PolicyError("trust.policy.no_quorum")
    return Policy(reader.logs, reader.witnesses, reader.groups, reader.quorum, reader.urls, frozenset(reader.rule_packs))


class _LineError(Exception):
    """What is wrong with one line; becomes a ``PolicyError`` with its number."""


class _Reader:
    """Reads one line after another, so that only earlier names can be used."""

    def __init__(self) -> None:
        self.logs: dict[str, VerifierKey] = {}
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.urls: dict[str, str] = {}
        self.rule_packs: set[str] = set()
        self.quorum: str | None = None
        self._keys: set[bytes] = set()
        self._used: set[str] = set()

    def read(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._log(vkey, url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witness(name, vkey, url)
            case ["group", name, needed, *members] if members:
                self._group(name, needed, members)
            case ["quorum", name]:
                self._quorum(name)
            case ["rule-pack", digest] if _DIGEST.fullmatch(digest):
                self.rule_packs.add(digest)
            case _:
                raise _LineError(f"“{' '.join(words)[:120]}” is no line of a policy")

    def _log(self, vkey: str, url: list[str]) -> None:
        key = VerifierKey.parse(vkey)
        if key.type != note.ED25519:
            raise _LineError(f"the key of log {key.name} has type {key.type:02x}, 01 is needed")
        if key.name in self.logs:
            raise _LineError(f"log {key.name} stands twice")
        self._once(key)
        self.logs[key.name] = key
        self._address(key.name, url)

    def _witness(self, name: str, vkey: str, url: list[str]) -> None:
        self._new_name(name)
        key = VerifierKey.parse(vkey)
        if key.type != note.COSIGNATURE:
            raise _LineError(f"the key of witness {name} has type {key.type:02x}, 04 is needed")
        self._once(key)
        self.witnesses[name] = key
        self._address(name, url)

    def _group(self, name: str, needed: str, members: list[str]) -> None:
        self._new_name(name)
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise _LineError(f"member {member} of group {name} is not defined above")
            if member in self._used:
                raise _LineError(f"{member} is a member twice")
            self._used.add(member)
        number = {"all": len(members), "any": 1}.get(needed, strict.decode_decimal(needed))
        if number is None or not 1 <= number <= len(members):
            raise _LineError(f"group {name} needs “{needed}” of {len(members)} members")
        self.groups[name] = Group(name, number, tuple(members))

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise _LineError("a second quorum")
        if name != _NONE and name not in self.witnesses and name not in self.groups:
            raise _LineError(f"the quorum {name} is not defined above")
        self.quorum = name

    def _new_name(self, name: str) -> None:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise _LineError(f"the name {name} is taken")

    def _once(self, key: VerifierKey) -> None:
        if key.public in self._keys:
            raise _LineError(f"the key of {key.name} stands twice")
        self._keys.add(key.public)

    def _address(self, name: str, url: list[str]) -> None:
        if url:
            self.urls[name] = url[0]


def write(
    *,
    logs: Iterable[VerifierKey],
    witnesses: Mapping[str, VerifierKey] | None = None,
    needed: int | None = None,
    rule_packs: Iterable[str] = (),
) -> str:
    """Return a policy file: these logs, ``needed`` of these witnesses (none when not given), these rule packs."""
    witnesses = witnesses or {}
    lines = [f"log {key}" for key in logs] + [f"witness {name} {key}" for name, key in witnesses.items()]
    if needed is not None:
        lines.append(f"group witnesses {needed} {' '.join(witnesses)}")
    lines += [f"rule-pack {digest}" for digest in rule_packs]
    lines.append("quorum witnesses" if needed is not None else "quorum none")
    return "\n".join(lines) + "\n"
