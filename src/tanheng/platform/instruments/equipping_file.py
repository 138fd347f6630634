"""The equipping rate of a day as a workbook: rates of both tables with sources, gaps, points, and what it was counted by."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tanheng.core.states import word
from tanheng.metrology.equipping import Row, form_1_8_1
from tanheng.metrology.equipping.rules import LEVELS
from tanheng.platform.instruments.equipping import (
    CURES,
    LEVEL_WORDS,
    OUTCOMES,
    RULE_SET_WORDS,
    UNIT_WORDS,
    Asked,
    Counted,
    judged,
    note_text,
    reason_text,
    row_title,
)
from tanheng.platform.record.models import Plant
from tanheng.platform.ui import sheets
from tanheng.platform.ui.naming import called
from tanheng.platform.ui.sheets import Sheet
from tanheng.standards import load_pack


def workbook(plant: Plant, wanted: Asked, counted: Counted, *, lang: str) -> bytes:
    """Return the workbook; it is dated by the founding of the plant's log, so that the same count gives the same bytes."""
    parts = [
        _rates(counted, lang),
        _form(counted, lang),
        _gaps(counted, lang),
        *([_beside(counted, lang)] if counted.beside else []),
        _points(counted, lang),
        _about(plant, wanted, counted),
    ]
    return sheets.workbook(parts, created=plant.founded_at)


def _rates(counted: Counted, lang: str) -> Sheet:
    heads = [
        _("Table"),
        pgettext("of a table of rates", "Row"),
        f"{_('Required rate')} (%)",
        _("Needed"),
        _("Counted"),
        f"{_('Equipping rate')} (%)",
        f"{_('Fit for use')} (%)",
        f"{_('Within verification')} (%)",
        _("Result"),
        _("Document"),
        _("Place"),
        _("Check state"),
        _("Remark"),
    ]
    rows = [_rate("A.1", row, row.title[lang], lang) for row in counted.rates.rows.values()]
    for key, row in counted.rates.energy.items():
        title = row_title(key, row, lang)
        rows.append(_rate(f"GB 17167-{counted.rates.rules.edition}", row, title, lang))
    return Sheet(name=_("Equipping rate"), heads=heads, rows=rows)


def _rate(table: str, row: Row, title: str, lang: str) -> list[object]:
    basis = row.required.basis if row.required is not None else None
    document = load_pack().document(basis.document) if basis is not None else None
    return [
        table,
        title,
        row.required.percent if row.required is not None else None,
        row.equipped.whole,
        row.equipped.part,
        row.equipped.percent,
        row.fit.percent,
        row.within.percent,
        str(judged(row)[0]),
        (document.number or document.title[lang]) if document is not None else "",
        basis.place[lang] if basis is not None else "",
        word(basis.check, lang) if basis is not None else "",
        basis.note[lang] if basis is not None and basis.note is not None else "",
    ]


def _form(counted: Counted, lang: str) -> Sheet:
    heads = [
        _("Level"),
        _("Energy"),
        _("Needed"),
        _("Installed"),
        _("Counted"),
        f"{_('Equipping rate')} (%)",
        f"{_('Fit for use')} (%)",
        f"{_('Within verification')} (%)",
    ]
    rows = [
        [
            str(LEVEL_WORDS[LEVELS[one.level]]),
            one.energy[lang],
            one.needed,
            one.installed,
            one.counted,
            one.equipped,
            one.fit,
            one.within,
        ]
        for one in form_1_8_1(counted.rates)
    ]
    return Sheet(name=_("Form 1-8-1, subtotals"), heads=heads, rows=rows)


def _gaps(counted: Counted, lang: str) -> Sheet:
    heads = [
        _("Metering point"),
        _("Name"),
        _("Why it does not count"),
        _("What it may cause"),
        _("Cheapest cure"),
        _("Instrument or chain"),
        _("Price (CNY)"),
        _("At stake (tCO₂/a)"),
    ]
    joint = "；" if lang == "zh" else "; "
    rows = [
        [
            gap.point.code,
            gap.point.title[lang],
            joint.join(reason_text(reason, lang) for reason in gap.reasons),
            str(OUTCOMES[gap.outcome][0]) if gap.outcome is not None else "",
            joint.join(str(CURES[cure]) for cure in gap.way.cures),
            gap.way.item,
            gap.way.price,
            gap.emission,
        ]
        for gap in counted.gaps
    ]
    return Sheet(name=_("Gaps"), heads=heads, rows=rows)


def _beside(counted: Counted, lang: str) -> Sheet:
    heads = [
        _("Instrument or chain"),
        _("What is wrong"),
        _("What it may cause"),
        _("Metering points"),
        _("Counts there"),
    ]
    joint = "；" if lang == "zh" else "; "
    rows = [
        [
            one.item,
            joint.join(reason_text(reason, lang) for reason in one.reasons),
            str(OUTCOMES[one.outcome][0]),
            ", ".join(one.points),
            ", ".join(one.good),
        ]
        for one in counted.beside
    ]
    return Sheet(name=_("Untraced beside a good one"), heads=heads, rows=rows)


def _points(counted: Counted, lang: str) -> Sheet:
    heads = [
        _("Metering point"),
        _("Name"),
        pgettext("of a table of rates", "Row"),
        _("Instrument or chain"),
        _("Counts"),
        _("Why not, and remarks"),
    ]
    return Sheet(name=_("Metering points"), heads=heads, rows=list(_point_rows(counted, lang)))


def _point_rows(counted: Counted, lang: str) -> Iterator[list[object]]:
    joint = "；" if lang == "zh" else "; "
    for row in counted.rates.every.values():
        for count in row.points:
            said = [*(reason_text(one, lang) for one in count.reasons), *(note_text(one, lang) for one in count.notes)]
            yield [
                count.point.code,
                count.point.title[lang],
                row_title(row.key, row, lang),
                ", ".join(item.code for item in count.items),
                _("yes") if count.is_equipped else _("no"),
                joint.join(said),
            ]


def _about(plant: Plant, wanted: Asked, counted: Counted) -> Sheet:
    rows = [
        (_("Plant"), called(plant.name_zh, plant.name_en)),
        (_("Day"), wanted.on),
        (_("Rule set"), str(RULE_SET_WORDS[wanted.rule_set])),
        (_("Edition of GB 17167"), wanted.edition),
        (_("Kind of unit"), str(UNIT_WORDS[wanted.unit])),
        (_("Reading of the source-stream classes"), _("the stricter of tonnes and share (not verified)")),
        (_("Rule pack"), load_pack().digest),
        (_("Points that no row needs"), ", ".join(counted.rates.outside)),
    ]
    if plant.demonstration:
        rows.append((_("Demonstration"), _("these data belong to no real plant")))
    return Sheet(name=_("About"), heads=[_("Item"), _("Content")], rows=rows)
