"""The manifest lists exactly what is there; anything else is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanheng.core import canonical
from tanheng.evidence import manifest, verify
from tanheng.evidence.archive import Archive, write
from tanheng.evidence.errors import EvidenceError, ManifestError

PDF = "report/report.pdf"


def refusal(parts: Any, changed: object = None) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        manifest.read(parts.archive(changed))
    return caught.value


def test_every_member_but_itself_is_listed_with_size_and_digest(parts: Any) -> None:
    listed = parts.manifest()["members"]
    assert [item["path"] for item in listed] == sorted(parts.members)
    assert {item["path"]: item["size"] for item in listed}["checkpoint"] == len(parts.members["checkpoint"])


def test_the_manifest_read_gives_the_entries(parts: Any) -> None:
    assert [entry.jsonable() for entry in manifest.read(parts.archive())] == parts.entries


def test_a_missing_member_is_named(parts: Any) -> None:
    said = parts.manifest()
    del parts.members[PDF]
    found = refusal(parts, said)
    assert (found.code, found.object) == ("evidence.manifest.missing", PDF)


def test_an_extra_member_is_named(parts: Any) -> None:
    said = parts.manifest()
    parts.members["report/more.txt"] = b"more"
    found = refusal(parts, said)
    assert (found.code, found.object) == ("evidence.manifest.extra", "report/more.txt")


def test_a_renamed_member_is_named(parts: Any) -> None:
    said = parts.manifest()
    parts.members["report/other.pdf"] = parts.members.pop(PDF)
    assert refusal(parts, said).object == PDF


def test_a_changed_member_is_named(parts: Any) -> None:
    said = parts.manifest()
    parts.members[PDF] = b"%PDF-1.7 STAND-IN"
    found = refusal(parts, said)
    assert (found.code, found.object) == ("evidence.manifest.digest", PDF)


def test_a_member_of_another_size_is_named(parts: Any) -> None:
    said = parts.manifest()
    parts.members[PDF] += b" "
    found = refusal(parts, said)
    assert (found.code, found.object) == ("evidence.manifest.size", PDF)


def test_another_order_is_refused(parts: Any) -> None:
    said = parts.manifest()
    said["members"].reverse()
    assert refusal(parts, said).code == "evidence.manifest.order"


def test_a_member_listed_twice_is_refused(parts: Any) -> None:
    said = parts.manifest()
    said["members"].insert(1, said["members"][0])
    assert refusal(parts, said).code == "evidence.manifest.order"


def test_the_manifest_must_come_first(parts: Any) -> None:
    with pytest.raises(ManifestError, match="first member"):
        manifest.read(Archive(write({"checkpoint": b"", "manifest.json": b"{}"})))
    with pytest.raises(ManifestError, match="first member"):
        manifest.read(Archive(write({})))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b'{"schema": "bundle/2"}\n',
        b'{"schema": ["bundle/1"]}\n',
        b'{"schema": "bundle/1", "entries": [], "members": {}}\n',
        b"[" * 100_000,
        b'{"schema": 1.5}\n',
        b'{"schema": NaN}\n',
        b"\xff\xfe",
        b'{"schema": "\\ud800"}\n',
    ],
)
def test_a_manifest_of_another_kind_is_refused(parts: Any, head: bytes) -> None:
    refusal(parts, head)


def test_a_manifest_in_another_spelling_is_refused(parts: Any) -> None:
    assert "canonical" in refusal(parts, json.dumps(parts.manifest()).encode()).text()


def test_a_manifest_with_a_key_twice_is_refused(parts: Any) -> None:
    head = canonical.pretty(parts.manifest()).replace(b'"entries"', b'"entries": [],\n "entries"', 1)
    assert "canonical" in refusal(parts, head).text()


@pytest.mark.parametrize(
    "change",
    [
        {"index": -1},
        {"index": True},
        {"index": "0"},
        {"index": 1 << 63},
        {"salt": "00"},
        {"salt": "0" * 31 + "G"},
        {"salt": None},
        {"payload": None},
        {"withheld": "confidential"},
        {"more": 1},
    ],
)
def test_an_entry_of_another_shape_is_refused(parts: Any, change: dict[str, Any]) -> None:
    parts.entries[0] |= change
    assert refusal(parts).code == "evidence.manifest.malformed"


def test_a_reason_that_nobody_knows_is_refused(parts: Any) -> None:
    parts.entries[0] = {"index": 0, "withheld": "because"}
    assert "known reason" in refusal(parts).text()


@pytest.mark.parametrize("change", [{"path": None}, {"more": 1}, {"sha256": None}, {"size": "214"}, {"size": True}])
def test_a_member_of_another_shape_is_refused(parts: Any, change: dict[str, Any]) -> None:
    said = parts.manifest()
    said["members"][0] |= change
    refusal(parts, said)


def test_entries_out_of_order_or_twice_are_refused(parts: Any) -> None:
    first, second, *rest = parts.entries
    for entries in ([second, first, *rest], [first, first, second, *rest]):
        parts.entries = entries
        assert "rising" in refusal(parts).text()


def test_a_member_that_nothing_binds_to_the_log_is_refused(parts: Any) -> None:
    parts.members["inputs/laboratory.csv"] = b"another set of results"
    with pytest.raises(ManifestError) as caught:
        verify(parts.archive())
    assert (caught.value.code, caught.value.object) == ("evidence.manifest.unbound", "inputs/laboratory.csv")


def test_every_member_left_out_is_missed(parts: Any) -> None:
    for path in parts.members:
        without = parts.copy()
        del without.members[path]
        with pytest.raises(EvidenceError) as caught:
            verify(without.archive())
        assert path in caught.value.text()
