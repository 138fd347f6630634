"""What is told of a daily backup that fails: in whole seconds, when it is tried again."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from tanheng.platform.folder import DataFolder
from tanheng.platform.operation.daily_backup import AGAIN_AFTER, DailyBackup

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def test_a_run_that_failed_is_told_with_its_exit_code_and_whole_seconds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    daily = DailyBackup(DataFolder(tmp_path), since=LONG_AGO, command=("/bin/false",), ask_every=0.01)
    daily.start()
    try:
        deadline = time.monotonic() + 60
        while not caplog.records:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        daily.stop()
    [told] = caplog.records
    assert told.getMessage() == "daily backup failed"
    assert (told.__dict__["exit_code"], str(told.__dict__["again_after"])) == (1, str(int(AGAIN_AFTER)))
