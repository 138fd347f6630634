"""Reads a configuration from YAML: schema first, then sense; every fault is found and named with its place.

A device may name a channel map (``map: schenck-intecont.yaml``): a YAML file that copies the maker's table point by point. A
channel then says ``point: feed_rate`` and overrides what differs. Maps are looked for beside the configuration, then among
those that come with the terminal.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tanheng.core.aggregate import Exchange
from tanheng.core.errors import EdgeError, PeriodError, TanhengError
from tanheng.core.period import DEFAULT_ZONE, PlantClock, Shifts
from tanheng.edge.configuration.document import canonical, digest
from tanheng.edge.configuration.model import Channel, Configuration, Device, Kind, Limits, MeterFactor, Route, Uplink
from tanheng.edge.errors import ConfigurationError
from tanheng.edge.scaling import Scaling

_PER_MS = {"h": 3_600_000, "min": 60_000, "s": 1000}
_DEVICE_KEYS = ("id", "driver", "map", "every_s", "timeout_s", "backoff_s")
Content = dict[str, Any]  # Any: a tree of YAML values, shaped by the schema
Reader = Callable[[str], str]


def load(path: Path) -> Configuration:
    """Return the configuration in a YAML file.

    Raises
    ------
    ConfigurationError
        With every fault in ``findings``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("edge.configuration.file", path=str(path), reason=str(error)) from error
    return parse(text, read_map=functools.partial(_map_beside, path.parent), thing=str(path))


def read_text(text: str, *, thing: str) -> Content:
    """Return a YAML map as nested plain values."""
    import yaml

    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError("edge.configuration.yaml", thing=thing, reason=str(error)) from error
    if not isinstance(content, dict):
        raise ConfigurationError("edge.configuration.yaml", thing=thing, reason="no map at the top")
    return content


def parse(text: str, *, read_map: Reader | None = None, thing: str = "configuration") -> Configuration:
    """Return the configuration in a YAML or JSON text.

    Parameters
    ----------
    text : str
    read_map : callable, optional
        Gives the text of a channel map by its name; without it only maps of the package are known.
    thing : str
        What is read, for messages.

    Raises
    ------
    ConfigurationError
        With every fault in ``findings``.
    """
    content = read_text(text, thing=thing)
    content = _with_maps(content, read_map or _map_of_package)
    _refuse(_schema_faults(content), thing)
    return _Builder(content, thing).build()


def _refuse(findings: list[TanhengError], thing: str) -> None:
    if findings:
        raise ConfigurationError("edge.configuration.refused", thing=thing, count=len(findings), findings=findings)


