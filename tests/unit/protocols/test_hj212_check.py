"""The check of HJ 212, and what its 256 values cannot see."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest

from tanheng.core.errors import ProtocolError
from tanheng.protocols.hj212 import check, decode_frame, encode_frame
from tanheng.protocols.hj212.cipher import decrypt, encrypt
from tanheng.protocols.hj212.profile import Profile
from tanheng.protocols.hj212.segment import parse_segment

VECTORS = json.loads((Path(__file__).parents[2] / "reference/protocols/hj212_vectors.json").read_text(encoding="utf-8"))
CASES = VECTORS["cases"]
NAMES = [case["id"] for case in CASES]


def modbus(segment: bytes) -> str:
    """CRC-16/MODBUS, written out here: what a public mock platform computes and a receiver must refuse."""
    register = 0xFFFF
    for byte in segment:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return f"{register:04X}"


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_printed_frames_have_the_printed_check_and_length(case: dict[str, Any]) -> None:
    segment = case["segment"].encode()
    assert (check(segment), len(segment)) == (case["digits"], case["length"])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_printed_frames_decode(case: dict[str, Any]) -> None:
    frame = decode_frame(f"##{case['length']:04d}{case['segment']}{case['digits']}\r\n".encode())
    assert (frame.message.mn, frame.message.edition.name) == ("010000A8900016F000169DC0", case["edition"])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_modbus_check_is_refused(case: dict[str, Any]) -> None:
    segment = case["segment"].encode()
    assert modbus(segment) == case["modbus_digits"]
    with pytest.raises(ProtocolError) as caught:
        decode_frame(b"##%04d%s%s\r\n" % (len(segment), segment, case["modbus_digits"].encode()))
    assert caught.value.code == "protocols.hj212.check"


def test_the_check_has_only_256_values() -> None:
    chance = random.Random(1)  # noqa: S311  # repeatable
    assert len({check(chance.randbytes(20)) for _ in range(20_000)}) == 256


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_every_single_damaged_byte_of_a_frame_is_refused(case: dict[str, Any]) -> None:
    whole = f"##{case['length']:04d}{case['segment']}{case['digits']}\r\n".encode()
    for at in range(len(whole)):
        for value in range(256):
            if value != whole[at]:
                with pytest.raises(ProtocolError):
                    decode_frame(whole[:at] + bytes([value]) + whole[at + 1 :])


def test_two_damaged_bytes_pass_the_check_once_in_256_times() -> None:
    """Two damaged digits inside one number: the fields parse, so the check alone stands between them and a wrong value."""
    chance = random.Random(2)  # noqa: S311  # repeatable
    segment = CASES[1]["segment"].encode()
    start = segment.index(b"100000")
    missed = trials = 0
    for _ in range(40_000):
        damaged = bytearray(segment)
        first, second = chance.sample(range(start, start + 6), 2)
        damaged[first], damaged[second] = chance.randrange(256), chance.randrange(256)
        if damaged[first] != segment[first] and damaged[second] != segment[second]:
            trials += 1
            missed += check(bytes(damaged)) == CASES[1]["digits"]
    # Binomial with p = 1/256: about 156 of 40 000, standard deviation 12.5; four of them either way.
    assert 105 < missed * 40_000 / trials < 207


def garbled(cipher_text: Literal["raw", "hex"]) -> tuple[int, int, int]:
    """Damage each byte of an encrypted frame to each other value; return trials, those the check passes, those accepted."""
    profile = Profile(key=bytes.fromhex(VECTORS["sm4"]["key"]), cipher_text=cipher_text)
    fields = "DataTime=20261103080000;a19001-Avg=9.85,a19001-Flag=N;a01012-Avg=118.6,a01012-Flag=N"
    head = "QN=20261103080012345;ST=31;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=9;"
    plain = f"{head}CP=&&{fields}&&".encode()
    message = decode_frame(b"##%04d%s%s\r\n" % (len(plain), plain, check(plain).encode())).message
    whole = encode_frame(message, profile)
    assert decode_frame(whole, profile).message == message
    counts = Counter[str]()
    for at in range(len(whole)):
        for value in range(256):
            if value != whole[at]:
                counts["trials"] += 1
                try:
                    decode_frame(whole[:at] + bytes([value]) + whole[at + 1 :], profile)
                    counts["accepted"] += 1
                except ProtocolError as error:
                    # What is refused behind the check was passed by it; the other codes belong to frame and cipher text.
                    counts["passed"] += error.code == "protocols.hj212.encoding"
    return counts["trials"], counts["passed"], counts["accepted"]


def test_one_damaged_byte_of_an_encrypted_frame_is_refused_though_the_check_passes_some() -> None:
    """A damaged byte garbles its block of sixteen; what the check lets through is no text any more, so it is no field."""
    trials, passed, accepted = garbled("raw")
    encrypted = 80 * 255  # five blocks of SM4
    assert trials > encrypted
    # Binomial with p = 1/256: about 80 of 20 400, standard deviation 8.9; four of them either way.
    assert 44 < passed < 116
    assert accepted == 0


def test_one_damaged_digit_of_an_encrypted_frame_in_hexadecimal_is_refused() -> None:
    _, passed, accepted = garbled("hex")
    assert passed > 0
    assert accepted == 0


def test_a_garbled_block_that_the_check_would_pass_is_no_field() -> None:
    """The chance behind the check: of a hundred thousand blocks of random bytes in the place of a good one, none parses."""
    chance = random.Random(4)  # noqa: S311  # repeatable
    fields = b"DataTime=20261103080000;a19001-Avg=9.85,a19001-Flag=N;a01012-Avg=118.6,a01012-Flag=N"
    head = b"QN=20261103080012345;ST=31;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&"
    assert parse_segment(head + fields + b"&&").cn == "2051"
    refused = Counter[str]()
    for _ in range(100_000):
        at = 16 * chance.randrange(5)
        try:
            parse_segment(head + fields[:at] + chance.randbytes(16) + fields[at + 16 :] + b"&&")
        except ProtocolError as error:
            refused[error.code] += 1
    assert refused.total() == 100_000
    assert refused["protocols.hj212.encoding"] > 99_000


def test_sm4_agrees_with_the_national_standards_example() -> None:
    key, plain, secret = (bytes.fromhex(VECTORS["sm4"][name]) for name in ("key", "plain", "cipher"))
    assert encrypt(plain, key) == secret


def test_a_remainder_under_sixteen_bytes_stays_plain() -> None:
    key = bytes.fromhex(VECTORS["sm4"]["key"])
    secret = encrypt(b"a" * 16 + b"rest", key)
    assert secret[16:] == b"rest"
    assert decrypt(secret, key) == b"a" * 16 + b"rest"
