"""Coverage-guided fuzzing of every parser of trust: ``python fuzz_with_atheris.py [libFuzzer options]``.

The first byte chooses the parser. Anything but an error of our tree ends the run with the bytes that caused it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tanheng.trust", "tanheng.core.batch"]):
    sys.path.insert(0, str(Path(__file__).parent))
    import parsers  # type: ignore[import-not-found]  # stands beside this program

NAMES = sorted(parsers.PARSERS)


def one(data: bytes) -> None:
    if data:
        parsers.feed(NAMES[data[0] % len(NAMES)], data[1:])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as corpus:
        for at, name in enumerate(NAMES):
            (Path(corpus) / f"{at:02d}").write_bytes(bytes([at]) + parsers.PARSERS[name][1])
        atheris.Setup([*sys.argv, corpus], one)
        atheris.Fuzz()
