"""With declared errors the truth lies inside the uncertainty that follows from them.

The figure is a line's direct CO₂ of a month, E = FC·C·OF·44/12 + Q·EF. Its uncertainty is worked here from the scenario's
declared standard uncertainties by the law of propagation, apart from ``tanheng.uncertainty``:
u²/E² = (share of coal)²·(u_scale² + u_laboratory²) + (share of process)²·(u_belt² + u_oxides²); random parts divide by √n.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tanheng.simulator import PlantRun, Scenario, generate, load
from tanheng.simulator.instruments import Shown, show
from tanheng.simulator.papers import Result, analyse

K = 2.0


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """One line, two scales and a laboratory, ten days."""
    whole = load("two-lines")
    line = replace(whole.lines[0], alternative_fuel_share=0.0)
    wanted = ("line.1.coal_kiln.total", "line.1.clinker.total")
    channels = tuple(channel for channel in whole.channels if channel.id in wanted)
    span = replace(whole.span, end=whole.span.start + 10 * 86_400_000)
    return replace(whole, lines=(line,), channels=channels, stops=(), faults=(), alternative_fuel=None, span=span)


def estimate(scenario: Scenario, shown: dict[str, Shown], results: list[Result]) -> tuple[float, float]:
    """Return the figure from what instruments and laboratory say, and its expanded uncertainty."""
    line, rules = scenario.lines[0], scenario.laboratory

    def ran(name: str) -> float:
        seen = shown[name]
        modulus = seen.channel.modulus or 0
        counts = int(seen.value[-1] - seen.value[0]) % modulus
        return counts / int(10**seen.channel.decimals)

    def mean(quantity: str) -> tuple[float, int]:
        values = [result.value for result in results if result.quantity == quantity]
        return float(np.mean(values)), len(values)

    carbon, samples = mean("coal.carbon")
    cao, cao_samples = mean("line.1.cao")
    mgo, _ = mean("line.1.mgo")
    coal = ran("line.1.coal_kiln.total") * carbon * scenario.coal.oxidation * 44 / 12
    factor = (cao - line.cao_noncarbonate) * 44 / 56 + (mgo - line.mgo_noncarbonate) * 44 / 40
    process = ran("line.1.clinker.total") * factor
    scale, belt = (channel.systematic for channel in scenario.channels)
    laboratory = rules.systematic**2 + rules.random**2 / samples
    oxides = rules.systematic**2 + rules.random**2 / cao_samples
    oxides *= 1.02  # CaO less what is no carbonate is a little smaller than CaO: its relative uncertainty a little larger
    u = np.sqrt(coal**2 * (scale**2 + laboratory) + process**2 * (belt**2 + oxides))
    return coal + process, K * float(u)


def truth(run: PlantRun) -> float:
    return float(run.ran("line.1.co2_process")[-1] + run.ran("line.1.co2_coal")[-1]) / 1000


def test_the_truth_lies_inside_the_uncertainty_in_34_to_40_of_40_seeds(scenario: Scenario) -> None:
    inside = 0
    for seed in range(1, 41):
        run = generate(scenario, seed)
        figure, expanded = estimate(scenario, dict(run.shown), run.results)
        inside += abs(figure - truth(run)) <= expanded
    assert 34 <= inside <= 40


def test_the_uncertainty_is_within_a_fifth_of_the_true_spread(scenario: Scenario) -> None:
    run = generate(scenario, seed=1)
    found = [estimate(scenario, show(scenario, run.minutes, seed=seed), analyse(scenario, seed=seed)) for seed in range(1, 401)]
    spread = K * float(np.std([figure for figure, _ in found]))
    expanded = float(np.mean([expanded for _, expanded in found]))
    assert 1 / 1.2 < expanded / spread < 1.2  # 400 seeds know a spread to 3.5 %
    assert np.mean([figure for figure, _ in found]) == pytest.approx(truth(run), rel=3 * expanded / truth(run) / K / 20)
