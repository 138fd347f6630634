"""Ed25519, COSE, SM2, SM3 and SM4 against published values; origins in the heads of the case files beside this test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tanheng.trust import cose
from tanheng.trust.errors import KeyRefusedError, SignatureError
from tanheng.trust.keys import Algorithm, signer, verifier

HERE = Path(__file__).parent
EDWARDS = json.loads((HERE / "ed25519_cose.json").read_text())
CHINESE = json.loads((HERE / "sm2_sm3_sm4.json").read_text())
SM2 = CHINESE["sm2_sign"]
SM2_PUBLIC = b"\x04" + bytes.fromhex(SM2["Px"] + SM2["Py"])
ED25519_ORDER = (1 << 252) + 27742317777372353535851937790883648493  # RFC 8032 section 5.1


@pytest.mark.parametrize("case", EDWARDS["rfc8032"], ids=lambda case: case["id"])
def test_ed25519_signs_as_rfc_8032_prints(case: dict[str, str]) -> None:
    key = signer(Algorithm.ED25519, bytes.fromhex(case["secret"]))
    assert key.public.hex() == case["public"]
    assert key.sign(bytes.fromhex(case["msg"])).hex() == case["sig"]
    verifier(Algorithm.ED25519, key.public).verify(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))


@pytest.mark.parametrize("change", ["longer", "shorter", "empty", "s plus order", "another message"])
def test_ed25519_refuses_every_other_spelling(change: str) -> None:
    case = EDWARDS["rfc8032"][1]
    message, good = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
    larger = int.from_bytes(good[32:], "little") + ED25519_ORDER
    bad = {
        "longer": good + b"\x00",
        "shorter": good[:-1],
        "empty": b"",
        "s plus order": good[:32] + larger.to_bytes(32, "little"),
        "another message": good,
    }[change]
    with pytest.raises(SignatureError):
        verifier(Algorithm.ED25519, bytes.fromhex(case["public"])).verify(b"" if change == "another message" else message, bad)


def test_the_bytes_cose_signs_are_those_of_the_example() -> None:
    case = EDWARDS["cose_sign1"]
    protected, _, payload, signature = cbor2.loads(bytes.fromhex(case["output"]["cbor"])).value
    signed = cose.signed_bytes(protected, payload)
    assert signed.hex().upper() == case["intermediates"]["ToBeSign_hex"].upper()
    verifier(Algorithm.ED25519, bytes.fromhex(case["input"]["sign0"]["key"]["x_hex"])).verify(signed, signature)


def test_sm2_verifies_the_signature_of_the_standard() -> None:
    key = verifier(Algorithm.SM2_SM3, SM2_PUBLIC)
    key.verify(SM2["msg_ascii"].encode(), bytes.fromhex(SM2["der"]))
    assert encode_dss_signature(int(SM2["r"], 16), int(SM2["s"], 16)).hex().upper() == SM2["der"]


def test_sm2_derives_the_public_key_of_the_standard() -> None:
    assert signer(Algorithm.SM2_SM3, bytes.fromhex(SM2["d"])).public == SM2_PUBLIC


def test_the_digest_sm2_signs_is_that_of_the_standard() -> None:
    curve = CHINESE["sm2_curve"]
    user = SM2["id_ascii"].encode()
    joined = (len(user) * 8).to_bytes(2, "big") + user
    joined += bytes.fromhex(curve["a"] + curve["b"] + curve["Gx"] + curve["Gy"]) + SM2_PUBLIC[1:]
    assert sm3(joined).hex().upper() == SM2["ZA"]
    assert sm3(bytes.fromhex(SM2["ZA"]) + SM2["msg_ascii"].encode()).hex().upper() == SM2["e"]


@pytest.mark.parametrize(
    ("message", "signature"),
    [
        (b"another digest", bytes.fromhex(SM2["der"])),
        (SM2["msg_ascii"].encode(), bytes.fromhex(SM2["r"] + SM2["s"])),
        (SM2["msg_ascii"].encode(), bytes.fromhex(SM2["der"]) + b"\x00"),
        (SM2["msg_ascii"].encode(), bytes.fromhex(SM2["der"])[:-1]),
        (
            SM2["msg_ascii"].encode(),
            encode_dss_signature(int(SM2["r"], 16), int(SM2["s"], 16) + int(CHINESE["sm2_curve"]["n"], 16)),
        ),
        (SM2["msg_ascii"].encode(), encode_dss_signature(0, 1)),
        (SM2["msg_ascii"].encode(), bytes.fromhex("308146" + SM2["der"][4:])),
        (SM2["msg_ascii"].encode(), bytes.fromhex("3047022200" + SM2["der"][8:])),
        (SM2["msg_ascii"].encode(), bytes.fromhex("30450220" + SM2["der"][10:])),
        (SM2["msg_ascii"].encode(), b""),
    ],
    ids=[
        "message",
        "raw r and s",
        "trailing byte",
        "cut off",
        "s plus order",
        "r is 0",
        "long length",
        "padded r",
        "negative r",
        "empty",
    ],
)
def test_sm2_refuses_every_other_spelling(message: bytes, signature: bytes) -> None:
    with pytest.raises(SignatureError):
        verifier(Algorithm.SM2_SM3, SM2_PUBLIC).verify(message, signature)


def test_sm2_refuses_another_signer_id_instead_of_verifying_wrongly() -> None:
    with pytest.raises(KeyRefusedError, match="ALICE123@YAHOO"):
        verifier(Algorithm.SM2_SM3, SM2_PUBLIC, distid="ALICE123@YAHOO.COM")


def sm3(data: bytes) -> bytes:
    machine = hashes.Hash(hashes.SM3())
    machine.update(data)
    return machine.finalize()


@pytest.mark.parametrize(("data", "case"), [(b"abc", CHINESE["sm3"][0]), (b"abcd" * 16, CHINESE["sm3"][1])])
def test_sm3_is_that_of_the_standard(data: bytes, case: dict[str, Any]) -> None:
    assert sm3(data).hex() == case["out"]


def test_sm4_is_that_of_the_standard() -> None:
    case = CHINESE["sm4_ecb"]
    machine = Cipher(algorithms.SM4(bytes.fromhex(case["key"])), modes.ECB()).encryptor()  # noqa: S305  # the vector's own mode
    block = bytes.fromhex(case["pt"])
    assert machine.update(block).hex() == case["ct"]
    for _ in range(1_000_000):
        block = machine.update(block)
    assert block.hex() == case["ct_after_1000000_iterations"]
