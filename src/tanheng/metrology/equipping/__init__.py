"""Equipping rates (配备率): requirements, counting, gaps with their cures, history, and what would be if.

>>> from tanheng.standards import load_pack
>>> held = rules(load_pack(), rule_set="jjf2309", edition="2006")
>>> held.rows["activity_de_minimis"].percent, held.energies_are_held()
(Decimal('60'), True)
"""

from tanheng.metrology.equipping.beside import Beside, beside
from tanheng.metrology.equipping.counting import ItemCount, PointCount, count_point
from tanheng.metrology.equipping.form import Subtotal, form_1_8_1
from tanheng.metrology.equipping.gaps import Cure, Gap, Way, gaps
from tanheng.metrology.equipping.history import Moment, Stretch, ends_of_months, history, history_of
from tanheng.metrology.equipping.in_force import Held, edition_on, rules_on, tables_on, turning_days
from tanheng.metrology.equipping.rates import Rates, Row, Share, energy_key, rates
from tanheng.metrology.equipping.reasons import Note, Reason, Remark, Why
from tanheng.metrology.equipping.rules import EDITIONS, RULE_SETS, Required, Rules, rules
from tanheng.metrology.equipping.standing import drawn
from tanheng.metrology.equipping.what_if import (
    CertificateArrives,
    ChainCompleted,
    Change,
    ClassChanged,
    Difference,
    InstrumentBought,
    KindNamed,
    Moved,
    StateChanged,
    changed,
    new_certificate,
    what_if,
)

__all__ = [
    "EDITIONS",
    "RULE_SETS",
    "Beside",
    "CertificateArrives",
    "ChainCompleted",
    "Change",
    "ClassChanged",
    "Cure",
    "Difference",
    "Gap",
    "Held",
    "InstrumentBought",
    "ItemCount",
    "KindNamed",
    "Moment",
    "Moved",
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
    "Stretch",
    "Subtotal",
    "Way",
    "Why",
    "beside",
    "changed",
    "count_point",
    "drawn",
    "edition_on",
    "ends_of_months",
    "energy_key",
    "form_1_8_1",
    "gaps",
    "history",
    "history_of",
    "new_certificate",
    "rates",
    "rules",
    "rules_on",
    "tables_on",
    "turning_days",
    "what_if",
]
