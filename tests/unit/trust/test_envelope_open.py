"""Envelopes: what was sealed comes out, and nothing else does."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.batch import CHAIN_START, Batch, BatchError, ClockSource
from tanheng.trust import cbor, cose
from tanheng.trust.envelope import MAX_BYTES, digest_of, follows, open_all, open_envelope, seal
from tanheng.trust.errors import CborError, EnvelopeError, KeyRefusedError, SignatureError, TrustError
from tanheng.trust.keys import Algorithm, KeyRecord, KeyState, Purpose, record_of, signer
from tanheng.trust.suites import Signer

START = 1_790_000_000_000
SIGNERS: dict[Algorithm, Signer] = {suite: signer(suite, bytes(range(1, 33))) for suite in Algorithm}
ED25519 = SIGNERS[Algorithm.ED25519]


def record(key: Signer = ED25519, **changes: Any) -> KeyRecord:
    made = record_of(key, purpose=Purpose.DEVICE, subject="terminal-1", valid_from_ms=START - 1000)
    return dataclasses.replace(made, **changes)


def resolver(*records: KeyRecord) -> Callable[[str], KeyRecord]:
    known = {entry.key_id: entry for entry in records}

    def resolve(key_id: str) -> KeyRecord:
        if key_id not in known:
            raise KeyRefusedError("trust.key.unknown", key=key_id)
        return known[key_id]

    return resolve


def batch(sequence: int = 1, previous: bytes = CHAIN_START, **changes: Any) -> Batch:
    members: dict[str, Any] = {
        "terminal": "terminal-1",
        "sequence": sequence,
        "start_ms": START + 60_000 * sequence,
        "configuration": bytes(range(32)),
        "previous": previous,
        "clock_source": ClockSource.NTP,
        "clock_offset_ms": 2,
        "channel": list(range(20)),
        "offset_ms": [250] * 20,
        "value": [1000 * at for at in range(20)],
        "quality": [0] * 20,
    }
    return Batch.of(**members | changes)


@pytest.mark.parametrize("suite", list(Algorithm))
def test_what_was_sealed_comes_out(suite: Algorithm) -> None:
    data = seal(batch(), SIGNERS[suite])
    opened = open_envelope(data, resolver(record(SIGNERS[suite])), now=START + 61_000)
    assert opened.batch == batch()
    assert opened.key_id == SIGNERS[suite].key_id
    assert opened.digest == hashlib.sha256(data).digest()


def test_an_envelope_is_a_cose_sign1_any_cbor_reader_can_take_apart() -> None:
    message = cbor2.loads(seal(batch(), ED25519))
    protected, unprotected, payload, signature = message.value
    assert message.tag == 18
    assert cbor2.loads(protected) == {1: -8, 3: "application/vnd.tanheng.batch+cbor", 4: bytes.fromhex(ED25519.key_id)}
    assert unprotected == {}
    assert cbor2.loads(payload)["terminal"] == "terminal-1"
    assert len(signature) == 64
    assert cbor2.dumps(["Signature1", protected, b"", payload]) == cose.signed_bytes(protected, payload)


def test_sealing_twice_gives_the_same_bytes() -> None:
    assert seal(batch(), ED25519) == seal(batch(), ED25519)


def resealed(
    payload: dict[Any, Any] | bytes, protected: dict[Any, Any] | bytes | None = None, *, unprotected: Any = None
) -> bytes:
    """An envelope with any content under a good signature: the fault must be found behind the signature."""
    body = payload if isinstance(payload, bytes) else cbor2.dumps(payload, canonical=True)
    default = {1: -8, 3: "application/vnd.tanheng.batch+cbor", 4: bytes.fromhex(ED25519.key_id)}
    head = protected if isinstance(protected, bytes) else cbor2.dumps(protected or default, canonical=True)
    signature = ED25519.sign(cose.signed_bytes(head, body))
    return cbor2.dumps(cbor2.CBORTag(18, [head, unprotected or {}, body, signature]))


GOOD = batch().encode_columns()
HEADER = {1: -8, 3: "application/vnd.tanheng.batch+cbor", 4: bytes.fromhex(ED25519.key_id)}


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b"", EnvelopeError, "does not begin with tag 18"),
        (b"\xd2", EnvelopeError, "does not begin with tag 18"),
        (b"\xd2\x84", EnvelopeError, "protected header is no byte string"),
        (bytes(MAX_BYTES + 1), EnvelopeError, "above the limit"),
        (seal(batch(), ED25519)[:-1], EnvelopeError, "signature lacks 1 bytes"),
        (seal(batch(), ED25519)[:200], EnvelopeError, "payload lacks"),
        (seal(batch(), ED25519) + b"\x00", EnvelopeError, "1 bytes follow the signature"),
        (seal(batch(), ED25519)[1:], EnvelopeError, "does not begin with tag 18"),
        (b"\xd2\x84\x5b" + b"\xff" * 8, EnvelopeError, "no byte string of known length"),
        (b"\xd2\x84\x5f\x41\x00\xff", EnvelopeError, "no byte string of known length"),
        (b"\xd2\x84\x58\x05" + bytes(5), EnvelopeError, "not in its shortest form"),
        (resealed(GOOD, unprotected={4: b"k"}), EnvelopeError, "unprotected header is not an empty map"),
        (resealed(GOOD, {1: -8}), EnvelopeError, "labels 1, 3 and 4"),
        (resealed(GOOD, HEADER | {5: b"nonce"}), EnvelopeError, "labels 1, 3 and 4"),
        (resealed(GOOD, HEADER | {1: -7}), EnvelopeError, "unknown algorithm -7"),
        (resealed(GOOD, HEADER | {1: "none"}), EnvelopeError, "unknown algorithm none"),
        (resealed(GOOD, HEADER | {1: -65601}), EnvelopeError, "is a key of ed25519"),
        (resealed(GOOD, HEADER | {3: "text/plain"}), EnvelopeError, "content type of the envelope is “text/plain”"),
        (resealed(GOOD, HEADER | {3: 0}), EnvelopeError, "content type .3. is no text"),
        (resealed(GOOD, HEADER | {4: b"11"}), EnvelopeError, "key id .4. is not 16 bytes"),
        (resealed(GOOD, HEADER | {4: bytes(16)}), KeyRefusedError, "is unknown; enrol it"),
        (resealed(GOOD, b"\xa1\x01\x27\x00"), CborError, "protected header"),
        (resealed(GOOD, bytes.fromhex("a301390007" + "0360" + "0440")), CborError, "protected header is no deterministic"),
        (resealed(b"\x81" * 1000 + b"\x00"), CborError, "nesting depth"),
        (resealed(b"\x9b" + b"\xff" * 8), CborError, "no valid CBOR"),
        (resealed(b"\xbf\xff"), CborError, "no valid CBOR"),
        (resealed(b"\xa2\x61v\x01\x61v\x01"), CborError, "no valid CBOR"),
        (resealed(b"\x01"), CborError, "must be a map"),
        (resealed(cbor2.dumps(GOOD) + b"\x00"), CborError, "no deterministic CBOR"),
        (resealed(cbor2.dumps(dict(reversed(GOOD.items())))), CborError, "stand in the order"),
        (resealed(cbor2.dumps(GOOD).replace(b"\x61v\x01", b"\x61v\x18\x01")), CborError, "no deterministic CBOR"),
        (resealed(GOOD | {"extra": 1}), CborError, "unknown extra"),
        (resealed({"v": 1}), CborError, "missing channel"),
        (resealed(GOOD | {"v": 2}), BatchError, "schema version 2"),
        (resealed(GOOD | {"terminal": "terminal-2"}), EnvelopeError, "belongs to terminal terminal-1"),
    ],
)
def test_what_is_no_envelope_is_refused_by_name(data: bytes, kind: type[TrustError], message: str) -> None:
    with pytest.raises(kind, match=message):
        open_envelope(data, resolver(record()))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"purpose": Purpose.LOG}, "is a log key, a device key is needed"),
        ({"state": KeyState.REVOKED}, "is revoked and may not sign"),
        ({"state": KeyState.SUSPENDED}, "is suspended and may not sign"),
        ({"valid_to_ms": START + 1}, "is not in force"),
        ({"valid_from_ms": START + 10_000_000}, "is not in force"),
        ({"subject": "terminal-2"}, "belongs to terminal terminal-2"),
    ],
)
def test_a_key_that_may_not_sign_opens_nothing(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(TrustError, match=message):
        open_envelope(seal(batch(), ED25519), resolver(record(**changes)), now=START + 61_000)


def test_a_signature_of_another_key_is_refused() -> None:
    other = signer(Algorithm.ED25519, bytes(32))
    with pytest.raises(KeyRefusedError, match="The key found is"):
        open_envelope(seal(batch(), ED25519), lambda _: record(other))


def test_a_clock_in_the_future_is_named_when_the_log_time_is_given() -> None:
    data = seal(batch(), ED25519)
    with pytest.raises(EnvelopeError, match="begins 301 s in the future"):
        open_envelope(data, resolver(record(valid_from_ms=0)), now=START + 60_000 - 301_000)
    assert open_envelope(data, resolver(record(valid_from_ms=0)), now=START + 60_000 - 300_000).batch.sequence == 1


@settings(max_examples=300)
@given(st.data())
def test_one_flipped_bit_is_always_found(data: st.DataObject) -> None:
    good = seal(batch(), ED25519)
    at, bit = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(0, 7))
    bad = bytearray(good)
    bad[at] ^= 1 << bit
    with pytest.raises(TrustError):
        open_envelope(bytes(bad), resolver(record()))


@pytest.mark.parametrize("suite", list(Algorithm))
def test_a_flipped_signature_is_a_signature_fault(suite: Algorithm) -> None:
    good = bytearray(seal(batch(), SIGNERS[suite]))
    good[-1] ^= 1
    with pytest.raises(SignatureError, match="does not fit the signature"):
        open_envelope(bytes(good), resolver(record(SIGNERS[suite])))


def chain(length: int) -> list[bytes]:
    sealed: list[bytes] = []
    for sequence in range(1, length + 1):
        previous = digest_of(sealed[-1]) if sealed else CHAIN_START
        sealed.append(seal(batch(sequence, previous), ED25519))
    return sealed


def test_a_chain_opens_in_order() -> None:
    assert [envelope.batch.sequence for envelope in open_all(chain(4), resolver(record()))] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([0, 0], "Batch 1 of terminal terminal-1 is a repeat"),
        ([1, 0], "is a repeat: batch 2 is already there"),
        ([0, 2], "batches 2–2 are missing"),
        ([0, 3], "batches 2–3 are missing"),
    ],
)
def test_repeats_gaps_and_disorder_of_a_chain_are_named(order: list[int], message: str) -> None:
    sealed = chain(4)
    with pytest.raises(EnvelopeError, match=message):
        open_all([sealed[at] for at in order], resolver(record()))


def test_a_replaced_predecessor_is_found() -> None:
    first = seal(batch(1, value=[0] * 20), ED25519)
    with pytest.raises(EnvelopeError, match="one of the two was replaced"):
        open_all([first, chain(2)[1]], resolver(record()))


def test_batches_of_two_terminals_are_no_chain() -> None:
    one = open_envelope(chain(1)[0], resolver(record()))
    other = dataclasses.replace(one, batch=batch(2, one.digest, terminal="terminal-2"))
    with pytest.raises(EnvelopeError, match="the chain is that of terminal terminal-1"):
        follows(other, one)


def test_an_envelope_is_signed_by_one_key_only_over_its_own_header() -> None:
    ours = cbor.dumps({1: -8, 3: "text/plain", 4: bytes.fromhex(ED25519.key_id)})
    assert cose.signed_bytes(ours, b"x") != cose.signed_bytes(b"", b"x")
