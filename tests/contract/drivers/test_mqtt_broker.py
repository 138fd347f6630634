"""MQTT with a real broker (Eclipse Mosquitto): version 5 on the wire, TLS, certificates, passwords, resent messages."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tanheng.core.errors import EdgeError
from tanheng.edge.drivers.supervisor import DeviceState

NOW = datetime.datetime.now(datetime.UTC)
A_DAY = datetime.timedelta(days=1)


class Authority:
    """A certificate authority and what it signs, as PEM files in a folder."""

    def __init__(self, folder: Path, name: str = "plant") -> None:
        folder.mkdir()
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.file = folder / "ca.crt"
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        self._write(self.file, self._signed(self._name, self._key, 3650).add_extension(constraint, critical=True))

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key.public_key())
        end = NOW + datetime.timedelta(days=days)
        return builder.serial_number(x509.random_serial_number()).not_valid_before(min(NOW, end) - A_DAY).not_valid_after(end)

    def _write(self, path: Path, builder: x509.CertificateBuilder) -> None:
        path.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def sign(self, name: str, *, host: str = "127.0.0.1", days: int = 30) -> tuple[Path, Path]:
        """Return certificate and key of a server or client."""
        key = ec.generate_private_key(ec.SECP256R1())
        path, key_path = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        self._write(path, self._signed(subject, key, days).add_extension(names, critical=False))
        plain = serialization.NoEncryption()
        key_path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return path, key_path


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
async def broker(benches: Any, tmp_path: Path) -> Any:
    """A broker that a test configures and starts."""
    made = benches["mqtt"](tmp_path)
    made.broker = None
    yield made
    if made.broker is not None:
        await made.stop()


async def secured(broker: Any, authority: Authority, *more: str, **signed: Any) -> None:
    certificate, key = authority.sign("broker", **signed)
    broker.lines += [f"cafile {authority.file}", f"certfile {certificate}", f"keyfile {key}", *more]
    own, own_key = authority.sign("sensor")
    context = ssl.create_default_context(cafile=str(authority.file))
    context.load_cert_chain(own, own_key)
    broker.secure = {"tls_context": context}
    await broker.start()


@pytest.mark.parametrize(("name", "said"), [("mqtt", "p5"), ("mqtt-3.1.1", "p2")])
async def test_the_version_that_is_asked_for_is_spoken(
    name: str, said: str, benches: Any, site: Any, wait: Any, tmp_path: Path
) -> None:
    """Mosquitto notes the protocol of each client: p5 is MQTT 5, p2 is 3.1.1."""
    bench = benches[name](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.set(1525)
    await wait(lambda: one.value() == 1525)
    await bench.stop()
    (line,) = [line for line in bench.log.read_text(encoding="utf-8").splitlines() if "as tanheng-d (" in line]
    assert f"({said}," in line


async def test_a_value_arrives_over_tls(broker: Any, authority: Authority, site: Any, wait: Any) -> None:
    await secured(broker, authority)
    one = site({**broker.device(), "ca": str(authority.file)}, [broker.channel()])
    one.start()
    await broker.set(1525)
    await wait(lambda: one.value() == 1525)


async def test_a_broker_of_another_authority_is_not_believed(
    broker: Any, authority: Authority, site: Any, wait: Any, tmp_path: Path
) -> None:
    await secured(broker, authority)
    await broker.set(1525)
    stranger = Authority(tmp_path / "stranger", "stranger")
    one = site({**broker.device(), "ca": str(stranger.file)}, [broker.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.failures >= 2 and "certificate verify failed" in one.supervisor.health.fault)
    assert one.last() is None


@pytest.mark.parametrize(
    ("signed", "reason"), [({"days": -1}, "certificate has expired"), ({"host": "192.0.2.7"}, "not valid for '127.0.0.1'")]
)
async def test_a_broker_whose_certificate_does_not_hold_is_not_believed(
    signed: dict[str, Any], reason: str, broker: Any, authority: Authority, site: Any, wait: Any
) -> None:
    await secured(broker, authority, **signed)
    one = site({**broker.device(), "ca": str(authority.file)}, [broker.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.failures >= 2 and reason in one.supervisor.health.fault)
    assert one.last() is None


async def test_a_broker_that_asks_for_a_certificate_gets_the_terminals(
    broker: Any, authority: Authority, site: Any, wait: Any
) -> None:
    await secured(broker, authority, "require_certificate true")
    own, key = authority.sign("terminal")
    bare = site({**broker.device(), "ca": str(authority.file)}, [broker.channel()])
    bare.start()
    await wait(lambda: bare.supervisor.health.failures >= 2)
    files = {"ca": str(authority.file), "certificate": str(own), "private_key": str(key)}
    one = site({**broker.device(), **files}, [broker.channel()])
    one.start()
    await broker.set(1525)
    await wait(lambda: one.value() == 1525)
    assert bare.last() is None


@pytest.mark.parametrize("given", [{"certificate"}, {"private_key"}, {"certificate", "private_key"}, {"ca", "private_key"}])
def test_half_a_certificate_is_refused(given: set[str], benches: Any, site: Any, tmp_path: Path) -> None:
    bench = benches["mqtt"](tmp_path)
    with pytest.raises(EdgeError) as caught:
        site({**bench.device(), **dict.fromkeys(given, "/x")}, [bench.channel()])
    assert "ca, certificate and private_key together" in caught.value.text("en")


async def test_a_file_that_cannot_be_used_is_named_and_can_be_mended(
    broker: Any, authority: Authority, site: Any, wait: Any, tmp_path: Path
) -> None:
    await secured(broker, authority)
    missing = tmp_path / "missing.crt"
    one = site({**broker.device(), "ca": str(missing)}, [broker.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.failures >= 2 and str(missing) in one.supervisor.health.fault)
    missing.write_bytes(authority.file.read_bytes())
    await broker.set(1525)
    await wait(lambda: one.value() == 1525)


async def test_user_and_password_open_the_broker_and_wrong_ones_do_not(
    broker: Any, site: Any, wait: Any, tmp_path: Path
) -> None:
    passwords, secret = tmp_path / "passwords", tmp_path / "secret"
    command = ["mosquitto_passwd", "-c", "-b", str(passwords), "terminal", "right"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    secret.write_text("wrong\n", encoding="utf-8")
    broker.lines = ["allow_anonymous false", f"password_file {passwords}"]
    broker.secure = {"username": "terminal", "password": "right"}
    await broker.start()
    one = site({**broker.device(), "user": "terminal", "password_file": str(secret)}, [broker.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.failures >= 2 and "Not authorized" in one.supervisor.health.fault)
    secret.write_text("right\n", encoding="utf-8")
    await broker.set(1525)
    await wait(lambda: one.value() == 1525)
    assert one.supervisor.health.state is DeviceState.RUNNING
