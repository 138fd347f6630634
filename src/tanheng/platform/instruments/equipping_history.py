"""The stretches of the history of an equipping rate: which network and which requirements held from when until when.

The network of a day is that of the last edition as built that was drawn by then; before the first one, and for a plant without
any, it is that of the ledgers today, and the page says so. The requirements are those in force on the day.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tanheng.metrology.equipping import Held, Stretch, rules_on, tables_on, turning_days
from tanheng.metrology.equipping import in_force as kernel
from tanheng.platform.instruments.equipping import Asked, Counted, emissions_of
from tanheng.platform.plant.editions import thawed
from tanheng.platform.plant.models import Edition
from tanheng.platform.plant.schemas.edition_1 import Edition as Content
from tanheng.platform.plant.schemas.edition_1 import EditionKind
from tanheng.platform.plant.selectors.network import classes, stages_inside
from tanheng.platform.record import schema
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.language import language
from tanheng.standards import load_pack

_DAY = datetime.timedelta(days=1)
_TABLES: dict[str, Promise | str] = {
    kernel.RATE: _("required rates (table A.1)"),
    kernel.CLASSES: _("required classes"),
    kernel.ENERGY: _("required rates of energy"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch as the page tells it: first and last day, the edition of the network, and the tables in force.

    Parameters
    ----------
    edition : Edition or None
        None where no edition as built was valid, so that the network of today stands in.
    tables : sequence of (table, document, held)
    """

    first: datetime.date
    last: datetime.date
    edition: Edition | None
    tables: Sequence[tuple[Promise | str, str, Held]]


def as_built(actor: Actor, plant: Plant) -> list[Edition]:
    """Return the plant's editions as built, in the order of their days; of one day the last that was frozen.

    Raises
    ------
    RightsError
    """
    require(actor, "plant.read", plant.pk)
    rows = Edition.objects.filter(plant=plant, kind=EditionKind.AS_BUILT).latest_versions().order_by("drawn_on", "id")
    return list({row.drawn_on: row for row in rows}.values())


def stretches(
    counted: Counted, wanted: Asked, editions: Sequence[Edition], *, first: datetime.date, last: datetime.date
) -> tuple[list[Stretch], list[Told]]:
    """Return the stretches between two days, for the count and for the page.

    Parameters
    ----------
    counted : Counted
        Of today: its network stands in where no edition was valid.
    editions : sequence of Edition
        As built, in the order of their days.
    """
    pack = load_pack()
    turns = turning_days(pack, rule_set=wanted.rule_set)
    starts = sorted({first, *(day for day in (*turns, *(row.drawn_on for row in editions)) if first < day <= last)})
    drawn = [row.drawn_on for row in editions]
    made, told = [], []
    for index, start in enumerate(starts):
        place = bisect.bisect_right(drawn, start)
        edition = editions[place - 1] if place else None
        end = starts[index + 1] - _DAY if index + 1 < len(starts) else last
        made.append(_stretch(counted, wanted, edition, start))
        told.append(Told(start, end, edition, [(_TABLES[one.table], _title(one), one) for one in tables_on(pack, start)]))
    return made, told


def _stretch(counted: Counted, wanted: Asked, edition: Edition | None, start: datetime.date) -> Stretch:
    rules = rules_on(load_pack(), start, rule_set=wanted.rule_set, key_unit=wanted.unit == "key")
    if edition is None:
        return Stretch(start=start, network=counted.network, rules=rules, emissions=counted.emissions)
    content = schema.decode(bytes(edition.payload)).content
    assert isinstance(content, Content)  # the schema of this ledger
    known = classes(content.network.streams)
    grades = known.grades(f"cn.{wanted.rule_set}.source_stream")
    frozen = dataclasses.replace(content.network, grades={code: grade.value for code, grade in grades.items()})
    network = thawed(frozen, stages_inside(frozen.definition))
    return Stretch(start=start, network=network, rules=rules, emissions=emissions_of(known))


def _title(held: Held) -> str:
    document = load_pack().document(held.document)
    return document.number or document.title[language()]
