"""Equipment and fuel use: whose it is, who pays, inside the boundary or outside with a reason and a document."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tanheng.platform.plant.models.master import CODE
from tanheng.platform.plant.schemas.equipment_1 import EquipmentKind
from tanheng.platform.record.models import Version


class Equipment(Version):
    """A piece of equipment or a use of fuel (设备与用能)."""

    TYPE = "equipment"
    SCHEMA = "equipment/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=[(kind.value, kind.value) for kind in EquipmentKind])
    line = models.CharField(_("production line"), max_length=32, blank=True)
    site = models.CharField(_("site"), max_length=32, blank=True)
    system = models.CharField(_("production system"), max_length=64, blank=True)
    fuel = models.CharField(_("fuel or energy"), max_length=64, blank=True)
    owner = models.CharField(_("owner"), max_length=200)
    operator = models.CharField(_("run by"), max_length=200, blank=True)
    payer = models.CharField(_("energy paid by"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    in_boundary = models.BooleanField(_("inside the reporting boundary"), default=True)
    grounds = models.TextField(_("why it is outside"), blank=True)
    document = models.CharField(_("document"), max_length=64, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_equipment"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "code"), name="plant_equipment_by_code"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(code__regex=CODE), name="plant_equipment_code"),
            models.CheckConstraint(
                condition=Q(in_boundary=True) | (~Q(grounds="") & ~Q(document="")), name="plant_equipment_outside"
            ),
        )
