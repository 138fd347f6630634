"""The plant's own certificate authority."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path

import pytest

from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import certificates

NOW = datetime.datetime(2026, 10, 31, 12, tzinfo=datetime.UTC)
NAMES = ["carbon.plant.example", "192.0.2.7", "2001:db8::7"]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.prepare()
    return made


def openssl(*words: str) -> str:
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=True, timeout=60).stdout


def test_openssl_accepts_the_chain_for_each_name(folder: DataFolder) -> None:
    made = certificates.ensure(folder, NAMES, now=NOW)
    authority = str(folder.tls / "ca.crt")
    at = str(int(NOW.timestamp()))
    for option, name in (("-verify_hostname", NAMES[0]), ("-verify_ip", NAMES[1]), ("-verify_ip", NAMES[2])):
        assert "OK" in openssl(
            "verify", "-attime", at, "-CAfile", authority, "-purpose", "sslserver", option, name, str(made.certificate)
        )


def test_openssl_refuses_a_name_that_is_not_in_it(folder: DataFolder) -> None:
    made = certificates.ensure(folder, NAMES, now=NOW)
    with pytest.raises(subprocess.CalledProcessError):
        openssl(
            "verify",
            "-attime",
            str(int(NOW.timestamp())),
            "-CAfile",
            str(folder.tls / "ca.crt"),
            "-verify_hostname",
            "other.example",
            str(made.certificate),
        )


def test_the_printed_fingerprint_is_openssls(folder: DataFolder) -> None:
    made = certificates.ensure(folder, NAMES, now=NOW)
    said = openssl("x509", "-in", str(folder.tls / "ca.crt"), "-noout", "-fingerprint", "-sha256")
    assert said.strip().split("=")[1] == made.fingerprint


def test_keys_are_private(folder: DataFolder) -> None:
    certificates.ensure(folder, NAMES, now=NOW)
    for name in ("ca.key", "server.key"):
        assert (folder.tls / name).stat().st_mode & 0o777 == 0o600


def test_a_certificate_is_kept_until_thirty_days_before_its_end_and_then_renewed(folder: DataFolder) -> None:
    certificates.ensure(folder, NAMES, now=NOW)
    first = (folder.tls / "server.crt").read_bytes()
    authority = (folder.tls / "ca.crt").read_bytes()
    certificates.ensure(folder, NAMES, now=NOW + datetime.timedelta(days=366))
    assert (folder.tls / "server.crt").read_bytes() == first
    certificates.ensure(folder, NAMES, now=NOW + datetime.timedelta(days=368))
    assert (folder.tls / "server.crt").read_bytes() != first
    assert (folder.tls / "ca.crt").read_bytes() == authority


def test_a_new_name_makes_a_new_certificate(folder: DataFolder) -> None:
    certificates.ensure(folder, NAMES, now=NOW)
    first = (folder.tls / "server.crt").read_bytes()
    certificates.ensure(folder, [*NAMES, "second.example"], now=NOW)
    assert (folder.tls / "server.crt").read_bytes() != first


def test_a_certificate_of_ones_own_must_fit_its_key_and_its_time(folder: DataFolder, tmp_path: Path) -> None:
    made = certificates.ensure(folder, NAMES, now=NOW)
    assert certificates.own(made.certificate, made.key, now=NOW).certificate == made.certificate
    with pytest.raises(ServingError):
        certificates.own(made.certificate, folder.tls / "ca.key", now=NOW)
    with pytest.raises(ServingError):
        certificates.own(made.certificate, made.key, now=NOW + datetime.timedelta(days=400))
    with pytest.raises(ServingError):
        certificates.own(tmp_path / "missing.crt", made.key, now=NOW)
