"""A scenario: what the plant is, what happens to it, what stands on its devices, and what goes wrong.

Scenarios are YAML files, checked against ``schema.yaml`` and then for what a schema cannot say; every fault is reported at
once. Two come with the package: ``two-lines`` (two lines of 5000 t/d with everything) and ``small-plant`` (no CO₂ CEMS, no
link to the DCS; a truck scale, a laboratory folder and a few meters).
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from tanheng.core.errors import PeriodError
from tanheng.core.period import DEFAULT_ZONE, PlantClock, Shifts, Span
from tanheng.simulator.errors import ScenarioError

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Line:
    """One kiln line. Fractions are 1 for 100 %; ``cao`` and ``mgo`` are mass fractions of the clinker.

    The defaults are a 5000 t/d line as ``docs/explanation/simulator.md`` derives it from published figures.
    """

    id: str
    capacity_t_d: float
    load: float
    heat_gj_t: float
    cao: float
    mgo: float
    cao_noncarbonate: float
    mgo_noncarbonate: float
    load_noise: float = 0.01
    bound_water: float = 0.004
    return_dust: float = 0.07
    raw_mill_t_h: float = 400.0
    raw_moisture: float = 0.045
    coal_mill_t_h: float = 42.0
    waste_heat_kwh_t: float = 33.0
    duct_area_m2: float = 12.57
    alternative_fuel_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Coal:
    """The coal as fired into the kiln (``ncv_gj_t``, ``carbon``, ``ash``: per tonne as fired), and its moistures."""

    ncv_gj_t: float
    carbon: float
    ash: float
    moisture_kiln: float
    moisture_raw: float
    oxidation: float = 0.99
    truck_t: float = 32.0


@dataclass(frozen=True, slots=True)
class AlternativeFuel:
    """An alternative fuel, per tonne as fired; ``biogenic`` is the share of its carbon that is."""

    name: Mapping[str, str]
    ncv_gj_t: float
    carbon: float
    biogenic: float
    ash: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of one line: from, to (ms UTC), and the start-up after it on diesel."""

    line: str
    span: Span
    reason: str
    startup_h: float = 12.0
    diesel_t: float = 18.0


@dataclass(frozen=True, slots=True)
class Laboratory:
    """How often samples are taken, how late results come, and the declared standard uncertainties (relative)."""

    coal_every_h: float = 24.0
    raw_meal_every_h: float = 8.0
    late_h: float = 20.0
    random: float = 0.0
    systematic: float = 0.0


@dataclass(frozen=True, slots=True)
class Device:
    """One device and the protocol it speaks."""

    id: str
    protocol: str
    edition: str = "2017"
    mn: str = "010000A8900016F000169DC0"


@dataclass(frozen=True, slots=True)
class Channel:
    """One quantity on one device.

    Parameters
    ----------
    quantity : str
        Name of the true quantity it measures, such as ``line.1.clinker``.
    kind : str
        ``totaliser`` (register of the amount), ``rate``, ``gauge``, ``state``, or ``amount`` (what ran in each minute).
    decimals : int
        A count is 10^-decimals of the unit.
    modulus, initial : count
        Where the register starts again, and where it stands at the beginning.
    ratio : float
        Display value over true value (a current transformer: 1 / ratio is configured in the terminal).
    systematic, random : float
        Declared relative standard uncertainties: one factor for the whole run; one a minute.
    group : str
        Channels of one group share the systematic factor (one calibration).
    factor : str
        Factor code of HJ 212.
    """

    id: str
    device: str
    quantity: str
    kind: str
    unit: str
    decimals: int
    modulus: int | None = None
    initial: int = 0
    ratio: float = 1.0
    systematic: float = 0.0
    random: float = 0.0
    group: str = ""
    factor: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong: see :mod:`tanheng.simulator.faults`."""

    kind: str
    span: Span
    channel: str = ""
    device: str = ""
    size: float = 0.0
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, checked."""

    id: str
    title: Mapping[str, str]
    clock: PlantClock
    span: Span
    lines: tuple[Line, ...]
    coal: Coal
    alternative_fuel: AlternativeFuel | None
    laboratory: Laboratory
    stops: tuple[Stop, ...] = ()
    devices: tuple[Device, ...] = ()
    channels: tuple[Channel, ...] = ()
    faults: tuple[Fault, ...] = field(default=())

    @property
    def minutes(self) -> int:
        """Number of minutes of the run."""
        return (self.span.end - self.span.start) // MINUTE

    def device(self, identifier: str) -> Device:
        """Return the device called ``identifier``."""
        return next(device for device in self.devices if device.id == identifier)


def names() -> list[str]:
    """Return the names of the scenarios that come with the package."""
    folder = resources.files("tanheng.simulator") / "scenarios"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load(scenario: str | Path) -> Scenario:
    """Return a scenario: one that comes with the package by its name, or a file.

    Raises
    ------
    ScenarioError
        With every fault found.
    """
    if isinstance(scenario, str) and scenario in names():
        text = (resources.files("tanheng.simulator") / "scenarios" / f"{scenario}.yaml").read_text(encoding="utf-8")
        return read(text, name=scenario)
    try:
        text = Path(scenario).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(
            "simulator.scenario.file", name=str(scenario), known=", ".join(names()), reason=str(error)
        ) from error
    return read(text, name=str(scenario))


