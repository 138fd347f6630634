"""The renderer digest: what besides the inventory decides the bytes of a rendered file.

Templates, fonts and this package's own modules by content; the libraries by name and version. Two renderings with one digest
and one inventory are equal byte for byte.
"""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata, resources

LIBRARIES = ("typst", "xlsxwriter", "segno")


@functools.cache
def renderer_digest() -> str:
    """Return ``sha256:`` and the hash over templates, fonts, modules and library versions."""
    total = hashlib.sha256()
    for name in LIBRARIES:
        total.update(f"{name}=={metadata.version(name)}\n".encode())
    root = resources.files(__package__)
    for folder in ("", "templates", "fonts"):
        base = root.joinpath(folder) if folder else root
        for entry in sorted(base.iterdir(), key=lambda item: item.name):
            if entry.is_file() and not entry.name.endswith(".pyc"):
                total.update(f"{folder}/{entry.name}\n".encode())
                total.update(hashlib.sha256(entry.read_bytes()).digest())
    return "sha256:" + total.hexdigest()
