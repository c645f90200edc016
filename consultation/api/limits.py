"""How many requests a minute an address or a token has, counted for all processes together.

A process takes a few requests at a time from the shared count, so that reading does not write to the database at every
request. Who changes between processes may lose the few that one of them took; two processes that take in the same
instant may count as one. docs/decisions/105.
"""

from dataclasses import dataclass
from threading import Lock

from django.core.cache import cache
from django.utils.translation import gettext as _

from consultation.record import clock
from consultation.record.errors import TooMany

MINUTE = 60
_AT_ONCE, _PART = 20, 10
_CALLERS = 10_000
_lock = Lock()


@dataclass
class _Share:
    """What this process has left of a caller's minute, and whether there was no more to take."""

    minute: int
    left: int = 0
    used_up: bool = False


_shares: dict[str, _Share] = {}


def take(caller: str, limit: int) -> None:
    """Count one request of this caller. Raises `TooMany` where the minute's are used up."""
    now = int(clock.now().timestamp())
    minute = now // MINUTE
    share = _share(caller, minute)
    if not share.left and not share.used_up:
        few = _taken(f"api:{caller}:{minute}", limit)
        with _lock:
            share.left += few
            share.used_up = few == 0
    with _lock:
        if share.left:
            share.left -= 1
            return
    sentence = _("The limit is %d requests a minute. Try again when the next minute begins.") % limit
    raise TooMany(sentence, MINUTE - now % MINUTE)


def _share(caller: str, minute: int) -> _Share:
    with _lock:
        share = _shares.get(caller)
        if share is None or share.minute != minute:
            if len(_shares) >= _CALLERS:
                _shares.clear()
            share = _shares[caller] = _Share(minute)
        return share


def _taken(key: str, limit: int) -> int:
    """A few requests from the shared count; 0 where none are left."""
    few = max(1, min(_AT_ONCE, limit // _PART))
    cache.add(key, 0, 2 * MINUTE)
    try:
        used = cache.incr(key, few) - few
    except ValueError:  # pushed out between the two
        return few
    return max(0, min(few, limit - used))