def read(text: str, *, name: str) -> Scenario:
    """Return the scenario written in ``text``; ``name`` stands in its errors."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError("simulator.scenario.yaml", name=name, reason=str(error).replace("\n", " ")) from error
    findings = list(_against_schema(document))
    if not findings:
        findings = list(_contradictions(document))
    if findings:
        raise ScenarioError(
            "simulator.scenario.refused", findings=findings, name=name, count=len(findings), first=str(findings[0])
        )
    return _build(document)


@functools.cache
def _validator() -> Any:  # Any: jsonschema has no types here
    import jsonschema

    schema = yaml.safe_load((resources.files("tanheng.simulator") / "schema.yaml").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _against_schema(document: object) -> Iterator[ScenarioError]:
    for error in sorted(_validator().iter_errors(document), key=lambda error: list(map(str, error.absolute_path))):
        place = ".".join(map(str, error.absolute_path)) or "—"
        yield ScenarioError("simulator.scenario.schema", place=place, reason=error.message)


def _contradictions(document: Mapping[str, Any]) -> Iterator[ScenarioError]:
    """Yield what a schema cannot see: names that nobody defines, spans that end before they begin, times that do not exist."""
    lines = {line["id"] for line in document["lines"]}
    devices = {device["id"] for device in document.get("devices", [])}
    channels = [channel["id"] for channel in document["channels"]]
    yield from (
        _finding("channels", "simulator.scenario.twice", name)
        for name in sorted({name for name in channels if channels.count(name) > 1})
    )
    yield from (
        _finding("devices", "simulator.scenario.unknown", c["device"])
        for c in document["channels"]
        if c["device"] not in devices
    )
    yield from (
        _finding("stops", "simulator.scenario.unknown", stop["line"])
        for stop in document.get("stops", [])
        if stop["line"] not in lines
    )
    for fault in document.get("faults", []):
        if "channel" in fault and fault["channel"] not in channels:
            yield _finding("faults", "simulator.scenario.unknown", fault["channel"])
        if "device" in fault and fault["device"] not in devices:
            yield _finding("faults", "simulator.scenario.unknown", fault["device"])
    if any(line.get("alternative_fuel_share", 0) for line in document["lines"]) and "alternative_fuel" not in document:
        yield _finding("alternative_fuel", "simulator.scenario.missing", "alternative_fuel")
    try:
        _clock(document)
        whole = _span(document)
        pairs = [(entry, _between(document, entry)) for entry in [*document.get("stops", []), *document.get("faults", [])]]
    except (PeriodError, ValueError) as error:
        yield _finding("start", "simulator.scenario.time", str(error))
        return
    for entry, span in pairs:
        if span.start >= span.end:
            yield _finding("from", "simulator.scenario.backwards", f"{entry['from']} – {entry.get('to')}")
        elif span.start >= whole.end or span.end <= whole.start:
            yield _finding("from", "simulator.scenario.outside", f"{entry['from']} – {entry.get('to', '…')}")


def _finding(place: str, code: str, name: str) -> ScenarioError:
    return ScenarioError(code, place=place, name=name)


def _clock(document: Mapping[str, Any]) -> PlantClock:
    starts = tuple(datetime.time.fromisoformat(text) for text in document.get("shifts", ["00:00", "08:00", "16:00"]))
    return PlantClock(document.get("zone", DEFAULT_ZONE), Shifts(starts))


def _span(document: Mapping[str, Any]) -> Span:
    first = datetime.date.fromisoformat(document["start"])
    clock = _clock(document)
    return Span(clock.day(first).start, clock.instant(first + datetime.timedelta(days=document["days"])))


def _between(document: Mapping[str, Any], entry: Mapping[str, Any]) -> Span:
    clock, whole = _clock(document), _span(document)
    start = _instant(clock, entry["from"])
    return Span(start, _instant(clock, entry["to"]) if "to" in entry else max(whole.end, start + 1))


def _instant(clock: PlantClock, text: str) -> int:
    moment = datetime.datetime.fromisoformat(text)
    return clock.instant(moment.date(), moment.time())


def _build(document: Mapping[str, Any]) -> Scenario:
    def parts(name: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = document.get(name, [])
        return found

    fuel = document.get("alternative_fuel")
    return Scenario(
        id=document["id"],
        title=document["title"],
        clock=_clock(document),
        span=_span(document),
        lines=tuple(Line(**entry) for entry in document["lines"]),
        coal=Coal(**document["coal"]),
        alternative_fuel=AlternativeFuel(**fuel) if fuel else None,
        laboratory=Laboratory(**document.get("laboratory", {})),
        stops=tuple(Stop(span=_between(document, entry), **_without_time(entry)) for entry in parts("stops")),
        devices=tuple(Device(**entry) for entry in parts("devices")),
        channels=tuple(Channel(**entry) for entry in parts("channels")),
        faults=tuple(Fault(span=_between(document, entry), **_without_time(entry)) for entry in parts("faults")),
    )


def _without_time(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in ("from", "to")}
