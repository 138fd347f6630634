"""Propagation of distributions by Monte Carlo (JCGM 101:2008, clause 7).

Trials run in blocks, so that memory stays bounded; the blocks may run in several threads. The draws depend on the seed, the
source and the block only (:mod:`.streams`). A source that several inputs share, a group, is drawn once.
"""

from __future__ import annotations

import math
import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from tanheng.uncertainty.adaptive import adaptive_samples
from tanheng.uncertainty.copula import normal_correlation
from tanheng.uncertainty.distribution import NORMAL, Array, Law, Shape
from tanheng.uncertainty.errors import ModelError
from tanheng.uncertainty.inputs import Input
from tanheng.uncertainty.samples import MonteCarlo, MonteCarloMapping
from tanheng.uncertainty.sources import Correlations, Load, Source, Sources, resolve
from tanheng.uncertainty.streams import BLOCK, Stream, require_seed

# Results are kept whole, for intervals and covariances; more than this is refused with the cure.
_LARGEST_RESULT = 160 * 2**20
_LARGEST_BLOCKS = 64 * 2**20

Model = Callable[..., Any]


def monte_carlo(
    model: Model,
    inputs: Mapping[str, Input],
    *,
    trials: int | str,
    seed: int,
    correlations: Correlations | None = None,
    p: float = 0.95,
    digits: int = 2,
    keep: Sequence[str] | None = None,
    threads: int = 1,
) -> Any:  # MonteCarlo, or MonteCarloMapping: what a model gives is a Number, which has no static type
    """Propagate the distributions of ``inputs`` through ``model``.

    Parameters
    ----------
    model : callable
        Takes the inputs by keyword, as arrays; gives one array, or a mapping of names to arrays.
    inputs : Mapping of name to Input
    trials : int or "adaptive"
        ``"adaptive"`` goes on until mean, u and the ends of the interval are stable to ``digits`` digits of u (JCGM 101, 7.9).
    seed : int
        0 to 2**64 − 1; part of the result.
    correlations : Mapping of (name, name) to r, optional
        Correlated inputs are drawn through a joint normal distribution (a Gaussian copula for other shapes).
    p, digits : float, int
        Coverage probability and significant digits the adaptive run watches.
    keep : sequence of str, optional
        Outputs to keep of a model with many; all when left out.
    threads : int
        Blocks run at the same time. It changes no byte of the result.

    Returns
    -------
    MonteCarlo or MonteCarloMapping
        A mapping, with covariances, when the model gives one.

    Raises
    ------
    InputError, CovarianceError
        When inputs or correlations are invalid.
    ModelError
        When a trial gives no finite number (names the trial and the input that broke it), when an adaptive run does not
        settle, or when the samples would not fit into memory.
    """
    require_seed(seed)
    if not isinstance(threads, int) or threads < 1:
        raise ModelError("uncertainty.monte_carlo.threads", threads=threads)
    run = _Run(model, merged(resolve(inputs, correlations)), seed, keep, threads)
    if trials == "adaptive":
        samples = adaptive_samples(run.samples, p=p, digits=digits, largest=run.largest)
    elif isinstance(trials, int) and not isinstance(trials, bool) and trials >= 2:
        samples = run.samples(0, trials)
    else:
        raise ModelError("uncertainty.monte_carlo.trials", trials=trials)
    results = {}
    for name, values in samples.items():
        values.flags.writeable = False
        results[name] = MonteCarlo(name, values, seed)
    return MonteCarloMapping(results) if run.many else results[""]


def merged(sources: Sources) -> Sources:
    """Return the same sources with the normal ones that only one input has drawn as one.

    The sum of independent normal errors is normal, so one draw stands for all of them.
    """
    alone = {
        index
        for index, source in enumerate(sources.sources)
        if source.law.shape is Shape.NORMAL and source.group is None and index not in sources.in_block
    }
    kept: list[Source] = []
    place: dict[int, int] = {}
    loads: dict[str, tuple[Load, ...]] = {}
    for name, of_input in sources.loads.items():
        apart = [load for load in of_input if load.source not in alone]
        normal = [load for load in of_input if load.source in alone]
        if normal:
            apart.append(replace(normal[0], coefficient=math.hypot(*(load.coefficient for load in normal))))
        for load in apart:
            if load.source not in place:
                place[load.source] = len(kept)
                source = sources.sources[load.source]
                kept.append(replace(source, key=f"{name}#") if load.source in alone else source)
        loads[name] = tuple(replace(load, source=place[load.source]) for load in apart if load.coefficient)
    blocks = tuple(replace(block, members=tuple(place[index] for index in block.members)) for block in sources.blocks)
    inside = frozenset(index for block in blocks for index in block.members)
    return Sources(sources.inputs, tuple(kept), loads, blocks, inside)


