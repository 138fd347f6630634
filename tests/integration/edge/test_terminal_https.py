"""The uplink over HTTPS: the plant's own authority is believed and no other, and what waits meanwhile arrives later."""

from __future__ import annotations

import asyncio
import datetime
import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from tanheng.edge.configuration import parse
from tanheng.edge.errors import UplinkError
from tanheng.edge.probe import reach
from tanheng.edge.tls import trusting
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import certificates

TODAY = datetime.datetime.now(datetime.UTC)
TWO_YEARS_AGO = TODAY - datetime.timedelta(days=730)
NEXT_YEAR = TODAY + datetime.timedelta(days=365)


class Plant:
    """A plant's authority, made by the platform's own code, and server certificates that it signs."""

    def __init__(self, folder: Path) -> None:
        self._folder = DataFolder(folder)
        self._folder.prepare()
        certificates.ensure(self._folder, ["127.0.0.1"], now=TWO_YEARS_AGO)  # the authority is older than any certificate here
        self.ca = self._folder.tls / "ca.crt"

    def server(self, name: str = "127.0.0.1", *, at: datetime.datetime = TODAY) -> ssl.SSLContext:
        (self._folder.tls / "server.crt").unlink()
        made = certificates.ensure(self._folder, [name], now=at)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        return context


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return Plant(tmp_path / "plant")


@pytest.fixture
async def secure(rig: Any, plant: Plant) -> Any:
    """The rig with a receiver that speaks HTTPS under a good certificate, and a terminal that believes its authority."""
    rig.receiver.stop()
    rig.receiver.tls = plant.server()
    rig.receiver.start()
    rig.configure(
        uplink={
            **rig.content["uplink"],
            "ca": str(plant.ca),
            "routes": [{"name": "lan", "url": rig.receiver.url, "priority": 1}],
        }
    )
    return rig


async def refused_then_mended(rig: Any, wait: Any, plant: Plant, *, saying: str) -> str:
    """Run against a certificate that must be refused, then against a good one; return what the terminal said of the first.

    Nothing may arrive before the change, and everything after it.
    """
    terminal = await rig.start()
    await wait(
        lambda: rig.sealed() >= 4 and any(saying in fault for fault in terminal.faults), what=f"a fault that says {saying}"
    )
    assert rig.receiver.bodies == []  # not one byte of data
    assert rig.answered() == 0
    said: str = next(fault for fault in terminal.faults if saying in fault)
    routes = await reach(parse(json.dumps(rig.content)))
    assert routes["lan"] == said  # `edge check` names the same cause
    rig.receiver.tls = plant.server()
    await rig.whole()
    await rig.stop()
    assert rig.receiver.handshakes_failed > 0
    return said


async def test_a_certificate_of_the_plants_authority_is_believed(secure: Any, wait: Any) -> None:
    terminal = await secure.start()
    await wait(lambda: len(secure.receiver.stored) >= 3)
    await wait(lambda: terminal.faults == [])
    await secure.whole()
    await secure.stop()
    assert await reach(parse(json.dumps(secure.content))) == {"lan": ""}


async def test_newer_pythons_stricter_reading_of_certificates_believes_the_plants_too(secure: Any) -> None:
    """Python 3.13 sets this flag by default: https://docs.python.org/3.13/library/ssl.html#ssl.create_default_context"""
    context = trusting(secure.content["uplink"]["ca"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    _, writer = await asyncio.open_connection("127.0.0.1", secure.receiver.port, ssl=context)
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
    writer.close()


async def test_a_certificate_of_another_authority_is_refused(secure: Any, plant: Plant, wait: Any, tmp_path: Path) -> None:
    secure.receiver.tls = Plant(tmp_path / "stranger").server()
    said = await refused_then_mended(secure, wait, plant, saying="no trusted authority signed the certificate of 127.0.0.1")
    assert "uplink.ca" in said


async def test_a_certificate_out_of_date_is_refused(secure: Any, plant: Plant, wait: Any) -> None:
    secure.receiver.tls = plant.server(at=TWO_YEARS_AGO)
    await refused_then_mended(secure, wait, plant, saying="is out of date (certificate has expired)")


async def test_a_certificate_of_tomorrow_points_at_the_clock(secure: Any, plant: Plant, wait: Any) -> None:
    secure.receiver.tls = plant.server(at=NEXT_YEAR)
    await refused_then_mended(secure, wait, plant, saying="the terminal's clock is slow")


@pytest.mark.parametrize("name", ["192.0.2.7", "platform.plant.example"])
async def test_a_certificate_for_another_name_is_refused(secure: Any, plant: Plant, wait: Any, name: str) -> None:
    secure.receiver.tls = plant.server(name)
    await refused_then_mended(secure, wait, plant, saying="the certificate is not for 127.0.0.1")


async def test_the_plants_authority_alone_is_believed(rig: Any, plant: Plant, wait: Any) -> None:
    """Without ``ca`` the usual authorities are believed, and the plant's is none of them."""
    rig.receiver.stop()
    rig.receiver.tls = plant.server()
    rig.receiver.start()
    rig.configure(uplink={**rig.content["uplink"], "routes": [{"name": "lan", "url": rig.receiver.url, "priority": 1}]})
    terminal = await rig.start()
    await wait(lambda: any("no trusted authority" in fault for fault in terminal.faults), what="a fault")
    assert rig.receiver.bodies == []


async def test_a_bare_http_server_behind_https_is_a_fault_and_loses_nothing(secure: Any, wait: Any) -> None:
    secure.receiver.tls = None
    terminal = await secure.start()
    await wait(lambda: secure.sealed() >= 3 and any("lan" in fault for fault in terminal.faults))
    assert secure.receiver.bodies == []


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
async def test_a_ca_file_that_is_missing_or_no_certificate_is_named_and_can_be_mended(
    secure: Any, plant: Plant, wait: Any, content: str | None
) -> None:
    good = plant.ca.read_text(encoding="ascii")
    path = Path(secure.content["uplink"]["ca"])
    path.unlink() if content is None else path.write_text(content, encoding="ascii")
    terminal = await secure.start()
    await wait(lambda: secure.sealed() >= 3 and any(str(path) in fault for fault in terminal.faults), what="a fault")
    path.write_text(good, encoding="ascii")
    await secure.whole()


async def test_a_token_file_that_is_missing_is_named_and_can_be_mended(secure: Any, wait: Any, tmp_path: Path) -> None:
    token = tmp_path / "token"
    secure.configure(uplink={**secure.content["uplink"], "token_file": str(token)})
    terminal = await secure.start()
    await wait(lambda: secure.sealed() >= 3 and any(str(token) in fault for fault in terminal.faults), what="a fault")
    token.write_text("secret\n", encoding="ascii")
    await secure.whole()


def test_the_reason_is_told_in_chinese_too() -> None:
    error = UplinkError("edge.certificate.name", route="lan", host="10.0.0.1", reason="IP address mismatch")
    assert "证书不是签发给 10.0.0.1 的" in error.text("zh")
