"""Reading a lake again: whether every file is what the catalogue says, and what is derived follows from the rows.

Of each segment: its bytes have the catalogue's SHA-256; its rows are in order and unique; their number, first and last instant,
corrections and minutes are those of the catalogue (a catalogue that denies corrections would hide them from every question);
its summary and stands are those that the rows give. Of each file of refused readings: its bytes have the digest in its name. Of
each pack of envelopes: the same, and none is missing between two others.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import PurePosixPath

from tanheng.lake.archive import Archive
from tanheng.lake.catalogue import State
from tanheng.lake.durable import NAME_DIGITS
from tanheng.lake.errors import LakeError, SegmentError
from tanheng.lake.files import Files
from tanheng.lake.footer import Footer
from tanheng.lake.segment import Facts, Segment, read_parts, read_stands, read_summary

FACTS = ("rows", "first", "last", "max_version", "one_a_minute")


def audit(files: Files, plant: str, state: State, *, since: int | None = None) -> Iterator[LakeError]:
    """Yield everything that differs; nothing is repaired.

    Parameters
    ----------
    files : Files
    plant : str
    state : State
        What the catalogue says.
    since : ms UTC, optional
        Segments whose last reading is older are left out.
    """
    for segment in state.segments:
        if since is None or segment.last >= since:
            yield from _of_segment(files, segment)
    for path in files.paths(f"conflicts/plant={plant}"):
        yield from _of_refused(files, path)
    yield from Archive(files, plant).audit()


def _of_segment(files: Files, segment: Segment) -> Iterator[LakeError]:
    facts = Facts()
    try:
        parts = read_parts(files, segment)
        first = list(itertools.islice(parts, 1))  # compares the digest
        summary = read_summary(files, segment) if segment.month is not None else None
        stands = read_stands(files, segment) if segment.month is not None else None
        edges = next((each.edges for each in (summary, stands) if each is not None), None)
        footer = None if edges is None else Footer(edges)
        for part in itertools.chain(first, parts):
            facts.take(part)
            if footer is not None:
                footer.take(part)
    except SegmentError as error:
        yield error if "path" in error.fields else SegmentError("lake.segment.disorder", path=segment.path)
        return
    for name in FACTS:
        found, wanted = getattr(facts, name), getattr(segment, name)
        if found != wanted:
            yield SegmentError("lake.segment.fact", path=segment.path, name=name, found=found, wanted=wanted)
    if footer is not None:
        daily, stood = footer.finished()
        if summary not in (None, daily) or (stands is not None and (stood is None or not stood.same(stands))):
            yield SegmentError("lake.segment.summary", path=segment.path)


def _of_refused(files: Files, path: str) -> Iterator[LakeError]:
    data, wanted = files.read(path), PurePosixPath(path).stem[-NAME_DIGITS:]
    if path.endswith(".part") or data is None:
        return  # not finished, or gone meanwhile
    found = hashlib.sha256(data).hexdigest()
    if found[:NAME_DIGITS] != wanted:
        yield SegmentError("lake.segment.digest", path=path, found=found, wanted=f"{wanted}…")
