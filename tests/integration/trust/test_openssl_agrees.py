"""The openssl command checks what we sign with Ed25519 and SM2, signs what we check, and stamps times that we verify."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.trust import cose, timestamp
from tanheng.trust.envelope import seal
from tanheng.trust.errors import SignatureError, TimestampError
from tanheng.trust.keys import Algorithm, signer, verifier
from tanheng.trust.suites import Signer

# SubjectPublicKeyInfo of an SM2 key (GM/T 0010; OIDs 1.2.840.10045.2.1 and 1.2.156.10197.1.301), the point follows
SM2_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
OPTIONS = {
    Algorithm.ED25519: ["-rawin"],
    Algorithm.SM2_SM3: ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
}


def openssl(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=False, timeout=60, cwd=folder)


def public_pem(key: Signer) -> bytes:
    if key.algorithm is Algorithm.ED25519:
        return Ed25519PublicKey.from_public_bytes(key.public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = base64.encodebytes(SM2_INFO + key.public)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"-----END PUBLIC KEY-----\n"


def envelope_parts(key: Signer) -> tuple[bytes, bytes]:
    """The bytes an envelope's signature is over, and the signature."""
    batch = Batch.of(
        terminal="terminal-1",
        sequence=1,
        start_ms=0,
        configuration=bytes(32),
        previous=CHAIN_START,
        clock_source=ClockSource.NTP,
        clock_offset_ms=0,
        channel=[0, 1],
        offset_ms=[5, 5],
        value=[1, 2],
        quality=[0, 0],
    )
    _, _, signature, signed = cose._members(seal(batch, key))
    return signed, signature


@pytest.mark.parametrize("suite", list(Algorithm))
def test_openssl_verifies_the_signature_of_our_envelope(tmp_path: Path, suite: Algorithm) -> None:
    key = signer(suite, bytes(range(1, 33)))
    signed, signature = envelope_parts(key)
    (tmp_path / "key.pem").write_bytes(public_pem(key))
    (tmp_path / "sig").write_bytes(signature)
    (tmp_path / "msg").write_bytes(signed)
    command = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-in", "msg", "-sigfile", "sig", *OPTIONS[suite]]
    assert openssl(*command, folder=tmp_path).stdout == "Signature Verified Successfully\n"
    (tmp_path / "msg").write_bytes(signed + b"!")
    assert openssl(*command, folder=tmp_path).returncode != 0


@pytest.mark.parametrize(("suite", "kind"), [(Algorithm.ED25519, ["ed25519"]), (Algorithm.SM2_SM3, ["SM2"])])
def test_we_verify_the_signature_of_openssl(tmp_path: Path, suite: Algorithm, kind: list[str]) -> None:
    openssl("genpkey", "-algorithm", *kind, "-out", "key.pem", folder=tmp_path)
    openssl("pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der", folder=tmp_path)
    (tmp_path / "msg").write_bytes(b"readings")
    openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-in", "msg", "-out", "sig", *OPTIONS[suite], folder=tmp_path)
    length = 32 if suite is Algorithm.ED25519 else 65
    key = verifier(suite, (tmp_path / "public.der").read_bytes()[-length:])
    signature = (tmp_path / "sig").read_bytes()
    key.verify(b"readings", signature)
    with pytest.raises(SignatureError):
        key.verify(b"Readings", signature)


def test_another_signer_id_is_another_signature(tmp_path: Path) -> None:
    key = signer(Algorithm.SM2_SM3, bytes(range(1, 33)))
    (tmp_path / "key.pem").write_bytes(public_pem(key))
    (tmp_path / "msg").write_bytes(b"readings")
    (tmp_path / "sig").write_bytes(key.sign(b"readings"))
    command = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-in", "msg", "-sigfile", "sig", "-rawin", "-digest", "sm3"]
    assert openssl(*command, "-pkeyopt", "distid:1234567812345678", folder=tmp_path).returncode == 0
    assert openssl(*command, "-pkeyopt", "distid:ALICE123@YAHOO.COM", folder=tmp_path).returncode != 0


AUTHORITY = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = config
[config]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamping authority made of the openssl command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tsa.cnf").write_text(AUTHORITY)
        (folder / "serial").write_text("01\n")
        for words in (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out root.key",
            "req -x509 -new -key root.key -subj /CN=root -days 30 -config tsa.cnf -extensions root -out root.pem",
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tsa.key",
            "req -new -key tsa.key -subj /CN=tsa -config tsa.cnf -out tsa.csr",
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -extfile tsa.cnf "
            "-extensions stamper -out tsa.pem",
        ):
            result = openssl(*words.split(), folder=folder)
            assert result.returncode == 0, result.stderr
        self.root = timestamp.load_certificate((folder / "root.pem").read_bytes())

    def __call__(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        words = "ts -reply -config tsa.cnf -section config -queryfile query -out reply"
        result = openssl(*words.split(), folder=self.folder)
        assert result.returncode == 0, result.stderr
        return (self.folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


def test_a_time_stamp_is_asked_for_and_verified(authority: Authority) -> None:
    stamped = timestamp.request(b"checkpoint", authority, roots=[authority.root])
    again = timestamp.verify(stamped.response, b"checkpoint", roots=[authority.root])
    assert again.time == stamped.time
    assert stamped.time.tzinfo is not None


@pytest.mark.parametrize("change", ["data", "bit", "root", "none", "cut", "nonce", "empty"])
def test_a_time_stamp_that_does_not_fit_is_refused(authority: Authority, tmp_path: Path, change: str) -> None:
    good = timestamp.request(b"checkpoint", authority, roots=[authority.root]).response
    data, roots, nonce = b"checkpoint", [authority.root], None
    match change:
        case "data":
            data = b"Checkpoint"
        case "bit":
            good = good[:-20] + bytes([good[-20] ^ 1]) + good[-19:]
        case "root":
            roots = [Authority(tmp_path).root]
        case "none":
            roots = []
        case "cut":
            good = good[:-1]
        case "nonce":
            nonce = 1
        case _:
            good = b""
    with pytest.raises(TimestampError):
        timestamp.verify(good, data, roots=roots, nonce=nonce)


def test_nothing_is_not_stamped(authority: Authority) -> None:
    with pytest.raises(TimestampError, match="nothing to stamp"):
        timestamp.request(b"", authority, roots=[authority.root])
    with pytest.raises(TimestampError, match="cannot be read"):
        timestamp.load_certificate(b"-----BEGIN NOTHING-----")
