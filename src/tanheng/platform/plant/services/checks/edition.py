"""What an edition of the network is checked against."""

from __future__ import annotations

import datetime
from typing import Any

from tanheng.core.errors import InputError
from tanheng.platform.plant.models import Edition
from tanheng.platform.plant.rules.fields import lengths, present
from tanheng.platform.plant.schemas.edition_1 import EditionKind
from tanheng.platform.record.checking import CheckAlone


class EditionCheck(CheckAlone):
    """Editions: as built only after a walk-down."""

    lock = "plant"
    model = Edition
    key = ("title",)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        faults = [*present(content, "title", 100), *lengths(content, persons=200, remark=2000)]
        if content.kind is EditionKind.AS_BUILT:
            if content.walked_on is None:
                faults.append(InputError("platform.plant.walk_missing", field="walked_on"))
            if not content.persons.strip():
                faults.append(InputError("platform.plant.walkers_missing", field="persons"))
            faults += self._past("drawn_on", content.drawn_on)
        return faults + self._past("walked_on", content.walked_on)

    def _past(self, field: str, day: datetime.date | None) -> list[InputError]:
        late = day is not None and day > self.today
        return [InputError("platform.plant.future", field=field, value=day)] if late else []
