"""SM4 encryption of HJ 212-2025 (§6.4 and Appendix A.2 as quoted in public code, state ``secondary``).

SM4 in ECB without padding, over the characters between ``CP=&&`` and ``&&``; the check is computed over the plain segment and
framing comes first. Groups of 16 characters are encrypted, a remainder of fewer than 16 stays plain. The standard encrypts
commands 2000 to 2999 from the field, 1014 and 3020.

ECB shows equal blocks as equal and the plain remainder shows itself: this follows the standard and is no protection beyond
it. Batches of this project are signed and sent over TLS besides.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


def covers(command: str) -> bool:
    """Return whether the standard encrypts the content of a command."""
    return "2000" <= command <= "2999" or command in ("1014", "3020")


def encrypt(content: bytes, key: bytes) -> bytes:
    """Return ``content`` with its whole groups of 16 bytes encrypted, the remainder as it is."""
    whole = len(content) - len(content) % _BLOCK
    encryptor = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305  # the standard's mode
    return encryptor.update(content[:whole]) + encryptor.finalize() + content[whole:]


def decrypt(content: bytes, key: bytes) -> bytes:
    """Return the plain content; the inverse of ``encrypt``."""
    whole = len(content) - len(content) % _BLOCK
    decryptor = Cipher(algorithms.SM4(key), modes.ECB()).decryptor()  # noqa: S305  # the standard's mode
    return decryptor.update(content[:whole]) + decryptor.finalize() + content[whole:]
