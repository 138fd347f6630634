"""The terminal at work: 300 noisy channels each second over Modbus, sealed every ten seconds and sent, in one process.

Beside it the same poll by bare pymodbus without scaling, journal, signature or uplink: what the protocol library alone costs.
Run: ``python benchmarks/bench_edge.py [SECONDS]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import Any

CHANNELS = 300
_SERVER = textwrap.dedent(
    """
    import asyncio, random, struct, sys
    chance = random.Random(1)
    async def serve(reader, writer):
        while head := await reader.read(12):
            transaction, _, _, unit, function, first, count = struct.unpack(">HHHBBHH", head)
            data = b"".join(struct.pack(">f", 20 + (first + at) % 60 + chance.gauss(0, 0.05)) for at in range(0, count, 2))
            writer.write(struct.pack(">HHHBBB", transaction, 0, 3 + len(data), unit, function, len(data)) + data)
    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
        await server.serve_forever()
    asyncio.run(main())
    """
)
_RECEIVER = textwrap.dedent(
    """
    import http.server, io, json, sys, cbor2
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stream, found = io.BytesIO(body), []
            while stream.tell() < len(body):
                batch = cbor2.loads(cbor2.load(stream).value[2])
                found.append({"terminal": batch["terminal"], "sequence": batch["sequence"], "index": batch["sequence"]})
            answer = json.dumps({"acknowledged": found, "refused": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        def log_message(self, *args): pass
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """
)
_TERMINAL = textwrap.dedent(
    """
    import asyncio, json, resource, sys
    from pathlib import Path
    from tanheng.edge.configuration import load
    from tanheng.edge.terminal import Terminal
    from tanheng.trust.suites import Algorithm, generate
    async def main():
        folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
        terminal = Terminal(load(folder / "terminal.json"), data=folder, signer=generate(Algorithm.ED25519))
        running = asyncio.create_task(terminal.run())
        await asyncio.sleep(5)
        start = resource.getrusage(resource.RUSAGE_SELF)
        await asyncio.sleep(seconds)
        end = resource.getrusage(resource.RUSAGE_SELF)
        sent = terminal.spool.query("SELECT coalesce(sum(readings), 0), coalesce(sum(size), 0) FROM envelope")
        used = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
        found = {"cpu": used / seconds, "memory": end.ru_maxrss * 1024, "readings": sent[0][0], "bytes": sent[0][1]}
        print(json.dumps(found), flush=True)
        terminal.stop()
        await running
    asyncio.run(main())
    """
)
_BARE = textwrap.dedent(
    """
    import asyncio, json, resource, sys
    from pymodbus.client import AsyncModbusTcpClient
    async def main():
        client = AsyncModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
        await client.connect()
        start, loop = resource.getrusage(resource.RUSAGE_SELF), asyncio.get_running_loop()
        due, seconds = loop.time(), float(sys.argv[2])
        for _ in range(int(seconds)):
            for at in range(0, 600, 100):
                await client.read_holding_registers(at, count=100, device_id=1)
            due += 1
            await asyncio.sleep(max(due - loop.time(), 0))
        end = resource.getrusage(resource.RUSAGE_SELF)
        used = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
        print(json.dumps({"cpu": used / seconds, "memory": end.ru_maxrss * 1024}))
        client.close()
    asyncio.run(main())
    """
)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configuration(modbus: int, receiver: int) -> dict[str, Any]:
    kinds = [("t/h", "rate"), ("t", "totaliser"), ("degC", "gauge")]
    return {
        "terminal": "bench",
        "limits": {"batch_s": 10},
        "uplink": {"routes": [{"name": "lan", "url": f"http://127.0.0.1:{receiver}", "priority": 1}], "orders_s": 0},
        "devices": [{"id": "plc", "driver": "modbus-tcp", "host": "127.0.0.1", "port": modbus, "every_s": 1}],
        "channels": [
            {
                "id": f"c{at}",
                "device": "plc",
                "unit": kinds[at % 3][0],
                "kind": kinds[at % 3][1],
                "decimals": 3,
                "address": {"register": 2 * at, "type": "float32"},
            }
            for at in range(CHANNELS)
        ],
    }


def _run(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True, env=os.environ
    )


def _result(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=600)
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def measure(seconds: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the terminal and bare pymodbus used."""
    modbus, receiver = _free_port(), _free_port()
    helpers = [_run(_SERVER, modbus), _run(_RECEIVER, receiver)]
    try:
        time.sleep(2)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "terminal.json").write_text(json.dumps(_configuration(modbus, receiver)), encoding="utf-8")
            terminal = _result(_run(_TERMINAL, folder, seconds))
        bare = _result(_run(_BARE, modbus, seconds))
    finally:
        for helper in helpers:
            helper.kill()
            helper.communicate()
    return terminal, bare


def benchmarks(*, seconds: float = 30.0) -> list[dict[str, Any]]:
    """Return the rows of the table."""
    terminal, bare = measure(seconds)
    core, memory = 100 * terminal["cpu"], terminal["memory"] / (1 << 20)
    bare_core, bare_memory = 100 * bare["cpu"], bare["memory"] / (1 << 20)
    peer = "bare pymodbus poll"
    size = terminal["bytes"] / max(terminal["readings"], 1)
    return [
        {
            "name": f"terminal, {CHANNELS} channels at 1 s: processor",
            "target": "≤ 10 % of a core",
            "figure": round(core, 2),
            "unit": "%",
            "peer": peer,
            "peer_figure": round(bare_core, 2),
            "ratio": round(core / bare_core, 2),
        },
        {
            "name": f"terminal, {CHANNELS} channels at 1 s: memory",
            "target": "≤ 160 MB",
            "figure": round(memory, 1),
            "unit": "MB",
            "peer": peer,
            "peer_figure": round(bare_memory, 1),
            "ratio": round(memory / bare_memory, 2),
        },
        {
            "name": "signed envelope with raw words",
            "target": "—",
            "figure": round(size, 2),
            "unit": "B/reading",
            "peer": "float64 and 8-byte time",
            "peer_figure": 16.0,
            "ratio": round(size / 16, 2),
        },
    ]


if __name__ == "__main__":
    for row in benchmarks(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 30.0):
        print(
            f"{row['name']:<50} {row['figure']:>8} {row['unit']:<10} target {row['target']:<18} "
            f"{row['peer']}: {row['peer_figure']} (× {row['ratio']})"
        )
