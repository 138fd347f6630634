"""A file is what its bytes are, and stays within bounds when it is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from tanheng.core.errors import InputError
from tanheng.platform.record import attachments, sniffing
from tanheng.platform.record.sniffing import Bounds, sniff

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return buffer.getvalue()


def png(width: int, height: int) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        + bytes(4)
    )


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(data)
    return path


def test_a_workbook_is_known_by_its_content_types(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with Workbook(buffer) as workbook:
        workbook.add_worksheet().write(0, 0, 1)
    assert sniff(kept(tmp_path, buffer.getvalue()), "煤.xlsx") == sniffing.XLSX


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("证书.PDF", PDF, sniffing.PDF),
        ("scan.jpg", b"\xff\xd8\xff\xe0" + bytes(40), sniffing.JPEG),
        ("photo.png", png(640, 480), sniffing.PNG),
        ("sheet.csv", "日期,数值\n2025-03-01,1.5\n".encode("gb18030"), sniffing.CSV),
        ("notes.txt", b"\xef\xbb\xbftext", sniffing.TEXT),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), sniffing.XLS),
        ("invoice.ofd", archive({"OFD.xml": b"<ofd/>"}), sniffing.OFD),
    ],
)
def test_a_good_file_is_taken(tmp_path: Path, name: str, data: bytes, media: str) -> None:
    assert sniff(kept(tmp_path, data), name) == media


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("report.pdf", b"<!DOCTYPE html><html><script>1</script></html>", "platform.file.mismatch"),
        ("report.pdf", b"%PDF-1.7 cut off", "platform.file.damaged"),
        ("table.csv", b"<html><body>no table</body></html>", "platform.file.mismatch"),
        ("table.csv", b"a,b\x00c", "platform.file.mismatch"),
        ("picture.png", PDF, "platform.file.mismatch"),
        ("sheet.xlsx", archive({"a.txt": b"x"}), "platform.file.mismatch"),
        ("sheet.xlsx", b"PK\x03\x04 no archive", "platform.file.damaged"),
        ("sheet.xlsx", archive({"xl/vbaProject.bin": b"x"}), "platform.file.macros"),
        ("sheet.xlsx", archive({"../../etc/passwd": b"x"}), "platform.file.path"),
        ("program.exe", b"MZ", "platform.file.type"),
        ("pack.zip", archive({"a": b"b"}), "platform.file.type"),
        ("noending", b"text", "platform.file.type"),
        ("empty.csv", b"", "platform.file.empty"),
        ("huge.png", png(100_000, 100_000), "platform.file.pixels"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        sniff(kept(tmp_path, data), name)
    assert refused.value.code == code


def test_an_archive_that_unpacks_to_far_more_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = archive({"xl/worksheets/sheet1.xml": bytes(30 << 20)})
    assert len(bomb) < 1 << 16
    with pytest.raises(InputError) as refused:
        sniff(kept(tmp_path, bomb), "bomb.xlsx")
    assert refused.value.code == "platform.file.bomb"


def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    many = archive({f"m{number}": b"x" for number in range(20)})
    with pytest.raises(InputError) as refused:
        sniff(kept(tmp_path, many), "many.xlsx", bounds=Bounds(members=10))
    assert refused.value.code == "platform.file.members"


def test_a_lying_size_in_the_header_does_not_help(tmp_path: Path) -> None:
    data = bytearray(archive({"a": bytes(8 << 20)}))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    with pytest.raises(InputError):
        sniff(kept(tmp_path, bytes(data)), "liar.xlsx", bounds=Bounds(unpacked=1 << 20))


@given(st.binary(max_size=300), st.sampled_from(sorted(sniffing.EXTENSIONS)))
@settings(max_examples=200)
def test_any_bytes_are_taken_or_refused_by_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str
) -> None:
    path = kept(tmp_path_factory.mktemp("sniff"), data)
    try:
        assert sniff(path, "file" + ending) == sniffing.EXTENSIONS[ending]
    except InputError as refused:
        known = refused.code.startswith("platform.file.")
        assert known


@given(st.text(max_size=400))
def test_a_shown_name_has_no_path_no_control_sign_and_a_length(name: str) -> None:
    shown = attachments.display_name(name)
    assert "/" not in shown
    assert "\\" not in shown
    assert len(shown) <= attachments.NAME_LENGTH
    assert shown.isprintable()
