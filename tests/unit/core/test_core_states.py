"""States: one word per state, in both languages."""

from __future__ import annotations

import enum

import pytest

from tanheng.core import states


@pytest.mark.parametrize("kind", [states.CheckState, states.FigureState, states.Origin, states.Severity])
def test_every_state_has_a_word_in_both_languages(kind: type[enum.StrEnum]) -> None:
    for state in kind:
        assert states.word(state, "zh")
        assert states.word(state, "en").isascii()


def test_the_rank_grows_with_the_doubt() -> None:
    ranks = [states.CheckState.VERIFIED.rank, states.CheckState.SECONDARY.rank, states.CheckState.UNVERIFIED.rank]
    assert ranks == [0, 1, 2]