@functools.cache
def _validator() -> Any:  # Any: jsonschema is untyped here
    import jsonschema
    import yaml

    schema = yaml.safe_load(resources.files(__package__).joinpath("schema.yaml").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _schema_faults(content: Content) -> list[TanhengError]:
    faults = sorted(_validator().iter_errors(content), key=lambda fault: list(map(str, fault.absolute_path)))
    return [EdgeError("edge.configuration.schema", place=_place(fault.absolute_path), reason=fault.message) for fault in faults]


def _place(path: Any) -> str:
    return ".".join(str(part) for part in path) or "(top)"


def _map_beside(folder: Path, name: str) -> str:
    path = folder / name
    if path.is_file():
        return path.read_text(encoding="utf-8")
    return _map_of_package(name)


def _map_of_package(name: str) -> str:
    entry = resources.files("tanheng.edge.maps").joinpath(Path(name).name)
    if not entry.is_file():
        raise ConfigurationError("edge.configuration.map", name=name)
    return entry.read_text(encoding="utf-8")


def _with_maps(content: Content, read_map: Reader) -> Content:
    """Return the content with each ``point`` replaced by what its map says; the result stands alone."""
    devices, channels = content.get("devices"), content.get("channels")
    if not isinstance(devices, list) or not isinstance(channels, list):
        return content
    points: dict[str, Mapping[str, Any]] = {}
    for device in devices:
        if isinstance(device, dict) and isinstance(device.get("map"), str):
            points[str(device.get("id"))] = read_text(read_map(device["map"]), thing=device["map"]).get("points", {})
    resolved = [_with_point(channel, points) if isinstance(channel, dict) else channel for channel in channels]
    return {**content, "channels": resolved}


def _with_point(channel: Content, points: Mapping[str, Mapping[str, Any]]) -> Content:
    name = channel.get("point")
    if name is None:
        return channel
    found = points.get(str(channel.get("device")), {}).get(name)
    if not isinstance(found, dict):
        raise ConfigurationError("edge.configuration.point", channel=channel.get("id"), point=name)
    address = {**found.get("address", {}), **channel.get("address", {})}
    return {**found, **{key: value for key, value in channel.items() if key != "point"}, "address": address}


class _Builder:
    """Builds the values and collects what makes no sense."""

    def __init__(self, content: Content, thing: str) -> None:
        self.content = content
        self.thing = thing
        self.findings: list[TanhengError] = []

    def build(self) -> Configuration:
        content = self.content
        clock = self._clock()
        devices = tuple(self._device(entry) for entry in content["devices"])
        channels = tuple(self._channels(devices))
        self._unique("device", [device.id for device in devices])
        self._unique("channel", [channel.id for channel in channels])
        uplink = self._uplink(content.get("uplink", {}))
        _refuse(self.findings, self.thing)
        document = canonical(content)
        page = content.get("page")
        return Configuration(
            terminal=content["terminal"],
            plant_clock=clock,
            devices=devices,
            channels=channels,
            uplink=uplink,
            limits=_limits(content.get("limits", {})),
            reason=content.get("reason", ""),
            time=content.get("time", {}),
            page=None if page is None else (page.get("host", "127.0.0.1"), page.get("port", 8090)),
            digest=digest(document),
            document=document,
        )

    def fault(self, code: str, **fields: object) -> None:
        self.findings.append(EdgeError(code, **fields))

    def _clock(self) -> PlantClock:
        texts = self.content.get("shifts", ["00:00", "08:00", "16:00"])
        try:
            shifts = Shifts(tuple(datetime.time.fromisoformat(text) for text in texts))
            return PlantClock(self.content.get("zone", DEFAULT_ZONE), shifts)
        except ValueError as error:
            self.fault("edge.configuration.shift", value=", ".join(texts), reason=str(error))
        except PeriodError as error:
            self.findings.append(error)
        return PlantClock()

    def _unique(self, thing: str, names: list[str]) -> None:
        for name in sorted({name for name in names if names.count(name) > 1} if len(names) != len(set(names)) else ()):
            self.fault("edge.configuration.twice", thing=thing, name=name)

    def _device(self, entry: Content) -> Device:
        from tanheng.edge.drivers import DRIVERS

        if entry["driver"] not in DRIVERS:
            self.fault(
                "edge.configuration.driver", device=entry["id"], driver=entry["driver"], known=", ".join(sorted(DRIVERS))
            )
        options = {key: value for key, value in entry.items() if key not in _DEVICE_KEYS}
        return Device(
            id=entry["id"],
            driver=entry["driver"],
            options=options,
            every_ms=_ms(entry.get("every_s", 1)),
            timeout_ms=_ms(entry.get("timeout_s", 3)),
            backoff_ms=_pair_ms(entry.get("backoff_s", (1, 60))),
        )

    def _channels(self, devices: tuple[Device, ...]) -> list[Channel]:
        by_id = {device.id: device for device in devices}
        built = []
        for index, entry in enumerate(self.content["channels"]):
            device = by_id.get(entry["device"])
            if device is None:
                self.fault("edge.configuration.device", channel=entry["id"], device=entry["device"])
                continue
            try:
                built.append(_channel(index, entry, device))
            except TanhengError as error:
                self.fault("edge.configuration.channel", channel=entry["id"], reason=error.text())
            except ZeroDivisionError:
                self.fault("edge.configuration.channel", channel=entry["id"], reason="a ratio with zero below the line")
            except ValueError as error:
                self.fault("edge.configuration.channel", channel=entry["id"], reason=str(error))
        return built

    def _uplink(self, entry: Content) -> Uplink:
        for row in entry.get("routes", ()):
            reason = _address_fault(row["url"])
            if reason:
                self.fault("edge.configuration.url", route=row["name"], url=row["url"], reason=reason)
        routes = tuple(
            Route(row["name"], row["url"].rstrip("/"), row["priority"], row.get("local_address"))
            for row in entry.get("routes", ())
        )
        self._unique("route", [route.name for route in routes])
        self._unique("priority of a route", [str(route.priority) for route in routes])
        return Uplink(
            routes=tuple(sorted(routes, key=lambda route: route.priority)),
            timeout_ms=_ms(entry.get("timeout_s", 15)),
            backoff_ms=_pair_ms(entry.get("backoff_s", (1, 60))),
            retry_better_ms=_ms(entry.get("retry_better_s", 60)),
            chunk_bytes=int(entry.get("chunk_kb", 1024)) << 10,
            ca=entry.get("ca"),
            token_file=entry.get("token_file"),
            orders_ms=_ms(entry.get("orders_s", 60)),
        )


def _address_fault(url: str) -> str:
    """Return why nothing can be sent to an address; empty when something can."""
    try:
        parts = urlsplit(url)
        reason = "" if parts.hostname and parts.port != 0 else "no host or port"
    except ValueError as error:
        reason = str(error)
    return reason if url.isprintable() else "a character that cannot be printed"


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _pair_ms(pair: Any) -> tuple[int, int]:
    return _ms(pair[0]), _ms(pair[1])


def _limits(entry: Content) -> Limits:
    return Limits(
        batch_ms=_ms(entry.get("batch_s", 60)),
        spool_bytes=round(entry.get("spool_mb", 8192) * (1 << 20)),
        keep_ms=int(entry.get("keep_days", 62)) * 86_400_000,
        clock_jump_ms=int(entry.get("clock_jump_ms", 2000)),
        journal_ms=_ms(entry.get("journal_s", 0)),
    )


def ratio(text: str | int) -> Fraction:
    """Return a number or ratio as written: ``"0.1"``, ``"800/5"``, ``"10/0.1"``.

    Examples
    --------
    >>> ratio("800/5")
    Fraction(160, 1)
    """
    above, _, below = str(text).partition("/")
    return Fraction(above) / Fraction(below or 1)


def _channel(index: int, entry: Content, device: Device) -> Channel:
    factor = _meter_factor(entry.get("meter_factor", {}))
    raw_range = entry.get("raw_range", {})
    low, high = (ratio(raw_range[name]) if name in raw_range else None for name in ("low", "high"))
    if low is not None and high is not None and low >= high:
        raise EdgeError("edge.configuration.raw_range", low=low, high=high)
    scaling = Scaling(
        decimals=entry["decimals"],
        factor=ratio(entry.get("factor", 1)),
        offset=ratio(entry.get("offset", 0)),
        meter_factor=factor.value,
        low=low,
        high=high,
    )
    kind = Kind(entry["kind"])
    if kind is not Kind.TOTALISER and ("modulus" in entry or "exchanges" in entry):
        raise EdgeError("edge.configuration.not_totaliser", kind=kind.value)
    every = _ms(entry["every_s"]) if "every_s" in entry else device.every_ms
    return Channel(
        index=index,
        id=entry["id"],
        device=entry["device"],
        address=entry.get("address", {}),
        unit=entry["unit"],
        kind=kind,
        scaling=scaling,
        factor=factor,
        modulus=scaling.count(ratio(entry["modulus"])) if "modulus" in entry else None,
        exchanges=tuple(_exchange(row, scaling) for row in entry.get("exchanges", ())),
        per_ms=_PER_MS[entry.get("per", "h")],
        every_ms=every,
        stale_ms=_ms(entry["stale_s"]) if "stale_s" in entry else 3 * max(every, device.every_ms),
        lost_ms=_ms(entry["lost_s"]) if "lost_s" in entry else 30 * max(every, device.every_ms),
        watch=entry.get("watch", False),
        name=entry.get("name", {}),
    )


def _meter_factor(entry: Content) -> MeterFactor:
    found = MeterFactor(**{name: ratio(entry[name]) for name in ("ct", "pt", "pulse", "span") if name in entry})
    if found.value <= 0:
        raise EdgeError("edge.scaling.factor", factor=1, meter_factor=found.value)
    return found


def _exchange(entry: Content, scaling: Scaling) -> Exchange:
    moment = datetime.datetime.fromisoformat(entry["at"])
    if moment.tzinfo is None:
        raise EdgeError("edge.configuration.offset", value=entry["at"])
    final = scaling.count(ratio(entry["final"])) if "final" in entry else None
    return Exchange(round(moment.timestamp() * 1000), final, scaling.count(ratio(entry["initial"])))
