"""The forms of the instrument ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.metrology.instruments.accuracy import normal
from tanheng.platform.instruments import ranges, words
from tanheng.platform.instruments.kinds import KindLabels
from tanheng.platform.instruments.models import Certificate, Chain, Confirmation, Installation, Instrument, Seal, Spell
from tanheng.platform.instruments.schemas import (
    certificate_1,
    chain_1,
    confirmation_1,
    installation_1,
    instrument_1,
    seal_1,
    spell_1,
)
from tanheng.platform.plant.models import Point
from tanheng.platform.record.sniffing import JPEG, OFD, PDF, PNG, USUAL
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels
from tanheng.platform.ui.references import Reference

KINDS: Labels = KindLabels()
USES: Labels = words.labels(words.USE)
TAKEN_OVER: Labels = words.labels(words.TAKEN_OVER)
TRACES: Labels = words.labels(words.TRACE)
CERTIFICATE_STATES: Labels = words.labels(words.CERTIFICATE_STATE)
TRACEABILITIES: Labels = words.labels(words.TRACEABILITY)
COLLECTING: Labels = words.labels(words.COLLECTING)
EXPOSURES: Labels = words.labels(words.EXPOSURE)
CERTIFICATE_KINDS: Labels = words.labels(words.CERTIFICATE_KIND)
RESULTS: Labels = words.labels(words.RESULT)
VERDICTS: Labels = words.labels(words.VERDICT)
SEALS: Labels = words.labels(words.SEAL)
CHAIN_KINDS: Labels = words.labels(words.CHAIN_KIND)
EMISSIONS: Labels = words.labels(words.EMISSION)

INSTRUMENT = Reference(model=Instrument, pages="instruments", by="code")
CHAIN = Reference(model=Chain, pages="chains", by="code")
POINT = Reference(model=Point, pages="points", by="code")
CERTIFICATE = Reference(model=Certificate, pages="certificates", names=("number", "issuer", "instrument", "chain"))
UNNUMBERED = words.UNNUMBERED["zh"]
_EITHER = _("An instrument or a chain: one of the two.")


class Undated(LedgerForm):
    """A form of records that say themselves from when until when they hold."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, **kwargs)
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.HiddenInput()


class InstrumentForm(LedgerForm):
    """An instrument."""

    model = Instrument
    content_type = instrument_1.Instrument
    labels: ClassVar[Mapping[str, Labels]] = {
        "kind": KINDS,
        "traceability": TRACEABILITIES,
        "collecting": COLLECTING,
        "dust": EXPOSURES,
        "vibration": EXPOSURES,
        "taken_over_state": TAKEN_OVER,
    }
    open_at_first = frozenset({"traceability"})
    groups = (
        (_("Identity"), ("code", "name_zh", "name_en", "kind", "model", "maker", "serial", "serial_reason", "made_on")),
        (
            _("Metrological characteristics"),
            ("nominal_class", "used_class", "range_text", "range_low", "range_high", "range_unit"),
        ),
        (
            _("Installation and conditions"),
            (
                "place",
                "purpose",
                "medium",
                "temperature_low",
                "temperature_high",
                "humidity",
                "dust",
                "vibration",
                "collecting",
                "frequency",
                "smart",
                "portable",
            ),
        ),
        (_("Traceability"), ("traceability", "mandatory", "cycle_months", "interval_months")),
        (_("Ownership and persons"), ("person", "taken_over_on", "taken_over_state")),
        (pgettext_lazy("fields", "Other"), ("remark",)),
    )
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _("The plant's own number; other records and the label name the instrument by it."),
        "nominal_class": _("As on the nameplate, such as 0.5 or Ⅲ. What counts is the class of the certificate in force."),
        "used_class": _("Empty, unless the plant claims a class for its use; never better than the certificate's."),
        "serial_reason": _("Only where another instrument of the same maker bears the same serial number."),
        "cycle_months": _("As the verification regulation prescribes; it may not be lengthened."),
        "interval_months": _("Empty to keep the regulation's cycle; never longer than it."),
        "mandatory": _("In the catalogue of instruments with mandatory verification."),
        "portable": _("Kept in the ledger, outside the equipping rate."),
        "taken_over_on": _(
            "The day on which this ledger begins, such as today: give it to each instrument that was in the plant before. "
            "Its acceptance is not asked for, its certificate is."
        ),
        "taken_over_state": _("Its state on that day; empty for in service. A spare (备用) is kept as sealed up."),
        "kind": _("What fits none of them is “other instrument”: it needs its name only."),
        "range_text": _(
            "As printed, such as 0～120t/h or 3×100V 3×1.5(6)A. The ends and the unit are taken from it where it says them."
        ),
    }

    def clean_nominal_class(self) -> str:
        """Return the class in its one spelling."""
        return normal(self.cleaned_data["nominal_class"])

    def clean_used_class(self) -> str:
        """Return the class in its one spelling."""
        return normal(self.cleaned_data["used_class"])

    def clean(self) -> dict[str, Any]:  # Any: cleaned data
        """Return the data with the ends of the range that its text says, where none are given."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # Any: as above
        said = ranges.parse(data.get("range_text") or "")
        unit = (data.get("range_unit") or "") or (said.unit if said is not None else "")
        is_open = data.get("range_low") is None and data.get("range_high") is None
        if said is not None and unit and is_open and not {"range_low", "range_high"} & self.errors.keys():
            data |= {"range_low": said.low, "range_high": said.high, "range_unit": unit}
        return data


class SpellForm(Undated):
    """A step of an instrument's life."""

    model = Spell
    content_type = spell_1.Spell
    labels: ClassVar[Mapping[str, Labels]] = {"state": USES}
    references: ClassVar[Mapping[str, Reference]] = {"instrument": INSTRUMENT}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"document": USUAL}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "new_class": _("For a downgraded instrument only."),
        "document": _("Such as the acceptance record or the repair sheet."),
    }


