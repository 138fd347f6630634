"""The life of keys: enrol → active → rotated, suspended, revoked, destroyed; each step an entry of the log.

A key event is the payload of a ``key-event`` statement, a map of deterministic CBOR::

    {v: 1, event, key, record, replaces, effective, time, reason, actors, devices, signatures}

``record`` (bytes) comes with ``enrol`` and ``rotate``; ``replaces`` names the old key of a rotation; ``effective`` is the log
index from which a suspension or revocation counts, which may lie before the event itself. The event without its signatures is
what keys sign, behind ``tanheng-key-event/1`` and a line feed: a new key signs its own enrolment, a rotation is signed by the
new key and by the old one. Enrolment and rotation take two persons.

A reading is judged by the key at its **log** index. ``KeyRing.at`` answers for any index, also after later events.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tanheng.trust import cbor
from tanheng.trust.errors import KeyRefusedError, SignatureError
from tanheng.trust.keys import KeyRecord, KeyState, Signer

VERSION = 1
MEDIA = "application/vnd.tanheng.key-event+cbor;v=1"
CONTEXT = b"tanheng-key-event/1\n"
_KEYS = frozenset({"v", "event", "key", "record", "replaces", "effective", "time", "reason", "actors", "devices", "signatures"})


class Event(enum.StrEnum):
    """A step in the life of a key."""

    ENROL = "enrol"
    ACTIVATE = "activate"
    ROTATE = "rotate"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    DESTROY = "destroy"


_FROM: dict[Event, frozenset[KeyState]] = {
    Event.ACTIVATE: frozenset({KeyState.ENROLLED}),
    Event.SUSPEND: frozenset({KeyState.ACTIVE}),
    Event.RESUME: frozenset({KeyState.SUSPENDED}),
    Event.REVOKE: frozenset({KeyState.ENROLLED, KeyState.ACTIVE, KeyState.SUSPENDED, KeyState.ROTATED}),
    Event.DESTROY: frozenset({KeyState.ROTATED, KeyState.REVOKED}),
}
_TO = {
    Event.ACTIVATE: KeyState.ACTIVE,
    Event.SUSPEND: KeyState.SUSPENDED,
    Event.RESUME: KeyState.ACTIVE,
    Event.REVOKE: KeyState.REVOKED,
    Event.DESTROY: KeyState.DESTROYED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEvent:
    """A step in the life of a key.

    Parameters
    ----------
    event : Event
        Which step.
    key : str
        Id of the key it is about; of a rotation, the new one.
    time_ms : int
        When it was decided, milliseconds UTC.
    actors : tuple of str
        Opaque ids of the persons who decided.
    record : bytes, optional
        Encoded record of a new key.
    replaces : str, optional
        Id of the key that a rotation ends.
    effective : int, optional
        Log index from which a suspension or revocation counts; the event's own index when not given.
    reason : str
        Why, in words.
    devices : mapping of str to str
        Serial numbers behind an enrolment, such as ``terminal`` and ``meter``.
    signatures : tuple of (str, bytes)
        Ids of keys and their signatures over the event.
    """

    event: Event
    key: str
    time_ms: int
    actors: tuple[str, ...]
    record: bytes | None = None
    replaces: str | None = None
    effective: int | None = None
    reason: str = ""
    devices: Mapping[str, str] = field(default_factory=dict)
    signatures: tuple[tuple[str, bytes], ...] = ()

    def _members(self) -> dict[str, object]:
        return {
            "v": VERSION,
            "event": self.event.value,
            "key": self.key,
            "record": self.record,
            "replaces": self.replaces,
            "effective": self.effective,
            "time": self.time_ms,
            "reason": self.reason,
            "actors": list(self.actors),
            "devices": dict(self.devices),
        }

    def signed_bytes(self) -> bytes:
        """Return what keys sign: the event without its signatures, behind the context."""
        return CONTEXT + cbor.dumps(self._members())

    def signed(self, *signers: Signer) -> KeyEvent:
        """Return the event with the signatures of these keys."""
        message = self.signed_bytes()
        return replace(self, signatures=tuple((signer.key_id, signer.sign(message)) for signer in signers))

    def encode(self) -> bytes:
        """Return the payload of the statement."""
        return cbor.dumps(self._members() | {"signatures": [list(pair) for pair in self.signatures]})

    @classmethod
    def decode(cls, data: bytes) -> KeyEvent:
        """Return the event of a payload; raise an error of ours when it is malformed."""
        members = cbor.load_map(data, thing="key event", keys=_KEYS)
        if members["v"] != VERSION:
            raise KeyRefusedError("trust.key.event", reason=f"version {members['v']!r}, this program knows {VERSION}")
        fault = _fault(members)
        if fault:
            raise KeyRefusedError("trust.key.event", reason=fault)
        return cls(
            event=Event(members["event"]),
            key=members["key"],
            time_ms=members["time"],
            actors=tuple(members["actors"]),
            record=members["record"],
            replaces=members["replaces"],
            effective=members["effective"],
            reason=members["reason"],
            devices=dict(members["devices"]),
            signatures=tuple((key, signature) for key, signature in members["signatures"]),
        )


def _fault(members: dict[str, Any]) -> str | None:
    """Return what is wrong with the types of an event's members, or None."""
    texts = {"key": members["key"], "reason": members["reason"]}
    optional = {
        "record": (members["record"], bytes),
        "replaces": (members["replaces"], str),
        "effective": (members["effective"], int),
    }
    if members["event"] not in list(Event):
        return f"unknown event {str(members['event'])[:40]}"
    for name, value in texts.items():
        if not isinstance(value, str):
            return f"{name} is no text"
    for name, (value, kind) in optional.items():
        if value is not None and type(value) is not kind:
            return f"{name} is no {kind.__name__}"
    if type(members["time"]) is not int:
        return "time is no integer"
    if not isinstance(members["actors"], list) or not all(isinstance(actor, str) for actor in members["actors"]):
        return "actors is no list of texts"
    devices = members["devices"]
    if not isinstance(devices, dict) or not all(isinstance(text, str) for pair in devices.items() for text in pair):
        return "devices is no map of texts"
    pairs = members["signatures"]
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], bytes) for pair in pairs
    ):
        return "signatures is no list of key id and bytes"
    return None


