"""Columns of integers as byte strings, the parts of a batch of readings.

::

    column  = format ‖ form ‖ data
    format  = "B" "H" "I"       unsigned integers of 1, 2, 4 bytes
              "b" "h" "i" "q"   signed integers of 1, 2, 4, 8 bytes
    form    = "="               data holds the integers, little-endian, one a reading
              "*"               data holds the first integers, repeated until the column is full: a whole number of times
              "#"               data holds fewer integers, each of which stands as many times in a row as fills the column
              "z"               data holds the integers compressed with zlib (RFC 1950)

A writer takes the narrowest format that holds a column, repetition where there is any (channels in turn, the one time of a
scan), and zlib when that halves the column: noise would cost more time than its signature and save little. A reader takes any
listed format and form.
"""

from __future__ import annotations

import itertools
import math
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from tanheng.core.errors import TrustError

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

WIDTHS = {"B": 1, "H": 2, "I": 4, "b": 1, "h": 2, "i": 4, "q": 8}
_PLAIN, _REPEATED, _STEPPED, _COMPRESSED = b"=*#z"
_HEADS = {f"{code}{chr(form)}".encode(): (code, width, form) for code, width in WIDTHS.items() for form in b"=*#z"}
_INT64 = 1 << 63

Integers: TypeAlias = "Sequence[int] | NDArray[Any]"  # any integer type; a float type is refused


class BatchError(TrustError):
    """A batch of readings that breaks its schema."""


class Column(Sequence[int]):
    """Integers packed little-endian; immutable, equal when the values are.

    ``array()`` is a NumPy view without a copy; ``tolist()`` needs the standard library alone.
    """

    __slots__ = ("data", "format")

    def __init__(self, format: str, data: bytes) -> None:  # noqa: A002  # the word struct, array and memoryview use
        width = WIDTHS.get(format)
        if width is None:
            raise BatchError("batch.column.format", column="—", found=format, known=" ".join(WIDTHS))
        if len(data) % width:
            raise BatchError("batch.column.length", column="—", expected=f"n × {width}", found=len(data))
        self.format = format
        self.data = data

    @classmethod
    def of(cls, values: Integers, *, name: str, signed: bool = False) -> Column:
        """Return ``values`` in the narrowest format that holds them.

        Parameters
        ----------
        values : sequence or array of integers
            Any sequence of ``int``, an ``array.array``, a NumPy array of an integer type, or a column.
        name : str
            Name of the column in an error.
        signed : bool
            Whether the column may hold negative numbers.

        Raises
        ------
        BatchError
            When a value is no integer, beyond 64 bits, or negative in an unsigned column.
        """
        if isinstance(values, Column) and values.format.islower() == signed:
            return values
        if not isinstance(values, Sequence) and hasattr(values, "dtype"):
            return cls._of_array(values, name=name, signed=signed)
        try:
            wide = array("q", values)
        except (TypeError, OverflowError) as error:
            raise BatchError("batch.column.integer", column=name, found=str(error)) from error
        if not wide:
            return cls("b" if signed else "B", b"")
        code = _narrowest(min(wide), max(wide), name=name, signed=signed)
        narrow = wide if code == "q" else array(code, wide)
        if sys.byteorder == "big":
            narrow.byteswap()
        return cls(code, narrow.tobytes())

    @classmethod
    def _of_array(cls, values: NDArray[Any], *, name: str, signed: bool) -> Column:
        if values.dtype.kind not in "iu" or values.ndim != 1:
            raise BatchError("batch.column.integer", column=name, found=f"{values.ndim} × {values.dtype}")
        if not len(values):
            return cls("b" if signed else "B", b"")
        code = _narrowest(int(values.min()), int(values.max()), name=name, signed=signed)
        return cls(code, values.astype(f"<{code}").tobytes())

    def view(self) -> Sequence[int]:
        """Return the integers without a copy, on a little-endian machine as a ``memoryview``."""
        if sys.byteorder == "little":
            return memoryview(self.data).cast(self.format)  # type: ignore[call-overload, no-any-return]  # format is one of ours
        swapped = array(self.format, self.data)
        swapped.byteswap()
        return swapped

    def tolist(self) -> list[int]:
        """Return the integers as a list."""
        return list(self.view())

    def array(self) -> NDArray[numpy.integer[Any]]:
        """Return the integers as a read-only NumPy array over the same bytes."""
        import numpy

        return numpy.frombuffer(self.data, dtype=f"<{self.format}")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        import numpy

        return numpy.array(self.array(), dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.data) // WIDTHS[self.format]

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> list[int]: ...

    def __getitem__(self, index: int | slice) -> int | list[int]:
        found = self.view()[index]
        return found if isinstance(found, int) else list(found)

    def __iter__(self) -> Iterator[int]:
        return iter(self.view())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Column):
            return NotImplemented
        if self.format == other.format:
            return self.data == other.data
        return self.tolist() == other.tolist()

    def __hash__(self) -> int:
        return hash(tuple(self.view()))

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self.tolist()[:6])) + (", …" if len(self) > 6 else "")
        return f"Column({self.format!r}, {len(self)}: [{shown}])"


