"""What was done, in the words of the page."""

from django.utils.translation import gettext_lazy as _

from consultation.record.models import Entry

ACTS = {
    "comment.submitted": _("Comment submitted"),
    "comment.revised": _("Comment revised"),
    "comment.withdrawn": _("Comment withdrawn"),
    "comment.published_at_once": _("Comment published at once"),
    "comment.appealed": _("Appeal about a comment"),
    "explanation.appealed": _("Appeal about an explanation"),
    "proposal.supported": _("Proposed wording supported"),
    "proposal.support_withdrawn": _("Support of a proposed wording withdrawn"),
    "position.signed": _("Position signed"),
    "position.withdrawn": _("Position withdrawn"),
    "commitment.signed": _("Commitment signed"),
    "commitment.withdrawn": _("Commitment withdrawn"),
    "progress.signed": _("Report of progress signed"),
    "comment.published": _("Decision: comment published"),
    "comment.returned": _("Decision: comment returned"),
    "comment.removed": _("Decision: comment removed"),
    "comment.restored": _("Decision: comment restored"),
    "comment.kept": _("Decision: comment kept"),
    "comment.decision_undone": _("Decision about a comment undone"),
    "explanation.published": _("Decision: explanation published"),
    "explanation.returned": _("Decision: explanation returned"),
    "explanation.removed": _("Decision: explanation removed"),
    "explanation.restored": _("Decision: explanation restored"),
    "explanation.kept": _("Decision: explanation kept"),
    "explanation.decision_undone": _("Decision about an explanation undone"),
}


def act_of(entry: Entry) -> str:
    """What this entry says was done."""
    return str(ACTS.get(entry.kind, entry.kind))
