"""A YAML file as nodes that know their line, so that a fault in it can be pointed at.

Every scalar is the text that stands there: ``2025``, ``no`` and ``0.50`` are read as written. A key that stands twice, an
unknown key, a missing one and an alias are faults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import yaml

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.words import folded, nearest
from tanheng.accounting.plant import Words

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C one where it is built; its class has no stub
_LARGEST = 1_000_000


class Node:
    """A place in the file: a mapping, a list or a text. Reading what is not there notes a fault and yields something empty."""

    def __init__(self, node: Any, path: str, file: str, faults: Faults) -> None:  # nodes of the C parser have no stub
        self._node = node
        self.path = path
        self._file = file
        self.faults = faults

    @property
    def cell(self) -> Cell:
        """The place of the node: file and line; the column holds the path of keys."""
        line = self._node.start_mark.line + 1 if self._node is not None else 1
        return Cell(self._file, "", line, "")

    def fault(self, code: str, *, value: object = None, **fields: str | int) -> None:
        """Note a fault in this place."""
        shown = self.raw_text() if value is None else value
        self.faults.add(f"plant.{code}", self.cell, value=shown, heading=self.path, **fields)

    def raw_text(self) -> str:
        """Return the text of a scalar, nothing for anything else."""
        return self._node.value.strip() if isinstance(self._node, yaml.ScalarNode) else ""

    def text(self, *, blank: bool = False) -> str:
        """Return the text of the node; a mapping or list, and a blank unless allowed, is a fault."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.fault("not_text")
            return ""
        found = self.raw_text()
        if not found and not blank:
            self.fault("blank")
        return found

    def choice(self, allowed: Collection[str], *, otherwise: str = "") -> str:
        """Return the text when it is one of ``allowed``, else note a fault and return ``otherwise``."""
        text = self.text()
        if text in allowed:
            return text
        if text:
            self.fault("choice", known=", ".join(allowed), nearest=nearest(text, {folded(word) for word in allowed}))
        return otherwise

    def words(self) -> Words:
        """Return a text in both languages; one that is given once stands for both."""
        if isinstance(self._node, yaml.ScalarNode):
            text = self.text()
            return {"zh": text, "en": text}
        parts = self.mapping(("zh", "en"))
        return {language: parts[language].text() if language in parts else "" for language in ("zh", "en")}

    def items(self) -> Iterator[Node]:
        """Yield the nodes of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            if self.raw_text() or not isinstance(self._node, yaml.ScalarNode):
                self.fault("not_list")
            return
        for index, item in enumerate(self._node.value):
            yield Node(item, f"{self.path}[{index + 1}]", self._file, self.faults)

    def mapping(self, required: Collection[str], optional: Collection[str] | None = ()) -> dict[str, Node]:
        """Return the nodes of a mapping by key; ``optional`` None takes any further key."""
        found: dict[str, Node] = {}
        if not isinstance(self._node, yaml.MappingNode):
            if self.raw_text() or required:
                self.fault("not_mapping", known=", ".join(required))
            return found
        for key, item in self._node.value:
            self._keep(found, key, item, required, optional)
        for name in required:
            if name not in found:
                self.fault("missing", value="", key=name)
        return found

    def _keep(
        self, found: dict[str, Node], key: Any, item: Any, required: Collection[str], optional: Collection[str] | None
    ) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        place = Node(key, f"{self.path}.{name}".lstrip("."), self._file, self.faults)
        if name in found:
            place.fault("key_twice", key=name)
        elif optional is not None and name not in required and name not in optional:
            known = [*required, *optional]
            place.fault("key_unknown", key=name, nearest=nearest(name, known), known=", ".join(known))
        else:
            found[name] = Node(item, place.path, self._file, self.faults)


def read_nodes(data: bytes, *, file: str, faults: Faults) -> Node | None:
    """Return the root of a YAML file, or None when it cannot be read, which is noted."""
    if len(data) > _LARGEST:
        faults.add("plant.large", Cell(file))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add("plant.encoding", Cell(file, "", line))
        return None
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            faults.add("plant.alias", Cell(file))
            return None
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        faults.add("plant.syntax", Cell(file, "", mark.line + 1 if mark else 1), value=error.problem or "")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        faults.add("plant.syntax", Cell(file), value=str(error).splitlines()[0] if str(error) else "nesting")
        return None
    if root is None:
        faults.add("plant.empty", Cell(file))
        return None
    return Node(root, "", file, faults)
