"""``tanheng simulate``: play a plant on real protocols and print the truth.

Exit codes: 0 done, 1 a device could not be started, 2 the scenario was refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tanheng.simulator import PlantRun
    from tanheng.simulator.play import Player

_TRUTH = ("clinker", "raw_meal", "coal_kiln", "alternative_fuel", "co2_process", "co2_coal", "co2_stack")


def command(
    scenario: Annotated[
        str, typer.Argument(help="Name of a scenario that comes with the program, or a YAML file.")
    ] = "two-lines",
    seed: Annotated[int, typer.Option(help="Everything left to chance follows from it.")] = 1,
    speed: Annotated[int, typer.Option(help="Times the plant's own speed, 1 to 300.")] = 60,
    folder: Annotated[Path, typer.Option(help="Where the truck-scale database and the laboratory's files appear.")] = Path(
        "plant"
    ),
    ports: Annotated[int, typer.Option(help="First TCP port; devices take this one and those after it. 0 for any.")] = 15020,
    terminal: Annotated[Path | None, typer.Option(help="Write a terminal's configuration for this plant here.")] = None,
    platform: Annotated[str, typer.Option(help="Address that the written configuration sends to.")] = "",
    days: Annotated[int, typer.Option(help="Play only so many days; 0 for the whole scenario.")] = 0,
    truth: Annotated[bool, typer.Option("--truth", help="Print the truth of every hour and play nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --truth: print JSON and nothing else.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios that come with the program.")] = False,
) -> None:
    """Play a simulated cement plant on Modbus, OPC UA, MQTT and HJ 212, with a truck scale and a laboratory.

    Example: tanheng simulate two-lines --speed 60 --folder plant --terminal terminal.yaml
    """
    from tanheng.simulator import names

    if list_:
        print("\n".join(names()))
        return
    run = _generate(scenario, seed=seed, days=days)
    if truth:
        _print_json(run) if as_json else _print_truth(run)
        return
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_play(run, folder=folder, speed=speed, first_port=ports, terminal=terminal, platform=platform))
    _print_truth(run)


def _generate(scenario: str, *, seed: int, days: int) -> PlantRun:
    from dataclasses import replace

    from tanheng.simulator import ScenarioError, generate, load

    try:
        loaded = load(scenario)
        if days:
            end = min(loaded.span.end, loaded.span.start + days * 86_400_000)
            loaded = replace(loaded, span=replace(loaded.span, end=end))
        return generate(loaded, seed)
    except ScenarioError as error:
        from tanheng.cli.root import report

        for finding in error.findings:
            report(finding)
        if not error.findings:
            report(error)
        raise typer.Exit(2) from error


async def _play(run: PlantRun, *, folder: Path, speed: int, first_port: int, terminal: Path | None, platform: str) -> None:
    from rich.progress import Progress

    from tanheng.simulator.clock import RunningClock
    from tanheng.simulator.play import Player

    RunningClock(start=run.scenario.span.start, speed=speed)  # a speed that cannot be is refused before anything starts
    devices = [device for device in run.scenario.devices if device.protocol in ("modbus", "opcua", "mqtt", "hj212")]
    ports = {device.id: first_port + number for number, device in enumerate(devices)} if first_port else {}
    player = Player(run, folder=folder, ports=ports)
    try:
        await player.start()
        _print_addresses(player)
        if terminal is not None:
            _write_configuration(player, terminal, platform)
        with Progress(transient=True) as progress:
            task = progress.add_task(run.scenario.id, total=run.scenario.minutes)
            clock = RunningClock(start=run.scenario.span.start, speed=speed)
            await player.play(clock, progress=lambda minute: progress.update(task, completed=minute))
    finally:
        await player.stop()


def _write_configuration(player: Player, path: Path, platform: str) -> None:
    import yaml

    from tanheng.simulator.wiring import terminal_configuration

    document = terminal_configuration(player, terminal=f"{player.run.scenario.id}-1", platform=platform or None)
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    print(f"terminal    {path}")


def _print_addresses(player: Player) -> None:
    from tanheng.simulator.servers import LaboratoryFolder, Logger, ModbusDevice, MqttBroker, OpcUaServer, TruckScale

    for name, server in player.servers.items():
        match server:
            case ModbusDevice() | MqttBroker():
                place = f"127.0.0.1:{server.port}"
            case OpcUaServer():
                place = server.url
            case Logger():
                place = f"→ 127.0.0.1:{server.port}"
            case TruckScale():
                place = str(server.path)
            case LaboratoryFolder():
                place = str(server.folder)
            case _:
                place = "—"
        print(f"{name:<12}{type(server).__name__:<18}{place}")
    sys.stdout.flush()


def _hours(run: PlantRun) -> dict[str, dict[str, list[int]]]:
    """Return line → quantity → true kilograms of each hour."""
    return {line.id: {name: run.hours(f"{line.id}.{name}").tolist() for name in _TRUTH} for line in run.scenario.lines}


def _print_json(run: PlantRun) -> None:
    clock, span = run.scenario.clock, run.scenario.span
    starts = [clock.local(start).isoformat() for start in range(span.start, span.end, 3_600_000)]
    document: dict[str, Any] = {"scenario": run.scenario.id, "seed": run.seed, "unit": "kg", "hours": starts}  # Any: JSON
    print(json.dumps({**document, "lines": _hours(run)}, ensure_ascii=False))


def _print_truth(run: PlantRun) -> None:
    """Print masses and CO₂ by day in tonnes, from sums of whole kilograms."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for line, quantities in _hours(run).items():
        table = Table(box=SIMPLE, padding=(0, 1, 0, 0), title=f"{run.scenario.id} · {line} · seed {run.seed} · t · 演示数据")
        table.add_column("", no_wrap=True)
        for name in _TRUTH:
            table.add_column(name.replace("_", " "), justify="right", overflow="fold")
        hours = len(quantities["clinker"])
        for first in range(0, hours, 24):
            day = run.scenario.clock.local(run.scenario.span.start + first * 3_600_000).date().isoformat()
            table.add_row(day, *(f"{sum(quantities[name][first : first + 24]) / 1000:.1f}" for name in _TRUTH))
        table.add_section()
        table.add_row("Σ", *(f"{sum(quantities[name]) / 1000:.1f}" for name in _TRUTH))
        console.print(table)
