"""``tanheng account`` as a person meets it: exit codes, what is printed, what is written, and what a kill leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from tanheng.cli import root

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = ("inventory.json", "report.pdf", "report.xlsx")
LIMIT = 60.0
"""Seconds after which a process of ours that has not ended hangs."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command in this process; return exit code, standard output and standard error."""

    def command(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            root.run([str(word) for word in words])
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return command


@pytest.fixture
def cement(tmp_path: Path) -> Path:
    """The Commission's example in a folder of its own."""
    return Path(
        shutil.copytree(EXAMPLES / "european-commission-cement", tmp_path / "cement", ignore=shutil.ignore_patterns("out"))
    )


@pytest.fixture
def hubei(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "hubei-5000tpd", tmp_path / "hubei", ignore=shutil.ignore_patterns("out")))


def test_uncertainty_without_a_statement_is_said_and_no_error(run: Run, cement: Path) -> None:
    code, printed, said = run("account", cement, "--uncertainty", "--lang", "en")
    assert code == 0, said
    assert "instruments.csv" in said
    assert "uncertainty.csv" in said
    assert printed
    assert {*FILES} <= contents(cement / "out").keys()


def test_a_notice_is_shown_in_the_language_and_is_no_error(run: Run, hubei: Path) -> None:
    quiet = run("account", hubei, "--lang", "zh")
    change(hubei / "plant.yaml", "capacity: 5000", "capacity: 50")
    code, _, said = run("account", hubei, "--lang", "zh", "--force")
    assert (quiet[0], code) == (0, 0), said
    assert "50 t/d" not in quiet[2]
    assert "多于设计产能 50 t/d × 31 d = 1550 t" in said


def test_a_device_nobody_knows_is_refused(run: Run, hubei: Path) -> None:
    change(hubei / "plant.yaml", "device: cement_kiln", "device: rotary_kiln")
    code, _, said = run("account", hubei, "--lang", "en")
    assert code == 2
    assert "rotary_kiln" in said
    assert "cement_kiln" in said


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# -- exit codes ---------------------------------------------------------------------------------------------------------------


def test_0_done_and_three_files_written(run: Run, cement: Path) -> None:
    code, out, err = run("account", cement, "--lang", "en")
    assert (code, err) == (0, "")
    assert tuple(contents(cement / "out")) == FILES
    assert "1,037,310.00" in out
    assert "0.7852" in out


def test_2_refused_with_every_fault_and_nothing_written(run: Run, cement: Path) -> None:
    change(cement / "activity.csv", "88000", "-88000")
    change(cement / "activity.csv", "1255000", "many")
    code, out, err = run("account", cement, "--lang", "en")
    assert (code, out) == (2, "")
    assert "-88000" in err
    assert "many" in err
    assert not (cement / "out").exists()
    assert sorted(path.name for path in cement.iterdir()) == ["activity.csv", "plant.yaml"]


def test_3_done_but_a_mandatory_figure_is_blank(run: Run, cement: Path) -> None:
    change(cement / "activity.csv", "B_EmInst,88000", "B_EmInst,")
    code, out, _ = run("account", cement, "--lang", "en")
    assert code == 3
    assert "installation.direct" in out
    assert tuple(contents(cement / "out")) == FILES


def test_1_anything_else(run: Run, cement: Path, tmp_path: Path) -> None:
    (tmp_path / "overlay" / "parameters").mkdir(parents=True)
    (tmp_path / "overlay" / "parameters" / "broken.yaml").write_text("id: [", encoding="utf-8")
    code, out, err = run("account", cement, "--overlay", tmp_path / "overlay")
    assert (code, out) == (1, "")
    assert "broken.yaml" in err


@pytest.mark.parametrize(
    "words",
    [
        ("--known", "2026-02-30"),
        ("--known", "tomorrow"),
        ("--rulebook", "cn.no_such"),
        ("--compare", "no-such-file.json"),
        ("--lang", "fr"),
        ("--colour", "red"),
    ],
    ids=" ".join,
)
def test_2_for_an_option_that_means_nothing(run: Run, cement: Path, words: Sequence[str]) -> None:
    code, out, err = run("account", cement, *words)
    assert (code, out) == (2, "")
    assert words[1] in err or words[0] in err
    assert not (cement / "out").exists()