class InstallationForm(Undated):
    """An instrument or chain at a point."""

    model = Installation
    content_type = installation_1.Installation
    references: ClassVar[Mapping[str, Reference]] = {"instrument": INSTRUMENT, "chain": CHAIN, "point": POINT}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "instrument": _EITHER,
        "chain": _EITHER,
        "started_at": _("Empty for the beginning of the day."),
        "shared_reason": _("Only where one instrument meters two points at the same time."),
        "beside_reason": _("Only where two stand at one point, such as main and check meter."),
    }


class ChainForm(LedgerForm):
    """A chain. Each role may hold several instruments."""

    model = Chain
    content_type = chain_1.Chain
    labels: ClassVar[Mapping[str, Labels]] = {"kind": CHAIN_KINDS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, **kwargs)
        for role in chain_1.ROLES:
            self.fields[role].help_text = _("Instrument numbers, separated by semicolons.")

    def clean(self) -> dict[str, Any]:  # Any: cleaned data
        """Return the data with the numbers of each role in one spelling."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # Any: as above
        for role in chain_1.ROLES:
            if data.get(role):
                data[role] = separated(str(data[role]))
        return data


def separated(text: str) -> str:
    """Return numbers as they are kept, whichever separator was typed between them."""
    for other in "；、，,\n":
        text = text.replace(other, chain_1.SEPARATOR)
    return f"{chain_1.SEPARATOR} ".join(chain_1.codes_in(text))


class SealForm(Undated):
    """A seal."""

    model = Seal
    content_type = seal_1.Seal
    labels: ClassVar[Mapping[str, Labels]] = {"state": SEALS}
    references: ClassVar[Mapping[str, Reference]] = {"instrument": INSTRUMENT}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"photo": frozenset({PNG, JPEG})}


class CertificateForm(Undated):
    """A certificate."""

    model = Certificate
    content_type = certificate_1.Certificate
    labels: ClassVar[Mapping[str, Labels]] = {"kind": CERTIFICATE_KINDS, "result": RESULTS}
    open_at_first = frozenset({"result"})
    references: ClassVar[Mapping[str, Reference]] = {"instrument": INSTRUMENT, "chain": CHAIN}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"file": frozenset({PDF, PNG, JPEG, OFD})}
    groups = (
        (_("Identity"), ("number", "issuer", "kind", "instrument", "chain", "regulation")),
        (pgettext_lazy("of a certificate", "Validity and result"), ("issued_on", "expires_on", "result")),
        (
            _("Metrological characteristics"),
            (
                "accuracy_class",
                "uncertainty",
                "coverage_factor",
                "uncertainty_unit",
                "range_low",
                "range_high",
                "range_unit",
            ),
        ),
        (pgettext_lazy("fields", "Other"), ("file", "remark")),
    )
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "instrument": _EITHER,
        "chain": _EITHER,
        "number": _("As printed; unique for its issuer. Empty for a calibration record of the plant's own without one."),
        "expires_on": _("The last day, as printed; empty where none is."),
        "accuracy_class": _("As printed, such as 0.5 or Ⅲ."),
    }

    def clean_number(self) -> str:
        """Return the number; nothing where it says that there is none."""
        said = str(self.cleaned_data["number"])
        return "" if said.startswith(UNNUMBERED) else said

    def clean_accuracy_class(self) -> str:
        """Return the class in its one spelling."""
        return normal(self.cleaned_data["accuracy_class"])


class ConfirmationForm(Undated):
    """A confirmation."""

    model = Confirmation
    content_type = confirmation_1.Confirmation
    labels: ClassVar[Mapping[str, Labels]] = {"verdict": VERDICTS}
    open_at_first = frozenset({"verdict"})
    references: ClassVar[Mapping[str, Reference]] = {"certificate": CERTIFICATE}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "certificate": _("Confirmed by somebody else than the person who entered it."),
        "required_class": _("The class that the use requires."),
        "found_error": _("The greatest that the certificate shows."),
    }

    def clean_required_class(self) -> str:
        """Return the class in its one spelling."""
        return normal(self.cleaned_data["required_class"])
