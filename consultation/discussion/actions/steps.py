"""Steps that the changes to a comment share; each inside the transaction of the change."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from consultation.consultations.attribution import Attribution
from consultation.discussion import rules
from consultation.discussion.models import Comment, CommentRevision
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed


@dataclass(frozen=True)
class Words:
    """What an author writes: the comment, its type, and other words for the passage (or none)."""

    body: str
    type: str = CommentRevision.Type.SUBSTANTIVE
    proposed_wording: str = ""


def words_of(revision: CommentRevision) -> Words:
    """What a revision says."""
    return Words(revision.body, revision.type, revision.proposed_wording)


def held(comment: Comment) -> Comment:
    """The comment, held until the transaction ends, after the first of its thread, and read again."""
    hold_in_thread(comment)
    return Comment.objects.select_related("consultation", "passage", "latest", "organisation").get(pk=comment.pk)


def hold_in_thread(comment: Comment) -> None:
    """Hold the first comment of the thread, which counts the replies, and then this one: docs/decisions/139."""
    if comment.root_id:
        hold(Comment(pk=comment.root_id))
    hold(comment)


def move(comment: Comment, state: "Comment.State") -> Comment:
    """Bring the comment into this state. Raises `Changed` where the table of states does not let it."""
    if state not in rules.TRANSITIONS[comment.state]:
        raise Changed(
            _("This comment is now “%(state)s”; what you asked for is no longer possible.")
            % {"state": comment.get_state_display().lower()}
        )
    comment.state, comment.state_at = state, clock.now()
    comment.save(update_fields=["state", "state_at"])
    count_answers(comment)
    return comment


def count_answers(comment: Comment) -> None:
    """Say on the first comment of the thread, which is held, how many published replies it has."""
    if comment.root_id is None:
        return
    number = Comment.objects.filter(root=comment.root_id, state=Comment.State.PUBLISHED).count()
    Comment.objects.filter(pk=comment.root_id).update(answers=number)


def add_revision(
    comment: Comment,
    author: Any,
    words: Words,
    state: "CommentRevision.State",
    *,
    late: bool = False,
    is_first: bool = False,
) -> CommentRevision:
    """A further revision of the comment, its latest unless it is the draft of an edit; `late` where it came after
    closing.
    """
    last = None if is_first else comment.revisions.order_by("-number").first()
    revision = CommentRevision.objects.create(
        comment=comment,
        number=last.number + 1 if last else 1,
        state=state,
        type=words.type,
        body=words.body,
        proposed_wording=words.proposed_wording,
        quote=comment.passage.text,
        created_by=author,
        created_at=clock.now(),
        late=late,
    )
    if is_first or state != CommentRevision.State.DRAFT:
        make_latest(comment, revision)
    return revision


def make_latest(comment: Comment, revision: CommentRevision) -> None:
    """These are its newest words that were submitted."""
    comment.latest = revision
    comment.save(update_fields=["latest"])


def supersede_waiting(comment: Comment) -> None:
    """What waited for a moderator waits no more: other words are submitted, or none stand."""
    comment.revisions.filter(state=CommentRevision.State.PENDING).update(state=CommentRevision.State.SUPERSEDED)


def tell(kind: str, comment: Comment, author: Any, revision: CommentRevision | None = None) -> None:
    """The entry in the record of a change to this comment, or to this revision of it."""
    revision = revision or comment.latest
    assert revision is not None  # noqa: S101 - every comment is made with its first revision
    how: dict[str, Any] = {} if comment.attribution == Attribution.NAMED else {"attribution": str(comment.attribution)}
    if revision.late:
        how["late"] = True
    append(
        kind,
        comment,
        actor=author,
        consultation=comment.consultation.slug,
        passage=comment.passage.ref,
        organisation=comment.organisation_id,
        organisation_name=comment.organisation.name,
        revision=revision.number,
        state=comment.state,
        **how,
    )
