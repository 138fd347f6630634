"""From the outbox to the log: dense, signed, cosigned, never ahead of the database, rebuilt with the same root."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import WSGIApplication

import pytest
from django.conf import settings

from tanheng.platform.database.scope import scope
from tanheng.platform.errors import RecordError
from tanheng.platform.operation.worker import SequencerThread
from tanheng.platform.record import cosigning, logkeys, outbox, sequencer
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Checkpoint, LogEntry, Plant
from tanheng.platform.testing import superuser
from tanheng.trust.checkpoint import open_checkpoint
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import KeyRefusedError
from tanheng.trust.key_file import PASSPHRASE_VARIABLE, KeyFolder
from tanheng.trust.keys import Algorithm, Protection, generate
from tanheng.trust.note import Signature
from tanheng.trust.statement import StatementType
from tanheng.trust.tree import MemoryTree
from tanheng.trust.witness import MemoryStore, Witness
from tanheng.trust.witness_app import application
from tests.integration.platform.beside import LIMIT, run_together, wait_for


@pytest.fixture
def fresh(found_plant: object) -> Plant:
    found: Plant = found_plant(f"p-{uuid.uuid4().hex[:8]}")  # type: ignore[operator]
    return found


def say(plant: Plant, count: int) -> None:
    with scope([plant.pk]):
        for number in range(count):
            outbox.record(
                plant.pk,
                type=StatementType.MANUAL_ENTRY,
                subject=f"test/{number}",
                version=1,
                media="test/1",
                payload=b"{}",
                actor=Actor.system("t"),
                keep_payload=True,
            )


def test_the_log_has_every_committed_entry_in_order(fresh: Plant) -> None:
    say(fresh, 300)
    done = sequencer.sequence(fresh.pk)
    assert done == sequencer.Sequenced(size=301, added=301)
    with scope([fresh.pk]):
        reader = sequencer.reader_of(fresh)
        entries = [
            bytes(one) for one in LogEntry.objects.filter(plant=fresh).order_by("index").values_list("statement", flat=True)
        ]
    assert list(reader.entries()) == entries
    tree = MemoryTree()
    tree.extend(entries)
    assert reader.checkpoint.root == tree.root()
    assert reader.verify().size == 301


def test_a_second_round_adds_nothing_and_a_third_what_is_new(fresh: Plant) -> None:
    assert sequencer.sequence(fresh.pk) == sequencer.Sequenced(1, 1)
    assert sequencer.sequence(fresh.pk) == sequencer.Sequenced(1, 0)
    say(fresh, 2)
    assert sequencer.sequence(fresh.pk) == sequencer.Sequenced(3, 2)
    with scope([fresh.pk]):
        assert list(Checkpoint.objects.filter(plant=fresh).values_list("size", flat=True)) == [1, 3]


def test_while_one_sequences_the_other_leaves_it_alone(fresh: Plant) -> None:
    with scope([fresh.pk]):
        assert sequencer.try_lock(fresh.pk)
        result: list[object] = []

        def other() -> None:
            from django.db import connections

            result.append(sequencer.sequence(fresh.pk))
            connections.close_all()

        run_together(other)
    assert result == [None]


def test_lost_files_are_written_again_with_the_same_root(fresh: Plant) -> None:
    say(fresh, 40)
    sequencer.sequence(fresh.pk)
    with scope([fresh.pk]):
        published = sequencer.last_checkpoint(fresh)
    shutil.rmtree(settings.FOLDER.log / str(fresh.uid))
    say(fresh, 1)
    assert sequencer.sequence(fresh.pk) == sequencer.Sequenced(42, 1)
    with scope([fresh.pk]):
        assert published is not None
        assert sequencer.reader_of(fresh).root(published.size).hex() == published.root


def test_lost_files_are_not_written_from_a_changed_database(fresh: Plant, database: str) -> None:
    say(fresh, 3)
    sequencer.sequence(fresh.pk)
    change_entry(database, fresh, 1)
    shutil.rmtree(settings.FOLDER.log / str(fresh.uid))
    with pytest.raises(RecordError) as refused:
        sequencer.sequence(fresh.pk)
    assert refused.value.code == "platform.record.log_differs"


def change_entry(database: str, plant: Plant, index: int) -> None:
    with superuser(database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE record_log_entry SET statement = statement || 'x' WHERE plant_id = %s AND index = %s", [plant.pk, index]
        )


def test_a_changed_entry_is_found_at_the_start_with_both_roots(fresh: Plant, database: str) -> None:
    say(fresh, 3)
    sequencer.sequence(fresh.pk)
    sequencer.verify_head(fresh.pk)
    change_entry(database, fresh, 2)
    with pytest.raises(RecordError) as refused:
        sequencer.verify_head(fresh.pk)
    assert refused.value.code == "platform.record.log_differs"
    assert refused.value.fields["found"] != refused.value.fields["stated"]


def test_a_database_set_back_behind_its_log_publishes_nothing(fresh: Plant, database: str) -> None:
    say(fresh, 3)
    sequencer.sequence(fresh.pk)
    with superuser(database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM record_log_entry WHERE plant_id = %s AND index = 3", [fresh.pk])
        owner.execute("UPDATE record_plant SET next_index = 3 WHERE id = %s", [fresh.pk])
    with pytest.raises(RecordError) as refused:
        sequencer.sequence(fresh.pk)
    assert refused.value.code == "platform.record.log_ahead"


def test_a_missing_index_stops_the_log_before_it(fresh: Plant, database: str) -> None:
    say(fresh, 5)
    with superuser(database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM record_log_entry WHERE plant_id = %s AND index = 3", [fresh.pk])
    with pytest.raises(RecordError) as refused:
        sequencer.sequence(fresh.pk)
    assert (refused.value.code, refused.value.fields["index"]) == ("platform.record.index_gap", 3)


def test_a_lost_key_is_not_replaced_by_another(fresh: Plant) -> None:
    sequencer.sequence(fresh.pk)
    path = settings.FOLDER.keys / f"{logkeys.name_of(fresh)}.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    with pytest.raises(RecordError) as refused:
        sequencer.sequence(fresh.pk)
    assert refused.value.code == "platform.record.key_missing"
    assert not path.exists()


def test_a_key_with_a_passphrase_needs_it(fresh: Plant, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    file = settings.FOLDER.root / "passphrase"
    file.write_text("correct horse\n")
    monkeypatch.setenv(PASSPHRASE_VARIABLE, str(file))
    assert logkeys.protection().value == "software-passphrase"
    sequencer.sequence(fresh.pk)
    assert KeyFolder(settings.FOLDER.keys).record(logkeys.name_of(fresh)).protection is Protection.PASSPHRASE
    assert sequencer.sequence(fresh.pk) == sequencer.Sequenced(1, 0)
    file.write_text("wrong\n")
    with pytest.raises(KeyRefusedError) as refused:
        sequencer.sequence(fresh.pk)
    assert refused.value.code == "trust.key_file.passphrase_wrong"


def test_the_command_shows_the_key_that_signs(fresh: Plant) -> None:
    sequencer.sequence(fresh.pk)
    command = [sys.executable, "-m", "tanheng", "key", "show", logkeys.name_of(fresh)]
    command += ["--folder", str(settings.FOLDER.keys), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
    shown = json.loads(done.stdout)[logkeys.name_of(fresh)]
    with scope([fresh.pk]):
        assert shown["verifier_key"] == str(logkeys.verifier_key(fresh))
        assert shown["subject"] == sequencer.reader_of(fresh).checkpoint.origin


class _Quiet(WSGIRequestHandler):
    timeout = LIMIT  # a connection that says nothing ends

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def served(witness: Witness) -> AbstractContextManager[str]:
    return answering(application(witness))


@contextmanager
def answering(app: WSGIApplication) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, WSGIServer, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(LIMIT)


@pytest.fixture
def cosigner() -> Cosigner:
    return Cosigner("witness.province.example", generate(Algorithm.ED25519))


def witness_for(plant: Plant, cosigner: Cosigner, store: MemoryStore) -> Witness:
    with scope([plant.pk]):
        key = logkeys.verifier_key(plant)
    return Witness(cosigner, logs={key.name: key}, store=store, clock=lambda: 1_790_000_000)


def test_a_checkpoint_is_cosigned_and_published_with_the_cosignature(fresh: Plant, cosigner: Cosigner) -> None:
    say(fresh, 10)
    sequencer.sequence(fresh.pk)
    with served(witness_for(fresh, cosigner, MemoryStore())) as url:
        address = cosigning.WitnessAddress(url, cosigner.verifier_key)
        assert cosigning.cosign(fresh.pk, address)
        say(fresh, 300)
        sequencer.sequence(fresh.pk)
        assert cosigning.cosign(fresh.pk, address)
    with scope([fresh.pk]):
        last = sequencer.last_checkpoint(fresh)
        key = logkeys.verifier_key(fresh)
        published = sequencer.files_of(fresh).read("checkpoint")
    assert last is not None
    assert last.cosigned_at is not None
    assert published == last.note.encode()
    _, opened = open_checkpoint(published, key, others=[cosigner.verifier_key])
    assert {one.name for one in opened.verified} == {key.name, cosigner.name}


def test_a_witness_that_saw_more_is_told_where_we_stand(fresh: Plant, cosigner: Cosigner, database: str) -> None:
    """The platform forgot that it was cosigned: the witness answers with the size it knows, and is asked again from there."""
    store = MemoryStore()
    say(fresh, 4)
    sequencer.sequence(fresh.pk)
    with served(witness_for(fresh, cosigner, store)) as url:
        address = cosigning.WitnessAddress(url, cosigner.verifier_key)
        assert cosigning.cosign(fresh.pk, address)
        with scope([fresh.pk]):
            Checkpoint.objects.filter(plant=fresh).update(cosigned_at=None)
        say(fresh, 4)
        sequencer.sequence(fresh.pk)
        assert cosigning.cosign(fresh.pk, address)


def test_a_witness_that_is_away_or_refuses_is_noted(fresh: Plant, cosigner: Cosigner) -> None:
    sequencer.sequence(fresh.pk)
    assert not cosigning.cosign(fresh.pk, cosigning.WitnessAddress("http://127.0.0.1:9", cosigner.verifier_key))
    stranger = Witness(cosigner, logs={}, store=MemoryStore(), clock=lambda: 1_790_000_000)
    with served(stranger) as url:
        assert not cosigning.cosign(fresh.pk, cosigning.WitnessAddress(url, cosigner.verifier_key))
    with scope([fresh.pk]):
        last = sequencer.last_checkpoint(fresh)
    assert last is not None
    assert last.cosigned_at is None
    assert "404" in last.failure


def test_a_cosignature_of_another_key_is_not_believed(fresh: Plant, cosigner: Cosigner) -> None:
    sequencer.sequence(fresh.pk)
    other = Cosigner(cosigner.name, generate(Algorithm.ED25519))
    with served(witness_for(fresh, other, MemoryStore())) as url:
        assert not cosigning.cosign(fresh.pk, cosigning.WitnessAddress(url, cosigner.verifier_key))


def test_a_cosignature_that_does_not_verify_is_not_believed(fresh: Plant, cosigner: Cosigner) -> None:
    """The right name and key id, and bytes that nobody signed."""
    sequencer.sequence(fresh.pk)
    key = cosigner.verifier_key
    forged = Signature(key.name, key.key_hash, (1_790_000_000).to_bytes(8, "big") + bytes(64)).line.encode()

    def lie(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [forged]

    with answering(lie) as url:
        assert not cosigning.cosign(fresh.pk, cosigning.WitnessAddress(url, key))
    with scope([fresh.pk]):
        last = sequencer.last_checkpoint(fresh)
    assert last is not None
    assert last.cosigned_at is None
    assert forged not in last.note.encode()


def test_the_witness_is_read_from_its_file(platform: object, cosigner: Cosigner) -> None:
    path = settings.FOLDER.root / "witness.json"
    assert cosigning.configured() is None
    path.write_text(json.dumps({"url": "https://w.example/", "vkey": str(cosigner.verifier_key)}))
    try:
        found = cosigning.configured()
        assert found is not None
        assert (found.url, found.key) == ("https://w.example", cosigner.verifier_key)
        path.write_text('{"url": 1}')
        with pytest.raises(RecordError):
            cosigning.configured()
    finally:
        path.unlink()


def test_the_sequencer_outlives_what_nobody_thought_of(
    fresh_database: str, found_plant: Callable[[str], Plant], caplog: pytest.LogCaptureFixture
) -> None:
    """A table is away for a while, as when an upgrade goes wrong: no fault that the thread knows by name."""
    found_plant("outlives")

    def wait_for_one(query: str) -> None:
        wait_for(lambda: owner.execute(query).fetchone() == (1,), query, seconds=120)

    thread = SequencerThread(every=0.02)
    with superuser(fresh_database) as owner:
        owner.execute("ALTER TABLE record_checkpoint RENAME TO away")
        thread.start()
        try:
            wait_for_one("SELECT count(*) FROM notice_alarm WHERE key = 'log/sequencer'")
            owner.execute("ALTER TABLE away RENAME TO record_checkpoint")
            wait_for_one("SELECT count(*) FROM record_checkpoint")
        finally:
            thread.stop()
    told = [record for record in caplog.records if record.getMessage() == "plant not sequenced"]
    assert {record.__dict__["plant"] for record in told} == {"outlives"}  # which a person knows, not the database's key
