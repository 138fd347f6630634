"""Devices that answer garbage, lie about their values, or send for ever: each driver with the faults of its protocol."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import os
import struct
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tanheng.core.batch import Quality
from tanheng.core.errors import EdgeError

asyncua: Any = importlib.import_module("asyncua")  # Any: its types describe less than it does
ua: Any = importlib.import_module("asyncua.ua")

datastore: Any = importlib.import_module("pymodbus.datastore")  # Any: pymodbus leaves half of it untyped
modbus_server: Any = importlib.import_module("pymodbus.server")
modbus_client: Any = importlib.import_module("pymodbus.client")

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def resident() -> int:
    """Bytes of memory the process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


async def test_modbus_reads_every_type_order_and_table(site: Any, benches: Any, wait: Any, tmp_path: Path) -> None:

    bench = benches["modbus-tcp"](tmp_path)
    await bench.start()
    # Registers by hand: 0x4148 0x0000 is the float 12.5; FFFE is −2; 1234h as BCD is 1234.
    registers = [0x4148, 0x0000, 0x0000, 0x4148, 0xFFFE, 0x1234, 0x0000, 0x0000, 0x0001, 0x0000, 0x0004, 0x7FC0, 0x0000]
    client = modbus_client.AsyncModbusTcpClient("127.0.0.1", port=bench.port)
    await client.connect()
    await client.write_registers(0, registers, device_id=1)
    client.close()
    rows = [
        ({"register": 0, "type": "float32"}, 1250),
        ({"register": 2, "type": "float32", "order": "CDAB"}, 1250),
        ({"register": 4, "type": "int16"}, -200),
        ({"register": 4, "type": "uint16"}, 6553400),
        ({"register": 5, "type": "bcd16"}, 123400),
        ({"register": 6, "type": "uint64"}, 6553600),
        ({"register": 10, "type": "bit", "bit": 2}, 100),
        ({"register": 10, "type": "bit", "bit": 1}, 0),
        ({"register": 11, "type": "float32"}, None),
    ]
    channels = [{**bench.channel(), "id": f"x{at}", "factor": "1", "address": row} for at, (row, _) in enumerate(rows)]
    one = site(bench.device(), channels)
    one.start()
    await wait(lambda: one.last(0) is not None and one.last(0).value == 1250)
    for at, (_, expected) in enumerate(rows):
        last = one.last(at)
        assert (last.value if last.quality.has_value and last.quality is not Quality.FAULT else None) == expected, rows[at]
    assert one.last(8).raw == bytes.fromhex("7fc00000")  # a NaN has no value, but its words are kept
    await bench.stop()


async def test_a_block_that_a_modbus_device_refuses_costs_only_itself(
    site: Any, benches: Any, wait: Any, tmp_path: Path
) -> None:
    bench = benches["modbus-tcp"](tmp_path)
    await bench.start()
    channels = [bench.channel(), {**bench.channel(), "id": "y", "address": {"register": 5000}}]
    one = site(bench.device(), channels)
    one.start()
    await bench.set(777)
    await wait(lambda: one.value(0) == 777)
    assert one.last(1).quality is Quality.NO_DATA
    await bench.stop()


