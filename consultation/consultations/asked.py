"""What a consultation asks for, in words: which passages take comments, which recommendations positions."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.reports.models import Passage

_MOST_NAMED = 12


@dataclass(frozen=True)
class Asked:
    """Two sentences for the overview."""

    comments: str
    positions: str


def asked_by(consultation: Consultation) -> Asked:
    """What this consultation asks for; one query for each side that names passages, none otherwise."""
    return Asked(_comments(consultation), _positions(consultation))


def _comments(consultation: Consultation) -> str:
    scope, chosen = consultation.comment_scope, consultation.comment_on
    if scope == Consultation.Scope.ALL:
        return _("Comments on every passage.")
    if scope == Consultation.Scope.NONE:
        return _("No comments on the report.")
    if scope == Consultation.Scope.KINDS:
        names = [str(label).lower() for value, label in Passage.REPORT_KINDS if value in chosen]
        return _("Comments on these kinds of passage: %s.") % ", ".join(names)
    return _("Comments on these passages: %s.") % _named(consultation, chosen)


def _positions(consultation: Consultation) -> str:
    scope, chosen = consultation.position_scope, consultation.position_on
    if scope == Consultation.Scope.ALL:
        return _("Positions on every recommendation.")
    if scope == Consultation.Scope.NONE:
        return _("No positions.")
    if scope == Consultation.Scope.KINDS:
        names = [str(label).lower() for value, label in Passage.Strand.choices if value in chosen]
        return _("Positions on these recommendations: %s.") % ", ".join(names)
    return _("Positions on these recommendations: %s.") % _named(consultation, chosen)


def _named(consultation: Consultation, refs: list[str]) -> str:
    found = list(consultation.passages().filter(ref__in=refs)[: _MOST_NAMED + 1])
    names = ", ".join(passage.code or passage.words for passage in found[:_MOST_NAMED])
    if len(found) > _MOST_NAMED:
        return _("%(names)s and %(more)d more") % {"names": names, "more": len(refs) - _MOST_NAMED}
    return names
