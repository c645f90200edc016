"""Blacking words out of practices. Called by moderation.actions, which checks who may and keeps the originals."""

from dataclasses import replace

from consultation.practices.actions.steps import held
from consultation.practices.models import Practice, PracticeRevision
from consultation.text.redaction import Blacked, repeated

COLUMNS = ("title", "summary", "place", "partners", "results", "source")


def repeating(practice: Practice, words: list[str]) -> list[Blacked]:
    """Every part of every revision of this practice that holds these words."""
    rows = PracticeRevision.objects.filter(practice=practice).order_by("number")
    return [replace(each, text=_fitting(each)) for each in repeated(rows, COLUMNS, words)]


def redact(practice: Practice, words: list[str]) -> list[Blacked]:
    """Black these words out of every revision, in the caller's transaction; gives what was there."""
    held(practice)
    found = repeating(practice, words)
    for each in found:
        setattr(each.row, each.column, each.text)
    for revision in {each.row.pk: each.row for each in found}.values():
        revision.save()
    return found


def _fitting(blacked: Blacked) -> str:
    """The mark can be longer than what it stands for; a line of limited length ends earlier then."""
    return blacked.text[: getattr(PracticeRevision._meta.get_field(blacked.column), "max_length", None)]