def test_2_for_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("account", tmp_path / "nowhere")[0] == 2


@pytest.mark.parametrize("data", [b"", b"[]", b'{"schema": "inventory/9"}', b'{"schema": "inventory/1"}'])
def test_2_for_an_old_inventory_that_is_none(run: Run, cement: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "old.json").write_bytes(data)
    assert run("account", cement, "--compare", tmp_path / "old.json")[0] == 2
    assert not (cement / "out").exists()


# -- languages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "word"), [("zh", "错误"), ("en", "fault")])
def test_errors_come_in_the_language_asked_for(run: Run, cement: Path, lang: str, word: str) -> None:
    change(cement / "activity.csv", "88000", "-88000")
    assert word in run("account", cement, "--lang", lang)[2]


@pytest.mark.parametrize(
    ("value", "word"), [("en_US.UTF-8", "Verified"), ("zh_CN.UTF-8", "设施直接排放"), ("", "设施直接排放")]
)
def test_the_language_comes_from_the_environment_else_chinese(cement: Path, value: str, word: str) -> None:
    environment = {key: text for key, text in os.environ.items() if key not in ("LC_ALL", "LC_MESSAGES", "LANG")}
    command = [sys.executable, "-m", "tanheng", "account", str(cement)]
    done = subprocess.run(
        command, env={**environment, "LANG": value}, check=True, capture_output=True, text=True, timeout=LIMIT
    )
    assert word.replace("Verified", "Direct emissions of the installation") in done.stdout


# -- options ----------------------------------------------------------------------------------------------------


