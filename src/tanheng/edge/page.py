"""The local status page: read-only HTTP on the loopback address, in Chinese and English.

``/`` is the page, ``/status.json`` the terminal now, ``/totals.json?period=hour|shift|day&days=N`` its totals with
provisional CO₂. Only GET and HEAD are answered; there is nothing here that changes anything.
"""

from __future__ import annotations

import html
import http.server
import json
import sqlite3
import threading
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanheng.core.canonical import plain
from tanheng.core.period import Span
from tanheng.edge.provisional import emissions
from tanheng.edge.status import sentence
from tanheng.edge.totals import PERIODS, SELECT

if TYPE_CHECKING:
    from tanheng.edge.terminal import Terminal

_DAY_MS = 86_400_000
_LONGEST_DAYS = 400

_WORDS = {
    "zh": ("碳计量终端", "缓存", "上行线路", "设备", "测点", "当前值", "质量", "本日累计", "本日暂算 CO₂", "待核定"),
    "en": ("Terminal", "Buffer", "Routes", "Devices", "Channels", "Value", "Quality", "Today", "CO₂ today", "provisional"),
}  # fmt: skip


class Page:
    """The server of the page, in a thread of its own.

    Parameters
    ----------
    host, port
        Where it listens; port 0 takes a free one, see ``port``.
    path : Path
        File of the spool, opened for reading only.
    current : callable
        Gives the running terminal.
    """

    def __init__(self, host: str, port: int, *, path: Path, current: Callable[[], Terminal]) -> None:
        view = View(path, current)

        class Handler(_Handler):
            page = view

        self._server = http.server.ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="page", daemon=True)

    @property
    def port(self) -> int:
        """Port that is listened to."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End; also what has not begun."""
        if self._thread.is_alive():  # shutdown waits for a loop, for ever when there is none
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class View:
    """What the page shows."""

    def __init__(self, path: Path, current: Callable[[], Terminal]) -> None:
        self._path = path
        self._current = current

    def status(self) -> dict[str, Any]:
        """Return the last snapshot as plain values."""
        shown = self._current().snapshot
        return {} if shown is None else shown.content

    def totals(self, *, period: str, days: int) -> list[dict[str, Any]]:
        """Return totals of the last ``days`` days, the newest period first, each with its provisional CO₂."""
        terminal = self._current()
        since = terminal.clock.wall() - days * _DAY_MS
        connection = sqlite3.connect(f"file:{urllib.parse.quote(str(self._path))}?mode=ro", uri=True)
        try:
            rows = connection.execute(
                f"{SELECT} WHERE period = ? AND start >= ? ORDER BY start DESC, channel", (period, since)
            ).fetchall()
        finally:
            connection.close()
        found = terminal.sealer.totals.read(rows)
        spans: list[Span] = sorted({total.span for total in found}, reverse=True)
        return [
            {
                "start": span.start,
                "end": span.end,
                "totals": [
                    {
                        "channel": total.channel,
                        "value": None if total.value is None else plain(total.value),
                        "unit": total.unit,
                        "covered_ms": total.covered_ms,
                        "readings": total.readings,
                    }
                    for total in found
                    if total.span == span
                ],
                "emissions": [
                    {
                        "stream": one.stream,
                        "value": None if one.value is None else plain(one.value),
                        "unit": one.unit,
                        "state": "provisional",
                    }
                    for one in (emissions(terminal.factors, found, span) if terminal.factors is not None else [])
                ],
            }
            for span in spans
        ]

    def html(self, language: str) -> str:
        """Return the page."""
        words, status = _WORDS[language], self.status()
        if not status:
            return f"<!doctype html><meta charset=utf-8><title>{words[0]}</title><p>…"
        today = self.totals(period="day", days=2)[:1]
        sections = [
            (words[1], [[sentence(status["buffer"], language)], *[[fault] for fault in status["faults"]]]),
            (words[2], [[r["name"], "●" if r["current"] else "○", r["sent_bytes"], r["fault"]] for r in status["routes"]]),
            (words[3], [[d["id"], d["driver"], d["state"], d["refused"], d["fault"]] for d in status["devices"]]),
            (words[7], [[t["channel"], t["value"], t["unit"]] for day in today for t in day["totals"]]),
            (words[8], [[e["stream"], e["value"], e["unit"], words[9]] for day in today for e in day["emissions"]]),
            (
                words[4],
                [[c["id"], c["name"].get(language, ""), c["value"], c["unit"], c["quality"]] for c in status["channels"]],
            ),
        ]
        return _document(words[0], status, sections)


def _document(title: str, status: dict[str, Any], sections: list[tuple[str, list[list[Any]]]]) -> str:
    parts = [
        "<!doctype html><html><meta charset=utf-8><meta http-equiv=refresh content=10>",
        "<meta name=viewport content='width=device-width'><style>body{font:15px/1.5 sans-serif;margin:1.5em;max-width:70em}",
        "table{border-collapse:collapse}td{padding:.15em .8em .15em 0;border-bottom:1px solid #ddd}</style>",
        f"<title>{html.escape(title)}</title><h1>{html.escape(title)} {html.escape(status['terminal'])}</h1>",
    ]
    for heading, rows in sections:
        cells = "".join(
            "<tr>" + "".join(f"<td>{html.escape('—' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        parts.append(f"<h2>{html.escape(heading)}</h2><table>{cells}</table>")
    return "".join(parts)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    page: View
    server_version = "Tanheng"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:  # the name http.server calls
        """Answer a GET."""
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        match url.path:
            case "/":
                wanted = query.get("lang", [""])[0] or (
                    "en" if self.headers.get("Accept-Language", "zh").startswith("en") else "zh"
                )
                self._send(200, "text/html; charset=utf-8", self.page.html("en" if wanted == "en" else "zh").encode())
            case "/status.json":
                self._json(self.page.status())
            case "/totals.json":
                self._totals(query)
            case _:
                self._send(404, "text/plain; charset=utf-8", b"not found\n")

    do_HEAD = do_GET  # noqa: N815  # the name http.server calls

    def _totals(self, query: dict[str, list[str]]) -> None:
        period, days = query.get("period", ["day"])[0], query.get("days", ["2"])[0]
        if period not in PERIODS or not (days.isascii() and days.isdigit() and 1 <= int(days) <= _LONGEST_DAYS):
            self._send(400, "text/plain; charset=utf-8", f"period: {', '.join(PERIODS)}; days: 1 to {_LONGEST_DAYS}\n".encode())
            return
        self._json(self.page.totals(period=period, days=int(days)))

    def _json(self, content: object) -> None:
        self._send(200, "application/json", json.dumps(content, ensure_ascii=False).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the signature is the base class's
        """Keep requests out of the terminal's log."""