@dataclass(slots=True)
class _Life:
    """A key's record and, from which log index on, its states."""

    record: KeyRecord
    states: list[tuple[int, KeyState]]

    @property
    def state(self) -> KeyState:
        return self.states[-1][1]

    def at(self, index: int) -> KeyState | None:
        found = [state for start, state in self.states if start <= index]
        return found[-1] if found else None

    def move(self, state: KeyState, *, start: int) -> None:
        """Enter a state from a log index on; what later indices were, they are no longer."""
        self.states = [(begun, kept) for begun, kept in self.states if begun < start]
        self.states.append((start, state))


class KeyRing:
    """The keys of a plant as its log tells them. Apply the key events of a log in order, then ask for any index.

    Examples
    --------
    >>> list(KeyRing())
    []
    """

    def __init__(self) -> None:
        self._lives: dict[str, _Life] = {}

    def __iter__(self) -> Any:
        return iter(self._lives)

    def apply(self, event: KeyEvent, *, index: int) -> KeyRecord:
        """Take an event that stands at ``index`` of the log; return the record of its key as it is now.

        Raises
        ------
        KeyRefusedError, SignatureError
            When the step is not allowed from the key's state, a person or a signature is missing, or a signature fails.
        """
        return self._enter(event, index) if event.event in (Event.ENROL, Event.ROTATE) else self._move(event, index)

    def at(self, key: str, *, index: int) -> KeyRecord:
        """Return the record of a key in the state it has at a log index.

        Raises
        ------
        KeyRefusedError
            When the key was not known then.
        """
        life = self._lives.get(key)
        state = life.at(index) if life else None
        if life is None or state is None:
            raise KeyRefusedError("trust.key.unknown", key=key)
        return life.record.in_state(state)

    def now(self, key: str) -> KeyRecord:
        """Return the record of a key in the state all events leave it in."""
        return self.at(key, index=(1 << 63) - 1)

    def resolver(self, *, index: int) -> Callable[[str], KeyRecord]:
        """Return the function that ``open_envelope`` asks for keys, for an envelope at ``index`` of the log."""
        return lambda key: self.at(key, index=index)

    def records(self) -> Sequence[KeyRecord]:
        """Return all records in their present state."""
        return [self.now(key) for key in self._lives]

    def _enter(self, event: KeyEvent, index: int) -> KeyRecord:
        if event.record is None:
            raise KeyRefusedError("trust.key.event", reason="the record of the new key is missing")
        record = KeyRecord.decode(event.record)
        if record.key_id != event.key:
            raise KeyRefusedError("trust.key.other", found=record.key_id, wanted=event.key)
        if event.key in self._lives:
            raise KeyRefusedError("trust.key.twice", key=event.key)
        if len(set(event.actors)) < 2:
            raise KeyRefusedError("trust.key.two_persons", key=event.key, event=event.event, found=len(set(event.actors)))
        signers = [record]
        old: _Life | None = None
        if event.event is Event.ROTATE:
            old = self._replaced(event, record)
            signers.append(old.record)
        _require_signatures(event, signers)
        state = KeyState.ACTIVE if event.event is Event.ROTATE else KeyState.ENROLLED
        entered = replace(record, signed_by=tuple(signer.key_id for signer in signers))
        self._lives[event.key] = _Life(entered, [(index, state)])
        if old is not None:
            old.move(KeyState.ROTATED, start=index)
        return self.now(event.key)

    def _replaced(self, event: KeyEvent, record: KeyRecord) -> _Life:
        old = self._lives.get(event.replaces or "")
        if old is None:
            raise KeyRefusedError("trust.key.unknown", key=event.replaces)
        if old.state is not KeyState.ACTIVE:
            raise KeyRefusedError("trust.key.step", key=event.replaces, event=event.event, state=old.state)
        if (old.record.purpose, old.record.subject) != (record.purpose, record.subject):
            raise KeyRefusedError("trust.key.event", reason="the new key has another purpose or subject than the old one")
        return old

    def _move(self, event: KeyEvent, index: int) -> KeyRecord:
        life = self._lives.get(event.key)
        if life is None:
            raise KeyRefusedError("trust.key.unknown", key=event.key)
        if life.state not in _FROM[event.event]:
            raise KeyRefusedError("trust.key.step", key=event.key, event=event.event, state=life.state)
        if not event.actors:
            raise KeyRefusedError("trust.key.two_persons", key=event.key, event=event.event, found=0)
        start = index
        if event.effective is not None:
            if event.event not in (Event.SUSPEND, Event.REVOKE) or not 0 <= event.effective <= index:
                raise KeyRefusedError("trust.key.effective", key=event.key, found=event.effective, index=index)
            start = event.effective
        life.move(_TO[event.event], start=start)
        return self.now(event.key)


def _require_signatures(event: KeyEvent, signers: Sequence[KeyRecord]) -> None:
    given = dict(event.signatures)
    for record in signers:
        if record.key_id not in given:
            raise SignatureError("trust.key.unsigned", key=event.key, event=event.event, wanted=record.key_id)
        record.verify(event.signed_bytes(), given[record.key_id])
