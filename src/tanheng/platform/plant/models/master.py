"""Enterprise, sites, permits, lines: projections of their versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.permit_1 import PermitKind
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.record.models import Version

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"


class Enterprise(Version):
    """The legal person (企业)."""

    TYPE = "enterprise"
    SCHEMA = "enterprise/1"

    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    region = models.CharField(_("administrative division"), max_length=6)
    address = models.CharField(_("address"), max_length=300, blank=True)
    industry = models.CharField(_("industry code"), max_length=8, default="3011")
    group = models.CharField(_("group"), max_length=200, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=100, blank=True)
    carbon_manager = models.CharField(_("carbon manager"), max_length=100, blank=True)
    telephone = models.CharField(_("telephone"), max_length=50, blank=True)
    registry_account = models.CharField(_("registry account"), max_length=50, blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_enterprise"


class Site(Version):
    """A place where the enterprise works (厂区)."""

    TYPE = "site"
    SCHEMA = "site/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=[(kind.value, kind.value) for kind in SiteKind])
    address = models.CharField(_("address"), max_length=300, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=10, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    in_boundary = models.BooleanField(_("inside the reporting boundary"), default=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_site"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "code"), name="plant_site_by_code"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(code__regex=CODE), name="plant_site_code"),
        )


class Permit(Version):
    """What an authority allowed (许可)."""

    TYPE = "permit"
    SCHEMA = "permit/1"

    kind = models.CharField(_("kind"), max_length=24, choices=[(kind.value, kind.value) for kind in PermitKind])
    number = models.CharField(_("number"), max_length=100)
    authority = models.CharField(_("authority"), max_length=200)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    line = models.CharField(_("production line"), max_length=32, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_permit"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "number"), name="plant_permit_by_number"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")), name="plant_permit_days"
            ),
        )


class Line(Version):
    """A production line (生产线)."""

    TYPE = "line"
    SCHEMA = "line/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    site = models.CharField(_("site"), max_length=32, blank=True)
    clinker = models.CharField(_("clinker"), max_length=24, choices=[(kind.value, kind.value) for kind in ClinkerKind])
    design_capacity = models.DecimalField(_("design capacity (t/d)"), max_digits=9, decimal_places=2, null=True, blank=True)
    kiln_diameter = models.DecimalField(_("kiln diameter (m)"), max_digits=5, decimal_places=2, null=True, blank=True)
    kiln_length = models.DecimalField(_("kiln length (m)"), max_digits=6, decimal_places=2, null=True, blank=True)
    preheater_stages = models.PositiveSmallIntegerField(_("preheater stages"), null=True, blank=True)
    waste_heat_power = models.DecimalField(_("waste-heat power (MW)"), max_digits=7, decimal_places=3, null=True, blank=True)
    alternative_fuels = models.BooleanField(_("alternative fuels"), default=False)
    commissioned_on = models.DateField(_("commissioned on"), null=True, blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_line"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "code"), name="plant_line_by_code"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(code__regex=CODE), name="plant_line_code"),
            models.CheckConstraint(
                condition=Q(design_capacity__isnull=True) | Q(design_capacity__gt=0), name="plant_line_capacity"
            ),
        )
