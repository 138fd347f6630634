"""The chips of the states of instruments and certificates."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.safestring import SafeString

from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments import words
from tanheng.platform.ui.templatetags.tanheng import chip

USE_LOOKS: Mapping[UseState, str] = {
    UseState.PENDING: "wait",
    UseState.IN_SERVICE: "good",
    UseState.SEALED_UP: "calm",
    UseState.OUT_OF_SERVICE: "calm",
    UseState.REPAIR: "wait",
    UseState.DOWNGRADED: "info",
    UseState.SCRAPPED: "calm",
}


def trace_chip(state: TraceState) -> SafeString:
    """Return the chip of a state of a certificate."""
    return chip(words.said(words.TRACE[state]), words.LOOKS[state])


def use_chip(state: UseState) -> SafeString:
    """Return the chip of a state of use."""
    return chip(words.said(words.USE[state]), USE_LOOKS[state])
