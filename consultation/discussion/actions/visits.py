"""Reading a thread: only remembered for the reader, so that the page can say what is new. Not part of the record."""

from datetime import datetime, timedelta
from typing import Any

from consultation.consultations.models import Consultation
from consultation.discussion.models import Visit
from consultation.record import clock
from consultation.reports.models import Passage

# Pages opened within this time are one visit.
ONE_VISIT = timedelta(minutes=30)
_EXACT_ENOUGH = timedelta(minutes=1)


def visit(user: Any, consultation: Consultation, passage: Passage) -> datetime | None:
    """Remember that this person reads the thread now; gives when their visit before this one ended, or None."""
    now = clock.now()
    last, new = Visit.objects.get_or_create(
        user=user, consultation=consultation, passage=passage, defaults={"last_at": now}
    )
    if new or now - last.last_at < _EXACT_ENOUGH:
        return last.since
    if now - last.last_at > ONE_VISIT:
        last.since = last.last_at
    last.last_at = now
    last.save(update_fields=["since", "last_at"])
    return last.since
