"""Accuracy classes as they are written, and which of two is the better one.

A class is a number (``0.5``, with ``S`` for electricity meters that keep it down to small currents) or a Roman numeral from
Ⅰ to Ⅳ (weighing instruments, JJG 539). In both kinds the smaller is the better; the two kinds are not compared with each other.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

ROMAN: Mapping[str, str] = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IIII": "Ⅳ", "IV": "Ⅳ"}
_ORDER = "ⅠⅡⅢⅣ"
_WORDS: Mapping[str, str] = {"特种准确度级": "Ⅰ", "高准确度级": "Ⅱ", "中准确度级": "Ⅲ", "普通准确度级": "Ⅳ"}
_AROUND = re.compile(r"^(?:准确度|精度)?(?:等级)?(?:class|grade|cl\.?)?|(?:级|等级|class|grade)$", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)(S?)", re.IGNORECASE)
_ROMAN = re.compile(r"(?:\(|（)?(I{1,4}|IV)(?:\)|）)?", re.IGNORECASE)


def normal(text: str) -> str:
    """Return a class in its one spelling: ``0.5级`` is ``0.5``, ``III级`` is ``Ⅲ``; a text that is no class stays as it is.

    Examples
    --------
    >>> [normal(text) for text in ("0.5级", "０．５ｓ", "III级", "Ⅲ", "中准确度级", "Class 1.0", "±1%")]
    ['0.5', '0.5S', 'Ⅲ', 'Ⅲ', 'Ⅲ', '1.0', '±1%']
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if plain in _WORDS:
        return _WORDS[plain]
    bare = _AROUND.sub("", plain)
    if (number := _NUMBER.fullmatch(bare)) is not None:
        return number[1] + number[2].upper()
    if (roman := _ROMAN.fullmatch(bare)) is not None:
        return ROMAN[roman[1].upper()]
    return text.strip()


def is_class(text: str) -> bool:
    """Tell whether a text is a class that can be compared."""
    return _rank(text) is not None


def is_better(one: str, other: str) -> bool | None:
    """Tell whether class ``one`` is strictly better (smaller) than ``other``; None where the two cannot be compared.

    Examples
    --------
    >>> is_better("0.2", "0.5"), is_better("0.5S", "0.5"), is_better("1.0", "1"), is_better("Ⅲ", "0.5")
    (True, True, False, None)
    """
    first, second = _rank(one), _rank(other)
    if first is None or second is None or first[0] != second[0]:
        return None
    return first[1:] < second[1:]


def together(classes: Sequence[str]) -> Decimal | None:
    """Return the class that parts have together, if their errors are independent: the root of the sum of squares.

    Three decimals; None where one of them is no number. What errors parts share, or how one part's error reaches the result,
    is not in their classes: it is a hint to have the system verified, no class that anybody stated.

    Examples
    --------
    >>> together(["0.3", "0.4"]), together(["0.5", "Ⅲ"])
    (Decimal('0.500'), None)
    """
    ranks = [_rank(one) for one in classes]
    numbers = [rank[1] for rank in ranks if rank is not None and rank[0] == "number"]
    if not numbers or len(numbers) < len(ranks):
        return None
    squares = sum((number * number for number in numbers), Decimal(0))
    return squares.sqrt().quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN)


@functools.lru_cache(maxsize=256)
def _rank(text: str) -> tuple[str, Decimal, int] | None:
    """Return the kind of a class and its place among those of its kind; None for no class."""
    word = normal(text)
    if len(word) == 1 and word in _ORDER:
        return "roman", Decimal(_ORDER.index(word)), 0
    number = _NUMBER.fullmatch(word)
    return ("number", Decimal(number[1]), 0 if number[2] else 1) if number is not None else None
