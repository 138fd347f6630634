"""The control of a field that holds a file: the file kept is handed on by its hash, so a form with a fault loses none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tanheng.platform.record.models import Attachment
from tanheng.platform.record.sniffing import EXTENSIONS, JPEG, PNG

CHOSEN = "-file"
REMOVED = "-none"


class KeptFile(forms.Widget):
    """A file to choose, beside the one that is kept.

    Parameters
    ----------
    allowed : frozenset of str
        Media types.

    Attributes
    ----------
    kept : Attachment or None
        What the value names; the page looks it up.
    """

    input_type = "file"
    needs_multipart_form = True

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__()
        self.allowed = allowed
        self.kept: Attachment | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002  # Any: Django's
        """Return the controls."""
        endings = ",".join(ending for ending, media in EXTENSIONS.items() if media in self.allowed)
        camera = SafeString(' capture="environment"') if self.allowed <= {JPEG, PNG} else ""
        chooser = format_html(
            '<input type="file" class="form-control" name="{}{}" id="{}" accept="{}"{}>',
            name, CHOSEN, (attrs or {}).get("id", f"id_{name}"), endings, camera,
        )  # fmt: skip
        if not value:
            return chooser
        shown = self.kept.name if self.kept is not None else str(value)[:12]
        return format_html(
            '<div class="kept-file"><input type="hidden" name="{}" value="{}"><span>{}</span>'
            '<label class="form-check"><input class="form-check-input" type="checkbox" name="{}{}"> {}</label></div>{}',
            name, value, shown, name, REMOVED, _("leave out"), chooser,
        )  # fmt: skip

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:  # noqa: ARG002  # Any: Django's
        """Return the hash of the file kept."""
        return "" if data.get(f"{name}{REMOVED}") else str(data.get(name, ""))
