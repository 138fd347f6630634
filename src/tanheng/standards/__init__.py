"""Standards as data: documents, parameters, tables and rule books, and the one module that opens them.

>>> import datetime
>>> pack = load_pack()
>>> factor = pack.value("cn.cets.clinker.portland.process_factor", on=datetime.date(2025, 6, 30))
>>> factor.digits, factor.unit, factor.check.value
('0.535', 'tCO2/t', 'unverified')
"""

from tanheng.standards.errors import FileFaultError, PackRefusedError, UnknownIdError, ValueMissingError
from tanheng.standards.loader import ExtraFile, check_pack, extra_files, load_pack
from tanheng.standards.pack import RulePack
from tanheng.standards.rulebook import RuleBook
from tanheng.standards.values import (
    Column,
    Confirmation,
    Dated,
    Document,
    Layer,
    Parameter,
    ParameterValue,
    Person,
    RuleStatus,
    Table,
    Text,
    TextValue,
    WordValue,
    document_id,
)

__all__ = [
    "Column",
    "Confirmation",
    "Dated",
    "Document",
    "ExtraFile",
    "FileFaultError",
    "Layer",
    "PackRefusedError",
    "Parameter",
    "ParameterValue",
    "Person",
    "RuleBook",
    "RulePack",
    "RuleStatus",
    "Table",
    "Text",
    "TextValue",
    "UnknownIdError",
    "ValueMissingError",
    "WordValue",
    "check_pack",
    "document_id",
    "extra_files",
    "load_pack",
]
