"""How much one caller may ask: a ready ``throttle`` hook."""

import math
import threading
import time
from collections.abc import Callable

from scimcore.errors import TooManyRequests
from scimcore.http import Request
from scimcore.service.authentication import Caller

# Callers that are remembered. One that was forgotten has its whole burst again, as after a long silence.
_MOST_CALLERS = 10_000


class RateLimit:
    """Lets each caller ask so many times a second, and a burst of so many at once.

    Callers are told apart by tenant and name. What one uses up costs no other anything. A refused request uses up
    nothing. Identity providers ask up to 25 times a second: less than that makes them slow.

    Example:
        >>> from scimcore.service.hooks import Hooks
        >>> hooks = Hooks(throttle=RateLimit(requests_per_second=50, burst=200))
    """

    def __init__(
        self, requests_per_second: float, burst: int, *, clock_seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Set the limits.

        Args:
            requests_per_second: On the long run.
            burst: How many at once, after a silence.
            clock_seconds: What time it is; it never goes back.

        Raises:
            ValueError: If the limits would let nobody in.
        """
        if requests_per_second <= 0 or burst < 1:
            raise ValueError("a RateLimit needs more than 0 requests per second and a burst of at least 1")
        self._rate = requests_per_second
        self._burst = float(burst)
        self._clock = clock_seconds
        self._lock = threading.Lock()
        # By caller: how many requests were left, and when.
        self._left: dict[tuple[str | None, str], tuple[float, float]] = {}

    def __call__(self, caller: Caller, request: Request) -> None:
        """Count a request.

        Raises:
            TooManyRequests: If the caller has to wait; it says how many seconds.
        """
        key = (caller.tenant, caller.name)
        with self._lock:
            now = self._clock()
            left, then = self._left.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - then) * self._rate)
            # Put back at the end: the one that was silent for longest stands first.
            self._left[key] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _MOST_CALLERS:
                del self._left[next(iter(self._left))]
        if left < 1:
            seconds = max(1, math.ceil((1 - left) / self._rate))
            raise TooManyRequests(
                f"Too many requests. The next one is welcome in {seconds} s.", retry_after_seconds=seconds
            )
