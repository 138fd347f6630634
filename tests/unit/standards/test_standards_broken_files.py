"""Every fault has a file of its own in ``broken/``; its head says where it lies, the fault and what the message names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tanheng.core.errors import TanhengError
from tanheng.core.messages import catalogue
from tanheng.standards import PackRefusedError, load_pack

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def head(text: str, key: str) -> list[str]:
    return re.findall(rf"^# {key}: (.*)$", text, re.MULTILINE)


def refused(path: Path, tmp_path: Path) -> PackRefusedError:
    (folder,) = head(path.read_text(encoding="utf-8"), "folder")
    (tmp_path / folder).mkdir()
    (tmp_path / folder / path.name).write_bytes(path.read_bytes())
    with pytest.raises(PackRefusedError) as caught:
        load_pack([tmp_path])
    return caught.value


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_refused_for_its_fault_alone(path: Path, tmp_path: Path) -> None:
    findings = refused(path, tmp_path).findings
    assert [finding.code for finding in findings] == head(path.read_text(encoding="utf-8"), "refused")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_the_message_names_the_file_and_what_is_wrong_with_it(path: Path, tmp_path: Path) -> None:
    text = refused(path, tmp_path).text("en")
    (says,) = head(path.read_text(encoding="utf-8"), "says")
    assert path.name in text
    assert says in text


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_field_of_a_message_is_filled_in_both_languages(path: Path, tmp_path: Path) -> None:
    def fields(finding: TanhengError, language: str) -> set[str]:
        template = catalogue()[finding.code][language]
        return set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", template))

    for finding in refused(path, tmp_path).findings:
        assert fields(finding, "zh") <= set(finding.fields)
        assert fields(finding, "en") <= set(finding.fields)
