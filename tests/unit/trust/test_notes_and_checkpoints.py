"""Signed notes, checkpoints, cosignatures, policies and proof files: what holds, and every way they are refused."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.trust import note, policy
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.cosigned import time_of
from tanheng.trust.errors import NoteError, PolicyError, ProofError, SignatureError, TrustError
from tanheng.trust.files import MemoryFiles
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.log import Log
from tanheng.trust.note import NoteSigner, VerifierKey, open_note, sign
from tanheng.trust.policy import Policy
from tanheng.trust.strict import decode_base64, decode_decimal
from tanheng.trust.tlog_proof import ProofFile

LOG = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))
WITNESSES = [Cosigner(f"witness.example/{at}", signer(Algorithm.ED25519, bytes([at] * 32))) for at in (2, 3, 4)]
NOW = 1_790_000_000
HEAD = Checkpoint(LOG.name, 3, bytes(range(32)))


def cosigned(*cosigners: Cosigner, head: Checkpoint = HEAD) -> bytes:
    signatures = [LOG.sign(head.text), *(cosigner.sign(head.text, seconds=NOW) for cosigner in cosigners)]
    return note.join(head.text, signatures)


@given(st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=80))
def test_any_text_without_control_characters_can_be_signed_and_opened(text: str) -> None:
    signed = sign((text + "\n").encode(), [LOG])
    assert open_note(signed, [LOG.verifier_key]).text.decode() == text + "\n"


@pytest.mark.parametrize(
    "text", [b"", b"no line feed", b"bell\x07\n", b"tab\t\n", b"return\r\n", b"nul\x00\n", b"\xff\n", b"\xed\xa0\x80\n"]
)
def test_a_text_that_cannot_be_a_note_is_not_signed(text: bytes) -> None:
    with pytest.raises(NoteError, match="malformed"):
        sign(text, [LOG])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda good: good.replace(b"3\n", b"4\n", 1), "the whole note is refused"),
        (lambda good: good[:-1], "each with a line feed"),
        (lambda good: good + b"\n", "signature lines"),
        (lambda good: good + b"- hyphen AAAAAAA=\n", "signature line"),
        (lambda good: good + "— name with AAAAAAA=\n".encode(), "signature line"),
        (lambda good: good + "— na+me AAAAAAA=\n".encode(), "key name"),
        (lambda good: good + "— na\u2003me AAAAAAA=\n".encode(), "key name"),
        (lambda good: good + "— name AAAA\n".encode(), "signature line"),
        (lambda good: good + "— name AAAAAAB=\n".encode(), "signature line"),
        (lambda good: good + "— name AAAA AAA=\n".encode(), "signature line"),
        (lambda good: good.replace(b"\n\n", b"\n"), "no empty line"),
        (lambda good: good.replace(b"\n\n", b"\n\n\x1b"), "control character U.001B"),
        (lambda good: b"\xff" + good, "byte 0 is no UTF-8"),
        (lambda good: good + "— other AAAAAAA=\n".encode() * 100, "has 101 signatures"),
        (lambda good: bytes(good) + b"x" * note.MAX_BYTES, "above the limit"),
    ],
)
def test_a_note_that_breaks_a_rule_is_refused(change: Callable[[bytes], bytes], message: str) -> None:
    with pytest.raises(NoteError, match=message):
        open_note(change(cosigned()), [LOG.verifier_key])


def test_a_hundred_signatures_are_read() -> None:
    many = cosigned() + "— other AAAAAAA=\n".encode() * 99
    assert len(open_note(many, [LOG.verifier_key]).unverified) == 99


def test_an_unknown_key_of_a_known_name_is_ignored() -> None:
    other = NoteSigner(LOG.name, signer(Algorithm.ED25519, bytes([9] * 32)))
    opened = open_note(sign(HEAD.text, [other, LOG]), [LOG.verifier_key])
    assert [signature.key_hash for signature in opened.unverified] == [other.verifier_key.key_hash]


def test_a_failing_signature_of_a_known_key_refuses_the_note_even_beside_a_good_one() -> None:
    wrong = note.Signature(LOG.name, LOG.verifier_key.key_hash, bytes(64))
    with pytest.raises(NoteError, match="the whole note is refused"):
        open_note(cosigned() + wrong.line.encode(), [LOG.verifier_key])


def test_a_signer_of_sm2_cannot_sign_notes() -> None:
    with pytest.raises(NoteError, match="signs notes with an ed25519 key, found sm2-sm3"):
        NoteSigner("plant.example/log/1", signer(Algorithm.SM2_SM3, bytes([1] * 32)))
    with pytest.raises(NoteError, match="signs notes with an ed25519 key"):
        Cosigner("witness.example", signer(Algorithm.SM2_SM3, bytes([1] * 32)))


@pytest.mark.parametrize("text", ["PRIVATE+KEY+x", "PUBLIC+KEY+a+00000000+AAAA", "PRIVATE+KEY+a+00000000+AAAA"])
def test_what_is_no_signer_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="no signer key"):
        NoteSigner.parse(text)


@pytest.mark.parametrize("text", ["0", "1", "18446744073709551615"])
def test_a_decimal_number_has_one_spelling(text: str) -> None:
    assert decode_decimal(text) == int(text)


@pytest.mark.parametrize(
    "text", ["", "01", "+1", "-1", "1_0", " 1", "1 ", "１", "٣", "1.0", "0x1", "18446744073709551616", "9" * 5000]
)
def test_every_other_spelling_of_a_number_is_refused(text: str) -> None:
    assert decode_decimal(text) is None


@pytest.mark.parametrize("text", ["AA", "AA=", "AA==\n", "A A==", "AB==", "AA==AA==", "_-==", "AA==é", "====", "A"])
def test_every_other_spelling_of_base64_is_refused(text: str) -> None:
    assert decode_base64(text) is None


def test_a_checkpoint_comes_back() -> None:
    head, opened = open_checkpoint(cosigned(), LOG.verifier_key)
    assert head == HEAD
    assert opened.verified[0].name == LOG.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"o\n3\n", "origin, size and root"),
        (b"o\n03\n" + base64.b64encode(bytes(32)) + b"\n", "no plain decimal"),
        (b"o\n-3\n" + base64.b64encode(bytes(32)) + b"\n", "no plain decimal"),
        (b"o\n9223372036854775808\n" + base64.b64encode(bytes(32)) + b"\n", "no plain decimal"),
        (b"o\n3\n" + base64.b64encode(bytes(31)) + b"\n", "no base64 of 32 bytes"),
        (b"o\n3\nroot\n", "no base64 of 32 bytes"),
        (b"\n3\n" + base64.b64encode(bytes(32)) + b"\n", "origin"),
        (b"o\n0\n" + base64.b64encode(bytes(32)) + b"\n", "has size 0"),
        (b"o\n3\n" + base64.b64encode(bytes(32)) + b"\n\n", "empty extension line"),
        (b"o\n3\n" + base64.b64encode(bytes(32)), "origin, size and root"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(NoteError, match=message):
        Checkpoint.parse(text)


def test_a_checkpoint_keeps_the_extension_lines_it_was_signed_with() -> None:
    head = Checkpoint("o", 3, bytes(32), ("extension",))
    assert Checkpoint.parse(head.text) == head


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(NoteError, match=r"is of log “plant\.example/log/1”, “plant\.example/log/2” is needed"):
        open_checkpoint(cosigned(), LOG.verifier_key, origin="plant.example/log/2")


def test_cosignatures_alone_do_not_make_a_checkpoint() -> None:
    signed = note.join(HEAD.text, [WITNESSES[0].sign(HEAD.text, seconds=NOW)])
    with pytest.raises(NoteError, match="no signature of a trusted key"):
        open_checkpoint(signed, LOG.verifier_key, others=[WITNESSES[0].verifier_key])


def test_a_cosignature_carries_its_time() -> None:
    opened = open_note(cosigned(WITNESSES[0]), [WITNESSES[0].verifier_key])
    assert time_of(opened.verified[0].signature) == NOW


@pytest.mark.parametrize("seconds", [0, -1, 1 << 63])
def test_a_cosignature_without_a_time_is_not_made(seconds: int) -> None:
    with pytest.raises(NoteError, match="POSIX seconds above 0"):
        WITNESSES[0].sign(HEAD.text, seconds=seconds)


@pytest.mark.parametrize("signature", [b"", bytes(72), bytes(8) + bytes(63), b"\x80" + bytes(71)])
def test_a_malformed_cosignature_is_refused(signature: bytes) -> None:
    with pytest.raises(SignatureError):
        time_of(signature)


def test_the_time_of_a_cosignature_cannot_be_changed() -> None:
    good = WITNESSES[0].sign(HEAD.text, seconds=NOW)
    later = note.Signature(good.name, good.key_hash, (NOW + 1).to_bytes(8, "big") + good.signature[8:])
    with pytest.raises(NoteError, match="the whole note is refused"):
        open_note(note.join(HEAD.text, [later]), [WITNESSES[0].verifier_key])


def text_of(*lines: str) -> str:
    return "\n".join(lines) + "\n"


KEYS = [str(witness.verifier_key) for witness in WITNESSES]
LINES = [f"log {LOG.verifier_key} https://plant.example/log", *(f"witness w{at} {key}" for at, key in enumerate(KEYS))]


def two_of_three() -> Policy:
    return policy.parse(text_of("# our plant", "", *LINES, "group all-of-them 2 w0 w1 w2", "quorum all-of-them"))


def test_a_quorum_of_two_of_three_is_reached_by_two() -> None:
    head, _ = two_of_three().open_checkpoint(cosigned(WITNESSES[0], WITNESSES[2]))
    assert head == HEAD


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_witnesses_do_not_reach_it(count: int) -> None:
    with pytest.raises(PolicyError, match="does not reach the quorum “all-of-them”"):
        two_of_three().open_checkpoint(cosigned(*WITNESSES[:count]))


def test_a_witness_that_signs_twice_counts_once() -> None:
    with pytest.raises(PolicyError, match="does not reach the quorum"):
        two_of_three().open_checkpoint(cosigned(WITNESSES[0], WITNESSES[0]))


def test_groups_nest() -> None:
    nested = policy.parse(text_of(*LINES, "group own all w0 w1", "group either any own w2", "quorum either"))
    nested.open_checkpoint(cosigned(WITNESSES[2]))
    nested.open_checkpoint(cosigned(WITNESSES[0], WITNESSES[1]))
    with pytest.raises(PolicyError, match="does not reach"):
        nested.open_checkpoint(cosigned(WITNESSES[0]))


def test_a_policy_without_witnesses_asks_for_the_log_alone() -> None:
    alone = policy.parse(policy.write(logs=[LOG.verifier_key], rule_packs=["ab" * 32]))
    assert alone.open_checkpoint(cosigned())[0] == HEAD
    assert alone.rule_packs == {"ab" * 32}


def test_a_written_policy_is_read_again() -> None:
    written = policy.write(logs=[LOG.verifier_key], witnesses={"w0": WITNESSES[0].verifier_key}, needed=1)
    assert policy.parse(written).witnesses == {"w0": WITNESSES[0].verifier_key}


def test_a_log_the_policy_does_not_know_is_refused() -> None:
    unknown = policy.parse(text_of("quorum none"))
    with pytest.raises(PolicyError, match=r"does not know the log “plant\.example/log/1”"):
        unknown.open_checkpoint(cosigned())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "no quorum line"),
        (["quorum none", "quorum none"], "Line 2 .* a second quorum"),
        (["quorum w9"], "not defined above"),
        (["quorum"], "no line of a policy"),
        (["log"], "no line of a policy"),
        (["log x"], "no verifier key"),
        ([f"log {KEYS[0]}"], "has type 04, 01 is needed"),
        ([f"witness w {LOG.verifier_key}"], "has type 01, 04 is needed"),
        ([f"witness none {KEYS[0]}"], "the name none is taken"),
        ([f"witness a {KEYS[0]}", f"witness a {KEYS[1]}"], "the name a is taken"),
        ([f"witness a {KEYS[0]}", f"witness b {KEYS[0]}"], "stands twice"),
        ([f"log {LOG.verifier_key}", f"log {LOG.verifier_key}"], "stands twice"),
        ([f"witness a {KEYS[0]}", "group g any a a"], "a member twice"),
        ([f"witness a {KEYS[0]}", "group g any a", "group h any a"], "a member twice"),
        (["group g any a"], "not defined above"),
        ([f"witness a {KEYS[0]}", "group g 2 a"], "needs “2” of 1 members"),
        ([f"witness a {KEYS[0]}", "group g 0 a"], "needs “0” of 1 members"),
        ([f"witness a {KEYS[0]}", "group g １ a"], "needs “１” of 1 members"),
        (["rule-pack short"], "no line of a policy"),
        (["trust everybody"], "no line of a policy"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_refused_with_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        policy.parse(text_of(*lines))


def test_a_policy_of_a_hundred_witnesses_is_read() -> None:
    keys = [
        VerifierKey(f"w{at}", note.COSIGNATURE, signer(Algorithm.ED25519, at.to_bytes(32, "big")).public) for at in range(100)
    ]
    read = policy.parse(text_of(*(f"witness {key.name} {key}" for key in keys), "quorum none"))
    assert len(read.witnesses) == 100


def log_of(*entries: bytes) -> Log:
    log = Log.create(MemoryFiles(), LOG)
    log.append(entries)
    return log


def test_a_proof_file_shows_an_entry() -> None:
    log = log_of(b"a", b"b", b"c")
    file = ProofFile.parse(ProofFile.of(log.reader(), 1).encode())
    assert file.verify(b"b", LOG.verifier_key).size == 3
    with pytest.raises(ProofError, match="does not hold"):
        file.verify(b"c", LOG.verifier_key)
    with pytest.raises(TrustError, match="quorum"):
        file.verify(b"b", two_of_three())


def test_the_extra_of_a_proof_file_comes_back() -> None:
    file = ProofFile(0, (), cosigned(), b"not authenticated")
    assert ProofFile.parse(file.encode()) == file


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"c2sp.org/tlog-proof@v2\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 00\n\n",
        b"c2sp.org/tlog-proof@v1\n0\n\n",
        b"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 65 + b"\n",
        bytes(3 << 20),
    ],
)
def test_a_malformed_proof_file_is_refused(data: bytes) -> None:
    with pytest.raises(ProofError, match="proof file is malformed"):
        ProofFile.parse(data)
