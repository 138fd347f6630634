"""Files: kept under their hash, logged when they arrive, and never given out when they were changed."""

from __future__ import annotations

import hashlib

import pytest
from django.conf import settings

from tanheng.core.errors import InputError
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import MissingError, RecordError
from tanheng.platform.record import attachments
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Attachment, LogEntry, Plant
from tanheng.trust.statement import Statement

CSV = "日期,数值\n2025-03-01,1.5\n".encode()


def kept(plant: Plant, actor: Actor, data: bytes = CSV, name: str = "三月.csv") -> Attachment:
    with scope([plant.pk]):
        return attachments.store([data[:5], data[5:]], plant=plant.pk, name=name, actor=actor)


def test_a_file_lies_under_its_hash_and_is_stated(plant: Plant, actor: Actor) -> None:
    row = kept(plant, actor)
    assert row.sha256 == hashlib.sha256(CSV).hexdigest()
    assert attachments.path_of(row.sha256).read_bytes() == CSV
    with scope([plant.pk]):
        entry = LogEntry.objects.get(plant=plant, index=row.log_index)
    said = attachments.payload(name="三月.csv", media="text/csv", size=len(CSV), sha256=row.sha256, subject=None)
    Statement.decode(bytes(entry.statement)).require_payload(said, salt=bytes(row.salt))


def test_a_path_in_the_name_is_only_a_name(plant: Plant, actor: Actor) -> None:
    assert kept(plant, actor, name="../../etc/cron.d/evil.csv").name == "evil.csv"
    assert kept(plant, actor, name="C:\\data\\三月.csv").name == "三月.csv"


def test_the_same_file_twice_is_two_rows_and_one_file(plant: Plant, actor: Actor) -> None:
    first, second = kept(plant, actor), kept(plant, actor, name="again.csv")
    assert first.sha256 == second.sha256
    assert first.uid != second.uid


def test_a_refused_file_leaves_nothing(plant: Plant, actor: Actor) -> None:
    before = sorted(settings.FOLDER.files.rglob("*"))
    with scope([plant.pk]):
        index = Plant.objects.get(pk=plant.pk).next_index
    for data, name in ((b"<html></html>", "r.pdf"), (b"", "e.csv"), (b"MZ", "x.exe")):
        with pytest.raises(InputError):
            kept(plant, actor, data, name)
    assert sorted(settings.FOLDER.files.rglob("*")) == before
    with scope([plant.pk]):
        assert Plant.objects.get(pk=plant.pk).next_index == index


def test_a_file_that_is_too_large_is_refused_while_it_arrives(plant: Plant, actor: Actor) -> None:
    read = 0

    def endless() -> object:
        nonlocal read
        while True:
            read += 1 << 16
            yield bytes(1 << 16)

    with scope([plant.pk]), pytest.raises(InputError) as refused:
        attachments.store(endless(), plant=plant.pk, name="big.csv", actor=actor)  # type: ignore[arg-type]
    assert refused.value.code == "platform.file.size"
    assert read <= 52 << 20


def test_a_changed_or_missing_file_is_not_given_out(plant: Plant, actor: Actor) -> None:
    row = kept(plant, actor, b"a,b\n1,2\n", "t.csv")
    path = attachments.path_of(row.sha256)
    with attachments.opened(row) as file:
        assert file.read() == b"a,b\n1,2\n"
    path.chmod(0o640)
    path.write_bytes(b"a,b\n1,3\n")
    with pytest.raises(RecordError):
        attachments.opened(row)
    path.unlink()
    with pytest.raises(MissingError):
        attachments.opened(row)
