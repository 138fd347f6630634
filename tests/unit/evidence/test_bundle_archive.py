"""The ZIP of a bundle has one form; everything else is refused, and the member named."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.evidence.archive import Archive, fault_of_name, write
from tanheng.evidence.errors import ArchiveError

MEMBERS = {"manifest.json": b"{}\n", "inputs/活动数据.csv": b"1,2\n", "report/report.pdf": b"%PDF"}
_PART = st.text(st.characters(codec="utf-8", categories=["L", "Nd"]), min_size=1, max_size=12)
_NAME = st.lists(_PART, min_size=1, max_size=3).map("/".join).filter(lambda name: fault_of_name(name) is None)
_MEMBERS = st.dictionaries(_NAME, st.binary(max_size=60), max_size=6).filter(
    lambda found: len({name.casefold() for name in found}) == len(found)
)


def other_zip(change: Callable[[zipfile.ZipFile], None]) -> bytes:
    """A ZIP made by Python's zipfile, as anybody could make it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        change(archive)
    return made.getvalue()


def refusal(data: bytes) -> ArchiveError:
    with pytest.raises(ArchiveError) as caught:
        Archive(data)
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value


@given(_MEMBERS)
def test_what_was_written_is_read_in_its_order(members: dict[str, bytes]) -> None:
    archive = Archive(write(members))
    assert {name: archive.read(name) for name in archive.names} == members
    assert archive.names == list(members)


@given(_MEMBERS)
def test_any_zip_program_reads_the_same_members(members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(write(members))) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == members


def test_the_same_members_are_the_same_bytes() -> None:
    assert write(MEMBERS) == write(dict(MEMBERS))


def test_every_single_flipped_bit_is_found() -> None:
    data = write(MEMBERS)
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ArchiveError):
            Archive(bytes(flipped))


def test_every_truncation_is_found() -> None:
    data = write(MEMBERS)
    for length in range(len(data)):
        with pytest.raises(ArchiveError):
            Archive(data[:length])


@pytest.mark.parametrize("name", ["checkpoint", "inputs/plant.yaml"])
def test_a_flipped_bit_in_a_member_names_the_member(name: str) -> None:
    data = bytearray(write({"manifest.json": b"{}", name: b"content"}))
    data[bytes(data).index(b"content")] ^= 1
    assert refusal(bytes(data)).fields == {"member": name}


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("/etc/passwd", "outside"),
        ("../secret", "outside"),
        ("a/../../b", "outside"),
        ("a//b", "outside"),
        ("folder/", "outside"),
        ("./a", "outside"),
        ("C:/windows", "character"),
        ("a\\b", "character"),
        ("a\x00b", "character"),
        ("a\x1b[2J", "character"),
        ("nul.", "character"),
        ("", "length"),
        ("x" * 241, "length"),
        ("e\u0301.csv", "form"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_when_written_and_when_read(name: str, fault: str) -> None:
    assert fault_of_name(name) == fault
    with pytest.raises(ArchiveError):
        write({name: b""})


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret", "a/../b", "a\\b", "folder/"])
def test_a_foreign_zip_with_such_a_path_is_refused(name: str) -> None:
    data = write({"x" * len(name): b"data"}).replace(b"x" * len(name), name.encode())
    assert refusal(data).code == "evidence.archive.name"


def test_a_compressed_member_is_refused() -> None:
    data = other_zip(lambda archive: archive.writestr("bomb", bytes(10_000), zipfile.ZIP_DEFLATED))
    assert refusal(data).code == "evidence.archive.compressed"


def test_a_symbolic_link_is_refused() -> None:
    def link(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("report/report.pdf")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")

    found = refusal(other_zip(link))
    assert (found.code, found.fields["member"]) == ("evidence.archive.symlink", "report/report.pdf")


def test_two_members_of_one_name_are_refused() -> None:
    data = write({"a": b"1", "b": b"2"}).replace(b"b", b"a")
    assert refusal(data).code == "evidence.archive.twice"


def test_two_members_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(ArchiveError, match="stands twice"):
        write({"report/A.pdf": b"", "report/a.pdf": b""})


def test_a_zip_of_zipfile_with_a_name_twice_is_refused() -> None:
    def twice(archive: zipfile.ZipFile) -> None:
        archive.writestr("a", "1")
        with warnings.catch_warnings(action="ignore"):
            archive.writestr("a", "2")

    refusal(other_zip(twice))


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(write({"secret": b"x"}))
    at = bytes(data).index(b"PK\1\2")
    data[at + 8] |= 1
    assert refusal(bytes(data)).code == "evidence.archive.encrypted"


def test_zip64_is_refused() -> None:
    def large(archive: zipfile.ZipFile) -> None:
        with archive.open("a", "w", force_zip64=True) as stream:
            stream.write(b"1")

    refusal(other_zip(large))
    data = bytearray(write({"a": b"1"}))
    data[-6:-2] = b"\xff\xff\xff\xff"
    assert refusal(bytes(data)).code == "evidence.archive.zip64"


def test_an_extra_field_is_refused() -> None:
    def extra(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0))
        info.extra = struct.pack("<HH4s", 0x5455, 4, b"time")
        archive.writestr(info, "1")

    assert refusal(other_zip(extra)).code == "evidence.archive.extra"


def test_a_local_header_that_differs_from_the_directory_is_refused() -> None:
    data = bytearray(write({"good.csv": b"1"}))
    at = bytes(data).index(b"good.csv")
    data[at : at + 8] = b"evil.csv"
    found = refusal(bytes(data))
    assert (found.code, found.fields["member"]) == ("evidence.archive.local", "good.csv")


def test_two_records_for_one_place_are_refused() -> None:
    """The overlap of a “better zip bomb”: many names, one set of data."""
    data = write({"a": b"1" * 40, "b": b"1" * 40})
    at = data.index(b"PK\1\2")
    first, second = data[at : at + 47], bytearray(data[at + 47 : at + 94])
    second[42:46] = first[42:46]
    refusal(data[: at + 47] + bytes(second) + data[at + 94 :])


@pytest.mark.parametrize("where", ["before", "between", "in the directory", "behind", "comment"])
def test_bytes_that_belong_to_no_member_are_refused(where: str) -> None:
    data = write(MEMBERS)
    at = data.index(b"PK\1\2")
    moved = data[at:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(data) - 22 - at, at + 4, 0)
    made = {
        "before": b"#!sh" + data,
        "between": data[:at] + b"hide" + moved,
        "in the directory": data[:-22] + b"hide" + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(data) - 18 - at, at, 0),
        "behind": data + b"more",
        "comment": data[:-2] + b"\4\0more",
    }
    refusal(made[where])


def test_a_size_that_the_file_does_not_have_is_refused() -> None:
    data = bytearray(write({"a": b"1"}))
    at = bytes(data).index(b"PK\1\2")
    for place in (18, 22, at + 20, at + 24):
        data[place : place + 4] = struct.pack("<L", 1 << 29)
    assert refusal(bytes(data)).code == "evidence.archive.cut"


def test_a_file_that_is_no_zip_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("no bundle at all, but long enough to hold an end record")
    for name in ("empty", "text", "absent"):
        with pytest.raises(ArchiveError):
            Archive.open(tmp_path / name)


def test_a_member_that_is_not_there_and_one_larger_than_asked_for_are_refused() -> None:
    archive = Archive(write({"a": b"12345"}))
    with pytest.raises(ArchiveError, match="lacks the member"):
        archive.read("b")
    with pytest.raises(ArchiveError, match="at most 4"):
        archive.read("a", largest=4)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(ArchiveError):
        Archive(data + b"x")
