"""A rule book as loaded: its head, and its content as a frozen structure. What the steps mean is read by ``accounting``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tanheng.core import canonical
from tanheng.standards.values import Text, document_id

# The content of a YAML file: texts, whole numbers, truth values, lists and mappings in any depth; a static type for the
# rule book's steps belongs to the package that runs them.
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One method of one document.

    Attributes
    ----------
    content : mapping
        The whole file; mappings and lists are frozen, numbers with a point and dates are text.
    digest : str
        ``sha256:`` and the hash of the content in canonical JSON.
    """

    id: str
    document: str
    title: Text
    content: Content
    digest: str
    file: str


def frozen(content: Any) -> Any:
    """Return YAML content with mappings and lists that cannot be changed."""
    if isinstance(content, Mapping):
        return MappingProxyType({key: frozen(item) for key, item in content.items()})
    if isinstance(content, list):
        return tuple(frozen(item) for item in content)
    return content


def rulebook(content: Content, *, file: str) -> RuleBook:
    """Return the rule book of one file that has passed its schema."""
    return RuleBook(
        id=content["id"],
        document=document_id(content["document"]),
        title=Text(content["title"]["zh"], content["title"]["en"]),
        content=frozen(content),
        digest=canonical.digest(canonical.dumps(content)),
        file=file,
    )
