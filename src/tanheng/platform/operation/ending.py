"""Being told to end by a signal, at whatever moment it comes.

A handler runs between two steps of the code that the signal interrupted. ``threading.Event`` takes a lock to be set, and holds
the same lock for moments of a wait: set by a handler in such a moment it waits for itself, for ever. A ``SimpleQueue`` is made
for handlers: its ``put`` may interrupt its ``get``.
"""

from __future__ import annotations

import queue


class Ending:
    """Whether we are told to end; once told, it stays so."""

    def __init__(self) -> None:
        self._told: queue.SimpleQueue[None] = queue.SimpleQueue()

    def tell(self, *_: object) -> None:
        """Tell it; takes what a signal handler is given."""
        self._told.put(None)

    @property
    def is_told(self) -> bool:
        """Whether it was told."""
        return not self._told.empty()

    def within(self, seconds: float) -> bool:
        """Wait so many seconds at most; tell whether it was told by then."""
        try:
            self._told.get(timeout=seconds)
        except queue.Empty:
            return False
        self._told.put(None)
        return True
