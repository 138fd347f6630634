"""The ledgers of the instruments app: projections of their versions."""

from __future__ import annotations

import enum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments.schemas.chain_1 import ChainKind
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict
from tanheng.platform.instruments.schemas.instrument_1 import Collecting, Exposure, Traceability
from tanheng.platform.instruments.schemas.seal_1 import SealState
from tanheng.platform.record.models import Version


def _words(kind: type[enum.StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind if one.value]


class Instrument(Version):
    """An instrument (计量器具)."""

    TYPE = "instrument"
    SCHEMA = "instrument/1"

    code = models.CharField(_("instrument number"), max_length=64)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind of instrument"), max_length=40)
    model = models.CharField(_("model and specification"), max_length=100, blank=True)
    nominal_class = models.CharField(_("class on the nameplate"), max_length=40, blank=True)
    used_class = models.CharField(_("class claimed in use"), max_length=40, blank=True)
    range_low = models.DecimalField(_("range from"), max_digits=20, decimal_places=6, null=True, blank=True)
    range_high = models.DecimalField(_("range to"), max_digits=20, decimal_places=6, null=True, blank=True)
    range_unit = models.CharField(_("unit of the range"), max_length=20, blank=True)
    range_text = models.CharField(_("range as printed"), max_length=200, blank=True, default="")
    maker = models.CharField(_("maker"), max_length=200, blank=True)
    serial = models.CharField(_("serial number"), max_length=100, blank=True)
    serial_reason = models.CharField(_("why the serial number is shared"), max_length=300, blank=True)
    made_on = models.DateField(_("made on"), null=True, blank=True)
    place = models.CharField(_("place of installation"), max_length=200, blank=True)
    purpose = models.CharField(_("use"), max_length=200, blank=True)
    person = models.CharField(_("person in charge"), max_length=100, blank=True)
    traceability = models.CharField(
        _("method of traceability"), max_length=16, choices=_words(Traceability), default=Traceability.VERIFICATION.value
    )
    mandatory = models.BooleanField(_("mandatory verification"), default=False)
    cycle_months = models.PositiveSmallIntegerField(_("cycle of the regulation (months)"), null=True, blank=True)
    interval_months = models.PositiveSmallIntegerField(_("own interval (months)"), null=True, blank=True)
    collecting = models.CharField(_("collecting"), max_length=16, choices=_words(Collecting), blank=True)
    frequency = models.CharField(_("how often collected"), max_length=100, blank=True)
    smart = models.BooleanField(_("sends its readings by itself"), default=False)
    portable = models.BooleanField(_("portable"), default=False)
    temperature_low = models.DecimalField(_("temperature from (°C)"), max_digits=7, decimal_places=2, null=True, blank=True)
    temperature_high = models.DecimalField(_("temperature to (°C)"), max_digits=7, decimal_places=2, null=True, blank=True)
    humidity = models.DecimalField(_("greatest relative humidity (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    dust = models.CharField(_("dust"), max_length=16, choices=_words(Exposure), blank=True)
    vibration = models.CharField(_("vibration"), max_length=16, choices=_words(Exposure), blank=True)
    medium = models.CharField(pgettext_lazy("of an instrument", "medium"), max_length=100, blank=True)
    taken_over_on = models.DateField(_("in use since, before this ledger began"), null=True, blank=True)
    taken_over_state = models.CharField(
        _("state when taken over"), max_length=16, choices=_words(UseState), blank=True, default=""
    )
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_instrument"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "code"), name="instrument_by_code"),
            models.Index(fields=("plant", "serial"), name="instrument_by_serial"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(condition=~Q(code=""), name="instrument_code"),
            models.CheckConstraint(
                condition=Q(range_low__isnull=True) | Q(range_high__isnull=True) | Q(range_high__gt=F("range_low")),
                name="instrument_range",
            ),
            models.CheckConstraint(
                condition=Q(cycle_months__isnull=True)
                | Q(interval_months__isnull=True)
                | Q(interval_months__lte=F("cycle_months")),
                name="instrument_interval",
            ),
        )


class Spell(Version):
    """A step of an instrument's life (状态变更)."""

    TYPE = "spell"
    SCHEMA = "spell/1"

    instrument = models.CharField(_("instrument"), max_length=64)
    state = models.CharField(_("state of use"), max_length=16, choices=_words(UseState))
    started_on = models.DateField(_("since"))
    why = models.CharField(_("why"), max_length=300)
    new_class = models.CharField(_("class used from then on"), max_length=40, blank=True)
    person = models.CharField(_("decided by"), max_length=100)
    document = models.CharField(_("document"), max_length=64, blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_spell"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "instrument"), name="instrument_spell_by_code"),
        )


class Installation(Version):
    """An instrument or chain at a metering point (安装记录). That none overlap is also held by the database."""

    TYPE = "installation"
    SCHEMA = "installation/1"

    instrument = models.CharField(_("instrument"), max_length=64, blank=True)
    chain = models.CharField(_("chain"), max_length=64, blank=True)
    point = models.CharField(_("metering point"), max_length=64)
    started_on = models.DateField(_("installed on"))
    started_at = models.CharField(_("installed at (HH:MM)"), max_length=5, blank=True)
    ended_on = models.DateField(_("taken out on"), null=True, blank=True)
    ended_at = models.CharField(_("taken out at (HH:MM)"), max_length=5, blank=True)
    opening_reading = models.DecimalField(_("opening reading"), max_digits=20, decimal_places=6, null=True, blank=True)
    closing_reading = models.DecimalField(_("closing reading"), max_digits=20, decimal_places=6, null=True, blank=True)
    reading_unit = models.CharField(_("unit of the readings"), max_length=20, blank=True)
    shared_reason = models.CharField(_("why it meters another point too"), max_length=300, blank=True)
    beside_reason = models.CharField(_("why it stands beside another"), max_length=300, blank=True)
    why = models.CharField(_("why it was taken out"), max_length=300, blank=True)
    begins = models.BigIntegerField(editable=False)
    ends = models.BigIntegerField(editable=False, null=True)
    item_key = models.BigIntegerField(editable=False)
    point_key = models.BigIntegerField(editable=False)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_installation"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "point"), name="instrument_inst_by_point"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("begins")), name="instrument_installation_days"
            ),
            models.CheckConstraint(
                condition=(Q(instrument="") & ~Q(chain="")) | (~Q(instrument="") & Q(chain="")),
                name="instrument_installation_item",
            ),
        )


class Chain(Version):
    """A chain of instruments that measures as one system (测量系统)."""

    TYPE = "chain"
    SCHEMA = "chain/1"

    code = models.CharField(_("chain number"), max_length=64)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind of chain"), max_length=24, choices=_words(ChainKind))
    sensor = models.CharField(_("sensor"), max_length=300, blank=True)
    speed_sensor = models.CharField(_("speed sensor"), max_length=300, blank=True)
    converter = models.CharField(_("converter or secondary instrument"), max_length=300, blank=True)
    totaliser = models.CharField(_("totaliser or indicator"), max_length=300, blank=True)
    meter = models.CharField(_("electricity meter"), max_length=300, blank=True)
    current_transformer = models.CharField(_("current transformer"), max_length=300, blank=True)
    voltage_transformer = models.CharField(_("voltage transformer"), max_length=300, blank=True)
    temperature = models.CharField(_("temperature compensation"), max_length=300, blank=True)
    pressure = models.CharField(_("pressure compensation"), max_length=300, blank=True)
    analyser = models.CharField(_("analyser"), max_length=300, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_chain"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "code"), name="instrument_chain_by_code"),
        )


class Seal(Version):
    """A seal (铅封)."""

    TYPE = "seal"
    SCHEMA = "seal/1"

    number = models.CharField(_("seal number"), max_length=64)
    instrument = models.CharField(_("instrument"), max_length=64)
    place = models.CharField(_("place on the instrument"), max_length=100, blank=True)
    applied_on = models.DateField(_("applied on"))
    applied_by = models.CharField(_("applied by"), max_length=100)
    state = models.CharField(_("state of the seal"), max_length=16, choices=_words(SealState), default=SealState.INTACT.value)
    removed_on = models.DateField(_("removed on"), null=True, blank=True)
    removed_by = models.CharField(_("removed by"), max_length=100, blank=True)
    why = models.CharField(_("why removed, or how it was found"), max_length=300, blank=True)
    photo = models.CharField(_("photo"), max_length=64, blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_seal"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "number"), name="instrument_seal_by_number"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("applied_on")), name="instrument_seal_days"
            ),
        )


