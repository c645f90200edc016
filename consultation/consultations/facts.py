"""What is the same for every reader of a consultation, worked out once and kept until something is recorded.

Counts, and what the report says: never anything that depends on who asks. The version in the key is read before what
is kept is read, so that what was changed afterwards is never missed. docs/decisions/112.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from consultation.consultations.models import Consultation
from consultation.record.models import Entry

Kept = TypeVar("Kept")
_MOST = 256
_kept: OrderedDict[tuple[str, int, str], tuple[str, float, Any]] = OrderedDict()
_lock = Lock()


class Facts:
    """The facts of one consultation at one version of the record: one small query, however many facts."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        # Inside a transaction what is read may never be committed, and may not be in the record yet.
        self.keeps = settings.FACTS_KEPT_SECONDS > 0 and not connection.in_atomic_block
        self.version = Entry.objects.version(consultation.slug) if self.keeps else ""

    def get(self, name: str, work_out: Callable[[Consultation], Kept]) -> Kept:
        """What `work_out` gives for the consultation. Whoever gets it changes nothing of it: others get the same."""
        if not self.keeps:
            return work_out(self.consultation)
        key = (str(connection.settings_dict["NAME"]), self.consultation.pk, name)
        now = time.monotonic()
        with _lock:
            version, until, found = _kept.get(key, ("", 0.0, None))
            if version == self.version and now < until:
                _kept.move_to_end(key)
                return found  # type: ignore[no-any-return]
        made = work_out(self.consultation)
        with _lock:
            _kept[key] = (self.version, now + settings.FACTS_KEPT_SECONDS, made)
            _kept.move_to_end(key)
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
        return made
