"""Every change of the mentions of instruments: what a person confirms, and what a changed text asks for."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.record import actions as record
from consultation.record.errors import NotAllowed
from consultation.reports import rules
from consultation.reports.frameworks import Place, moved, unlinked
from consultation.reports.models import Mention, Report


@transaction.atomic
def confirm_mentions(actor: Any, report: Report, chosen: set[str]) -> list[Mention]:
    """Link the proposed places whose `key` is chosen; what is linked already or gone changes nothing.

    Raises `NotAllowed` unless the actor may link mentions.
    """
    if not rules.may_link_mentions(actor):
        raise NotAllowed(_("Only the secretariat links mentions of reference frameworks."))
    record.hold(report)
    made = [_link(place) for place in unlinked(report) if place.key in chosen]
    if made:
        words = [f"{m.passage.ref}: {m.words}" for m in made]
        record.append("mentions_confirmed", report, actor=actor, mentions=words)
    return made


def _link(place: Place) -> Mention:
    return Mention.objects.create(
        instrument=place.instrument, passage=place.passage, start=place.start, end=place.end, words=place.words
    )


@transaction.atomic
def follow_text(report: Report) -> list[str]:
    """Place every mention of a report anew where its text changed; gives the words that stand there no more.

    A mention whose words are gone goes with them: nothing is linked that the report does not say.
    """
    gone = []
    for mention in Mention.objects.filter(passage__report=report).select_related("passage"):
        text = mention.passage.text
        if text[mention.start : mention.end] == mention.words:
            continue
        beside = Mention.objects.filter(instrument=mention.instrument_id, passage=mention.passage_id)
        start = moved(text, mention.words, mention.start, set(beside.values_list("start", flat=True)))
        if start is None:
            gone.append(str(mention))
            mention.delete()
            continue
        mention.start, mention.end = start, start + len(mention.words)
        mention.save(update_fields=["start", "end"])
    return gone