class Certificate(Version):
    """A certificate of verification or calibration (检定/校准证书)."""

    TYPE = "certificate"
    SCHEMA = "certificate/1"

    number = models.CharField(_("certificate number"), max_length=100, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200)
    kind = models.CharField(_("kind of certificate"), max_length=16, choices=_words(CertificateKind))
    instrument = models.CharField(_("instrument"), max_length=64, blank=True)
    chain = models.CharField(_("chain"), max_length=64, blank=True)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid to"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=16, choices=_words(Result), default=Result.QUALIFIED.value)
    accuracy_class = models.CharField(_("class in the certificate"), max_length=40, blank=True)
    uncertainty = models.DecimalField(_("U"), max_digits=20, decimal_places=9, null=True, blank=True)
    coverage_factor = models.DecimalField(_("k"), max_digits=6, decimal_places=3, null=True, blank=True)
    uncertainty_unit = models.CharField(_("unit of U"), max_length=20, blank=True)
    range_low = models.DecimalField(_("range from"), max_digits=20, decimal_places=6, null=True, blank=True)
    range_high = models.DecimalField(_("range to"), max_digits=20, decimal_places=6, null=True, blank=True)
    range_unit = models.CharField(_("unit of the range"), max_length=20, blank=True)
    regulation = models.CharField(_("regulation"), max_length=100, blank=True)
    file = models.CharField(_("scan of the certificate"), max_length=64, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_certificate"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "issuer", "number"), name="instrument_cert_by_number"),
            models.Index(fields=("plant", "instrument"), name="instrument_cert_by_code"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")), name="instrument_certificate_days"
            ),
        )


