"""The form 1-8-1 of each year as a record: who filled it in, when, with which answers and numbers; reprinted byte for byte."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import override

from tanheng.core import canonical
from tanheng.core.errors import InputError
from tanheng.platform.errors import MissingError
from tanheng.platform.instruments import form_181, selectors, services, words
from tanheng.platform.instruments.models import Form181, Instrument
from tanheng.platform.instruments.schemas import form_181_1
from tanheng.platform.instruments.schemas.form_181_1 import Table
from tanheng.platform.record import audit, schema, versions
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.sheets import Sheet, workbook


@transaction.atomic
def keep(
    plant: Plant,
    *,
    on: datetime.date,
    edition: str,
    answers: Mapping[str, str],
    actor: Actor,
    seen: int | None = None,
    reason: str = "",
) -> Form181:
    """Keep the form of a year as it stands on a day; a year that has one gets a further version, with a reason.

    Parameters
    ----------
    seen : int, optional
        The version of the year's form that the person had before the eyes; None for a year without one.

    Raises
    ------
    RightsError, ConflictError
    InputError
        The day is still to come, or the reason of a correction is missing.
    """
    require(actor, "instruments.write", plant.pk)
    services.hold(Instrument, plant)
    today = selectors.today(plant)
    if on > today:
        raise InputError("platform.instruments.form_181_future", field="on", value=on, today=today)
    last = last_of(plant, on.year)
    if last is not None and not reason.strip():
        raise InputError("platform.plant.missing", field="reason")
    with override("zh-hans"):  # the form is the authority's: its words are Chinese
        sheets = form_181.sheets_of(actor, plant, on=on, edition=edition, answers=answers)
        tables = tuple(_table(sheet) for sheet in sheets)
    content = form_181_1.Form181(
        year=on.year,
        stood_on=on,
        edition=edition,
        answers={key: answers.get(key, "") for key in form_181.ITEMS},
        tables=tables,
        digest=canonical.digest(canonical.dumps(list(tables))),
    )
    row = versions.write(
        Form181,
        plant=plant.pk,
        actor=actor,
        schema_id=Form181.SCHEMA,
        content=content,
        subject=last.subject if last is not None else None,
        seen=seen if last is not None else None,
        reason=reason.strip() if last is not None else "",
    )
    audit.note("instruments.save_form_181", actor=actor, plant=plant.pk, subject=str(row.subject), detail={"year": row.year})
    return row


def _table(sheet: Sheet) -> Table:
    """Return a sheet as texts, with the columns that hold numbers."""
    width = range(len(sheet.heads))
    numbers = tuple(column for column in width if any(isinstance(row[column], int | Decimal) for row in sheet.rows))
    rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in sheet.rows)
    return Table(name=sheet.name, heads=tuple(sheet.heads), rows=rows, numbers=numbers)


def printed(row: Form181) -> bytes:
    """Return a kept form as a workbook: the same bytes each time, whatever the ledgers say by now."""
    tables = [*content_of(row).tables, _signature(row)]
    sheets = [Sheet(name=one.name, heads=list(one.heads), rows=[_cells(one, line) for line in one.rows]) for one in tables]
    return workbook(sheets, created=row.known_from)


def _cells(table: Table, line: tuple[str, ...]) -> list[object]:
    return [Decimal(cell) if index in table.numbers and cell else cell for index, cell in enumerate(line)]


def _signature(row: Form181) -> Table:
    said = (
        ({"zh": "年度", "en": "Year"}, str(row.year)),
        ({"zh": "版本", "en": "Version"}, str(row.version)),
        ({"zh": "存档时间（UTC）", "en": "Kept at (UTC)"}, row.known_from.strftime("%Y-%m-%d %H:%M:%S")),
        ({"zh": "存档人（编号）", "en": "Kept by (id)"}, str(row.actor)),
        ({"zh": "更正原因", "en": "Reason of the correction"}, row.reason),
        ({"zh": "日志序号", "en": "Log index"}, str(row.log_index)),
        ({"zh": "摘要", "en": "Digest"}, row.digest),
    )
    heads = (words.said({"zh": "项目", "en": "Item"}, "zh"), words.said({"zh": "内容", "en": "Content"}, "zh"))
    return Table(name="存档", heads=heads, rows=tuple((words.said(head, "zh"), text) for head, text in said), numbers=())


def content_of(row: Form181) -> form_181_1.Form181:
    """Return what a kept form says, read from the payload that was logged."""
    content = schema.decode(bytes(row.payload)).content
    assert isinstance(content, form_181_1.Form181)  # the schema of this ledger
    return content


def last_of(plant: Plant, year: int) -> Form181 | None:
    """Return the form of a year, its last version; None where nobody filled one in."""
    return Form181.objects.filter(plant=plant, year=year).latest_versions().first()


def kept(actor: Actor, plant: Plant) -> list[Form181]:
    """Return every version of every form, newest year and version first.

    Raises
    ------
    RightsError
    """
    require(actor, "instruments.read", plant.pk)
    return list(Form181.objects.filter(plant=plant).order_by("-year", "-version"))


def version_of(actor: Actor, plant: Plant, year: int, version: int) -> Form181:
    """Return one version of the form of a year.

    Raises
    ------
    RightsError, MissingError
    """
    require(actor, "instruments.read", plant.pk)
    found = Form181.objects.filter(plant=plant, year=year, version=version).first()
    if found is None:
        raise MissingError("platform.record.missing", type=Form181.TYPE, subject=f"{year}/{version}")
    return found
