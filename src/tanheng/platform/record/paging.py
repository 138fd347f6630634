"""Pages of lists in the API: ``limit`` and ``offset``, the total, and never more than 500 at once."""

from __future__ import annotations

from typing import Generic, TypeVar

from django.db.models import QuerySet
from ninja import Field, Schema

T = TypeVar("T")


class PageQuery(Schema):
    """Which part of a list."""

    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=10_000_000)


class Page(Schema, Generic[T]):
    """One part of a list."""

    items: list[T]
    total: int
    limit: int
    offset: int


class Problem(Schema):
    """One fault."""

    code: str
    message: dict[str, str]
    fields: dict[str, str | int]


class Problems(Problem):
    """An error of the API."""

    findings: list[Problem]


def page_of(rows: QuerySet, query: PageQuery) -> dict[str, object]:  # type: ignore[type-arg]  # rows of any model
    """Return the part of ``rows`` that ``query`` asks for."""
    return {
        "items": list(rows[query.offset : query.offset + query.limit]),
        "total": rows.count(),
        "limit": query.limit,
        "offset": query.offset,
    }


ERRORS = {400: Problems, 401: Problems, 403: Problems, 404: Problems, 409: Problems, 413: Problems, 422: Problems}
"""Answers that any operation may give."""
