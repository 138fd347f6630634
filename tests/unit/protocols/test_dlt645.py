"""DL/T 645-2007 beside the Apache-2.0 package ``dlt645``: both write and read the same frames."""

from __future__ import annotations

from decimal import Decimal

import pytest
from dlt645.protocol.protocol import DLT645Protocol
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.errors import ProtocolError
from tanheng.protocols.dlt645 import ITEMS, MeterReading, StreamDecoder, decode_answer, frame, read_request
from tanheng.protocols.port import Refused

ADDRESS = "123456781012"
WIRE = bytes.fromhex(ADDRESS)[::-1]


def peer_answer(identifier: int, value: bytes, control: int = 0x91) -> bytes:
    """An answer frame made by the package."""
    return bytes(DLT645Protocol.build_frame(WIRE, control, identifier.to_bytes(4, "little") + value, 0))


@settings(deadline=None)
@given(st.sampled_from(sorted(ITEMS)), st.integers(0, 4))
def test_requests_equal_those_of_the_package(identifier: int, wake: int) -> None:
    peer = DLT645Protocol.build_frame(WIRE, 0x11, identifier.to_bytes(4, "little"), wake)
    assert read_request(address=ADDRESS, identifier=identifier, wake=wake) == bytes(peer)


def test_energy_is_read_as_packed_decimal_lowest_byte_first() -> None:
    # 123456.78 kWh: packed decimal 12 34 56 78, lowest byte first.
    reading = decode_answer(peer_answer(0x00010000, bytes.fromhex("78563412")))
    assert (reading.address, reading.value, reading.item.unit) == (ADDRESS, Decimal("123456.78"), "kWh")


def test_reverse_power_is_negative() -> None:
    # Sign in the highest bit of the highest byte: 81 23 45 → −1.2345 … with three bytes 01 23 45 of four decimals: −1.2345 kW.
    assert decode_answer(peer_answer(0x02030000, bytes.fromhex("452381"))).value == Decimal("-1.2345")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "header"),
        (peer_answer(0x00010000, b"\x78\x56\x34\x12")[:-1], "length"),
        (peer_answer(0x00010000, b"\x78\x56\x34\x12")[:-2] + b"\x00\x16", "check"),
        (peer_answer(0x00010000, b"\x78\x56\x34\x1a"), "digits"),
        (peer_answer(0x00010000, b"\x78\x56\x34"), "size"),
        (peer_answer(0x0001FF00, b"\x78\x56\x34\x12"), "item"),
        (peer_answer(0x00010000, b"\x78\x56\x34\x12", control=0x94), "control"),
        (frame(address=ADDRESS, control=0xD1, data=b"\x02"), "refusal"),
    ],
)
def test_answers_that_must_not_be_believed_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_answer(data)
    assert caught.value.code == f"protocols.dlt645.{reason}"
    assert caught.value.text("zh") != caught.value.text("en")


@pytest.mark.parametrize("address", ["", "12345678901", "1234567890ab", "１２３４５６７８９０１２"])
def test_wrong_addresses_are_refused(address: str) -> None:
    with pytest.raises(ProtocolError):
        read_request(address=address, identifier=0x00010000)


def test_every_single_damaged_byte_is_refused() -> None:
    whole = peer_answer(0x00010000, bytes.fromhex("78563412"))
    for at in range(len(whole)):
        for value in range(256):
            if value != whole[at]:
                with pytest.raises(ProtocolError):
                    decode_answer(whole[:at] + bytes([value]) + whole[at + 1 :])


@settings(deadline=None)
@given(st.integers(0, 99_999_999), st.integers(1, 20))
def test_a_stream_gives_the_reading_whatever_the_pieces(count: int, piece: int) -> None:
    answer = b"\xfe\xfe\xfe\xfe" + peer_answer(0x00010000, bytes.fromhex(f"{count:08d}")[::-1])
    decoder, found = StreamDecoder(), []
    for at in range(0, len(answer), piece):
        found += decoder.feed(answer[at : at + piece])
    assert [reading.value for reading in found if isinstance(reading, MeterReading)] == [Decimal(count).scaleb(-2)]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_noise_before_a_frame_is_refused_and_the_frame_found(noise: bytes) -> None:
    answer = peer_answer(0x02800002, bytes.fromhex("0050"))
    decoder = StreamDecoder()
    found = decoder.feed(noise + bytes(260) + answer) + decoder.feed(bytes(260))
    assert Decimal("50.00") in [reading.value for reading in found if isinstance(reading, MeterReading)]
    assert all(isinstance(reading, Refused | MeterReading) for reading in found)
    assert decoder.held <= 1024
