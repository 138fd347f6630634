"""What an instrument and the steps of its life must satisfy."""

from __future__ import annotations

from decimal import Decimal

from tanheng.core.errors import InputError
from tanheng.metrology.instruments import accuracy, lifecycle
from tanheng.metrology.instruments.model import Spell as Step
from tanheng.metrology.instruments.model import UseState
from tanheng.metrology.instruments.trace import in_force, state_of
from tanheng.platform.instruments import ranges
from tanheng.platform.instruments.kinds import kinds
from tanheng.platform.instruments.known import Known, serial_key
from tanheng.platform.instruments.rules.fields import lengths, measured_range, not_future, number, present, there
from tanheng.platform.instruments.schemas.instrument_1 import Instrument
from tanheng.platform.instruments.schemas.spell_1 import Spell
from tanheng.platform.instruments.words import TRACE, USE
from tanheng.platform.plant.rules.fields import within

LONGEST_CYCLE = 240


def check_instrument(content: Instrument, known: Known) -> list[InputError]:
    """Return the faults of an instrument."""
    faults = [*number(content, "code", 64), *present(content, "name_zh", 200)]
    if content.code in known.instruments:
        faults.append(InputError("platform.plant.taken", field="code", value=content.code))
    elif content.code in known.chains:
        faults.append(InputError("platform.instruments.code_of_chain", field="code", value=content.code))
    if content.kind not in kinds():
        faults.append(InputError("platform.instruments.kind", field="kind", value=content.kind))
    faults += measured_range(content.range_low, content.range_high, content.range_unit)
    faults += _printed_range(content)
    faults += _serial(content, known)
    faults += _interval(content)
    faults += _conditions(content)
    faults += _claimed_class(content, known)
    faults += [*not_future("made_on", content.made_on, known), *_taken_over(content, known)]
    faults += lengths(
        content, name_en=200, model=100, nominal_class=40, used_class=40, range_text=200, range_unit=20, maker=200
    )
    faults += lengths(
        content, serial=100, serial_reason=300, place=200, purpose=200, person=100, frequency=100, medium=100, remark=2000
    )
    return faults


def _printed_range(content: Instrument) -> list[InputError]:
    """Refuse numbers that are not those of the range as printed, where that says any."""
    said, low, high = ranges.parse(content.range_text), content.range_low, content.range_high
    if said is None or (low is None and high is None) or (said.low, said.high) == (low, high):
        return []
    code = "platform.instruments.range_differs"
    return [InputError(code, field="range_text", value=content.range_text, low=low, high=high, unit=content.range_unit)]


def _serial(content: Instrument, known: Known) -> list[InputError]:
    """Refuse a second instrument with one maker's serial number, unless it says why."""
    key = serial_key(content)
    if key is None or content.serial_reason.strip():
        return []
    other = known.serials.get(key)
    if other is None:
        return []
    return [
        InputError("platform.instruments.serial_twice", field="serial", value=content.serial, maker=content.maker, other=other)
    ]


def _interval(content: Instrument) -> list[InputError]:
    faults = [
        InputError("platform.plant.range", field=field, value=months, low=1, high=LONGEST_CYCLE, unit="")
        for field, months in (("cycle_months", content.cycle_months), ("interval_months", content.interval_months))
        if months is not None and not 1 <= months <= LONGEST_CYCLE
    ]
    if not faults and (content.interval_months or 0) > (content.cycle_months or LONGEST_CYCLE):
        own, legal = content.interval_months, content.cycle_months
        faults.append(InputError("platform.instruments.interval_longer", field="interval_months", value=own, cycle=legal))
    return faults


def _conditions(content: Instrument) -> list[InputError]:
    low, high = content.temperature_low, content.temperature_high
    faults = within("temperature_low", low, Decimal(-90), Decimal(2000), "°C", places=2)
    faults += within("temperature_high", high, Decimal(-90), Decimal(2000), "°C", places=2)
    faults += within("humidity", content.humidity, Decimal(0), Decimal(100), "%", places=2)
    if not faults and low is not None and high is not None and high < low:
        faults.append(InputError("platform.instruments.temperature_order", field="temperature_high", low=low, high=high))
    return faults


