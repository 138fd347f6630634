"""The template: it reads as it stands, its blanks are gaps, and it is never written over somebody's work."""

from __future__ import annotations

from pathlib import Path

import pytest
import python_calamine

from tanheng.accounting.folder import FolderError, read_folder, write_template
from tanheng.accounting.vocabulary import clinker_kinds, known_items, rulebook_ids
from tanheng.standards import load_pack


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["cets", "gbt", "eu"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_template_reads_as_it_stands_and_is_all_gaps(tmp_path: Path, kind: str, lang: str, form: str) -> None:
    write_template(tmp_path / "plant", lang=lang, kind=kind, form=form)  # type: ignore[arg-type]  # a parameter
    year = read_folder(tmp_path / "plant")
    assert len(year.gaps()) == len(year.ledger.versions) > 0


@pytest.mark.parametrize("kind", ["cets", "gbt", "eu"])
def test_the_words_of_a_template_are_those_of_the_rule_pack(tmp_path: Path, kind: str) -> None:
    pack = load_pack()
    write_template(tmp_path, kind=kind)
    year = read_folder(
        tmp_path,
        known_items=lambda book: known_items(pack, book),
        known_clinkers=clinker_kinds(pack),
        known_rulebooks=rulebook_ids(pack),
    )
    assert year.plant.rulebook in rulebook_ids(pack)


def test_both_forms_and_languages_hold_the_same_rows(tmp_path: Path) -> None:
    read = []
    for name, lang, form in [("a", "zh", "xlsx"), ("b", "en", "csv")]:
        write_template(tmp_path / name, lang=lang, form=form)  # type: ignore[arg-type]  # a parameter
        read.append(read_folder(tmp_path / name).ledger.versions.keys())
    assert read[0] == read[1]


@pytest.mark.parametrize(("lang", "said"), [("zh", "以 # 开头的行不读取"), ("en", "Rows that begin with # are not read")])
@pytest.mark.parametrize("kind", ["cets", "gbt", "eu"])
def test_the_help_of_a_csv_matrix_is_whole(tmp_path: Path, kind: str, lang: str, said: str) -> None:
    write_template(tmp_path, lang=lang, kind=kind, form="csv")
    second = (tmp_path / "activity.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert said in second
    assert ("不适用的化验值" if lang == "zh" else "n/a for a property") in second


def test_writing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    names = write_template(tmp_path / "a")
    write_template(tmp_path / "b")
    assert [(tmp_path / "a" / name).read_bytes() for name in names] == [(tmp_path / "b" / name).read_bytes() for name in names]


def test_the_workbook_carries_its_version_out_of_sight(tmp_path: Path) -> None:
    write_template(tmp_path)
    book = python_calamine.CalamineWorkbook.from_path(tmp_path / "activity.xlsx")
    hidden = [sheet.name for sheet in book.sheets_metadata if sheet.visible == python_calamine.SheetVisibleEnum.VeryHidden]
    assert hidden == ["_tanheng"]
    assert book.get_sheet_by_name("_tanheng").to_python() == [["schema: matrix/1"]]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FolderError) as refused:
        write_template(tmp_path)
    assert (refused.value.code, refused.value.fields["found"]) == ("folder.not_empty", "letter.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FolderError) as refused:
        write_template(tmp_path / "file")
    assert refused.value.code == "folder.unwritable"


def test_a_template_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as refused:
        write_template(tmp_path, kind="iso")
    assert refused.value.code == "folder.template_kind"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["laboratory.csv", "corrections.csv", "instruments.csv", "uncertainty.csv"])
def test_the_example_of_a_table_is_right(tmp_path: Path, name: str) -> None:
    write_template(tmp_path, lang="zh", form="csv")
    for table in ("activity.csv", name):
        text = (tmp_path / table).read_text(encoding="utf-8-sig")
        text = text.replace("# S-0312", "S-0312").replace("# line.1", "line.1").replace("# WF-101", "WF-101")
        lines = text.splitlines()
        if table == name:  # the example stands above the head, as a comment
            lines[2], lines[3] = lines[3], lines[2]
        (tmp_path / table).write_text("\n".join(lines) + "\n", encoding="utf-8")
    year = read_folder(tmp_path)
    written = {entry.cell.file for versions in year.ledger.versions.values() for entry in versions}
    written |= {found.cell.file for found in year.instruments} | {found.cell.file for found in year.components}
    assert name in written
