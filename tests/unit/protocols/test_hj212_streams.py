"""HJ 212 frames out of byte streams: any pieces, noise, damage, endless lines; and messages in packets."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.errors import ProtocolError
from tanheng.protocols.hj212 import Frame, Group, Joiner, Message, Profile, StreamDecoder, encode_frame, split
from tanheng.protocols.port import Refused

MN = "010000A8900016F000169DC0"
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def message(number: int = 0, *, factors: int = 1, flag: int = 8) -> Message:
    groups = [Group((("DataTime", "20260801085857"),))]
    groups += [
        Group(((f"a{34000 + at:05d}-Rtd", f"{number % 1000}.5"), (f"a{34000 + at:05d}-Flag", "N"))) for at in range(factors)
    ]
    return Message(f"20260801085857{number % 1000:03d}", "31", "2011", "123456", MN, flag, tuple(groups))


def frames(found: list[Frame | Refused]) -> list[Message]:
    return [item.message for item in found if isinstance(item, Frame)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 999), min_size=1, max_size=6), st.integers(1, 60), st.booleans())
def test_a_stream_in_any_pieces_gives_all_frames(numbers: list[int], piece: int, encrypted: bool) -> None:
    profile = Profile(key=KEY if encrypted else None)
    data = b"".join(encode_frame(message(number), profile) for number in numbers)
    decoder, found = StreamDecoder(profile), []
    for at in range(0, len(data), piece):
        found += decoder.feed(data[at : at + piece])
    assert frames(found) == [message(number) for number in numbers]
    assert decoder.finish() == []


@settings(deadline=None)
@given(st.binary(max_size=300).filter(lambda noise: b"#" not in noise))
def test_noise_between_frames_is_kept_with_its_reason(noise: bytes) -> None:
    decoder = StreamDecoder()
    found = decoder.feed(encode_frame(message(1)) + noise + encode_frame(message(2)))
    assert frames(found) == [message(1), message(2)]
    refusals = [item for item in found if isinstance(item, Refused)]
    assert [item.raw for item in refusals] == ([noise] if noise else [])


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 255))
def test_one_damaged_byte_loses_at_most_its_own_frame_and_keeps_its_bytes(at: int, change: int) -> None:
    first = bytearray(encode_frame(message(1)))
    first[at % len(first)] ^= change
    decoder = StreamDecoder()
    found = decoder.feed(bytes(first) + encode_frame(message(2)) + encode_frame(message(3)) + b"\r\n" * 520)
    assert frames(found)[-1] == message(3)
    assert message(1) not in frames(found)
    assert any(isinstance(item, Refused) for item in found + decoder.finish())


@pytest.mark.parametrize("filler", [b"x", b"#", b"##", b"##1", b"##0999", b"##9999", b"\x00"])
def test_ten_megabytes_without_a_line_end_hold_almost_nothing(filler: bytes) -> None:
    decoder, block, count = StreamDecoder(), (filler * 65_536)[:65_536], 0
    for _ in range(160):
        found = decoder.feed(block)
        count += sum(item.count for item in found if isinstance(item, Refused))
        assert decoder.held < 8192
        assert all(len(item.raw) <= 2048 for item in found if isinstance(item, Refused))
    count += sum(item.count for item in decoder.finish() if isinstance(item, Refused))
    assert count == 160 * 65_536
    assert frames(decoder.feed(b"\r\n" * 1024 + encode_frame(message(7))))[-1:] == [message(7)]


def test_an_unfinished_frame_is_refused_when_the_peer_goes() -> None:
    decoder = StreamDecoder()
    decoder.feed(encode_frame(message(1))[:-3])
    (left,) = decoder.finish()
    assert isinstance(left, Refused)
    assert left.error.code == "protocols.hj212.unfinished"


def test_a_segment_longer_than_the_limit_is_refused_and_the_next_frame_found() -> None:
    decoder = StreamDecoder(Profile(segment_limit=200))
    found = decoder.feed(encode_frame(message(1, factors=12)) + encode_frame(message(2)))
    assert frames(found) == [message(2)]
    assert [item.error.code for item in found if isinstance(item, Refused)] == ["protocols.hj212.length_limit"]


@settings(deadline=None)
@given(st.integers(1, 200), st.permutations(range(12)))
def test_a_long_message_goes_in_packets_and_comes_back_in_any_order(factors: int, order: list[int]) -> None:
    whole = message(3, factors=factors)
    packets = split(whole)
    assert all(len(encode_frame(packet)) <= 1024 + 12 for packet in packets)
    joiner = Joiner()
    ranked = sorted(packets, key=lambda packet: order[(packet.pno or 0) % 12])
    joined = [joiner.add(packet) for packet in ranked]
    assert [item for item in joined if item is not None] == [whole]


def test_a_short_message_is_not_split() -> None:
    assert split(message(1)) == (message(1),)


def test_a_group_longer_than_a_frame_is_refused() -> None:
    fat = Group(tuple((f"i{at:05d}-Info", "x" * 40) for at in range(30)))
    with pytest.raises(ProtocolError) as caught:
        split(dataclasses.replace(message(1), groups=(fat,)))
    assert caught.value.code == "protocols.hj212.group_too_long"


def test_a_packet_that_contradicts_an_earlier_one_is_refused() -> None:
    first, second, *_ = split(message(3, factors=80))
    joiner = Joiner()
    joiner.add(first)
    for wrong in (dataclasses.replace(second, pnum=99), dataclasses.replace(first, pw="654321")):
        with pytest.raises(ProtocolError):
            joiner.add(wrong)


def test_unfinished_messages_are_given_up_oldest_first() -> None:
    joiner = Joiner(open_limit=2)
    for number in range(4):
        joiner.add(split(message(number, factors=80))[0])
    assert [packet.qn[-3:] for packet in joiner.given_up] == ["000", "001"]


def test_the_same_packet_twice_changes_nothing() -> None:
    packets = split(message(3, factors=80))
    joiner = Joiner()
    joined = [joiner.add(packet) for packet in (packets[0], *packets)]
    assert joined[-1] == message(3, factors=80)
