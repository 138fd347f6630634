"""HTTPS without a stranger's help: a certificate authority of the plant, and the server certificate it signs.

The authority lives ten years, the server certificate 397 days and is renewed thirty days before its end. ECDSA on P-256,
because every browser takes it.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder, write_whole

AUTHORITY_LIFE = datetime.timedelta(days=3652)
SERVER_LIFE = datetime.timedelta(days=397)
RENEW_BEFORE = datetime.timedelta(days=30)
_SKEW = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What the web process needs to speak HTTPS."""

    certificate: Path
    key: Path
    fingerprint: str


def local_names(extra: Sequence[str] = ()) -> list[str]:
    """Return the names and addresses under which this machine is reached, localhost first."""
    found = ["localhost", "127.0.0.1", "::1", *extra, socket.gethostname()]
    with contextlib.suppress(OSError):  # a machine that does not know its own name
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    return list(dict.fromkeys(name.split("%")[0] for name in found if name))


def ensure(folder: DataFolder, names: Sequence[str], *, now: datetime.datetime) -> ServerCertificate:
    """Return a server certificate for ``names``; authority and certificate are made or renewed where needed."""
    key, authority = _authority(folder, now)
    path = folder.tls / "server.crt"
    if not _is_good(path, names, authority, now):
        _sign_server(folder, key, authority, names, now)
    return ServerCertificate(path, folder.tls / "server.key", fingerprint(authority))


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as people compare it."""
    return ":".join(f"{byte:02X}" for byte in certificate.fingerprint(hashes.SHA256()))


def load(path: Path) -> x509.Certificate:
    """Return the certificate in a PEM file.

    Raises
    ------
    ServingError
    """
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ServingError("platform.serving.certificate", path=path, reason=error) from error


def own(certificate: Path, key: Path, *, now: datetime.datetime) -> ServerCertificate:
    """Return the plant's own certificate, after it was found to fit its key and to be in force.

    Raises
    ------
    ServingError
    """
    loaded = load(certificate)
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ServingError("platform.serving.certificate", path=key, reason=error) from error
    if private.public_key() != loaded.public_key():
        raise ServingError("platform.serving.certificate", path=certificate, reason="the key is another one")
    if not loaded.not_valid_before_utc <= now < loaded.not_valid_after_utc:
        raise ServingError("platform.serving.certificate", path=certificate, reason=f"valid until {loaded.not_valid_after_utc}")
    return ServerCertificate(certificate, key, fingerprint(loaded))


def _authority(folder: DataFolder, now: datetime.datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_path, path = folder.tls / "ca.key", folder.tls / "ca.crt"
    if path.exists() and key_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key, load(path)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Tanheng {socket.gethostname()[:40]} {now:%Y-%m-%d}")])
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_path, key)
    write_whole(path, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return key, certificate


def _is_good(path: Path, names: Sequence[str], authority: x509.Certificate, now: datetime.datetime) -> bool:
    if not path.exists():
        return False
    found = load(path)
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = set(held.get_values_for_type(x509.DNSName)) | {str(one) for one in held.get_values_for_type(x509.IPAddress)}
    return found.issuer == authority.subject and set(names) <= known and now < found.not_valid_after_utc - RENEW_BEFORE


def _sign_server(
    folder: DataFolder,
    authority_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    names: Sequence[str],
    now: datetime.datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    certificate = (
        _builder(subject, authority.subject, key.public_key(), now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    _write_key(folder.tls / "server.key", key)
    write_whole(folder.tls / "server.crt", chain, mode=0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime.datetime, life: datetime.timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    data = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_whole(path, data, mode=0o600)