class RawColumn(Sequence[bytes]):
    """What the device sent for each reading: the bytes one behind another, and how many belong to each."""

    __slots__ = ("_edges", "data", "lengths")

    def __init__(self, lengths: Column, data: bytes) -> None:
        if lengths.format not in "BHI":
            raise BatchError("batch.column.range", column="raw_length", formats="B H I", found=lengths.format)
        self._edges = [0, *itertools.accumulate(lengths)]
        if self._edges[-1] != len(data):
            raise BatchError("batch.column.length", column="raw", expected=self._edges[-1], found=len(data))
        self.lengths = lengths
        self.data = data

    @classmethod
    def of(cls, values: Sequence[bytes]) -> RawColumn:
        """Return the byte strings of ``values`` as a column."""
        if isinstance(values, RawColumn):
            return values
        for value in values:
            if not isinstance(value, bytes):
                raise BatchError("batch.raw.bytes", found=type(value).__name__)
        return cls(Column.of([len(value) for value in values], name="raw_length"), b"".join(values))

    def __len__(self) -> int:
        return len(self._edges) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...

    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        return self.data[self._edges[at] : self._edges[at + 1]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RawColumn):
            return NotImplemented
        return self.lengths == other.lengths and self.data == other.data

    def __hash__(self) -> int:
        return hash((self.lengths, self.data))


def pack(column: Column) -> bytes:
    """Return a column as its byte string, in the form that is cheapest to open among those that are short."""
    data, head = column.data, column.format.encode()
    if not data:
        return head + b"="
    period = _period(data, WIDTHS[column.format])
    if period < len(data):
        return head + b"*" + data[:period]
    steps = _steps(data, WIDTHS[column.format])
    if 2 * len(steps) <= len(data):
        return head + b"#" + steps
    small = zlib.compress(data)
    if 2 * len(small) < len(data):
        return head + b"z" + small
    return head + b"=" + data


def unpack(data: object, *, name: str, count: int) -> Column:
    """Return the column of ``count`` integers that a byte string holds.

    Never inflates more than ``count`` integers need, whatever the compressed data claims.

    Raises
    ------
    BatchError
        When format or form is unknown, the compressed data is damaged, or the length is not that of ``count``.
    """
    if type(data) is not bytes:
        raise BatchError("batch.column.type", column=name, found=shown(data))
    head = _HEADS.get(data[:2])
    if head is None:
        raise BatchError("batch.column.format", column=name, found=shown(data[:2]), known=" ".join(WIDTHS))
    code, width, form = head
    size = count * width
    if form == _PLAIN:
        plain = data[2:]
    elif form == _COMPRESSED:
        plain = _inflate(data, size, name)
    else:
        plain = _repeat(data, size, width, name, stepped=form == _STEPPED)
    if len(plain) != size:
        raise BatchError("batch.column.length", column=name, expected=size, found=len(plain))
    return Column(code, plain)


def _period(data: bytes, width: int) -> int:
    """Return the length of the shortest run of whole integers whose repetition is ``data``."""
    if not data:
        return 0
    shift = (data + data).find(data, 1)
    return shift * width // math.gcd(shift, width)


def _steps(data: bytes, width: int) -> bytes:
    """Return the integers that make ``data`` when each is repeated equally often; ``data`` itself when none do."""
    count = len(data) // width
    first = data[:width]
    run = next((at for at in range(1, count) if data[at * width : (at + 1) * width] != first), count)
    if run < 2 or count % run:
        return data
    steps = b"".join([data[at : at + width] for at in range(0, len(data), run * width)])
    return steps if _spread(steps, width, run) == data else data


def _spread(steps: bytes, width: int, times: int) -> bytes:
    return b"".join([steps[at : at + width] * times for at in range(0, len(steps), width)])


def _repeat(data: bytes, size: int, width: int, name: str, *, stepped: bool) -> bytes:
    given = len(data) - 2
    if not given or given % width or size % given:
        raise BatchError("batch.column.repetition", column=name, period=given, expected=size)
    return _spread(data[2:], width, size // given) if stepped else data[2:] * (size // given)


def _inflate(data: bytes, size: int, name: str) -> bytes:
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data[2:], size + 1)  # one byte more shows data that is too long
    except zlib.error as error:
        raise BatchError("batch.column.compression", column=name, reason=str(error)) from error
    if len(plain) <= size and (not machine.eof or machine.unused_data):
        raise BatchError("batch.column.compression", column=name, reason="incomplete, or followed by other bytes")
    return plain


def _narrowest(smallest: int, largest: int, *, name: str, signed: bool) -> str:
    if not signed and smallest < 0:
        raise BatchError("batch.column.negative", column=name, found=smallest)
    if largest >= _INT64:
        raise BatchError("batch.column.integer", column=name, found=largest)
    bits = max(largest.bit_length(), (-1 - smallest).bit_length() if smallest < 0 else 0) + signed
    index = 0 if bits <= 8 else 1 if bits <= 16 else 2 if bits <= 32 else 3
    if not signed and index == 3:
        raise BatchError("batch.column.range", column=name, formats="B H I", found=largest)
    return ("bhiq" if signed else "BHI")[index]


def shown(value: object) -> str:
    """Return ``value`` short enough for a message, whatever came in."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
