"""What records of the instrument ledgers are called whose own fields name nothing: a day alone tells no two of them apart."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments import words
from tanheng.platform.instruments.models import Certificate, Confirmation, Installation, Spell
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict


def installations(rows: Sequence[Installation]) -> list[str]:
    """Return what stands where since when, such as ``BF-110 → P-1-LS, since 2022-01-20``."""
    return [
        _("%(item)s → %(point)s, since %(day)s")
        % {"item": row.instrument or row.chain, "point": row.point, "day": row.started_on.isoformat()}
        for row in rows
    ]


def spells(rows: Sequence[Spell]) -> list[str]:
    """Return which instrument is in which state since when, such as ``BF-110: in service, since 2022-01-20``."""
    return [
        _("%(item)s: %(state)s, since %(day)s")
        % {"item": row.instrument, "state": words.said(words.USE[UseState(row.state)]), "day": row.started_on.isoformat()}
        for row in rows
    ]


def certificates(rows: Sequence[Certificate]) -> list[str]:
    """Return number and item; of one without a number also its issuer."""
    return [
        " · ".join((row.number, row.instrument or row.chain))
        if row.number
        else " · ".join((words.said(words.UNNUMBERED), row.issuer, row.instrument or row.chain))
        for row in rows
    ]


def confirmations(rows: Sequence[Confirmation]) -> list[str]:
    """Return which certificate was judged how and when; the certificates are looked up together."""
    plants, named_by = {row.plant_id for row in rows}, {row.certificate for row in rows}
    said = Certificate.objects.annotate(text=Cast("subject", CharField())).filter(plant__in=plants, text__in=named_by)
    found = list(said.order_by("version"))
    named = {str(one.subject): title for one, title in zip(found, certificates(found), strict=True)}
    return [
        _("%(certificate)s: %(verdict)s, %(day)s")
        % {
            "certificate": named.get(row.certificate, row.certificate),
            "verdict": words.said(words.VERDICT[Verdict(row.verdict)]),
            "day": row.confirmed_on.isoformat(),
        }
        for row in rows
    ]