class Confirmation(Version):
    """The metrological confirmation of a certificate (计量确认)."""

    TYPE = "confirmation"
    SCHEMA = "confirmation/1"

    certificate = models.CharField(_("certificate"), max_length=36)
    required_class = models.CharField(_("class required"), max_length=40, blank=True)
    required_mpe = models.DecimalField(_("error allowed"), max_digits=20, decimal_places=9, null=True, blank=True)
    found_error = models.DecimalField(_("greatest error found"), max_digits=20, decimal_places=9, null=True, blank=True)
    mpe_unit = models.CharField(_("unit of the errors"), max_length=20, blank=True)
    verdict = models.CharField(_("verdict"), max_length=16, choices=_words(Verdict), default=Verdict.FIT.value)
    confirmed_on = models.DateField(_("confirmed on"))
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_confirmation"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "certificate"), name="instrument_conf_by_cert"),
        )


class YearEnd(Version):
    """The ledger as it stood at the end of a year (年末台账)."""

    TYPE = "year_end"
    SCHEMA = "year_end/1"

    year = models.PositiveSmallIntegerField(_("year"))
    frozen_on = models.DateField(_("frozen on"))
    digest = models.CharField(_("digest"), max_length=71)
    count = models.PositiveIntegerField(_("instruments"))
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    note = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_year_end"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "year"), name="instrument_yearend_by_year"),
        )


class Form181(Version):
    """The annual form 1-8-1 as it was filled in (年报表 1-8-1); a year has one record."""

    TYPE = "form_181"
    SCHEMA = "form_181/1"

    year = models.PositiveSmallIntegerField(_("year"))
    stood_on = models.DateField(_("as of"))
    edition = models.CharField(_("edition of GB 17167"), max_length=8)
    answered = models.PositiveSmallIntegerField(_("items answered"))
    digest = models.CharField(_("digest"), max_length=71)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "instrument_form_181"
        indexes: ClassVar[tuple[models.Index, ...]] = (
            *Version.Meta.indexes,
            models.Index(fields=("plant", "year"), name="instrument_form181_by_year"),
        )
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=("plant", "year", "version"), name="instrument_form181_one_a_year"),
        )


MODELS: tuple[type[Version], ...] = (Instrument, Spell, Installation, Chain, Seal, Certificate, Confirmation, YearEnd, Form181)
