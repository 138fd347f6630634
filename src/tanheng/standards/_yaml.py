"""Reading YAML the way standards are written: every scalar is the text that stands there.

``value: 0.5366`` and ``value: "0.5366"`` are the same printed digits; nothing becomes a binary float, a date object or a
truth value by its looks. In a *typed* file (rule books, checks) plain ``true``, ``false``, ``null`` and whole numbers are
what they say, and everything else is text. A key that stands twice, an anchor and an alias are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from tanheng.standards.errors import FileFaultError

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C one where it is built; its class has no stub
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
_DEEPEST = 40


def read(data: bytes, *, file: str, typed: bool = False) -> Any:
    """Return the content of a YAML file; the caller checks its shape, so its type is open.

    Parameters
    ----------
    data : bytes
        The file, UTF-8.
    file : str
        Its name, for the message.
    typed : bool
        Whether plain truth values, null and whole numbers are read as such.

    Raises
    ------
    FileFaultError
        When it is not UTF-8, not YAML, repeats a key or uses an alias; names line and column.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileFaultError("standards.file.encoding", file=file, position=error.start) from error
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise FileFaultError(
            "standards.file.syntax", file=file, line=where[0], column=where[1], problem=error.problem or ""
        ) from error
    except yaml.YAMLError as error:
        raise FileFaultError(
            "standards.file.syntax", file=file, line=1, column=1, problem=str(error).splitlines()[0]
        ) from error
    return _Reader(file, typed=typed).content(node)


class _Reader:
    """Turns YAML nodes into plain Python, refusing what could hide a fault."""

    def __init__(self, file: str, *, typed: bool) -> None:
        self._file = file
        self._typed = typed
        self._seen: set[int] = set()

    def content(self, node: Any, depth: int = 0) -> Any:  # nodes of the C parser have no stub
        if node is None:
            return None
        if id(node) in self._seen:
            raise self._fault("standards.file.alias", node)
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if depth == _DEEPEST:
            raise self._fault("standards.file.depth", node, deepest=_DEEPEST)
        if isinstance(node, yaml.SequenceNode):
            return [self.content(item, depth + 1) for item in node.value]
        return self._mapping(node, depth + 1)

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._fault("standards.file.key", key)
            if key.value in result:
                raise self._fault("standards.file.repeated_key", key, key=key.value)
            result[key.value] = self.content(item, depth)
        return result

    def _scalar(self, node: Any) -> Any:
        text: str = node.value
        if not self._typed or node.style in ("'", '"', "|", ">"):
            return text
        if text in _PLAIN:
            return _PLAIN[text]
        return int(text) if _WHOLE.fullmatch(text) else text

    def _fault(self, code: str, node: Any, **fields: object) -> FileFaultError:
        mark = node.start_mark
        return FileFaultError(code, file=self._file, line=mark.line + 1, column=mark.column + 1, **fields)
