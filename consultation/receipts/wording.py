"""What was done, in the words of the page."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from consultation.record.models import Entry
from consultation.reports.models import Passage

ACTS = {
    "comment.submitted": _("Comment submitted"),
    "comment.revised": _("Comment revised"),
    "comment.withdrawn": _("Comment withdrawn"),
    "comment.attributed": _("More told of who says a comment"),
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


LABELS = {
    "comment": _("Comment"),
    "type": _("Type"),
    "body": _("Words"),
    "proposed_wording": _("Proposed wording"),
    "passage": _("The passage as it was"),
    "position": _("Position"),
    "stance": _("Stance"),
    "explanation": _("Explanation of position"),
    "aligned_with": _("Aligned with"),
    "commitment": _("Commitment"),
    "what": _("Words"),
    "by_when": _("By when"),
    "indicator": _("Indicator"),
    "responsible": _("Who does it"),
    "status": _("Status"),
    "progress": _("Progress"),
}


def labelled(words: dict[str, str]) -> list[tuple[str, str]]:
    """The words of a receipt, each with what the page calls it; what is empty is left out."""
    return [(str(LABELS.get(name, name)), text) for name, text in words.items() if text]


def codes_of(entries: Iterable[Entry]) -> dict[int, str]:
    """What people see of the passage that an entry is about, POL.3, by the key of the entry; one query."""
    about = {e.pk: (e.consultation, str(e.content["passage"])) for e in entries if e.content.get("passage")}
    named = Passage.objects.filter(
        report__consultations__slug__in={slug for slug, _ref in about.values()},
        ref__in={ref for _slug, ref in about.values()},
    )
    rows = named.order_by().values_list("report__consultations__slug", "ref", "code")
    codes = {(slug, ref): code for slug, ref, code in rows}
    return {pk: codes.get(name) or name[1] for pk, name in about.items()}
