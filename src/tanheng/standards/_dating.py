"""What must hold over all values of a parameter: no two say different things for one day, and none is missing."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

from tanheng.standards._draft import Draft, ParameterDraft
from tanheng.standards.values import Dated, Layer

_DAY = datetime.timedelta(days=1)


def check_dates(draft: Draft) -> None:
    """Order the values of each parameter and note overlaps and gaps."""
    for parameter in draft.parameters.values():
        parameter.values.sort(key=lambda value: (value.describes_from, value.known_since))
        for first, second in itertools.combinations(parameter.values, 2):
            _check_pair(draft, first, second)
        for gap in _gaps(parameter):
            draft.fault("standards.value.gap", parameter.file, id=parameter.id, start=gap[0], end=gap[1] or "…")


def _check_pair(draft: Draft, first: Dated, second: Dated) -> None:
    """Note a fault unless two values describe different days, or one supersedes the other with a reason."""
    if not first.overlaps(second):
        return
    earlier, later = sorted((first, second), key=lambda value: value.known_since)
    fields = {"id": first.id, "first": shown(earlier), "second": shown(later), "other": earlier.file}
    if earlier.known_since == later.known_since:
        at = max(first, second, key=lambda value: value.layer is Layer.OVERLAY).file
        draft.fault("standards.value.overlap", at, **fields)
    elif earlier.layer is Layer.OVERLAY and later.layer is Layer.SHIPPED:
        draft.fault("standards.overlay.earlier", earlier.file, **fields)
    elif later.reason is None:
        draft.fault("standards.value.no_reason", later.file, **fields)


def shown(value: Dated) -> str:
    """Return a value as a person would point at it: digits, the days it describes, the day it became known."""
    end = value.describes_to.isoformat() if value.describes_to else "…"
    return f"{value.printed} [{value.describes_from} – {end}; {value.known_since}]"


def _gaps(parameter: ParameterDraft) -> Iterator[tuple[datetime.date, datetime.date | None]]:
    """Yield each stretch of the required time that no value describes."""
    if parameter.required is None:
        return
    due, end = parameter.required
    for value in parameter.values:
        if end is not None and value.describes_from > end:
            break
        if value.describes_from > due:
            yield due, value.describes_from - _DAY
        if value.describes_to is None or value.describes_to == datetime.date.max:
            return
        due = max(due, value.describes_to + _DAY)
    if end is None or due <= end:
        yield due, end
