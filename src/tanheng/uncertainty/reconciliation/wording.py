"""The sentence that names what would have to be wrong, and everything that would explain the data equally well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tanheng.core import messages
from tanheng.uncertainty.reconciliation.verdicts import GlobalTest

_NAMED = 3  # sets of suspects a sentence names; the rest is in the table


@dataclass(frozen=True, slots=True)
class Suspect:
    """Meters and losses that explain the data equally well: no test on these balances can tell them apart.

    Attributes
    ----------
    biases : Mapping of stream to float
        Measured less true value that each of them would have to have, if it alone were wrong.
    measured : Mapping of stream to float
    losses : Mapping of balance to float
        Unmeasured loss (positive) or gain that would do the same.
    T : float
        Fall of J when one of them is given up.
    remaining : float
        J that is left.
    explains : bool
        The rest passes the global test.
    """

    biases: Mapping[str, float]
    measured: Mapping[str, float]
    losses: Mapping[str, float]
    T: float
    remaining: float
    explains: bool

    @property
    def streams(self) -> tuple[str, ...]:
        """The meters of the set."""
        return tuple(self.biases)


def sentence(verdict: GlobalTest, suspects: Sequence[Suspect], language: str, titles: Mapping[str, Mapping[str, str]]) -> str:
    """Return the sentence for a reconciliation."""
    fields: dict[str, object] = {"J": f"{verdict.J:.2f}", "limit": f"{verdict.limit:.2f}", "dof": verdict.dof}
    if verdict.passed:
        return messages.render("uncertainty.finding.closed", language, fields)
    explaining = [suspect for suspect in suspects if suspect.explains]
    opening = "uncertainty.finding.open" if explaining else "uncertainty.finding.no_single"
    space = " " if language == "en" else ""
    joint = messages.render("uncertainty.finding.or", language, {}) + space
    named = []
    for rank, suspect in enumerate((explaining or list(suspects))[:_NAMED], start=1):
        errors = [_meter(stream, bias, suspect, language, titles) for stream, bias in suspect.biases.items()]
        errors += [_loss(balance, loss, language, titles) for balance, loss in suspect.losses.items()]
        code = "uncertainty.finding.one" if len(errors) == 1 else "uncertainty.finding.several"
        named.append(
            messages.render(code, language, {"rank": rank, "what": joint.join(errors), "J": f"{suspect.remaining:.2f}"})
        )
    listed = ("；" if language == "zh" else "; ").join(named) + ("。" if language == "zh" else ".")
    return messages.render(opening, language, fields) + space + listed


def _meter(stream: str, bias: float, suspect: Suspect, language: str, titles: Mapping[str, Mapping[str, str]]) -> str:
    words = titles.get(stream, {})
    measured = suspect.measured[stream]
    # Of the true value, which is the measured less the bias; a share of a value near zero says nothing.
    true = measured - bias
    share = f"{100 * abs(bias) / abs(true):.2g} %" if abs(true) > abs(bias) * 1e-3 else "–"
    code = "uncertainty.finding.high" if bias > 0 else "uncertainty.finding.low"
    fields = {"stream": words.get(language, stream), "bias": f"{abs(bias):.4g}", "unit": _unit(words), "share": share}
    return messages.render(code, language, fields)


def _loss(balance: str, loss: float, language: str, titles: Mapping[str, Mapping[str, str]]) -> str:
    words = titles.get(balance, {})
    code = "uncertainty.finding.loss" if loss > 0 else "uncertainty.finding.gain"
    fields = {"balance": words.get(language, balance), "loss": f"{abs(loss):.4g}", "unit": _unit(words)}
    return messages.render(code, language, fields)


def _unit(words: Mapping[str, str]) -> str:
    return f" {words['unit']}" if words.get("unit") else ""
