"""What moderation decides. Called by moderation.actions, which checks who may and writes the decision to the record."""

from django.utils.translation import gettext as _

from consultation.practices.actions.steps import held, move
from consultation.practices.models import Practice, PracticeRevision, RevisionState, State
from consultation.record import clock
from consultation.record.errors import Changed


def publish(revision: PracticeRevision) -> Practice:
    """Show this pending revision to everybody, in the caller's transaction. Raises `Changed`."""
    practice = held(revision.practice)
    _set(practice, revision, RevisionState.PENDING, RevisionState.PUBLISHED, published_at=clock.now())
    if practice.published_id:
        PracticeRevision.objects.filter(pk=practice.published_id).update(state=RevisionState.SUPERSEDED)
    practice.published_id = revision.pk
    practice.save(update_fields=["published"])
    return practice if practice.state == State.PUBLISHED else move(practice, State.PUBLISHED)


def return_to_author(revision: PracticeRevision) -> Practice:
    """Send this pending revision back; what was published before stays. Raises `Changed`."""
    practice = held(revision.practice)
    _set(practice, revision, RevisionState.PENDING, RevisionState.RETURNED)
    return move(practice, State.RETURNED) if practice.state == State.PENDING else practice


def unpublish(revision: PracticeRevision) -> Practice:
    """Let this published revision wait again, and what was published before it stand: an undone publication.

    Raises `Changed` where it was revised or removed since.
    """
    practice = held(revision.practice)
    if practice.published_id != revision.pk or practice.latest_id != revision.pk or practice.state != State.PUBLISHED:
        raise Changed(_("This was changed since; the decision stands."))
    _set(practice, revision, RevisionState.PUBLISHED, RevisionState.PENDING, published_at=None)
    earlier = practice.revisions.filter(published_at__isnull=False, number__lt=revision.number)
    practice.published = earlier.order_by("number").last()
    if practice.published:
        PracticeRevision.objects.filter(pk=practice.published.pk).update(state=RevisionState.PUBLISHED)
        practice.save(update_fields=["published"])
        return practice
    # In one statement: a published practice always has a published revision.
    practice.state, practice.state_at = State.PENDING, clock.now()
    practice.save(update_fields=["published", "state", "state_at"])
    return practice


def wait_again(revision: PracticeRevision) -> Practice:
    """Let a returned revision wait for a decision once more: an appeal, or an undone return. Raises `Changed`."""
    practice = held(revision.practice)
    if practice.submitted != revision:  # a draft that was begun since waits for nothing
        raise Changed(_("This practice was changed since."))
    _set(practice, revision, RevisionState.RETURNED, RevisionState.PENDING)
    return move(practice, State.PENDING) if practice.state == State.RETURNED else practice


def remove(practice: Practice) -> Practice:
    """Take a published practice from the public, keeping its words. Raises `Changed`."""
    practice = held(practice)
    practice.revisions.filter(state=RevisionState.PENDING).update(state=RevisionState.RETURNED)
    return move(practice, State.REMOVED)


def restore(practice: Practice) -> Practice:
    """Show a removed practice again. Raises `Changed`."""
    return move(held(practice), State.PUBLISHED)


def _set(
    practice: Practice, revision: PracticeRevision, was: "RevisionState", becomes: "RevisionState", **more: object
) -> None:
    """Bring one revision from one state into another. Raises `Changed` where it is in a third."""
    if not practice.revisions.filter(pk=revision.pk, state=was).update(state=becomes, **more):
        raise Changed(_("This practice no longer waits for that."))
