"""Having an item open, so that two moderators do not do the same work. Not part of the record: it lapses by itself."""

from typing import Any

from django.db import transaction

from consultation.moderation.models import CLAIM_LASTS, Claim
from consultation.record import clock


@transaction.atomic
def claim(moderator: Any, item_id: str) -> Claim:
    """Open an item for oneself; gives the claim that holds, which is another moderator's where they were first."""
    now = clock.now()
    Claim.objects.filter(item_id=item_id, at__lte=now - CLAIM_LASTS).delete()
    held, made = Claim.objects.get_or_create(item_id=item_id, defaults={"moderator": moderator, "at": now})
    if not made and held.moderator_id == moderator.pk:
        held.at = now
        held.save(update_fields=["at"])
    return held


def release(item_id: str) -> None:
    """Nobody has this item open any more."""
    Claim.objects.filter(item_id=item_id).delete()