class _Run:
    """One model with its sources, run block by block."""

    def __init__(self, model: Model, sources: Sources, seed: int, keep: Sequence[str] | None, threads: int) -> None:
        self._model = model
        self._sources = sources
        self._keep = keep
        self._joint = {block.members: _copula(block.correlation, block.members, sources) for block in sources.blocks}
        self._used = sorted({load.source for loads in sources.loads.values() for load in loads} | sources.in_block)
        varied = sum(1 for loads in sources.loads.values() if loads)
        size = 2 * 8 * BLOCK * max(1, varied)  # the inputs, and about as much again inside the model
        self._threads = max(1, min(threads, _LARGEST_BLOCKS // size))
        self._streams: queue.SimpleQueue[Stream] = queue.SimpleQueue()
        for _ in range(self._threads):
            self._streams.put(Stream(seed, [source.key for source in sources.sources]))
        self.many, self._names = self._outputs()
        self.largest = _LARGEST_RESULT // (8 * len(self._names))

    def _outputs(self) -> tuple[bool, list[str]]:
        """Run the model once at the estimates, to learn its outputs."""
        with np.errstate(all="ignore"):
            given = self._model(**{name: np.full(1, value.value) for name, value in self._sources.inputs.items()})
        if not isinstance(given, Mapping):
            return False, [""]
        for name in self._keep or ():
            if name not in given:
                raise ModelError("uncertainty.monte_carlo.keep", name=name, known=", ".join(list(given)[:20]))
        names = list(given) if self._keep is None else list(self._keep)
        if not names:
            raise ModelError("uncertainty.monte_carlo.no_output")
        return True, names

    def samples(self, first_block: int, trials: int) -> dict[str, Array]:
        """Return ``trials`` values of each output, beginning with block ``first_block``."""
        if trials > self.largest:
            raise ModelError("uncertainty.monte_carlo.memory", trials=trials, outputs=len(self._names), largest=self.largest)
        out = {name: np.empty(trials) for name in self._names}
        starts = range(0, trials, BLOCK)

        def fill(start: int) -> None:
            stream = self._streams.get_nowait()  # as many streams as threads: one is always free
            try:
                self._fill(stream, first_block + start // BLOCK, out, start, min(start + BLOCK, trials))
            finally:
                self._streams.put(stream)

        if self._threads == 1 or len(starts) == 1:
            for start in starts:
                fill(start)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                for _ in pool.map(fill, starts):
                    pass
        return out

    def _fill(self, stream: Stream, block: int, out: Mapping[str, Array], start: int, stop: int) -> None:
        arrays = self._draw(stream, block, stop - start)
        with np.errstate(all="ignore"):
            given = self._model(**arrays)
        by_name = given if isinstance(given, Mapping) else {"": given}
        for name in self._names:
            values = out[name][start:stop]
            values[...] = by_name[name]
            if not math.isfinite(values.sum()) and not np.isfinite(values).all():
                self._blame(name, arrays, int(np.argmin(np.isfinite(values))), start)

    def _draw(self, stream: Stream, block: int, size: int) -> dict[str, Any]:
        """Return one block of all inputs. A block is always drawn whole, so that its head never depends on its length."""
        drawn: dict[int, Array] = {}
        sources = self._sources
        for index in self._used:
            drawn[index] = np.empty(BLOCK)
            law = sources.sources[index].law if index not in sources.in_block else NORMAL
            law.draw(stream.at(index, block), drawn[index])
        for members, (lower, laws) in self._joint.items():
            correlated = lower @ np.array([drawn[index] for index in members])
            for index, shape, z in zip(members, laws, correlated, strict=True):
                drawn[index] = z if shape is None else shape.carried(z)
        arrays: dict[str, Any] = {}
        for name, value in sources.inputs.items():
            loads = sources.loads[name]
            if not loads:
                arrays[name] = np.float64(value.value)
                continue
            own = sources.sources[loads[-1].source].group is None
            last = drawn[loads[-1].source][:size]
            # An array no other input needs is scaled in place; a shared one is copied by the multiplication.
            array = np.multiply(last, loads[-1].coefficient, out=last if own else None)
            for load in loads[:-1]:
                array += drawn[load.source][:size] * load.coefficient
            array += value.value
            arrays[name] = array
        return arrays

    def _blame(self, output: str, arrays: Mapping[str, Any], trial: int, start: int) -> None:
        """Name the input that made a trial give no finite number."""
        point = {name: float(array[trial]) if np.ndim(array) else float(array) for name, array in arrays.items()}
        for name, value in self._sources.inputs.items():
            mended = {**point, name: value.value}
            with np.errstate(all="ignore"):
                given = self._model(**{key: np.full(1, number) for key, number in mended.items()})
            result = np.asarray(given[output] if isinstance(given, Mapping) else given, dtype=float)
            if np.isfinite(result).all():
                raise ModelError(
                    "uncertainty.monte_carlo.datum",
                    output=output or "result",
                    trial=start + trial,
                    input=name,
                    drawn=f"{point[name]:.6g}",
                    value=f"{value.value:.6g}",
                    u=f"{value.u:.3g}",
                )
        listed = ", ".join(f"{name} = {number:.6g}" for name, number in list(point.items())[:8])
        raise ModelError("uncertainty.monte_carlo.not_finite", output=output or "result", trial=start + trial, inputs=listed)


def _copula(correlation: Array, members: tuple[int, ...], sources: Sources) -> tuple[Array, list[Law | None]]:
    """Return the Cholesky factor and, where a source is not normal, the law its normal draws are carried to."""
    laws = [sources.sources[index].law for index in members]
    carried = [None if law.shape is Shape.NORMAL else law for law in laws]
    names = [sources.sources[index].key.split("#")[0] for index in members]
    return np.asarray(np.linalg.cholesky(normal_correlation(correlation, laws, names))), carried
