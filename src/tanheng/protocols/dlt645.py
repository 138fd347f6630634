"""DL/T 645-2007: multi-function electricity meters.

::

    [FE…]  68  A0 A1 A2 A3 A4 A5  68  C  L  data(L)  CS  16

    address   six bytes of packed decimal digits, lowest first; AA in every byte reaches any meter
    C         control: 11 read, 91 answer, B1 answer with more to come, D1 refused by the meter
    L         length of the data
    data      each byte plus 33 (hexadecimal); an answer begins with the four bytes of the identifier, lowest first
    CS        sum of all bytes from the first 68 up to the data, modulo 256

A value is packed decimal, lowest byte first, with a fixed number of digits behind the point for each identifier. The frame and
the identifiers below agree with the Apache-2.0 package ``dlt645`` in both directions (``tests/unit/protocols/test_dlt645.py``);
the terminal does not import it, because it costs 280 MB of memory (``docs/decisions/0040-dlt645-codec.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tanheng.protocols.errors import FrameError, ProfileError, ValueRangeError
from tanheng.protocols.port import KEPT_BYTES, Refused, refused

_START, _END = 0x68, 0x16
_READ, _ANSWER, _ANSWER_MORE, _REFUSAL = 0x11, 0x91, 0xB1, 0xD1
_OFFSET = 0x33
_HEAD = 10
_LONGEST = 200
"""The standard's longest data field of a read."""


@dataclass(frozen=True, slots=True)
class Item:
    """An identifier: how many bytes its value has, how many digits stand behind the point, and its unit."""

    identifier: int
    size: int
    decimals: int
    unit: str
    zh: str
    en: str
    signed: bool = False


def _items(*rows: Item) -> dict[int, Item]:
    return {row.identifier: row for row in rows}


ITEMS = _items(
    Item(0x00000000, 4, 2, "kWh", "组合有功总电能", "combined active energy, total", signed=True),
    Item(0x00010000, 4, 2, "kWh", "正向有功总电能", "forward active energy, total"),
    Item(0x00020000, 4, 2, "kWh", "反向有功总电能", "reverse active energy, total"),
    Item(0x02010100, 2, 1, "V", "A 相电压", "voltage, phase A"),
    Item(0x02010200, 2, 1, "V", "B 相电压", "voltage, phase B"),
    Item(0x02010300, 2, 1, "V", "C 相电压", "voltage, phase C"),
    Item(0x02020100, 3, 3, "A", "A 相电流", "current, phase A", signed=True),
    Item(0x02020200, 3, 3, "A", "B 相电流", "current, phase B", signed=True),
    Item(0x02020300, 3, 3, "A", "C 相电流", "current, phase C", signed=True),
    Item(0x02030000, 3, 4, "kW", "瞬时总有功功率", "active power, total", signed=True),
    Item(0x02060000, 2, 3, "1", "总功率因数", "power factor, total", signed=True),
    Item(0x02800002, 2, 2, "Hz", "电网频率", "grid frequency"),
)
"""Identifiers that a carbon balance reads; values of a meter behind transformers are secondary values (see meter factor)."""


@dataclass(frozen=True, slots=True)
class MeterReading:
    """One value of a meter.

    Attributes
    ----------
    address : str
        Twelve decimal digits.
    item : Item
        What was read.
    value : Decimal
        With the meter's digits.
    raw : bytes
        The value's bytes as on the wire, offset removed.
    more : bool
        Whether the meter has further frames to send.
    """

    address: str
    item: Item
    value: Decimal
    raw: bytes
    more: bool = False


def read_request(*, address: str, identifier: int, wake: int = 4) -> bytes:
    """Return the frame that asks a meter for one item.

    Parameters
    ----------
    address : str
        Twelve decimal digits as printed on the meter; ``AAAAAAAAAAAA`` reaches the only meter on a line.
    identifier : int
        Data identifier, such as ``0x00010000``.
    wake : int
        Leading bytes FE, 0 to 4.

    Examples
    --------
    >>> read_request(address="123456781012", identifier=0x00010000, wake=0).hex(" ")
    '68 12 10 78 56 34 12 68 11 04 33 33 34 33 e8 16'
    """
    if not 0 <= wake <= 4:
        raise ProfileError("protocols.dlt645.wake", value=wake)
    return b"\xfe" * wake + frame(address=address, control=_READ, data=identifier.to_bytes(4, "little"))


def frame(*, address: str, control: int, data: bytes) -> bytes:
    """Return a frame around plain ``data`` (the offset is added here)."""
    body = bytes([_START]) + _packed_address(address) + bytes([_START, control, len(data)])
    body += bytes((byte + _OFFSET) & 0xFF for byte in data)
    return body + bytes([sum(body) & 0xFF, _END])