def _claimed_class(content: Instrument, known: Known) -> list[InputError]:
    """Refuse a claim that is better than the certificate in force, or that cannot be compared with it."""
    claimed = content.used_class
    if not claimed.strip():
        return []
    if not accuracy.is_class(claimed):
        return [InputError("platform.instruments.no_class", field="used_class", value=claimed)]
    found = in_force(known.certificates_of(content.code), known.today)
    if found is None or not found.accuracy_class or not accuracy.is_better(claimed, found.accuracy_class):
        return []
    return [
        InputError(
            "platform.instruments.class_better",
            field="used_class",
            value=claimed,
            certified=found.accuracy_class,
            certificate=found.number,
        )
    ]


def _taken_over(content: Instrument, known: Known) -> list[InputError]:
    day = content.taken_over_on
    faults = not_future("taken_over_on", day, known)
    if day is None and content.taken_over_state is not None:
        state = USE[content.taken_over_state]
        faults.append(InputError("platform.instruments.taken_over_day", field="taken_over_on", state=state))
    if day is None or faults:
        return faults
    if content.made_on is not None and day < content.made_on:
        faults.append(InputError("platform.plant.days", field="taken_over_on", value=day, start=content.made_on))
    first = min((held.said.started_on for held in known.spells[content.code]), default=None)
    if first is not None and first <= day:
        faults.append(InputError("platform.instruments.step_before", field="taken_over_on", value=day, first=first))
    return faults


def check_spell(content: Spell, known: Known) -> list[InputError]:
    """Return the faults of a step: out of turn, without a reason, or into use without verification."""
    faults = [*present(content, "why", 300), *present(content, "person", 100), *lengths(content, new_class=40)]
    missing = there(content.instrument, known)
    future = not_future("started_on", content.started_on, known)
    if missing or future:
        return [*faults, *missing, *future]
    steps = known.steps(content.instrument)
    faults += _in_turn(content, steps, known) or _verified_first(content, steps, known)
    return faults + _new_class(content, known)


def _in_turn(content: Spell, steps: list[Step], known: Known) -> list[InputError]:
    if any(step.start == content.started_on for step in steps):
        return [InputError("platform.instruments.step_same_day", field="started_on", value=content.started_on)]
    added = Step(start=content.started_on, state=content.state)
    in_time = sorted([*steps, added], key=lambda step: step.start)
    fault = out_of_turn(in_time, content.instrument, known, field="state")
    return [fault] if fault is not None else []


def out_of_turn(steps: list[Step], instrument: str, known: Known, *, field: str) -> InputError | None:
    """Return the fault of steps of which one may not follow the one before it."""
    found = lifecycle.forbidden(steps, taken_over=known.begun(instrument))
    if found is None:
        return None
    step, before = found
    earlier = before.state if before is not None else UseState.PENDING
    code = "platform.instruments.out_of_turn"
    return InputError(code, field=field, state=USE[step.state], before=USE[earlier], on=step.start)


def _verified_first(content: Spell, steps: list[Step], known: Known) -> list[InputError]:
    """Refuse a step into use without a certificate in force that was confirmed (先检后用)."""
    certificates = known.certificates_of(content.instrument)
    found = in_force(certificates, content.started_on)
    lacking = lifecycle.lacks(
        content.state,
        state_of(certificates, content.started_on),
        repaired=lifecycle.repaired_on(steps, content.started_on),
        issued=found.issued_on if found is not None else None,
    )
    if lacking is None:
        return []
    return [
        InputError(
            "platform.instruments.not_verified",
            field="state",
            instrument=content.instrument,
            on=content.started_on,
            trace=TRACE[lacking],
        )
    ]


def _new_class(content: Spell, known: Known) -> list[InputError]:
    given = content.new_class.strip()
    if content.state is not UseState.DOWNGRADED:
        return [InputError("platform.instruments.new_class_extra", field="new_class", value=given)] if given else []
    if not given:
        return [InputError("platform.instruments.new_class_missing", field="new_class")]
    if not accuracy.is_class(given):
        return [InputError("platform.instruments.no_class", field="new_class", value=given)]
    nameplate = known.instruments[content.instrument].said.nominal_class
    if accuracy.is_better(given, nameplate):
        return [InputError("platform.instruments.new_class_better", field="new_class", value=given, nominal=nameplate)]
    return []
