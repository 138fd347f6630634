"""Every text of the platform's pages has a Chinese one, and the catalogue holds nothing that no page says."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.template import Context, engines
from django.template.base import Node, NodeList, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import tanheng.platform

ROOT = Path(next(iter(tanheng.platform.__path__)))
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {  # Any: Babel's own mapping
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Message = tuple[str, str]


def in_python() -> Iterator[Message]:
    """Yield context and text of what the modules say."""
    method = [("**.py", "python")]
    for _file, _line, said, _comments, context in extract_from_dir(str(ROOT), method, keywords=KEYWORDS):
        yield context or "", said[0] if isinstance(said, tuple) else said


def in_templates() -> Iterator[Message]:
    """Yield context and text of what the templates say."""
    for path in sorted(ROOT.rglob("templates/**/*.html")):
        template: Template = engines["django"].from_string(path.read_text(encoding="utf-8")).template  # type: ignore[attr-defined]
        for node in nodes(template.nodelist):
            if isinstance(node, TranslateNode):
                context = node.message_context.resolve(Context()) if node.message_context else ""
                yield str(context), str(node.filter_expression.var.literal)
            elif isinstance(node, BlockTranslateNode):
                yield "", node.render_token_list(node.singular)[0]


def nodes(found: NodeList) -> Iterator[Node]:
    """Yield all nodes below ``found``."""
    for kind in (TranslateNode, BlockTranslateNode):
        yield from found.get_nodes_by_type(kind)


@pytest.fixture(scope="module")
def said() -> set[Message]:
    return {*in_python(), *in_templates()}


@pytest.fixture(scope="module")
def catalogue() -> dict[Message, Any]:  # Any: Babel's messages
    with CATALOGUE.open("rb") as file:
        read = read_po(file, locale="zh_Hans", abort_invalid=True)
    return {(str(one.context or ""), str(one.id if isinstance(one.id, str) else one.id[0])): one for one in read if one.id}


def test_every_text_is_translated(said: set[Message], catalogue: dict[Message, Any]) -> None:
    assert sorted(said - catalogue.keys()) == []


def test_no_entry_is_left_over(said: set[Message], catalogue: dict[Message, Any]) -> None:
    assert sorted(catalogue.keys() - said) == []


def test_every_entry_has_text_without_doubt(catalogue: dict[Message, Any]) -> None:
    texts = {key: one.string if isinstance(one.string, str) else one.string[0] for key, one in catalogue.items()}
    assert [key for key, text in texts.items() if not text] == []
    assert [key for key, one in catalogue.items() if one.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages(catalogue: dict[Message, Any]) -> None:
    pattern = re.compile(r"%\((\w+)\)s")
    for (_context, source), one in catalogue.items():
        target = one.string if isinstance(one.string, str) else one.string[0]
        assert set(pattern.findall(source)) == set(pattern.findall(target)), source


def test_the_compiled_catalogue_is_the_one_that_is_read(said: set[Message]) -> None:
    from django.utils.translation import gettext, override

    with override("zh-hans"):
        assert gettext("Evidence log") == "存证日志"
        assert not set(gettext("Production lines")) & set(string.ascii_letters)
