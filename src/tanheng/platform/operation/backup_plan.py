"""When the platform backs itself up, whither, and what it keeps: ``<data>/backup.json``, every line of it optional.

::

    {"folder": "/mnt/backup/tanheng", "at": "02:30", "zone": "Asia/Shanghai",
     "days": 7, "weeks": 4, "months": 6, "enabled": true}

Whether a backup is due is told by the archives themselves: the newest is older than the last time of the plan. So a server
that was off at night catches up, and an archive that somebody removed is made again. Nothing else in the folder is touched.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanheng.core.errors import TanhengError
from tanheng.core.period import DEFAULT_ZONE
from tanheng.core.period import zone as zone_of
from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder

ONE_DAY = datetime.timedelta(days=1)
_NAME = re.compile(r"tanheng-(\d{8}T\d{6})Z\.tar")
_STAMP = "%Y%m%dT%H%M%S"
_COUNTS = {"days": 1, "weeks": 0, "months": 0}  # fewest that may be asked for
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A daily backup.

    Parameters
    ----------
    folder : Path
        Where archives are kept; by default in the data folder, which does not outlive its disk.
    at : time
        Time of day in ``zone``.
    days, weeks, months : int
        Of how many days, weeks and months the newest archive is kept.
    enabled : bool
        Whether the platform makes backups by itself.
    """

    folder: Path
    at: datetime.time = datetime.time(2, 30)
    zone: str = DEFAULT_ZONE
    days: int = 7
    weeks: int = 4
    months: int = 6
    enabled: bool = True


def path_of(folder: DataFolder) -> Path:
    """Return the file of the plan."""
    return folder.root / "backup.json"


def read(folder: DataFolder) -> Plan:
    """Return the plan of an installation; the usual one where there is no file.

    Raises
    ------
    ServingError
        The file cannot be read, or says something that is no plan; names the place.
    """
    path = path_of(folder)
    usual = Plan(folder=folder.root / "backups")
    try:
        given = json.loads(path.read_bytes())
    except FileNotFoundError:
        return usual
    except (OSError, ValueError) as error:
        raise ServingError("platform.backup.plan", path=path, place="-", reason=error) from error
    known: dict[str, Any] = {name: getattr(usual, name) for name in Plan.__slots__}  # Any: values of each field
    if not isinstance(given, dict) or not given.keys() <= known.keys():
        odd = ", ".join(sorted(given.keys() - known.keys())) if isinstance(given, dict) else "-"
        raise ServingError("platform.backup.plan", path=path, place=odd, reason=f"known: {', '.join(known)}")
    for name, value in given.items():
        try:
            known[name] = _READ[name](value)
        except (TanhengError, TypeError, ValueError) as error:
            raise ServingError("platform.backup.plan", path=path, place=name, reason=error) from error
    for name, fewest in _COUNTS.items():
        if not fewest <= known[name] <= _MOST:
            raise ServingError("platform.backup.plan", path=path, place=name, reason=f"{fewest} … {_MOST}")
    return Plan(**known)


def _folder(value: object) -> Path:
    path = Path(_text(value))
    if not path.is_absolute():
        raise ValueError("a path that begins with /")
    return path


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text, not {value!r}")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number, not {value!r}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false, not {value!r}")
    return value


_READ: Mapping[str, Callable[[object], object]] = {
    "folder": _folder,
    "at": lambda value: datetime.time.fromisoformat(_text(value)).replace(tzinfo=None),
    "zone": lambda value: zone_of(_text(value)).key,
    "days": _count,
    "weeks": _count,
    "months": _count,
    "enabled": _flag,
}


def archive_name(moment: datetime.datetime) -> str:
    """Return the name of the archive begun at ``moment``; it holds the time in UTC."""
    return f"tanheng-{moment.astimezone(datetime.UTC):{_STAMP}}Z.tar"


def archives(plan: Plan) -> dict[datetime.datetime, Path]:
    """Return the archives of the plan's folder by the moment each was begun, newest first; none where there is no folder."""
    if not plan.folder.is_dir():
        return {}
    found = {moment: path for path in plan.folder.iterdir() if (moment := _moment(path.name)) is not None}
    return dict(sorted(found.items(), reverse=True))


def _moment(name: str) -> datetime.datetime | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.datetime.strptime(match[1], _STAMP).replace(tzinfo=datetime.UTC)
    except ValueError:  # digits that are no date
        return None


def last_time(plan: Plan, now: datetime.datetime) -> datetime.datetime:
    """Return the last moment up to ``now`` at which the plan wants a backup."""
    local = now.astimezone(zone_of(plan.zone))
    today = datetime.datetime.combine(local.date(), plan.at, tzinfo=local.tzinfo)
    return today if today <= local else datetime.datetime.combine(local.date() - ONE_DAY, plan.at, tzinfo=local.tzinfo)


def next_time(plan: Plan, now: datetime.datetime) -> datetime.datetime:
    """Return the first moment after ``now`` at which the plan wants a backup."""
    last = last_time(plan, now)
    return datetime.datetime.combine(last.date() + ONE_DAY, plan.at, tzinfo=last.tzinfo)


def is_due(plan: Plan, *, now: datetime.datetime, since: datetime.datetime) -> bool:
    """Tell whether a backup is to be made now.

    Parameters
    ----------
    since : datetime
        When the installation began: before the first time of the plan after it nothing is due.
    """
    newest = next(iter(archives(plan)), since)
    return plan.enabled and max(newest, since) < last_time(plan, now)


def kept(plan: Plan, moments: Iterable[datetime.datetime]) -> frozenset[datetime.datetime]:
    """Return the moments whose archives stay: the newest of each of the last days, weeks and months that have one."""
    zone = zone_of(plan.zone)
    newest_first = sorted(moments, reverse=True)
    stay: set[datetime.datetime] = set()
    rules: tuple[tuple[int, Callable[[datetime.date], object]], ...] = (
        (plan.days, lambda day: day),
        (plan.weeks, lambda day: day.isocalendar()[:2]),
        (plan.months, lambda day: (day.year, day.month)),
    )
    for count, period_of in rules:
        seen: set[object] = set()
        for moment in newest_first:
            period = period_of(moment.astimezone(zone).date())
            if period not in seen and len(seen) < count:
                seen.add(period)
                stay.add(moment)
    return frozenset(stay)
