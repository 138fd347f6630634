"""``tanheng edge``: enrol, check and run a terminal, and ask how it is.

The data folder (``--data``, default ``terminal-data`` beside the configuration) holds the device key, the disk buffer and
what the platform ordered. Exit codes: 0 done; 1 a device failed its check, or the terminal is not running; 2 the input was
refused.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tanheng.cli.root import language

if TYPE_CHECKING:
    from tanheng.edge.configuration import Configuration
    from tanheng.trust.keys import KeyRecord

command = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The plant terminal: enrol it, check its devices, run it, ask how it is.",
    epilog="Example: tanheng edge check terminal.yaml && tanheng edge run terminal.yaml",
)

_CONFIG = typer.Argument(metavar="CONFIG", help="YAML file of the terminal.", exists=True, dir_okay=False)
_DATA = typer.Option("--data", metavar="DIR", help="Folder of key, buffer and orders. Default: terminal-data beside CONFIG.")
_JSON = typer.Option("--json", help="Print JSON and nothing else.")
_DEVICE_KEY = "device"
_PINNED = "configuration-key.cbor"


@command.command(epilog="Example: tanheng edge enrol terminal.yaml --configuration-key platform.cbor")
def enrol(
    config: Annotated[Path, _CONFIG],
    data: Annotated[Path | None, _DATA] = None,
    configuration_key: Annotated[
        Path | None,
        typer.Option("--configuration-key", metavar="FILE", help="The platform's key record; its orders are then obeyed."),
    ] = None,
    suite: Annotated[str, typer.Option("--suite", help="ed25519 or sm2-sm3.")] = "ed25519",
) -> None:
    """Make the device key and write the public record that the platform needs; pin the platform's configuration key."""
    from tanheng.edge.clock import SystemClock
    from tanheng.edge.configuration import load
    from tanheng.trust.key_file import StoredKey
    from tanheng.trust.keys import KeyRecord, Purpose, algorithm, generate, record_of

    configuration = load(config)
    folder = _folder(config, data)
    if configuration_key is not None:
        pinned = configuration_key.read_bytes()
        KeyRecord.decode(pinned)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / _PINNED).write_bytes(pinned)
    made = generate(algorithm(suite))
    record = record_of(made, purpose=Purpose.DEVICE, subject=configuration.terminal, valid_from_ms=SystemClock().wall())
    keys = _keys(folder)
    keys.save(_DEVICE_KEY, StoredKey(made, record))
    stored = keys.record(_DEVICE_KEY)
    public = folder / f"{configuration.terminal}.key-record.cbor"
    public.write_bytes(stored.encode())
    zh = language() == "zh"
    print(f"{'终端' if zh else 'terminal'}     {configuration.terminal}")
    print(f"{'密钥编号' if zh else 'key id'}   {stored.key_id}")
    print(f"{'指纹' if zh else 'print'}      {stored.fingerprint}")
    print(f"{'保护' if zh else 'kept as'}    {stored.protection.words(language())}")
    print(f"{'公钥记录' if zh else 'record'}   {public}")


@command.command(epilog="Example: tanheng edge check terminal.yaml")
def check(
    config: Annotated[Path, _CONFIG],
    as_json: Annotated[bool, _JSON] = False,
    patience: Annotated[float, typer.Option("--patience", help="Seconds each device may take.")] = 8.0,
) -> None:
    """Validate a configuration, try each device once and reach for each route; nothing is stored or sent."""
    from tanheng.core.errors import EdgeError
    from tanheng.edge.configuration import load
    from tanheng.edge.probe import probe, reach

    configuration = load(config)

    async def both() -> tuple[Any, Any]:  # Any: the lists of the two checks
        return await asyncio.gather(probe(configuration, patience_ms=round(patience * 1000)), reach(configuration))

    devices, routes = asyncio.run(both())
    if as_json:
        listed = [{name: getattr(device, name) for name in device.__slots__} for device in devices]
        print(json.dumps({"digest": configuration.digest.hex(), "devices": listed, "routes": routes}, ensure_ascii=False))
    else:
        _print_check(configuration, devices, routes)
    failed = sum(not device.ok for device in devices)
    if failed:
        raise EdgeError("edge.check.failed", count=len(devices), failed=failed)


def _print_check(configuration: Configuration, devices: Any, routes: dict[str, str]) -> None:
    import rich
    from rich.markup import escape

    rich.print(f"{configuration.terminal}  sha256:{configuration.digest.hex()}")
    for device in devices:
        mark = "[green]✓[/green]" if device.ok else "[red]✗[/red]"
        rich.print(f"{mark} {escape(device.device)}  {device.driver}  {escape(device.fault)}")
        for channel, value in device.values.items():
            rich.print(f"    {escape(channel)} = {escape(value)}")
        for channel in device.missing:
            rich.print(f"    {escape(channel)} = [yellow]—[/yellow]")
    for name, fault in routes.items():
        rich.print(f"{'[red]✗[/red]' if fault else '[green]✓[/green]'} {escape(name)}  {escape(fault)}")


