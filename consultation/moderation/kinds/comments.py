"""Comments under moderation: each revision is decided on; what was published before an edit stands until then."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attributions, Origin
from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.models import Comment, CommentRevision
from consultation.moderation.kinds.items import Item, Shown
from consultation.moderation.kinds.kind import EDIT, NEW, ItemKind, Waiting
from consultation.moderation.models import Decision
from consultation.record.actions import hold

Kind = Decision.Kind
State = Comment.State
Revision = CommentRevision.State


class Comments(ItemKind):
    """A comment and its revisions."""

    name = "comment"
    label = _("Comment")
    edit_label = _("Edit of a comment")
    line = _("Comment on")
    edit_line = _("Edit of a comment on")
    template = "moderation/kinds/comment.html"
    things = Comment
    words = CommentRevision
    thing_field = "comment"
    words_field = "revision"
    attribution_field = "comment__attribution"
    on_passage = "comment__passage__ref"
    submitted_at = "created_at"
    text_field = "body"
    joined = (
        "comment__consultation__report",
        "comment__passage",
        "comment__organisation__group",
        "comment__author",
        "comment__published",
        "comment__parent__organisation",
        "comment__parent__published",
    )

    def waiting(self, consultations: Any) -> Iterator[Waiting]:
        pending = CommentRevision.objects.filter(state=Revision.PENDING, comment__consultation__in=consultations)
        yield pending.filter(comment__published=None), NEW, F("created_at")
        yield pending.filter(comment__published__isnull=False), EDIT, F("created_at")

    def readable(self) -> "QuerySet[Any]":
        return CommentRevision.objects.filter(comment__published=F("pk"), comment__state=State.PUBLISHED)

    def removed(self) -> "QuerySet[Any]":
        return CommentRevision.objects.filter(comment__published=F("pk"), comment__state=State.REMOVED)

    def submitted(self) -> "QuerySet[Any]":
        return CommentRevision.objects.exclude(state=Revision.DRAFT).exclude(comment__state=State.DRAFT)

    def facts(self, words: Any) -> dict[str, Any]:
        comment = words.comment
        return {
            "state": words.state if words.state == Revision.PENDING else comment.state,
            "passage": comment.passage,
            "author": comment.author,
            "since": words.created_at,
            "published": comment.published,
        }

    def authors(self, words: Any) -> set[int]:
        return {words.comment.author_id}

    def written_by(self, user: Any) -> Q:
        return Q(revision__comment__author=user)

    def shown(self, consultation: Consultation, public_id: str) -> Shown | None:
        published = consultation.comments.filter(public_id=public_id, state=State.PUBLISHED)
        comment = published.select_related("consultation", "organisation__group", "published", "passage").first()
        return Shown(self, comment, comment.published.body) if comment and comment.published else None

    def origin(self, thing: Any, reader: Any) -> Origin | None:
        return Attributions(reader, thing.consultation).of(thing)

    def alike(self, item: Item, most: int) -> list[tuple[str, str]]:
        """The latest comments of others on the same passage."""
        comments = Comment.objects.filter(consultation=item.consultation, passage=item.passage, latest__isnull=False)
        latest = (
            comments.exclude(pk=item.thing.pk)
            .exclude(state__in=[State.DRAFT, State.WITHDRAWN])
            .select_related("organisation", "latest")
            .order_by("-pk")[:most]
        )
        return [(f"{c.organisation}, {c.public_id}", c.latest.body) for c in latest if c.latest]

    def hold(self, public_id: str) -> None:
        if comment := Comment.objects.filter(public_id=public_id).first():
            discussion.hold_in_thread(comment)

    def hold_several(self, public_ids: list[str]) -> None:
        """Threads in the order of their keys; who holds a thread holds what is in it."""
        there = Comment.objects.filter(public_id__in=public_ids).order_by()
        first = {root or pk for pk, root in there.values_list("pk", "root")}
        for pk in sorted(first):
            hold(Comment(pk=pk))

    def apply(self, words: Any, decision: str) -> None:
        if decision == Kind.PUBLISH:
            discussion.publish(words)
        elif decision == Kind.RETURN:
            discussion.return_to_author(words)
        elif decision == Kind.REMOVE:
            discussion.remove(words.comment)
        else:
            discussion.restore(words.comment)

    def take_back(self, decision: Decision) -> None:
        revision, kind = decision.revision, Kind(decision.kind)
        assert revision is not None  # noqa: S101 - the decision is about a comment
        if kind == Kind.PUBLISH:
            discussion.unpublish(revision, decision.published_before)
        elif kind == Kind.RETURN:
            discussion.wait_again(revision)
        elif kind == Kind.REMOVE:
            comment = discussion.restore(revision.comment)
            if comment.published_id != revision.pk:  # An edit waited when the comment was removed.
                discussion.wait_again(revision)
        else:
            discussion.remove(revision.comment)

    def wait_again(self, words: Any) -> None:
        discussion.wait_again(words)

    def repeating(self, thing: Any, words: list[str]) -> Sequence[Any]:
        return discussion.repeating(thing, words)

    def redact(self, thing: Any, words: list[str]) -> Sequence[Any]:
        return discussion.redact(thing, words)

    def still_stands(self, words: Any, decision: str) -> bool:
        if decision == Kind.RETURN:
            return bool(words.comment.latest_id == words.pk and words.state == Revision.RETURNED)
        return bool(words.comment.state == State.REMOVED)

    def remembered(self, words: Any, decision: str) -> dict[str, Any]:
        return {"published_before": words.comment.published} if decision == Kind.PUBLISH else {}
