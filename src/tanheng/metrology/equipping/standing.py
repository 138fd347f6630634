"""How a metering point is drawn: whether it is equipped is what the rate says, so that a drawing and a rate never differ."""

from __future__ import annotations

import datetime

from tanheng.metrology.equipping.beside import untraced
from tanheng.metrology.equipping.counting import PointCount
from tanheng.metrology.equipping.reasons import WHY_OF, Why
from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.chains import Holdings, trace_of_chain
from tanheng.metrology.network.marks import Drawn, Standing

_TRACES = (TraceState.FAILED, TraceState.OVERDUE, TraceState.NEVER, TraceState.UNCONFIRMED)  # worst first
_TAGS = {
    Why.CHAIN_PART: "tag.chain_part",
    Why.NOT_IN_SERVICE: "tag.not_in_service",
    Why.CLASS: "tag.class",
    Why.OWN_CLASS: "tag.class",
    Why.KIND: "tag.kind",
}


def drawn(count: PointCount, held: Holdings, on: datetime.date) -> Drawn:
    """Return how a point that was counted on a day is drawn.

    One that counts is valid, or due soon by the worst of what counts there. One that does not is missing where nothing stands
    that could be equipped, invalid where traceability is at fault, and else short: a part, the service, the class or the kind.
    """
    if count.is_equipped:
        return _equipped(count, held, on)
    if not count.is_installed:
        return Drawn(Standing.MISSING, "tag.missing")
    whys = {reason.why for reason in count.reasons}
    state = next((state for state in _TRACES if WHY_OF[state] in whys), None)
    if state is not None:
        return Drawn(Standing.INVALID, f"tag.{state}")
    return Drawn(Standing.SHORT, next(tag for why, tag in _TAGS.items() if why in whys))


def _equipped(count: PointCount, held: Holdings, on: datetime.date) -> Drawn:
    traces = [_trace(item.code, held, on) for item in count.items if item.counts()]
    if TraceState.DUE_SOON in traces:
        return Drawn(Standing.DUE_SOON, "tag.due_soon")
    return Drawn(Standing.VALID, "tag.beside" if untraced(count) else "")


def _trace(code: str, held: Holdings, on: datetime.date) -> TraceState:
    chain = held.chains.get(code)
    return trace_of_chain(chain, held, on) if chain is not None else held.trace(code, on)
