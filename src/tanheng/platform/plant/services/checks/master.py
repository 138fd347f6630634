"""What enterprise, sites, permits and lines are checked against."""

from __future__ import annotations

from typing import Any

from tanheng.core.errors import InputError
from tanheng.platform.plant import rules
from tanheng.platform.plant.models import Enterprise, Equipment, Line, Node, Permit, Site, SourceStream
from tanheng.platform.plant.selectors.master import codes
from tanheng.platform.record.checking import CheckAlone
from tanheng.platform.record.models import Plant


class EnterpriseCheck(CheckAlone):
    """There is one enterprise."""

    lock = "enterprise"
    model = Enterprise
    key = ()

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_enterprise(content, today=self.today)

    def taken(self, content: Any) -> InputError:  # noqa: ARG002  # Any: as above
        """Return that there is one already."""
        return InputError("platform.plant.one_enterprise", field="credit_code", plant=self.plant.code)


class SiteCheck(CheckAlone):
    """Sites."""

    lock = "plant"
    model = Site
    named_by = ((Line, "site", "code"), (Equipment, "site", "code"))

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_site(content)


class PermitCheck(CheckAlone):
    """Permits."""

    lock = "plant"
    model = Permit
    key = ("kind", "number")

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.lines = codes(Line, plant.pk)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_permit(content, lines=self.lines, today=self.today)


class LineCheck(CheckAlone):
    """Production lines."""

    lock = "plant"
    model = Line
    named_by = (
        (Permit, "line", "number"),
        (SourceStream, "line", "code"),
        (Node, "line", "code"),
        (Equipment, "line", "code"),
    )

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.sites = codes(Site, plant.pk)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_line(content, sites=self.sites, today=self.today)
