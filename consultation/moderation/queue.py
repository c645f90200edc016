"""What waits for moderators: comments, edits, explanations of position, flags and appeals, under one face."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation, Officer
from consultation.discussion.models import Comment, CommentRevision
from consultation.moderation.models import Appeal, Claim, Flag
from consultation.positions.models import PositionVersion
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, Organisation

COMMENT, EXPLANATION = "comment", "explanation"
# Why something waits: the kinds that the queue is filtered by.
NEW, EDIT, EXPLAINED, FLAGGED, APPEALED = "new", "edit", "explanation", "flag", "appeal"
_COLUMNS = ("thing", "pk", "since", "why")

Words = CommentRevision | PositionVersion


@dataclass(frozen=True)
class Item:
    """One thing to decide on: the newest words of a comment, or the explanation of a signed position."""

    kind: str
    public_id: str
    state: str
    consultation: Consultation
    passage: Passage
    organisation: Organisation
    author: Any
    since: datetime
    text: str
    revision: CommentRevision | None = None
    version: PositionVersion | None = None
    why: str = ""
    is_own: bool = False
    claimed_by: str = ""
    flags: tuple[Flag, ...] = ()
    appeal: Appeal | None = None

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.public_id}"

    @property
    def number(self) -> int:
        """The number of the revision or version, which a decision names."""
        thing = self.revision or self.version
        return thing.number if thing else 0

    @property
    def attribution(self) -> str:
        return self.revision.comment.attribution if self.revision else self.version.attribution if self.version else ""

    @property
    def attribution_label(self) -> str:
        return str(Attribution(self.attribution).label)

    @property
    def proposed_wording(self) -> str:
        return self.revision.proposed_wording if self.revision else ""

    @property
    def is_edit(self) -> bool:
        """An edit of a published comment."""
        return self.revision is not None and self.revision.comment.published_id not in {None, self.revision.pk}


def moderated_by(user: Any) -> "QuerySet[Consultation]":
    """The consultations in which this person is a moderator."""
    return Consultation.objects.filter(officers__user=user, officers__role=Officer.Role.MODERATOR)


def sources(consultations: Any) -> Iterator["QuerySet[Any]"]:
    """What waits in these consultations, a queryset for each reason, all with the same names for their columns.

    `thing`, `pk` (of the revision or version), `since`, `why`, and for filtering `in_consultation`, `of_group`,
    `of_organisation`, `on_passage` (slugs and ref).
    """
    pending = CommentRevision.objects.filter(
        state=CommentRevision.State.PENDING, comment__consultation__in=consultations
    )
    yield _comments(pending.filter(comment__published=None), NEW, F("created_at"))
    yield _comments(pending.filter(comment__published__isnull=False), EDIT, F("created_at"))
    signed = PositionVersion.objects.filter(
        state=PositionVersion.State.SIGNED, position__consultation__in=consultations
    )
    explained = PositionVersion.Explanation
    yield _explanations(signed.filter(explanation_state=explained.PENDING), EXPLAINED, F("signed_at"))
    shown = CommentRevision.objects.filter(comment__published=F("pk"), comment__consultation__in=consultations)
    flags = Flag.objects.filter(settled=None, consultation__in=consultations)
    by_comment, by_position = _enough(flags, "comment"), _enough(flags, "position")
    yield _comments(
        shown.filter(comment__state=Comment.State.PUBLISHED, comment__in=by_comment.values("comment")),
        FLAGGED,
        Subquery(by_comment.filter(comment=OuterRef("comment")).values("first")[:1]),
    )
    yield _explanations(
        signed.filter(explanation_state=explained.PUBLISHED, position__in=by_position.values("position")),
        FLAGGED,
        Subquery(by_position.filter(position=OuterRef("position")).values("first")[:1]),
    )
    # An appeal against a return waits as the pending text that it is; one against a removal waits here.
    appeals = Appeal.objects.filter(settled=None, decision__consultation__in=consultations)
    of_comment = appeals.filter(decision__revision__comment=OuterRef("comment")).values("at")
    of_version = appeals.filter(decision__version=OuterRef("pk")).values("at")
    yield _comments(
        shown.filter(comment__state=Comment.State.REMOVED, comment__in=appeals.values("decision__revision__comment")),
        APPEALED,
        Subquery(of_comment[:1]),
    )
    yield _explanations(
        signed.filter(explanation_state=explained.REMOVED, pk__in=appeals.values("decision__version")),
        APPEALED,
        Subquery(of_version[:1]),
    )


def _enough(flags: "QuerySet[Flag]", thing: str) -> "QuerySet[Any]":
    """The things with flags of as many organisations as their consultation asks for, with the time of the first."""
    enough: QuerySet[Any] = (
        flags.filter(**{f"{thing}__isnull": False})
        .order_by()
        .values(thing, "consultation__flags_needed")
        .annotate(organisations=Count("organisation", distinct=True), first=Min("at"))
        .filter(organisations__gte=F("consultation__flags_needed"))
    )
    return enough


def _comments(revisions: "QuerySet[Any]", why: str, since: Any) -> "QuerySet[Any]":
    named: QuerySet[Any] = revisions.order_by().annotate(
        thing=Value(COMMENT),
        why=Value(why),
        since=since,
        in_consultation=F("comment__consultation__slug"),
        of_group=F("comment__organisation__group__slug"),
        of_organisation=F("comment__organisation__slug"),
        on_passage=F("comment__passage__ref"),
    )
    return named


def _explanations(versions: "QuerySet[Any]", why: str, since: Any) -> "QuerySet[Any]":
    named: QuerySet[Any] = versions.order_by().annotate(
        thing=Value(EXPLANATION),
        why=Value(why),
        since=since,
        in_consultation=F("position__consultation__slug"),
        of_group=F("position__organisation__group__slug"),
        of_organisation=F("position__organisation__slug"),
        on_passage=F("position__recommendation__ref"),
    )
    return named


def together(querysets: "list[QuerySet[Any]]") -> "QuerySet[Any]":
    """The rows of all sources in one query, oldest first."""
    rows = [q.values_list(*_COLUMNS) for q in querysets]
    return rows[0].union(*rows[1:], all=True).order_by("since", "thing", "pk")


def items(rows: "list[tuple[str, int, datetime, str]]", user: Any) -> list[Item]:
    """The items behind these rows, in their order, as this moderator sees them: two queries, however many."""
    keys: dict[str, list[int]] = {COMMENT: [], EXPLANATION: []}
    for thing, pk, _since, _why in rows:
        keys[thing].append(pk)
    found: dict[tuple[str, int], Words] = {}
    acts = Membership.objects.current().filter(user=user)
    revisions = CommentRevision.objects.filter(pk__in=keys[COMMENT]).select_related(*_REVISION)
    for revision in revisions.annotate(
        acts=Exists(acts.filter(organisation=OuterRef("comment__organisation"))),
        claimed_by=_claimed_by(user, COMMENT, "comment__public_id"),
    ):
        found[COMMENT, revision.pk] = revision
    versions = PositionVersion.objects.filter(pk__in=keys[EXPLANATION]).select_related(*_VERSION)
    for version in versions.annotate(
        acts=Exists(acts.filter(organisation=OuterRef("position__organisation"))),
        claimed_by=_claimed_by(user, EXPLANATION, "position__public_id"),
    ):
        found[EXPLANATION, version.pk] = version
    # Something that was decided between the queries is no longer there.
    there: list[tuple[Any, datetime, str]] = [
        (found[thing, pk], since, why) for thing, pk, since, why in rows if (thing, pk) in found
    ]
    return [
        _item(words, since, why, is_own=_is_own(words, user), claimed_by=words.claimed_by or "")
        for words, since, why in there
    ]


def _claimed_by(user: Any, kind: str, public_id: str) -> Subquery:
    """The name of the other moderator who has the item open."""
    name = Claim.objects.others(user).filter(item_id=Concat(Value(f"{kind}-"), OuterRef(public_id)))
    return Subquery(name.values("moderator__name")[:1])


def _is_own(words: Any, user: Any) -> bool:
    author = words.comment.author_id if isinstance(words, CommentRevision) else words.drafted_by_id
    return bool(words.acts) or author == user.pk


def waiting(user: Any, limit: int) -> list[Item]:
    """The first `limit` items that wait for this moderator, oldest first."""
    return items(list(together(list(sources(moderated_by(user))))[:limit]), user)


def following(user: Any, look_at: int = 50) -> Item | None:
    """The oldest item that this moderator may decide on and nobody else has open; None where there is none."""
    found = waiting(user, look_at)
    return next((item for item in found if not item.claimed_by and not item.is_own), None)


def how_much(querysets: "list[QuerySet[Any]]") -> tuple[int, datetime | None]:
    """How many things wait, and since when the one in the middle does: two queries, one where nothing waits."""
    number = together(querysets).count()
    if not number:
        return 0, None
    since = [q.values_list("since") for q in querysets]
    return number, since[0].union(*since[1:], all=True).order_by("since")[(number - 1) // 2][0]


def count(user: Any) -> int:
    """How many items wait for this moderator."""
    return together(list(sources(moderated_by(user)))).count()


def find(item_id: str, user: Any) -> Item | None:
    """The item with this id in a consultation that the person moderates, whatever its state; else None."""
    kind, _, public_id = item_id.partition("-")
    words: Words | None = None
    if kind == COMMENT:
        submitted = CommentRevision.objects.filter(
            comment__public_id=public_id, comment__consultation__in=moderated_by(user)
        ).exclude(state=CommentRevision.State.DRAFT)
        words = submitted.exclude(comment__state=Comment.State.DRAFT).select_related(*_REVISION).last()
    elif kind == EXPLANATION:
        signed = PositionVersion.objects.filter(
            position__public_id=public_id, position__consultation__in=moderated_by(user), signed_at__isnull=False
        )
        explained = signed.exclude(explanation_state=PositionVersion.Explanation.NONE)
        words = explained.select_related(*_VERSION).last()
    if words is None:
        return None
    return _item(words, None, "", flags=tuple(_flags(words)), appeal=_appeal(words))


def _flags(words: Words) -> "QuerySet[Flag]":
    flags = Flag.objects.filter(settled=None).select_related("organisation", "user")
    if isinstance(words, CommentRevision):
        return flags.filter(comment=words.comment_id)
    return flags.filter(position=words.position_id)


def _appeal(words: Words) -> Appeal | None:
    appeals = Appeal.objects.filter(settled=None).select_related("decision__moderator")
    if isinstance(words, CommentRevision):
        return appeals.filter(decision__revision__comment=words.comment_id).first()
    return appeals.filter(decision__version=words).first()


def _item(words: Words, since: datetime | None, why: str, **more: Any) -> Item:
    """The item of a revision or of a version, with its rows already joined."""
    if isinstance(words, CommentRevision):
        comment = words.comment
        pending = words.state == CommentRevision.State.PENDING
        return Item(
            COMMENT,
            comment.public_id,
            words.state if pending else comment.state,
            comment.consultation,
            comment.passage,
            comment.organisation,
            comment.author,
            since or words.created_at,
            words.body,
            revision=words,
            why=why,
            **more,
        )
    position = words.position
    return Item(
        EXPLANATION,
        position.public_id,
        words.explanation_state,
        position.consultation,
        position.recommendation,
        position.organisation,
        words.drafted_by,
        since or words.signed_at or words.drafted_at,
        words.explanation,
        version=words,
        why=why,
        **more,
    )


_REVISION = (
    "comment__consultation__report",
    "comment__passage",
    "comment__organisation__group",
    "comment__author",
    "comment__published",
    "comment__parent__organisation",
    "comment__parent__published",
)
_VERSION = (
    "position__consultation__report",
    "position__recommendation",
    "position__organisation__group",
    "drafted_by",
    "signed_by",
)
