"""What a pack holds: a row for each position and comment that can be given, with the organisation's own drafts."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.consultations.models import Consultation, GuidingQuestion
from consultation.consultations.times import said
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.offline import fields as f
from consultation.offline.models import Pack
from consultation.positions.actions import shown
from consultation.positions.models import Position, PositionVersion
from consultation.reports.models import Passage
from consultation.stakeholders.models import Organisation

MOST_DRAFTS = 200


@dataclass(frozen=True)
class Item:
    """A row of the form: which passage, position or comment, and what stands in its fields by number."""

    number: int
    kind: str
    passage: Passage
    values: dict[int, str]


@dataclass
class Content:
    """All that a form says, in the order of the report; positions before comments."""

    pack: Pack
    items: list[Item] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    @property
    def attribution(self) -> bool:
        return self.pack.consultation.attribution_choice

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Whose form it is; the number stands on every page too."""
        consultation = self.pack.consultation
        return [
            (_("Consultation"), consultation.title),
            (_("Organisation"), self.pack.organisation.name),
            (_("Made"), said(self.pack.made_at, consultation)),
            (_("Closing"), said(consultation.closes_at, consultation)),
        ]

    @property
    def instructions(self) -> list[str]:
        return [str(line) for line in INSTRUCTIONS]


INSTRUCTIONS = (
    gettext_lazy("Fill in the fields below the text of the report. Leave what is empty empty where you have nothing."),
    gettext_lazy("A reservation needs an explanation."),
    gettext_lazy(
        "Leave numbers, refs, the text of the report and the names of drafts as they are; rows may be removed."
    ),
    gettext_lazy("A further comment on a passage: copy its row or table whole."),
    gettext_lazy(
        "Send the file back where it came from. You see what would change first; what you save is drafts, and counts "
        "only when a focal point has signed it."
    ),
)


def digest(*texts: str) -> str:
    """By which a text, or the words of a draft, is known again."""
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()


def digest_of(words: Words, attribution: str) -> str:
    """By which a draft is known again: what it says and how it is to be shown."""
    return digest(str(words.type), words.body, words.proposed_wording, str(attribution))


def passages_of(consultation: Consultation) -> list[Passage]:
    """The passages of the report, and the guiding questions of this consultation, in their order."""
    asked = GuidingQuestion.objects.filter(consultation=consultation).select_related("passage").order_by("order")
    return [*consultation.passages(), *(question.passage for question in asked)]


def positions_of(consultation: Consultation, organisation: Organisation) -> dict[int, Position]:
    """The organisation's positions by the key of the recommendation, each with the version that a form shows."""
    held = Position.objects.filter(consultation=consultation, organisation=organisation)
    related = ("draft__aligned_with", "draft__drafted_by", "signed__aligned_with", "signed__drafted_by")
    return {
        p.recommendation_id: p
        for p in held.select_related(*related, "signed_late__aligned_with", "signed_late__drafted_by")
    }


def drafts_of(user: Any, consultation: Consultation, organisation: Organisation) -> list[Comment]:
    """The drafts of comments that the person may read: their own and those that colleagues share."""
    drafts = consultation.comments.visible_to(user).filter(organisation=organisation, state=Comment.State.DRAFT)
    return list(drafts.filter(parent=None).for_display()[:MOST_DRAFTS])


def content_of(pack: Pack, user: Any) -> Content:
    """The form of this pack as things stand now, noted in the pack (not saved). Four queries, whatever the rows."""
    consultation, organisation = pack.consultation, pack.organisation
    passages = passages_of(consultation)
    held = {} if pack.blank else positions_of(consultation, organisation)
    drafts = [] if pack.blank else drafts_of(user, consultation, organisation)
    content = Content(pack)
    for passage in passages:
        if consultation.takes_positions_on(passage):
            version = shown(held.get(passage.pk))
            pack.positions[passage.ref] = version.pk if version else 0
            _add(content, f.POSITION, passage, _of_version(version))
    for passage in passages:
        if consultation.takes_comments_on(passage):
            for draft in (d for d in drafts if d.passage_id == passage.pk and d.latest):
                _add_draft(content, draft)
            if passage.kind not in _NOT_ASKED:
                _add(content, f.NOTE, passage, {f.DRAFT: f.NEW})
    pack.texts = {item.passage.ref: digest(item.passage.text) for item in content.items}
    return content


# One can comment on a heading or a list on its page; a form that asks for it twice is only longer.
_NOT_ASKED = frozenset({Passage.Kind.HEADING, Passage.Kind.LIST})


def _add(content: Content, kind: str, passage: Passage, values: dict[int, str]) -> None:
    fixed = {f.REF: passage.ref, f.CODE: passage.code or passage.ref, f.TEXT: passage.words}
    content.items.append(Item(len(content.items) + 1, kind, passage, {**fixed, **values}))


def _of_version(version: PositionVersion | None) -> dict[int, str]:
    if version is None:
        return {}
    return {
        f.STANCE: str(version.get_stance_display()),
        f.EXPLANATION: version.explanation,
        f.CAPACITY: str(version.get_capacity_display()),
        f.SHOWN: str(version.get_attribution_display()),
    }


def _add_draft(content: Content, draft: Comment) -> None:
    latest = draft.latest
    assert latest is not None  # noqa: S101 - every comment is made with its first revision
    words = Words(latest.body, latest.type, latest.proposed_wording)
    content.pack.comments[draft.public_id] = [latest.saves, digest_of(words, draft.attribution)]
    values = {
        f.DRAFT: draft.public_id,
        f.TYPE: str(latest.get_type_display()),
        f.COMMENT: latest.body,
        f.WORDING: latest.proposed_wording,
        f.SHOWN: str(draft.get_attribution_display()),
    }
    _add(content, f.NOTE, draft.passage, values)
