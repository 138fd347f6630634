"""What the tests of the rule pack share: sites with files of their own, and the faults they are refused for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tanheng.standards import PackRefusedError, load_pack

Site = Callable[..., Path]
Faults = Callable[[Path], Sequence[str]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Write files into an overlay and return its folder: ``site(("tables/slag.yaml", text), …)``."""

    def write(*files: tuple[str, str | bytes], folder: str = "site") -> Path:
        for name, content in files:
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / folder

    return write


@pytest.fixture
def faults() -> Faults:
    """Return the codes of the faults an overlay is refused for."""

    def codes(folder: Path) -> Sequence[str]:
        with pytest.raises(PackRefusedError) as refused:
            load_pack([folder])
        return [finding.code for finding in refused.value.findings]

    return codes
