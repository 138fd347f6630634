"""Equipping rates (配备率): requirements, counting, gaps with their cures, history, and what would be if.

>>> from tanheng.standards import load_pack
>>> held = rules(load_pack(), rule_set="jjf2309", edition="2006")
>>> held.rows["activity_de_minimis"].percent, held.energies_are_held()
(Decimal('60'), True)
"""

from tanheng.metrology.equipping.counting import ItemCount, PointCount, count_point
from tanheng.metrology.equipping.form import Subtotal, form_1_8_1
from tanheng.metrology.equipping.gaps import Cure, Gap, Way, gaps
from tanheng.metrology.equipping.history import Moment, ends_of_months, history
from tanheng.metrology.equipping.rates import Rates, Row, Share, rates
from tanheng.metrology.equipping.reasons import Note, Reason, Remark, Why
from tanheng.metrology.equipping.rules import EDITIONS, RULE_SETS, Required, Rules, rules
from tanheng.metrology.equipping.what_if import (
    CertificateArrives,
    Change,
    ClassChanged,
    Difference,
    InstrumentBought,
    StateChanged,
    changed,
    what_if,
)

__all__ = [
    "EDITIONS",
    "RULE_SETS",
    "CertificateArrives",
    "Change",
    "ClassChanged",
    "Cure",
    "Difference",
    "Gap",
    "InstrumentBought",
    "ItemCount",
    "Moment",
    "Note",
    "PointCount",
    "Rates",
    "Reason",
    "Remark",
    "Required",
    "Row",
    "Rules",
    "Share",
    "StateChanged",
    "Subtotal",
    "Way",
    "Why",
    "changed",
    "count_point",
    "ends_of_months",
    "form_1_8_1",
    "gaps",
    "history",
    "rates",
    "rules",
    "what_if",
]