def test_json_prints_json_and_nothing_else_and_writes_nothing(run: Run, cement: Path) -> None:
    code, out, err = run("account", cement, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["rulebook", "digest", "figures", "unverified"]
    assert found["figures"]["installation.direct"] == {"value": "1037310", "unit": "tCO2"}
    assert found["digest"].startswith("sha256:")
    assert not (cement / "out").exists()


def test_json_shows_a_blank_as_null_and_ends_with_3(run: Run, cement: Path) -> None:
    change(cement / "activity.csv", "B_EmInst,88000", "B_EmInst,")
    code, out, _ = run("account", cement, "--json")
    assert code == 3
    assert json.loads(out)["figures"]["installation.direct"]["value"] is None


def test_known_gives_what_was_known_then_and_compare_says_what_moved(run: Run, hubei: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    assert run("account", hubei, "--known", "2026-01-31", "--out", before)[0] == 0
    code, out, _ = run("account", hubei, "--lang", "en", "--compare", before / "inventory.json")
    assert code == 0
    # corrections.csv: 41.26 t of carbide slag less, 41.26 · 0.480 = 19.8048 tCO2 more
    assert "2437.52 → 2396.26" in out
    assert "地磅单 0418-033" in out
    assert "19.8048" in out
    old, new = (json.loads((folder / "inventory.json").read_bytes()) for folder in (before, hubei / "out"))
    moved = Decimal(new["figures"]["ets.direct"]["value"]) - Decimal(old["figures"]["ets.direct"]["value"])
    assert moved == Decimal("19.8048")


def test_a_late_laboratory_result_is_a_gap_before_it_came(run: Run, hubei: Path) -> None:
    code, out, _ = run("account", hubei, "--known", "2026-01-15", "--json")
    found = json.loads(out)["figures"]
    assert code in (0, 3)
    late = "site.fuel.coal.net_calorific_value@2025-11"
    assert found[late] != json.loads(run("account", hubei, "--json")[1])["figures"][late]


def test_another_rule_book_asks_for_what_it_needs(run: Run, hubei: Path) -> None:
    code, _, err = run("account", hubei, "--rulebook", "cn.gbt32151", "--lang", "en")
    assert code == 2
    assert "calcium_oxide" in err
    assert not (hubei / "out").exists()


def test_a_template_is_accounted_and_everything_in_it_is_blank(run: Run, tmp_path: Path) -> None:
    assert run("account", "--template", tmp_path / "plant")[0] == 0
    code, out, _ = run("account", tmp_path / "plant", "--json")
    assert code == 3
    assert json.loads(out)["figures"]["ets.direct"]["value"] is None


def test_results_that_are_there_stay_unless_forced(run: Run, cement: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere" / "deep"
    assert run("account", cement, "--out", out)[0] == 0
    before = contents(out)
    change(cement / "activity.csv", "88000", "88001")
    code, _, err = run("account", cement, "--out", out, "--lang", "en")
    assert code == 2
    assert "--force" in err
    assert contents(out) == before
    assert run("account", cement, "--out", out, "--force")[0] == 0
    assert contents(out) != before
    assert [path.name for path in out.parent.iterdir()] == ["deep"]


def test_a_file_in_the_place_of_the_results_is_not_replaced(run: Run, cement: Path) -> None:
    (cement / "out").write_text("mine", encoding="utf-8")
    assert run("account", cement, "--force")[0] == 2
    assert (cement / "out").read_text(encoding="utf-8") == "mine"


def test_a_refusal_leaves_the_old_results(run: Run, cement: Path) -> None:
    assert run("account", cement)[0] == 0
    before = contents(cement / "out")
    change(cement / "activity.csv", "88000", "-1")
    assert run("account", cement, "--force")[0] == 2
    assert contents(cement / "out") == before


@pytest.mark.parametrize(("lang", "codes"), [("zh_CN.UTF-8", "退出码："), ("en_US.UTF-8", "Exit codes:")])
def test_help_shows_an_example_and_the_exit_codes(run: Run, monkeypatch: pytest.MonkeyPatch, lang: str, codes: str) -> None:
    monkeypatch.setenv("LC_ALL", lang)
    code, out, _ = run("account", "--help")
    assert code == 0
    assert "tanheng account examples/hubei-5000tpd" in " ".join(out.replace("│", " ").split())
    assert codes in out


# -- kills ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Kill a process when the block ends, if it still runs then."""
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=LIMIT)


@pytest.mark.kill
@pytest.mark.parametrize("moment", ["", "inventory.json", "report.xlsx"])
def test_a_kill_while_writing_leaves_the_old_results_whole(cement: Path, moment: str) -> None:
    command = [sys.executable, "-m", "tanheng", "account", str(cement), "--force"]
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
    before = contents(cement / "out")
    change(cement / "activity.csv", "88000", "88001")
    with ended(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)) as process:
        deadline = time.monotonic() + LIMIT
        while not any((draft / moment).exists() for draft in cement.glob(".out.*")):
            assert process.poll() is None, "the command ended before it could be killed"
            assert time.monotonic() < deadline, f"the command made no draft with “{moment}” in {LIMIT:.0f} s"
            time.sleep(0.001)
    assert process.returncode == -signal.SIGKILL
    assert contents(cement / "out") == before
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
    assert contents(cement / "out") != before


# -- progress ----------------------------------------------------------------------------------------------------


SLOW = """
import sys, time
from tanheng.cli import output
with output.progress() as step:
    step("read")
    sys.stdin.read()
    time.sleep(float(sys.argv[1]))
"""
"""A step that lasts until the standard input ends, and so many seconds more."""


def on_a_terminal(*, until: str) -> str:
    """Return what a step writes on standard error when that is a terminal; the step ends when ``until`` has been read."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8"}
    command = [sys.executable, "-c", SLOW, "0"]
    seen, deadline = "", time.monotonic() + LIMIT
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=theirs, env=environment)
    with os.fdopen(ours, "rb", buffering=0) as terminal, ended(process):
        assert process.stdin is not None
        os.close(theirs)
        while True:
            if until in seen and not process.stdin.closed:
                process.stdin.close()
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([terminal], [], [], left)[0]
            assert ready, f"the step did not end in {LIMIT:.0f} s; it wrote {seen!r}"
            try:
                seen += terminal.read(4096).decode(errors="replace")
            except OSError:  # the other end is closed
                break
        process.wait(timeout=LIMIT)
    return seen


def test_on_a_terminal_a_step_of_more_than_a_second_is_named() -> None:
    assert "Reading the files" in on_a_terminal(until="Reading the files")


def test_what_is_quick_shows_nothing() -> None:
    assert on_a_terminal(until="") == ""


def test_without_a_terminal_nothing_is_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SLOW, "1.2"], check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=LIMIT
    )
    assert done.stderr == b""