async def test_modbus_rtu_frames_through_a_serial_server(site: Any, wait: Any, tmp_path: Path, benches: Any) -> None:

    bench = benches["modbus-tcp"](tmp_path)
    block = datastore.ModbusSequentialDataBlock(1, [0] * 10 + list(struct.unpack(">HH", struct.pack(">i", 4321))) + [0] * 10)
    server = modbus_server.ModbusTcpServer(
        datastore.ModbusServerContext(devices={1: datastore.ModbusDeviceContext(hr=block)}),
        address=("127.0.0.1", bench.port),
        framer=importlib.import_module("pymodbus").FramerType.RTU,
    )
    await server.serve_forever(background=True)
    one = site({**bench.device(), "driver": "modbus-rtu"}, [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 4321)
    await server.shutdown()


def carry(source: int, target: int) -> None:
    """Carry what came at one end of a serial line to the other."""
    os.write(target, os.read(source, 1024))


async def test_modbus_rtu_on_a_serial_line(site: Any, wait: Any, tmp_path: Path, benches: Any) -> None:

    ends = [os.openpty() for _ in range(2)]
    for pair in ends:
        for end in pair:
            tty.setraw(end)
    loop = asyncio.get_running_loop()
    for left, right in ((ends[0][0], ends[1][0]), (ends[1][0], ends[0][0])):
        loop.add_reader(left, carry, left, right)
    block = datastore.ModbusSequentialDataBlock(1, [0] * 10 + [0, 2468] + [0] * 10)
    server = modbus_server.ModbusSerialServer(
        datastore.ModbusServerContext(devices={1: datastore.ModbusDeviceContext(hr=block)}), port=os.ttyname(ends[0][1])
    )
    await server.serve_forever(background=True)
    bench = benches["modbus-tcp"](tmp_path)
    device = {**bench.base(), "driver": "modbus-rtu", "serial": os.ttyname(ends[1][1]), "baud": 9600}
    one = site(device, [bench.channel()])
    one.start()
    try:
        await wait(lambda: one.value() == 2468)
    finally:
        await server.shutdown()
        for left, _ in ends:
            loop.remove_reader(left)


@pytest.mark.parametrize("driver", ["modbus-tcp", "opcua", "mqtt", "dlt645"])
async def test_a_server_that_talks_garbage_never_gives_a_value(
    driver: str, site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    name = {"opcua": "opcua-poll"}.get(driver, driver)
    bench = benches[name](tmp_path)

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for at in range(50):
            if not await reader.read(1000):
                break
            writer.write(bytes((at * 37 + byte * 11) % 256 for byte in range(300)))
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", bench.port)
    one = site(bench.device(), [bench.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.failures >= 1, seconds=20)
    last = one.last()
    assert last is None or not last.quality.has_value
    server.close()


async def test_a_logger_that_sends_ten_megabytes_without_a_line_end_holds_no_memory(
    site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["hj212"](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.send("9.80")
    flood = b"x" * (10 << 20)
    before = resident()
    await bench.raw(flood, answer=False)
    await bench.set(1050)
    await wait(lambda: one.value() == 1050, seconds=20)
    assert resident() - before < 30 << 20
    assert one.supervisor.health.refused >= 1


@pytest.mark.parametrize(
    ("text", "flag", "expected"),
    [
        ("9.80", "N", Quality.GOOD),
        ("9.80", "C", Quality.CALIBRATION),
        ("9.80", "Q", Quality.UNCERTAIN),
        ("9.80", "B", Quality.NO_DATA),
    ],
)
async def test_a_data_flag_becomes_the_quality(
    text: str, flag: str, expected: Quality, site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["hj212"](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.send(text, flag=flag)
    assert one.journalled()[0].quality is expected


async def test_a_message_is_answered_after_it_is_on_the_disk_and_a_repeat_counts_once(
    site: Any, benches: Any, tmp_path: Path
) -> None:
    bench = benches["hj212"](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    first = await bench.send("9.80")
    assert b"CN=9014" in first
    assert len(one.journalled()) == 1
    assert b"CN=9014" in await bench.send("9.80")
    assert len(one.journalled()) == 1


async def test_a_full_disk_leaves_a_message_unanswered(site: Any, benches: Any, tmp_path: Path) -> None:
    bench = benches["hj212"](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.send("9.80")
    one.disk.spool._db.execute("PRAGMA max_page_count = 1")
    bench.number += 1
    filler = [one.journalled()[0]] * 20_000
    with pytest.raises(EdgeError):
        await one.journal.write_now(filler)
    one.disk.spool._db.execute("PRAGMA query_only = 1")
    assert await bench.send("9.90") == b""
    one.disk.spool._db.execute("PRAGMA query_only = 0")
    assert b"CN=9014" in await bench.send("9.90")


async def test_a_logger_that_is_not_registered_is_refused(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    bench = benches["hj212"](tmp_path)
    await bench.start()
    one = site({**bench.device(), "devices": ["F" * 24]}, [bench.channel()])
    one.start()
    await bench.send("9.80", answer=False)
    await wait(lambda: one.supervisor.health.refused == 1)
    assert one.journalled() == []


@pytest.mark.parametrize("declared", [{}, {"a05001": {"unit": "%"}}])
async def test_a_co2_channel_needs_the_unit_that_is_declared(
    declared: dict[str, Any], site: Any, benches: Any, tmp_path: Path
) -> None:
    bench = benches["hj212"](tmp_path)
    channel = {**bench.channel(), "unit": "g/m3", "address": {"factor": "a05001"}}
    with pytest.raises(EdgeError) as caught:
        site({**bench.device(), "factors": declared}, [channel])
    assert caught.value.code == "edge.driver.hj212_unit"


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[" * 100_000, b'{"data": {"x": NaN}}', b'{"data": {"x": null}}', b'{"data": 3}', b"\xff\xfe", b"1" * 70_000],
)
async def test_a_payload_that_is_no_number_gives_no_value(
    payload: bytes, site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["mqtt"](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.publish(payload)
    if payload:
        await wait(lambda: one.last() is not None)
        assert not one.last().quality.has_value
    await bench.stop()


async def test_a_bad_opc_ua_status_is_no_value(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    bench = benches["opcua-subscribe"](tmp_path)
    await bench.start()
    one = site(bench.device(), [bench.channel()])
    one.start()
    await bench.set(500)
    await wait(lambda: one.value() == 500)
    await bench.node.write_value(ua.DataValue(ua.Variant(5.0), StatusCode=ua.StatusCode(ua.StatusCodes.BadSensorFailure)))
    await wait(lambda: one.last().quality is Quality.NO_DATA)
    assert b"BadSensorFailure" in one.last().raw
    await bench.node.write_value(
        ua.DataValue(ua.Variant(6.0), StatusCode=ua.StatusCode(ua.StatusCodes.UncertainLastUsableValue))
    )
    await wait(lambda: one.last().quality is Quality.UNCERTAIN)
    assert one.last().value == 600
    await bench.stop()


async def test_opc_ua_with_certificates_and_an_encrypted_channel(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    from asyncua.crypto.cert_gen import setup_self_signed_certificate
    from cryptography.x509.oid import ExtendedKeyUsageOID

    files = {}
    for name, uri, usage in (
        ("server", "urn:test:server", ExtendedKeyUsageOID.SERVER_AUTH),
        ("client", "urn:tanheng:terminal", ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        files[name] = (tmp_path / f"{name}.pem", tmp_path / f"{name}.der")
        await setup_self_signed_certificate(*files[name], uri, "localhost", [usage], {"organizationName": "test"})
    bench = benches["opcua-poll"](tmp_path)
    server = asyncua.Server()
    await server.init()
    await server.set_application_uri("urn:test:server")
    server.set_endpoint(f"opc.tcp://127.0.0.1:{bench.port}/")
    server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
    await server.load_certificate(str(files["server"][1]))
    await server.load_private_key(str(files["server"][0]))
    index = await server.register_namespace("urn:test:kiln")
    await server.nodes.objects.add_variable(ua.NodeId("Kiln.Feed", index), "Feed", 12.25)
    await server.start()
    secure = {
        "security": "Basic256Sha256",
        "certificate": str(files["client"][1]),
        "private_key": str(files["client"][0]),
        "server_certificate": str(files["server"][1]),
    }
    one = site({**bench.device(), **secure, "timeout_s": 4}, [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 1225, seconds=20)
    plain = site(bench.device(), [bench.channel()])
    plain.start()
    await wait(lambda: plain.supervisor.health.failures >= 1, seconds=20)
    assert plain.last() is None
    server.bserver._server.close()  # a driver that comes back while the server ends would be waited for
    async with asyncio.timeout(60):
        await server.stop()


async def test_an_edited_and_a_deleted_truck_ticket_become_events_and_change_no_total(
    site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    for hundredths in (3000, 3100, 3200):
        await bench.set(hundredths)
    one = site({**bench.device(), "reread_s": 0.3}, [bench.channel()])
    one.start()
    await wait(lambda: len([r for r in one.journalled() if r.channel == 0]) == 3)
    bench.run("UPDATE ticket SET net = 13 WHERE number = 'T00002'")
    bench.run("DELETE FROM ticket WHERE number = 'T00003'")

    def kinds() -> list[str]:
        import cbor2

        return [cbor2.loads(reading.raw)["kind"] for reading in one.journalled() if reading.channel == 0xFFFF]

    await wait(lambda: sorted(kinds()) == ["row-changed", "row-deleted"])
    await asyncio.sleep(1)  # each is told once, however often the table is read again
    events = {event["kind"]: event for event in await one.events()}
    assert b'"net":"31.' in events["row-changed"]["before"]
    assert b'"net":"13.' in events["row-changed"]["after"]
    assert events["row-deleted"]["row"] == "T00003"
    assert sorted(kinds()) == ["row-changed", "row-deleted"]
    assert [reading.value for reading in one.journalled() if reading.channel == 0] == [3000, 3100, 3200]


async def test_a_change_in_the_last_column_of_a_wide_table_is_told_with_both_values(
    site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    for number in range(60):
        bench.run(f"ALTER TABLE ticket ADD COLUMN zz_remark_{number:02d} TEXT DEFAULT '外购烟煤，二号堆场'")
    await bench.set(3000)
    one = site({**bench.device(), "reread_s": 0.3}, [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 3000)
    bench.run("UPDATE ticket SET zz_remark_59 = '退货'")
    await wait(lambda: len([r for r in one.journalled() if r.channel == 0xFFFF]) == 1)
    (event,) = await one.events()
    assert '"zz_remark_59":"外购烟煤，二号堆场"'.encode() in event["before"]
    assert '"zz_remark_59":"退货"'.encode() in event["after"]


async def test_a_ticket_edited_at_once_is_seen_without_the_nightly_reading(
    site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    await bench.set(3000)
    one = site(bench.device(), [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 3000)
    bench.run("UPDATE ticket SET net = 31")

    def changed() -> bool:
        return any(reading.channel == 0xFFFF for reading in one.journalled())

    await wait(changed)  # the row at the watermark is read in each poll


async def test_a_table_is_not_taken_over_with_the_history_of_other_systems(
    site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    bench.run("INSERT INTO ticket (number, at, goods, net) VALUES ('OLD', '2019-03-01 08:00:00', '烟煤', 30)")
    await bench.set(3100)
    one = site({**bench.device(), "reread_s": 0.2}, [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 3100)
    await asyncio.sleep(0.7)
    assert [reading.value for reading in one.journalled()] == [3100]


async def test_many_rows_at_one_watermark_all_arrive(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    for at in range(25):
        bench.run("INSERT INTO ticket (number, at, goods, net) VALUES (?, '2026-11-03 08:00:00', '烟煤', 1)", f"N{at}")
    one = site({**bench.device(), "watermark": "at", "page": 10, "history_days": 36500}, [bench.channel()])
    one.start()
    await wait(lambda: len(one.journalled()) and sum(r.channel == 0 for r in one.journalled()) == 25)


@pytest.mark.parametrize(
    ("at", "net"), [("", "30"), ("yesterday", "30"), ("2026-02-31 08:00", "30"), ("1970-01-01 08:00", "30")]
)
async def test_a_row_without_a_readable_time_is_refused_and_kept(
    at: str, net: str, site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    bench.run("INSERT INTO ticket (number, at, goods, net) VALUES ('T1', ?, '烟煤', ?)", at, net)
    one = site(bench.device(), [bench.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.refused >= 1)
    assert b"T1" in one.context.refusals[0][1].raw
    assert [r for r in one.journalled() if r.channel == 0] == []


async def test_a_year_end_at_24_o_clock_belongs_to_the_new_year(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    bench = benches["sql"](tmp_path)
    await bench.start()
    bench.run("INSERT INTO ticket (number, at, goods, net) VALUES ('T1', '2026-12-31 24:00:00', '烟煤', 30)")
    one = site({**bench.device(), "history_days": 36500}, [bench.channel()])
    one.start()
    await wait(lambda: bool(one.journalled()))
    beijing = datetime.timezone(datetime.timedelta(hours=8))
    assert one.journalled()[0].time == datetime.datetime(2027, 1, 1, tzinfo=beijing).timestamp() * 1000


async def test_an_excel_file_and_a_gb18030_csv_are_read(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    bench = benches["files"](tmp_path)
    await bench.start()
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["实验室日报"])
    sheet.append(["样品", "时间", "烧失量"])
    sheet.append(["S1", datetime.datetime(2026, 11, 3, 8), 35.62])  # noqa: DTZ001  # a spreadsheet has no zone
    book.save(bench.drop / "daily.xlsx")
    one = site({**bench.device(), "pattern": "*.xlsx", "header": 2}, [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 3562)
    (bench.drop / "old.txt").write_bytes("样品;时间;烧失量\nS2;2026/11/03 09:00;1,234.50\n".encode("gb18030"))
    other = site(
        {**bench.device(), "pattern": "*.txt", "encoding": "gb18030", "delimiter": ";", "time_format": "%Y/%m/%d %H:%M"},
        [bench.channel()],
    )
    other.start()
    await wait(lambda: other.value() == 123450)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'"open', "样品,烧失量\nS1,3\n".encode(), b"\x00" * 100])
async def test_a_damaged_file_is_refused_once_and_told(
    content: bytes, site: Any, benches: Any, tmp_path: Path, wait: Any
) -> None:
    bench = benches["files"](tmp_path)
    await bench.start()
    (bench.drop / "bad.csv").write_bytes(content)
    one = site(bench.device(), [bench.channel()])
    one.start()
    await wait(lambda: one.supervisor.health.refused == 1)
    await bench.set(1200)
    await wait(lambda: one.value() == 1200)
    assert one.supervisor.health.refused == 1


async def test_a_file_that_is_rewritten_with_another_value_is_an_event(
    site: Any, benches: Any, tmp_path: Path, wait: Callable[..., Any]
) -> None:
    bench = benches["files"](tmp_path)
    await bench.start()
    await bench.set(1200)
    one = site(bench.device(), [bench.channel()])
    one.start()
    await wait(lambda: one.value() == 1200)
    path = next(bench.drop.glob("*.csv"))
    path.write_text(path.read_text(encoding="utf-8").replace("12.00", "13.05"), encoding="utf-8")
    await wait(lambda: any(reading.channel == 0xFFFF for reading in one.journalled()))
    assert [reading.value for reading in one.journalled() if reading.channel == 0] == [1200]


async def test_the_host_tells_disk_memory_uplink_sensor_and_ups(site: Any, tmp_path: Path, wait: Any) -> None:
    async def ups(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readline()).decode().split()
        value = {"ups.status": "OB DISCHRG", "battery.charge": "83"}.get(asked[-1])
        answer = f'VAR {asked[2]} {asked[3]} "{value}"\n' if value else "ERR VAR-NOT-SUPPORTED\n"
        writer.write(answer.encode())
        writer.close()

    server = await asyncio.start_server(ups, "127.0.0.1", 0)
    (tmp_path / "temp1_input").write_text("23875\n")
    rows: list[tuple[dict[str, Any], str]] = [
        ({"source": "disk.free"}, "1"),
        ({"source": "memory.used"}, "1"),
        ({"source": "uplink.route"}, "1"),
        ({"source": "file", "path": str(tmp_path / "temp1_input")}, "0.001"),
        ({"source": "ups", "ups": "cabinet", "variable": "ups.status"}, "1"),
        ({"source": "ups", "ups": "cabinet", "variable": "battery.charge"}, "1"),
        ({"source": "ups", "ups": "cabinet", "variable": "input.voltage"}, "1"),
        ({"source": "file", "path": str(tmp_path / "absent")}, "1"),
    ]
    channels = [
        {"id": f"c{at}", "device": "d", "unit": "1", "kind": "gauge", "decimals": 2, "address": row, "factor": factor}
        for at, (row, factor) in enumerate(rows)
    ]
    port = server.sockets[0].getsockname()[1]
    one = site({"id": "d", "driver": "host", "every_s": 0.1, "nut_port": port}, channels)
    one.start()
    await wait(lambda: one.last(7) is not None)
    assert one.last(0).value > 0
    assert one.last(1).value > 1 << 20
    assert [one.last(at).value for at in (2, 3, 4, 5)] == [700, 2388, 100, 8300]
    assert [one.last(at).quality for at in (6, 7)] == [Quality.NO_DATA, Quality.NO_DATA]
    server.close()


async def test_one_silent_meter_costs_only_its_own_channel(site: Any, benches: Any, tmp_path: Path, wait: Any) -> None:
    bench = benches["dlt645"](tmp_path)
    await bench.start()
    await bench.set(4998)
    other = {**bench.channel(), "id": "y", "address": {"meter": "000000000001", "item": "02800002"}}
    one = site({**bench.device(), "timeout_s": 0.3}, [bench.channel(), other])
    one.start()
    await wait(lambda: one.value(0) == 4998 and one.last(1) is not None)
    assert one.last(1).quality is Quality.NO_DATA
    await bench.stop()
