"""The check of HJ 212: four hexadecimal digits over the data segment.

Follows Appendix A of HJ 212-2017 and HJ 212-2025 (state ``secondary``: quoted in public code, both printed vectors
reproduced). It is **not** CRC-16/MODBUS: before each byte the register is shifted right by eight bits and its low byte is
thrown away. So only one byte of state passes from character to character, and the check has just 256 values: any single
damaged byte is seen, because the step is a bijection of that byte, but two damaged bytes pass once in 256 times.
"""

from __future__ import annotations

_POLYNOMIAL = 0xA001


def _row(index: int) -> int:
    register = index
    for _ in range(8):
        register = (register >> 1) ^ (_POLYNOMIAL if register & 1 else 0)
    return register


_TABLE = tuple(_row(index) for index in range(256))


def check(segment: bytes) -> str:
    """Return the check of a data segment as four upper-case hexadecimal digits.

    Examples
    --------
    >>> check(b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&")
    '2200'
    """
    register = 0xFFFF
    for byte in segment:
        register = _TABLE[(register >> 8) ^ byte]
    return f"{register:04X}"
