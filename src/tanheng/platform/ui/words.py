"""What the values of a ledger's records read as, and where they lead: words of lists, names of other records, files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanheng.platform.record import schema
from tanheng.platform.record.models import Attachment, Version
from tanheng.platform.record.sniffing import JPEG, PNG
from tanheng.platform.ui.ledger import LedgerPages, heading, shown
from tanheng.platform.ui.references import Named

if TYPE_CHECKING:
    from tanheng.platform.ui.frame import Page

PICTURES = frozenset({PNG, JPEG})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record as a page shows it; ``address`` is empty where it leads nowhere."""

    name: str
    heading: str
    text: str
    address: str = ""
    is_picture: bool = False


def said_by(version: Version) -> dict[str, object]:
    """Return what a version says, read from the payload that was logged."""
    payload = schema.decode(bytes(version.payload))
    return {**schema.project(payload), "valid_from": payload.valid_from, "valid_to": payload.valid_to}


class Words:
    """How the values of some versions read; each kind of other record is asked for once.

    Parameters
    ----------
    page : Page
        Knows plant and addresses.
    versions : sequence of Version
        Those whose values will be asked for.
    """

    def __init__(self, page: Page, ledger: LedgerPages, versions: Sequence[Version]) -> None:
        self.page, self.ledger = page, ledger
        said = [said_by(version) for version in versions] if ledger.form.references or ledger.form.attached else []
        self._named: dict[str, dict[str, Named]] = {
            name: reference.named(page.plant, (one.get(name) for one in said))
            for name, reference in ledger.form.references.items()
        }
        self._files = self._of_files({str(one[name]) for one in said for name in ledger.form.attached if one.get(name)})

    def text(self, name: str, value: object) -> str:
        """Return a value as text; nothing for a blank."""
        if value in (None, ""):
            return ""
        found = self._named.get(name, {}).get(str(value))
        if found is not None:
            return found.text
        if name in self.ledger.form.attached and str(value) in self._files:
            return self._files[str(value)].name
        return shown(value, self.ledger.form.labels.get(name))

    def fields(self, version: Version, names: Iterable[str] = ()) -> list[Field]:
        """Return what a version says, in the order of its payload."""
        said = said_by(version)
        wanted = tuple(names) or (*self.ledger.fields, "valid_from", "valid_to")
        return [self._field(version, name, said.get(name)) for name in wanted]

    def groups(self, version: Version) -> list[tuple[str, list[Field]]]:
        """Return what a version says, by the headings of the ledger's form."""
        fields = {field.name: field for field in self.fields(version)}
        return [(title, [fields[name] for name in group]) for title, group in self.ledger.form.grouped(fields)]

    def _field(self, version: Version, name: str, value: object) -> Field:
        address, is_picture = "", False
        found = self._named.get(name, {}).get(str(value))
        if found is not None:
            address = self.page.address(f"{found.pages}:detail", subject=found.subject)
        elif name in self.ledger.form.attached and str(value) in self._files:
            file = self._files[str(value)]
            address = self.page.address(f"{self.ledger.name}:file", subject=version.subject, uid=file.uid)
            is_picture = file.media in PICTURES
        return Field(name, heading(self.ledger.model, name), self.text(name, value), address, is_picture)

    def _of_files(self, hashes: set[str]) -> dict[str, Attachment]:
        if not hashes:
            return {}
        return {file.sha256: file for file in Attachment.objects.filter(plant=self.page.plant, sha256__in=hashes)}
