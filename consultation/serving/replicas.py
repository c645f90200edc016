"""Which streaming replicas may be read: those that replay what the primary wrote, not later than the settings allow.

Each process asks once a second how far the primary has written and how far each replica has replayed. A replica is
fresh if it has replayed as far as the primary had written at some moment of the last `REPLICA_MAX_LAG_SECONDS`; that
holds whether it lags, was cut off from the primary, or does not answer. docs/decisions/118.
"""

import logging
import threading
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

log = logging.getLogger(__name__)
PRIMARY = "default"
CHECK_SECONDS = 1.0
# One that did not answer is not asked again at once: whoever asks waits for it.
DOWN_SECONDS = 5.0
# Positions in the log of writes, as numbers. The first counts what is not yet on its way, so that it is never too low.
_WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
_REPLAYED = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END"


def written() -> int:
    """How far the primary has written. Raises `DatabaseError` where it does not answer."""
    return _asked(PRIMARY, _WRITTEN) or 0


def _asked(alias: str, question: str) -> int | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone()[0]
    return None if answer is None else int(answer)


@dataclass
class Replica:
    """What is known of one: how far it has replayed, None while it is of no use; when to ask again."""

    alias: str
    replayed: int | None = None
    ask_at: float = 0.0


@dataclass
class Watch:
    """What this process knows of the primary and its replicas."""

    replicas: list[Replica]
    # When the primary had written how far, oldest first.
    moments: tuple[tuple[float, int], ...] = ()
    check_at: float = 0.0
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, after: int = 0) -> list[str]:
        """The replicas that may be read now, and have replayed as far as `after`."""
        self._check()
        oldest = time.monotonic() - settings.REPLICA_MAX_LAG_SECONDS
        moments = [position for at, position in self.moments if at >= oldest]
        if not moments:
            return []
        least = max(min(moments), after)
        return [r.alias for r in self.replicas if r.replayed is not None and r.replayed >= least]

    def failed(self, alias: str) -> None:
        """Do not read this one before it answers again."""
        for replica in self.replicas:
            if replica.alias == alias:
                self._is_down(replica, "it failed while it was read")

    def _check(self) -> None:
        """Ask all of them, at most once a second; others go by what is known while one asks."""
        if time.monotonic() < self.check_at or not self._asking.acquire(blocking=False):
            return
        try:
            self._ask_the_primary()
            for replica in self.replicas:
                if time.monotonic() >= replica.ask_at:
                    self._ask(replica)
            self.check_at = time.monotonic() + CHECK_SECONDS
        finally:
            self._asking.release()

    def _ask_the_primary(self) -> None:
        asked_at = time.monotonic()
        oldest = asked_at - settings.REPLICA_MAX_LAG_SECONDS
        kept = tuple(moment for moment in self.moments if moment[0] >= oldest)
        try:
            self.moments = (*kept, (asked_at, written()))
        except (DatabaseError, InterfaceError):
            self.moments = kept
            connections[PRIMARY].close()

    def _ask(self, replica: Replica) -> None:
        try:
            replica.replayed = _asked(replica.alias, _REPLAYED)
        except (DatabaseError, InterfaceError) as error:
            self._is_down(replica, str(error).partition("\n")[0])

    @staticmethod
    def _is_down(replica: Replica, why: str) -> None:
        log.warning("%s is not read for now: %s", replica.alias, why)
        replica.replayed = None
        replica.ask_at = time.monotonic() + DOWN_SECONDS
        connections[replica.alias].close()


watch = Watch([Replica(alias) for alias in settings.REPLICAS])
