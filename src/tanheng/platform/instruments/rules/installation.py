"""What installations, chains and seals must satisfy."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from tanheng.core.errors import InputError
from tanheng.metrology.instruments import lifecycle
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments.known import Held, Known
from tanheng.platform.instruments.rules.fields import LARGEST, lengths, not_future, number, one_item, present, there
from tanheng.platform.instruments.schemas.chain_1 import NEEDED, ROLES, Chain, codes_in, members_of
from tanheng.platform.instruments.schemas.installation_1 import Installation, minute_of
from tanheng.platform.instruments.schemas.seal_1 import Seal, SealState
from tanheng.platform.instruments.words import ROLE

_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_SHARED_BY_MANY = frozenset({"temperature", "pressure", "current_transformer", "voltage_transformer"})
"""Parts that may serve several chains."""


def check_installation(content: Installation, known: Known) -> list[InputError]:
    """Return the faults of an installation: of what, where, when, and beside what."""
    faults = one_item(content, known)
    if not content.point.strip():
        faults.append(InputError("platform.plant.missing", field="point"))
    elif content.point not in known.points:
        faults.append(InputError("platform.instruments.no_point", field="point", value=content.point))
    faults += [*_times(content), *_readings(content)]
    faults += [*not_future("started_on", content.started_on, known), *not_future("ended_on", content.ended_on, known)]
    faults += lengths(content, reading_unit=20, shared_reason=300, beside_reason=300, why=300)
    if faults:
        return faults
    return [*_scrapped(content, known), *_overlaps(content, known)]


def _times(content: Installation) -> list[InputError]:
    faults = [
        InputError("platform.instruments.time", field=field, value=text)
        for field, text in (("started_at", content.started_at), ("ended_at", content.ended_at))
        if text and not _TIME.fullmatch(text)
    ]
    if content.ended_on is None:
        if content.ended_at or content.closing_reading is not None:
            faults.append(InputError("platform.instruments.end_missing", field="ended_on"))
    elif not faults and (content.ends or 0) <= content.begins:
        start = moment(content.started_on, content.started_at)
        end = moment(content.ended_on, content.ended_at)
        faults.append(InputError("platform.instruments.end_before_start", field="ended_on", start=start, end=end))
    return faults


def _readings(content: Installation) -> list[InputError]:
    faults = []
    given = [("opening_reading", content.opening_reading), ("closing_reading", content.closing_reading)]
    for field, value in given:
        if value is not None and not (value.is_finite() and 0 <= value <= LARGEST):
            faults.append(
                InputError(
                    "platform.plant.range", field=field, value=value, low=Decimal(0), high=LARGEST, unit=content.reading_unit
                )
            )
    if any(value is not None for _, value in given) and not content.reading_unit.strip():
        faults.append(InputError("platform.instruments.reading_unit", field="reading_unit"))
    return faults


def _scrapped(content: Installation, known: Known) -> list[InputError]:
    codes = [content.instrument] if content.instrument else members_of(known.chains[content.chain].said)
    scrapped = [code for code in codes if lifecycle.state_on(known.steps(code), content.started_on) is UseState.SCRAPPED]
    field = "instrument" if content.instrument else "chain"
    return [InputError("platform.instruments.scrapped", field=field, value=code, on=content.started_on) for code in scrapped]


def _overlaps(content: Installation, known: Known) -> list[InputError]:
    """Refuse what is at two points at once, and two at one point, unless a reason is given; both are named."""
    faults = []
    for held in known.installations:
        other = held.said
        if not _meet(content, other):
            continue
        same_item = (content.instrument, content.chain) == (other.instrument, other.chain)
        if same_item and content.point == other.point:
            faults.append(_overlap("platform.instruments.twice_there", "started_on", content, held))
        elif same_item and not content.shared_reason.strip():
            faults.append(_overlap("platform.instruments.at_two_points", "instrument", content, held))
        elif content.point == other.point and not same_item and not (content.beside_reason.strip() or other.beside_reason):
            faults.append(_overlap("platform.instruments.point_taken", "point", content, held))
    return faults


def _overlap(code: str, field: str, content: Installation, held: Held) -> InputError:
    other = held.said
    if field == "instrument" and content.chain:
        field = "chain"
    return InputError(
        code,
        field=field,
        item=content.item,
        point=content.point,
        other=other.instrument or other.chain,
        other_point=other.point,
        start=moment(other.started_on, other.started_at),
        end=moment(other.ended_on, other.ended_at) if other.ended_on is not None else "…",
    )


def _meet(one: Installation, other: Any) -> bool:  # Any: a row or a content
    ends = minute_of(other.ended_on, other.ended_at) if other.ended_on is not None else None
    begins = minute_of(other.started_on, other.started_at)
    return (ends is None or one.begins < ends) and (one.ends is None or begins < one.ends)


def moment(day: datetime.date, at: str) -> str:
    """Return a day and, where it is said, its minute."""
    return f"{day.isoformat()} {at}".strip()


def check_chain(content: Chain, known: Known) -> list[InputError]:
    """Return the faults of a chain. A part that is missing is no fault: it is what the ledger must be able to say."""
    faults = [*number(content, "code", 64), *present(content, "name_zh", 200), *lengths(content, name_en=200, remark=2000)]
    if content.code in known.chains:
        faults.append(InputError("platform.plant.taken", field="code", value=content.code))
    elif content.code in known.instruments:
        faults.append(InputError("platform.instruments.code_of_instrument", field="code", value=content.code))
    faults += lengths(content, **dict.fromkeys(ROLES, 300))
    elsewhere = {
        code: chain
        for chain, held in known.chains.items()
        for role in ROLES
        if role not in _SHARED_BY_MANY
        for code in codes_in(getattr(held.said, role))
    }
    seen: dict[str, str] = {}
    for role in ROLES:
        for code in codes_in(str(getattr(content, role))):
            if code in seen:
                faults.append(InputError("platform.instruments.two_roles", field=role, value=code, other=ROLE[seen[code]]))
                continue
            seen[code] = role
            faults += there(code, known, role)
            if role not in _SHARED_BY_MANY and code in elsewhere:
                faults.append(InputError("platform.instruments.two_chains", field=role, value=code, other=elsewhere[code]))
    if not seen:
        field = (*NEEDED[content.kind], "sensor")[0]
        faults.append(InputError("platform.instruments.empty_chain", field=field, value=content.code))
    return faults


def check_seal(content: Seal, known: Known) -> list[InputError]:
    """Return the faults of a seal."""
    faults = [*number(content, "number", 64), *present(content, "applied_by", 100), *there(content.instrument, known)]
    if content.number in known.seals:
        other = known.seals[content.number].said.instrument
        faults.append(InputError("platform.instruments.seal_twice", field="number", value=content.number, other=other))
    faults += [*not_future("applied_on", content.applied_on, known), *not_future("removed_on", content.removed_on, known)]
    if content.removed_on is not None and content.removed_on < content.applied_on:
        start = content.applied_on
        faults.append(InputError("platform.plant.days", field="removed_on", value=content.removed_on, start=start))
    if content.state is not SealState.INTACT and not content.why.strip():
        faults.append(InputError("platform.plant.missing", field="why"))
    if content.state is SealState.REMOVED:
        faults += present(content, "removed_by", 100)
        if content.removed_on is None:
            faults.append(InputError("platform.plant.missing", field="removed_on"))
    elif content.state is SealState.INTACT and content.removed_on is not None:
        faults.append(InputError("platform.instruments.seal_state", field="state", value=content.removed_on))
    return faults + lengths(content, place=100, removed_by=100, why=300)
