"""A bundle holds its rule book with all it extends; their digest is the one the account names."""

from __future__ import annotations

import hashlib
import json

import pytest

from tanheng.accounting import rulebook
from tanheng.evidence import rulebooks
from tanheng.evidence.archive import Archive, write
from tanheng.evidence.errors import ArchiveError, ReportError
from tanheng.standards import RulePack


def bundle(**books: object) -> Archive:
    return Archive(write({rulebooks.path_of(name): json.dumps(content).encode() for name, content in books.items()}))


@pytest.mark.parametrize("book", ["cn.cets", "cn.gbt32151", "eu.2025-2547"])
def test_the_digest_is_the_one_that_the_account_names(pack: RulePack, book: str) -> None:
    archive = Archive(write(rulebooks.members(pack, book)))
    found = rulebooks.digests(archive, book)
    assert found[rulebooks.path_of(book)] == rulebook.read(pack, book).digest
    assert sorted(found) == sorted(archive.names)


def test_the_digest_of_a_book_that_extends_another_is_that_of_the_list_of_both() -> None:
    """Worked by hand: SHA-256 of the JSON list of the two digests, its own last."""
    one, two = b'{"id":"one"}', b'{"extends":["one"],"id":"two"}'
    listed = ",".join(f'"sha256:{hashlib.sha256(data).hexdigest()}"' for data in (one, two))
    archive = Archive(write({"rules/one.json": one, "rules/two.json": two}))
    found = rulebooks.digests(archive, "two")
    assert found["rules/two.json"] == "sha256:" + hashlib.sha256(f"[{listed}]".encode()).hexdigest()


@pytest.mark.parametrize("content", [[], None, {"extends": "one"}, {"extends": [1]}, {"extends": ["a"]}])
def test_a_book_of_another_shape_and_one_that_extends_itself_are_refused(content: object) -> None:
    with pytest.raises(ReportError) as caught:
        rulebooks.digests(bundle(a=content), "a")
    assert caught.value.object == "rules/a.json"


def test_books_that_extend_each_other_are_refused() -> None:
    with pytest.raises(ReportError, match="extends"):
        rulebooks.digests(bundle(a={"extends": ["b"]}, b={"extends": ["a"]}), "a")


def test_a_chain_of_books_without_end_is_refused() -> None:
    chain = {f"b{number}": {"extends": [f"b{number + 1}"]} for number in range(2000)}
    with pytest.raises(ReportError, match="extends"):
        rulebooks.digests(bundle(**chain), "b0")


def test_a_book_that_is_not_there_is_named() -> None:
    with pytest.raises(ArchiveError, match=r"rules/gone\.json"):
        rulebooks.digests(bundle(a={"extends": ["gone"]}), "a")
