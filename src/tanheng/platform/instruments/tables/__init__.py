"""The tables of the instrument ledgers."""

from __future__ import annotations

from tanheng.platform.instruments.tables.certificate import CertificateTable, ConfirmationTable
from tanheng.platform.instruments.tables.chips import USE_LOOKS, trace_chip, use_chip
from tanheng.platform.instruments.tables.installed import ChainTable, InstallationTable, SealTable
from tanheng.platform.instruments.tables.instrument import InstrumentTable

__all__ = [
    "USE_LOOKS",
    "CertificateTable",
    "ChainTable",
    "ConfirmationTable",
    "InstallationTable",
    "InstrumentTable",
    "SealTable",
    "trace_chip",
    "use_chip",
]
