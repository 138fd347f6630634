"""Frames, fields and values of HJ 212: what is read, and what is refused with its reason."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.batch import Quality
from tanheng.core.errors import ProtocolError
from tanheng.protocols.hj212 import (
    CO2,
    Group,
    Message,
    Profile,
    answer_to,
    check,
    co2_factor,
    decode_frame,
    encode_frame,
    instant,
    quality,
    site_profile,
    stamp,
)

HEAD = "QN=20160801085857223;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def frame(content: str, head: str = HEAD) -> bytes:
    """A frame around a content, with right length and check."""
    segment = f"{head}CP=&&{content}&&".encode()
    return b"##%04d" % len(segment) + segment + check(segment).encode() + b"\r\n"


def refused(data: bytes, profile: Profile | None = None) -> str:
    with pytest.raises(ProtocolError) as caught:
        decode_frame(data, profile or Profile())
    assert caught.value.text("zh")
    return caught.value.code.removeprefix("protocols.hj212.")


def test_a_real_time_message_gives_numbers_with_unit_and_quality() -> None:
    decoded = decode_frame(frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N;a01012-Rtd=118.4,a01012-Flag=M"))
    assert [(r.code, r.value, r.unit, r.quality) for r in decoded.readings] == [
        ("a19001", Decimal("9.8"), "%", Quality.GOOD),
        ("a01012", Decimal("118.4"), "degC", Quality.MAINTENANCE),
    ]


def test_data_time_is_beijing_time() -> None:
    # 2016-08-01 08:58:57 UTC+8 = 2016-08-01 00:58:57 UTC = 1470013137 s (date -u -d @1470013137).
    assert decode_frame(frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N")).message.measured_at == 1_470_013_137_000


def test_a_mass_carries_the_unit_of_mass() -> None:
    decoded = decode_frame(frame("DataTime=20160801080000;a05001-Cou=180755.804,a05001-Flag=N"))
    assert (decoded.readings[0].kind, decoded.readings[0].unit) == ("Cou", "kg")


def test_co2_without_a_declared_unit_is_read_but_has_none() -> None:
    decoded = decode_frame(frame("DataTime=20160801085857;a05001-Rtd=432.143,a05001-Flag=N"))
    assert (decoded.readings[0].value, decoded.readings[0].unit) == (Decimal("432.143"), None)


def test_kiln_co2_in_milligrams_overflows_its_printed_type() -> None:
    # 22 % by volume is 432 142.857 mg/m3 (hand: 0.22 * 44 / 22.4 kg/m3); N3.3 holds 999.999.
    assert refused(frame("DataTime=20160801085857;a05001-Rtd=432142.857,a05001-Flag=N")) == "co2_overflow"


@pytest.mark.parametrize(("unit", "text"), [("g/m3", "432.143"), ("%", "22.000"), ("mg/m3", "432142.857")])
def test_a_declared_unit_carries_the_same_co2(unit: str, text: str) -> None:
    profile = site_profile({CO2: {"unit": unit}})
    decoded = decode_frame(frame(f"DataTime=20160801085857;a05001-Rtd={text},a05001-Flag=N"), profile)
    assert (decoded.readings[0].text, decoded.readings[0].unit) == (text, unit)


@pytest.mark.parametrize(
    ("unit", "text"), [("g/m3", "22.000"), ("%", "432.143"), ("%", "4.999"), ("g/m3", "688.001"), ("mg/m3", "432.143")]
)
def test_co2_that_does_not_fit_its_declared_unit_is_refused(unit: str, text: str) -> None:
    profile = site_profile({CO2: {"unit": unit}})
    assert refused(frame(f"DataTime=20160801085857;a05001-Rtd={text},a05001-Flag=N"), profile) == "range_value"


def test_a_kiln_at_rest_may_show_air() -> None:
    profile = Profile(factors={CO2: co2_factor("%")})
    decoded = decode_frame(frame("DataTime=20160801085857;a05001-Rtd=0.04,a05001-Flag=F"), profile)
    assert decoded.readings[0].quality is Quality.STOPPED


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("N", "GOOD"), ("F", "STOPPED"), ("M", "MAINTENANCE"), ("S", "MANUAL"), ("D", "FAULT"), ("C", "CALIBRATION"),
     ("T", "OUT_OF_RANGE"), ("B", "NO_DATA"), ("Q", "UNCERTAIN"), ("n", "UNCERTAIN"), (None, "UNCERTAIN")],
)  # fmt: skip
def test_flags_become_qualities_and_only_n_is_good(flag: str | None, expected: str) -> None:
    assert quality(flag).name == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "header"),
        (b"#!0004aaaa0000\r\n", "header"),
        (b"##00x4aaaa0000\r\n", "length_digits"),
        (b"##0005aaaa0000\r\n", "length"),
        (b"##0004aaaa00g0\r\n", "check_digits"),
        (b"##0004aaaa0000\n\n", "tail"),
        (b"##0004aaaa0000\r\n", "check"),
        (b"##9999aaaa0000\r\n", "length_limit"),
        (frame("DataTime=20160801085857;a19001-Rtd=9.8") + b"x", "tail"),
        (b"\n" + frame("DataTime=20160801085857;a19001-Rtd=9.8"), "header"),
    ],
)
def test_damaged_frames_are_refused(data: bytes, reason: str) -> None:
    assert refused(data) == reason


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (HEAD.replace("QN=20160801085857223;", ""), "field_missing"),
        (HEAD.replace("20160801085857223", "20160801085857"), "field_value"),
        (HEAD.replace("20160801085857223", "20160231085857223"), "time"),
        (HEAD.replace("ST=31;CN=2011;", "CN=2011;ST=31;"), "field_order"),
        (HEAD.replace("ST=31;", "ST=31;ST=31;"), "field_order"),
        (HEAD.replace("PW=123456;", "PW=;"), "field_value"),
        (HEAD.replace("Flag=5", "Flag=1"), "edition"),
        (HEAD.replace("Flag=5", "Flag=13"), "edition"),
        (HEAD.replace("Flag=5", "Flag=7"), "packet_bit"),
        (HEAD.replace("Flag=5;", "Flag=5;PNUM=2;PNO=1;"), "packet_bit"),
        (HEAD.replace("Flag=5;", "Flag=7;PNUM=2;PNO=3;"), "packet_number"),
        (HEAD.replace("Flag=5;", "Flag=7;PNUM=2;PNO=0;"), "packet_number"),
        (HEAD.replace("Flag=5;", "Flag=5;RF=1;"), "resend"),
        (HEAD.replace("Flag=5;", "Flag=9;RF=0;"), "field_value"),
        (HEAD.replace("MN=010000A8900016F000169DC0;Flag=5", "MN=88888880000001;Flag=9"), "field_value"),
        (HEAD.replace("Flag=5;", "Flag=5;Colour=red;"), "field_unknown"),
        (HEAD.replace("Flag=5", "Flag=５"), "field_value"),
    ],
)
def test_wrong_fields_are_refused(head: str, reason: str) -> None:
    assert refused(frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N", head)) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("DataTime=20160801245857;a19001-Rtd=9.8", "time"),
        ("DataTime=19700101080000;a19001-Rtd=9.8", "time"),
        ("DataTime=2016080108;a19001-Rtd=9.8", "time"),
        ("DataTime=20160801085857;a19001-Rtd=1e2", "number"),
        ("DataTime=20160801085857;a19001-Rtd=", "number"),
        ("DataTime=20160801085857;a19001-Rtd=+9.8", "number"),
        ("DataTime=20160801085857;a19001-Rtd=9,8", "content_field"),
        ("DataTime=20160801085857;a19001-Rtd=NaN", "number"),
        ("DataTime=20160801085857;a19001-Rtd=９.８", "number"),
        ("DataTime=20160801085857;a19001-Rtd=1000.0", "overflow"),
        ("DataTime=20160801085857;a19001-Rtd=-1000.0", "overflow"),
        ("DataTime=20160801085857;a19001-Rtd=9.8;a19001-Rtd=9.9", "content_twice"),
        ("DataTime=20160801085857;a19001-Rtd", "content_field"),
        ("DataTime=20160801085857;a19001-Rtd=9.8,", "content_field"),
        ("DataTime=20160801085857;;a19001-Rtd=9.8", "content_field"),
    ],
)
def test_wrong_contents_are_refused(content: str, reason: str) -> None:
    assert refused(frame(content)) == reason


def test_one_impossible_value_refuses_the_whole_message() -> None:
    assert refused(frame("DataTime=20160801085857;a01012-Rtd=118.4,a01012-Flag=N;a19001-Rtd=4000")) == "overflow"


def test_more_decimals_than_printed_are_kept() -> None:
    assert decode_frame(frame("DataTime=20160801085857;a19001-Rtd=9.8125,a19001-Flag=N")).readings[0].value == Decimal("9.8125")


def test_a_log_text_may_hold_separators() -> None:
    decoded = decode_frame(frame("DataTime=20160801085857;i11001-Info=//开机; 量程=25,正常//", HEAD.replace("2011", "3020")))
    assert decoded.message.field("i11001-Info") == "//开机; 量程=25,正常//"


def test_a_resend_of_2025_is_marked() -> None:
    head = HEAD.replace("Flag=5;", "Flag=9;RF=1;")
    assert decode_frame(frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N", head)).message.resend is True


def test_the_answer_keeps_request_number_device_and_edition() -> None:
    message = decode_frame(frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N")).message
    answer = decode_frame(encode_frame(answer_to(message))).message
    assert (answer.st, answer.cn, answer.qn, answer.mn, answer.flag) == ("91", "9014", message.qn, message.mn, 4)


def test_a_request_is_answered_with_its_result() -> None:
    message = decode_frame(frame("", HEAD.replace("CN=2011", "CN=1011"))).message
    assert (
        encode_frame(answer_to(message, command="9011", fields=(("QnRtn", "1"),))).endswith(b"CP=&&QnRtn=1&&6281\r\n") is False
    )
    assert (
        decode_frame(encode_frame(answer_to(message, command="9012", fields=(("ExeRtn", "1"),)))).message.field("ExeRtn") == "1"
    )


@pytest.mark.parametrize("cipher_text", ["raw", "hex"])
@pytest.mark.parametrize("length_counts", ["sent", "plain"])
def test_encrypted_frames_come_back(cipher_text: Literal["raw", "hex"], length_counts: Literal["sent", "plain"]) -> None:
    profile = Profile(key=KEY, cipher_text=cipher_text, length_counts=length_counts, segment_limit=2048)
    head = HEAD.replace("Flag=5", "Flag=9")
    plain = frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N", head)
    message = decode_frame(plain).message
    sent = encode_frame(message, profile)
    assert b"a19001-Rtd" not in sent
    assert sent[-6:-2] == plain[-6:-2]  # the check is computed before encryption
    assert decode_frame(sent, profile).message == message


def test_the_wrong_key_is_refused() -> None:
    message = decode_frame(
        frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N", HEAD.replace("Flag=5", "Flag=9"))
    ).message
    refused(encode_frame(message, Profile(key=KEY)), Profile(key=bytes(16)))


def test_a_plain_frame_is_refused_where_a_key_is_set() -> None:
    refused(frame("DataTime=20160801085857;a19001-Rtd=9.8,a19001-Flag=N"), Profile(key=KEY))


def test_a_time_request_is_not_encrypted() -> None:
    message = decode_frame(frame("", HEAD.replace("CN=2011", "CN=1011"))).message
    assert encode_frame(message, Profile(key=KEY)) == encode_frame(message)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({CO2: {"unit": "ppm"}}, "co2_unit"),
        ({CO2: {"unit": "%", "colour": "red"}}, "profile_key"),
        ({"a19001": {"type": "N3.3.3"}}, "type"),
        ({"a19001": {"low": "21", "high": "0"}}, "range"),
        ({"a19001": {"low": "abc"}}, "number"),
    ],
)
def test_wrong_profiles_are_refused(declared: dict[str, dict[str, str]], reason: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        site_profile(declared)
    assert caught.value.code == f"protocols.hj212.{reason}"


@pytest.mark.parametrize(("field", "value"), [("key", b"short"), ("segment_limit", 99), ("segment_limit", 10_000)])
def test_wrong_profile_options_are_refused(field: str, value: Any) -> None:
    with pytest.raises(ProtocolError):
        Profile(**{field: value})


names = st.from_regex(r"a[0-9]{5}-(Rtd|Avg|Min|Max)", fullmatch=True)
numbers = st.decimals(min_value=-9, max_value=9, places=3).map(lambda value: f"{value:f}")
contents = st.dictionaries(names, numbers, min_size=1, max_size=8)


@settings(deadline=None)
@given(contents, st.sampled_from(["4", "5", "8", "9"]), st.integers(946_656_000_000, 4_102_415_999_000))
def test_encoding_and_decoding_are_inverse(fields: dict[str, str], flag: str, milliseconds: int) -> None:
    groups = (Group((("DataTime", stamp(milliseconds, digits=14)),)), *(Group((pair,)) for pair in fields.items()))
    message = Message(stamp(milliseconds), "31", "2011", "123456", "010000A8900016F000169DC0", int(flag), groups)
    assert decode_frame(encode_frame(message)).message == message
    assert instant(message.qn, name="QN") == milliseconds


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_frame_or_an_error_of_ours(data: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        decode_frame(data)
