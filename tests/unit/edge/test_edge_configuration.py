"""Configurations: every fault is found at once and named; the digest stands for the content, not for its spelling."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.edge.configuration import Kind, load, parse

GOOD: dict[str, Any] = {
    "terminal": "t-1",
    "devices": [{"id": "meter", "driver": "modbus-tcp", "host": "10.0.0.7", "port": 502, "every_s": 1}],
    "channels": [
        {
            "id": "line1.power",
            "device": "meter",
            "unit": "kWh",
            "kind": "totaliser",
            "decimals": 2,
            "factor": "0.01",
            "meter_factor": {"ct": "800/5", "pt": "10000/100"},
            "modulus": "99999999",
            "address": {"register": 0, "type": "uint32"},
        }
    ],
}


def changed(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes})


def channel(**changes: Any) -> str:
    return changed(channels=[{**GOOD["channels"][0], **changes}])


def test_a_configuration_gives_devices_channels_and_factors() -> None:
    found = parse(json.dumps(GOOD))
    (one,) = found.channels
    assert (one.kind, one.factor.value, one.scaling.meter_factor) == (Kind.TOTALISER, Fraction(16000), Fraction(16000))
    assert one.modulus == 99999999 * 16000  # display 999 999.99 · 16 000, in hundredths


def test_the_digest_is_that_of_the_content_whatever_its_order_and_comments() -> None:
    text = "# comment\n" + "\n".join(json.dumps({key: GOOD[key]})[1:-1].replace('"', "", 2) for key in reversed(GOOD))
    assert parse(text).digest == parse(json.dumps(GOOD)).digest


def test_the_document_reads_back_to_the_same_configuration() -> None:
    found = parse(json.dumps(GOOD))
    again = parse(found.document.decode())
    assert (again.digest, again.channels, again.devices) == (found.digest, found.channels, found.devices)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no map"),
        ("[1, 2]", "no map"),
        ("a: [", "YAML"),
        (changed(terminal=""), "terminal"),
        (changed(colour="red"), "colour"),
        (changed(channels=[]), "channels"),
        (changed(zone="Asia/Wuhan"), "Asia/Wuhan"),
        (changed(shifts=["16:00", "08:00", "00:00"]), "order"),
        (changed(limits={"keep_days": 30}), "62"),
        (changed(devices=[{**GOOD["devices"][0], "driver": "profibus"}]), "profibus"),
        (changed(devices=GOOD["devices"] * 2), "twice"),
        (changed(channels=GOOD["channels"] * 2), "twice"),
        (changed(uplink={"routes": [{"name": "a", "url": "ftp://x", "priority": 1}]}), "ftp"),
        (changed(uplink={"routes": [{"name": n, "url": "https://x", "priority": 1} for n in "ab"]}), "priority"),
        *(
            (changed(uplink={"routes": [{"name": "a", "url": url, "priority": 1}]}), url.strip("\x01"))
            for url in ("http://[", "http://x:abc", "http://x:99999", "http://:8080", "http://x:0", "http://x\x01")
        ),
        (channel(device="absent"), "absent"),
        (channel(decimals=12), "12"),
        (channel(kind="flow"), "flow"),
        (channel(factor="0"), "factor"),
        (channel(factor="1e5"), "1e5"),
        (channel(factor=0.1), "0.1"),
        (channel(meter_factor={"ct": "5/0"}), "zero"),
        (channel(meter_factor={"ct": "-1"}), "positive"),
        (channel(kind="rate"), "totaliser"),
        (channel(raw_range={"low": "5", "high": "5"}), "5"),
        (channel(exchanges=[{"at": "2026-10-01T08:00:00", "initial": "0"}]), "offset"),
        (channel(exchanges=[{"at": "yesterday", "initial": "0"}]), "yesterday"),
        (channel(id="Line 1"), "Line 1"),
        (channel(point="feed"), "feed"),
    ],
)
def test_a_wrong_configuration_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    told = " ".join([caught.value.text("en"), *(finding.text("en") for finding in caught.value.findings)])
    assert words in told


def test_all_faults_are_told_at_once() -> None:
    rows = [{**GOOD["channels"][0], "id": "a", "device": "x"}, {**GOOD["channels"][0], "id": "b", "meter_factor": {"ct": "0"}}]
    with pytest.raises(InputError) as caught:
        parse(changed(channels=rows, devices=[{**GOOD["devices"][0], "driver": "profibus"}]))
    assert [fault.code.rpartition(".")[2] for fault in caught.value.findings] == ["driver", "device", "channel"]


def test_a_channel_map_beside_the_configuration_gives_the_points(tmp_path: Path) -> None:
    table = "points:\n  feed: {address: {register: 7, type: float32}, unit: t/h, kind: rate, decimals: 2}\n"
    (tmp_path / "maker.yaml").write_text(table, encoding="utf-8")
    content = {
        "terminal": "t-1",
        "devices": [{**GOOD["devices"][0], "map": "maker.yaml"}],
        "channels": [{"id": "a", "device": "meter", "point": "feed", "address": {"unit": 3}}],
    }
    (tmp_path / "terminal.yaml").write_text(json.dumps(content), encoding="utf-8")
    (one,) = load(tmp_path / "terminal.yaml").channels
    assert (dict(one.address), one.unit) == ({"register": 7, "type": "float32", "unit": 3}, "t/h")


def test_a_missing_file_and_a_missing_map_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load(tmp_path / "absent.yaml")
    with pytest.raises(InputError) as caught:
        parse(changed(devices=[{**GOOD["devices"][0], "map": "../../etc/passwd"}]))
    assert caught.value.code == "edge.configuration.map"
