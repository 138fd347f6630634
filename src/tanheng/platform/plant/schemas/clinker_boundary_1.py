"""Clinker boundary in use, edition 1: which definition the plant reports by, and why. Its validity says since when."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


class Definition(enum.StrEnum):
    """A definition of the boundary of clinker production: its name in the rule pack."""

    COOLER = "cooler"  # 预热器至冷却机
    SILO = "silo"  # 均化至熟料库


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinkerBoundary:
    """The choice of a definition; ``grounds`` says why, ``document`` is the SHA-256 of what it rests on, empty for none."""

    definition: Definition
    grounds: str
    document: str


SCHEMA = Schema("clinker_boundary/1", ClinkerBoundary)