@command.command(epilog="Example: tanheng edge run terminal.yaml --data /var/lib/tanheng-terminal")
def run(
    config: Annotated[Path, _CONFIG],
    data: Annotated[Path | None, _DATA] = None,
    start: Annotated[
        int | None,
        typer.Option("--simulated-start", help="Play a simulated plant: wall time at the start, ms UTC.", hidden=True),
    ] = None,
    speed: Annotated[int, typer.Option("--simulated-speed", min=1, max=1000, hidden=True)] = 1,
) -> None:
    """Run the terminal until it is told to stop (SIGTERM, Ctrl-C); what was read is sealed before it ends."""
    from tanheng.edge.clock import Clock, ScaledClock, SystemClock
    from tanheng.edge.terminal import Terminal

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "httpcore", "pymodbus", "asyncua", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    folder = _folder(config, data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pinned = _pinned(folder)
    configuration = _configuration(config, folder, pinned)
    clock: Clock = SystemClock() if start is None else ScaledClock(start=start, speed=speed)
    stored = _keys(folder).load(_DEVICE_KEY)
    terminal = Terminal(configuration, data=folder, signer=stored.signer, clock=clock, configuration_key=pinned)

    async def until_told() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, terminal.stop)
        await terminal.run()

    asyncio.run(until_told())


@command.command(epilog="Example: tanheng edge status terminal.yaml")
def status(
    config: Annotated[Path, _CONFIG],
    data: Annotated[Path | None, _DATA] = None,
    as_json: Annotated[bool, _JSON] = False,
) -> None:
    """Say how the terminal is: its buffer, devices, routes and faults. Works also while it is stopped."""
    from tanheng.edge.configuration import load

    folder = _folder(config, data)
    configuration = _configuration(config, folder, _pinned(folder)) if folder.is_dir() else load(config)
    content = _ask(configuration) or _from_buffer(configuration, folder)
    if as_json:
        print(json.dumps(content, ensure_ascii=False))
        return
    from tanheng.edge.status import sentence

    lang = language()
    print(f"{content['terminal']}  {sentence(content['buffer'], lang)}")
    for fault in content.get("faults", ()):
        print(f"! {fault}")
    for device in content.get("devices", ()):
        print(f"{'●' if device['state'] == 'running' else '○'} {device['id']}  {device['state']}  {device['fault']}")
    for route in content.get("routes", ()):
        print(f"{'●' if route['current'] else '○'} {route['name']}  {route['sent_bytes']} B  {route['fault']}")


def _ask(configuration: Configuration) -> dict[str, Any] | None:
    """Return what the running terminal says of itself, None when it does not run or has no page."""
    if configuration.page is None:
        return None
    host, port = configuration.page
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/status.json", timeout=3) as answer:  # our own page
            content: dict[str, Any] = json.load(answer)
            return content or None
    except (OSError, ValueError, urllib.error.URLError):
        return None


def _from_buffer(configuration: Configuration, folder: Path) -> dict[str, Any]:
    from tanheng.core.errors import EdgeError
    from tanheng.edge.clock import SystemClock
    from tanheng.edge.spool import Spool
    from tanheng.edge.status import buffer
    from tanheng.edge.terminal import SPOOL_FILE

    path = folder / SPOOL_FILE
    if not path.is_file():
        raise EdgeError("edge.status.not_running", path=str(path))
    spool = Spool(path, limit_bytes=configuration.limits.spool_bytes)
    try:
        return {"terminal": configuration.terminal, "buffer": buffer(spool.gauge(), now=SystemClock().wall())}
    finally:
        spool.close()


def _folder(config: Path, data: Path | None) -> Path:
    return data or config.parent / "terminal-data"


def _keys(folder: Path) -> Any:  # Any: KeyFolder, imported when needed
    from tanheng.trust.key_file import KeyFolder, passphrase_from

    return KeyFolder(folder / "keys", passphrase=passphrase_from(os.environ))


def _pinned(folder: Path) -> KeyRecord | None:
    from tanheng.trust.keys import KeyRecord, KeyState

    path = folder / _PINNED
    return KeyRecord.decode(path.read_bytes()).in_state(KeyState.ACTIVE) if path.is_file() else None


def _configuration(config: Path, folder: Path, pinned: KeyRecord | None) -> Configuration:
    """Return the configuration in force: the one the platform ordered, else the file's."""
    from tanheng.edge.configuration import load
    from tanheng.edge.obedience import CONFIGURATION_FILE

    ordered = folder / CONFIGURATION_FILE
    return load(ordered if pinned is not None and ordered.is_file() else config)
