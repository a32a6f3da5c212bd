"""Taking turns at what there is only one of: whoever has waited longest is next."""

import threading
from collections import deque

from scimcore.sql.failures import busy


class Turns:
    """A lock that is handed over in the order of asking.

    An ordinary one goes to whoever runs: one thread that takes it again and again can keep the others waiting for ever.
    """

    def __init__(self, patience_seconds: float) -> None:
        """Let nobody wait for longer than so many seconds."""
        self._patience = patience_seconds
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self) -> None:
        """Wait for one's turn.

        Raises:
            ServiceUnavailable: If it does not come in time.
        """
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        try:
            came = mine.wait(self._patience)
        except BaseException:
            self._leave(mine)
            raise
        if not came and not self._left(mine):
            raise busy()

    def give(self) -> None:
        """End one's turn."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False

    def _left(self, mine: threading.Event) -> bool:
        """Stop waiting; returns whether the turn has come at the last moment."""
        with self._mutex:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def _leave(self, mine: threading.Event) -> None:
        if self._left(mine):
            self.give()