def _packed_address(address: str) -> bytes:
    if len(address) != 12 or not (address.isascii() and (address.isdigit() or address == "A" * 12)):
        raise ProfileError("protocols.dlt645.address", value=address)
    return bytes.fromhex(address)[::-1]


def decode_answer(data: bytes) -> MeterReading:
    """Return the value in one answer frame without leading FE.

    Raises
    ------
    FrameError
        For a damaged frame, a refusal by the meter, or an identifier that is not in ``ITEMS``.
    ValueRangeError
        For a value that is not made of decimal digits.
    """
    address, control, plain = _unframe(data)
    if control == _REFUSAL:
        raise FrameError("protocols.dlt645.refusal", address=address, word=plain.hex())
    if control not in (_ANSWER, _ANSWER_MORE):
        raise FrameError("protocols.dlt645.control", control=f"{control:02X}")
    item = ITEMS.get(int.from_bytes(plain[:4], "little")) if len(plain) >= 4 else None
    if item is None:
        raise FrameError("protocols.dlt645.item", identifier=plain[:4][::-1].hex())
    if len(plain) != 4 + item.size:
        raise FrameError("protocols.dlt645.size", identifier=f"{item.identifier:08X}", given=len(plain) - 4, expected=item.size)
    return MeterReading(address, item, _value(plain[4:], item), plain[4:], more=control == _ANSWER_MORE)


def _unframe(data: bytes) -> tuple[str, int, bytes]:
    if len(data) < _HEAD + 2 or data[0] != _START or data[7] != _START:
        raise FrameError("protocols.dlt645.header", value=data[:10].hex(" "))
    if len(data) != _HEAD + data[9] + 2 or data[-1] != _END:
        raise FrameError("protocols.dlt645.length", given=data[9], counted=len(data) - _HEAD - 2)
    if sum(data[:-2]) & 0xFF != data[-2]:
        raise FrameError("protocols.dlt645.check", given=f"{data[-2]:02X}", expected=f"{sum(data[:-2]) & 0xFF:02X}")
    plain = bytes((byte - _OFFSET) & 0xFF for byte in data[_HEAD:-2])
    return data[6:0:-1].hex().upper(), data[8], plain


def _value(raw: bytes, item: Item) -> Decimal:
    digits = raw[::-1]
    negative = item.signed and bool(digits[0] & 0x80)
    if negative:
        digits = bytes([digits[0] & 0x7F]) + digits[1:]
    text = digits.hex()
    if not text.isdigit():
        raise ValueRangeError("protocols.dlt645.digits", identifier=f"{item.identifier:08X}", value=raw.hex())
    return Decimal(int(text) * (-1 if negative else 1)).scaleb(-item.decimals)


class StreamDecoder:
    """Turns the bytes of one line into meter readings and refusals; a ``port.Decoder``."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def held(self) -> int:
        """Bytes held in memory now."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[MeterReading | Refused]:
        """Return the readings and refusals that ``data`` completes, in their order."""
        self._buffer += data
        out: list[MeterReading | Refused] = []
        while self._step(out):
            pass
        return out

    def _step(self, out: list[MeterReading | Refused]) -> bool:
        start = self._buffer.find(_START)
        noise = bytes(self._buffer[: len(self._buffer) if start < 0 else start])
        del self._buffer[: len(noise)]
        if noise.strip(b"\xfe"):
            error = FrameError("protocols.dlt645.noise", length=len(noise))
            out.append(Refused(noise[:KEPT_BYTES], len(noise), error))
        if len(self._buffer) < _HEAD:
            return False
        if self._buffer[7] != _START or self._buffer[9] > _LONGEST:
            return self._refuse(1, FrameError("protocols.dlt645.header", value=bytes(self._buffer[:10]).hex(" ")), out)
        size = _HEAD + self._buffer[9] + 2
        if len(self._buffer) < size:
            return False
        try:
            out.append(decode_answer(bytes(self._buffer[:size])))
        except (FrameError, ValueRangeError) as error:
            sound = error.code not in ("protocols.dlt645.check", "protocols.dlt645.length")
            return self._refuse(size if sound else 1, error, out)
        del self._buffer[:size]
        return True

    def _refuse(self, count: int, error: FrameError | ValueRangeError, out: list[MeterReading | Refused]) -> bool:
        """Refuse the front; after a damaged frame the search goes on behind its first byte."""
        out.append(refused(bytes(self._buffer[:count]), error))
        del self._buffer[:count]
        return True
