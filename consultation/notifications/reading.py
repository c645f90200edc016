"""Reading the record: every entry once, whatever order the transactions that wrote them end in. docs/decisions/021."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max, Q

from consultation.api.telling import tell_webhooks
from consultation.notifications.models import Reader, Told
from consultation.notifications.telling import DECISIONS, tell
from consultation.notifications.telling_of_letters import tell_of_letter
from consultation.notifications.telling_of_silence import tell_of_silence
from consultation.notifications.telling_of_texts import tell_of_texts
from consultation.record import clock
from consultation.record.models import Entry

log = logging.getLogger(__name__)

# A transaction that took its number earlier than an entry that was read this long ago has ended since.
SETTLED = timedelta(hours=6)


def read(limit: int) -> int:
    """Tell up to `limit` entries that nobody was told of yet, oldest first; gives how many.

    A decision is told when it can no longer be undone.
    """
    regret = Q(kind__in=DECISIONS, at__gt=clock.now() - timedelta(seconds=settings.UNDO_SECONDS))
    untold = Entry.objects.filter(pk__gt=_reader().up_to, told=None).exclude(regret)
    entries = untold.select_related("actor").order_by("pk")[:limit]
    return sum(_read(entry) for entry in entries)


def settle() -> None:
    """Move the place that reading starts from. Only after `read` found nothing more to tell."""
    reader = _reader()
    old = Told.objects.filter(at__lt=clock.now() - SETTLED)
    up_to = old.aggregate(up_to=Max("pk"))["up_to"]
    untold = Entry.objects.filter(pk__gt=reader.up_to, told=None)
    if up_to and up_to > reader.up_to and not untold.filter(pk__lte=up_to).exists():
        Reader.objects.filter(up_to__lt=up_to).update(up_to=up_to)
        Told.objects.filter(pk__lte=up_to, problem="").delete()


def _reader() -> Reader:
    return Reader.objects.get_or_create(pk=1)[0]


@transaction.atomic
def _read(entry: Entry) -> bool:
    """Mark the entry and tell it, both or neither; False where another worker was first.

    An entry that cannot be told is marked with the reason, so that it does not stand in the way of the next.
    """
    told, new = Told.objects.get_or_create(entry=entry, defaults={"at": clock.now()})
    if new:
        try:
            with transaction.atomic():
                tell(entry)
                tell_webhooks(entry)
                tell_of_silence(entry)
                tell_of_texts(entry)
                tell_of_letter(entry)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("Nobody was told of entry %s (%s).", entry.pk, entry)
            told.problem = f"{type(error).__name__}: {error}"
            told.save(update_fields=["problem"])
    return new
