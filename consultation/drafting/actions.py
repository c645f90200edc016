"""Changes of the next text: drafting passage by passage, publishing; each with its entry in the record."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment
from consultation.drafting import rules
from consultation.drafting.composition import compose
from consultation.drafting.errors import Unexplained
from consultation.drafting.models import NextPassage, NextPassageVersion, NextSource, NextText
from consultation.drafting.proposed import Change, Proposed, standing
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import AlreadySent, Changed, Refusal
from consultation.reports import actions as reports
from consultation.reports.models import Passage
from consultation.text.redaction import MARK


@transaction.atomic
def save_passage(
    rapporteur: Any,
    consultation: Consultation,
    passage: Passage,
    proposed: Proposed,
    submission_id: UUID,
    *,
    seen_version: int,
) -> NextPassage:
    """Say what becomes of a passage of the old text: changed, dropped, or kept again. Sent twice, it is saved once.

    Raises `NotAllowed`, `Unexplained`, `Refusal`, and `Changed` where somebody saved since `seen_version`.
    """
    next_text = _held(rapporteur, consultation)
    if found := _sent_before(submission_id, proposed):
        return found
    _require_prepared(next_text)
    _require_tree(next_text, passage, proposed.change)
    place = next_text.passages.filter(passage=passage).first()
    if place is None and proposed.change == Change.KEPT:
        raise Refusal(_("The old words stand there already; nothing is to be saved."))
    place = place or NextPassage.objects.create(next_text=next_text, passage=passage)
    return _save(rapporteur, next_text, place, proposed, submission_id, seen=seen_version)


@transaction.atomic
def insert_passage(
    rapporteur: Any, consultation: Consultation, after: Passage, proposed: Proposed, submission_id: UUID
) -> NextPassage:
    """A new passage that stands after one of the old text, behind those that were put there before.

    Sent twice, it is made once. Raises `NotAllowed`, `Unexplained`, `Refusal` where nothing can stand there.
    """
    next_text = _held(rapporteur, consultation)
    if found := _sent_before(submission_id, proposed):
        return found
    _require_prepared(next_text)
    if not rules.may_stand_after(after):
        raise Refusal(_("A new passage stands after a paragraph, a table or a recommendation."))
    _require_place(next_text, after)
    last = next_text.passages.filter(after=after).order_by("place").last()
    place = NextPassage.objects.create(next_text=next_text, after=after, place=last.place + 1 if last else 1)
    return _save(rapporteur, next_text, place, proposed, submission_id)


@transaction.atomic
def save_inserted(
    rapporteur: Any,
    consultation: Consultation,
    place: NextPassage,
    proposed: Proposed,
    submission_id: UUID,
    *,
    seen_version: int,
) -> NextPassage:
    """Change a new passage, or take it back (`kept`: nothing stands there, as before). Raises as `save_passage`."""
    next_text = _held(rapporteur, consultation)
    if found := _sent_before(submission_id, proposed):
        return found
    _require_prepared(next_text)
    if place.after and proposed.change == Change.ADDED:
        _require_place(next_text, place.after)
    return _save(rapporteur, next_text, place, proposed, submission_id, seen=seen_version)


@transaction.atomic
def publish_next_text(
    rapporteur: Any, consultation: Consultation, title: str, submission_id: UUID, *, seen_version: int
) -> NextText:
    """Make the new version of the report, and show everybody what became of each passage and why.

    Nothing that anybody signed moves. Sent twice, it is published once. Raises `NotAllowed`, `Refusal` before
    closing and where nothing is changed, `Unexplained`, `Changed` where the draft is no longer the one checked.
    """
    next_text = _held(rapporteur, consultation)
    if next_text.submission_id == submission_id:
        if next_text.report and next_text.report.title != title:
            raise AlreadySent
        return next_text
    _require_prepared(next_text)
    if reason := why_not_yet(consultation, next_text):
        raise Refusal(reason)
    if next_text.version != seen_version:
        raise Changed(_("The next text was changed since you checked it. Nothing was published; check it once more."))
    require_explained(next_text)
    _require_whole_words(next_text)
    composed = compose(next_text, title)
    report = reports.store_next_version(rapporteur, composed.contents, consultation.report, composed.pairs)
    made = {passage.ref: passage for passage in report.passages.all()}
    for place in composed.places:
        place.published_as = made.get(composed.refs.get(place.pk, ""))
    NextPassage.objects.bulk_update(composed.places, ["published_as"])
    next_text.state, next_text.report = NextText.State.PUBLISHED, report
    next_text.published_by, next_text.published_at = rapporteur, clock.now()
    next_text.submission_id = submission_id
    next_text.save()
    append(
        "next_text.published",
        next_text,
        actor=rapporteur,
        consultation=consultation.slug,
        report=report.slug,
        changes=composed.told,
    )
    return next_text


def why_not_yet(consultation: Consultation, next_text: NextText | None) -> str:
    """The sentence that says why the next text cannot be published now, or nothing."""
    if not rules.is_closed(consultation):
        return _("The next text can be published only after the consultation has closed.")
    if next_text is None or not next_text.passages.changes().exists():
        return _("Nothing is changed in the next text.")
    return ""


def require_explained(next_text: NextText) -> None:
    """Raise `Unexplained` where a change has no reason and no comment behind it that is still published."""
    places = list(next_text.passages.changes().for_display().prefetch_related("latest__sources__comment"))
    published = {
        source.comment.public_id
        for place in places
        if place.latest
        for source in place.latest.sources.all()
        if source.comment.state == Comment.State.PUBLISHED
    }
    missing = [place for place in places if not standing(place, published).is_explained(place.old_text)]
    if missing:
        raise Unexplained(", ".join(map(str, missing)))


def _require_whole_words(next_text: NextText) -> None:
    """Raise `Refusal` where a moderator blacked out words since: a report does not have a mark in their place."""
    missing = [str(place) for place in next_text.passages.changes().for_display().filter(latest__text__contains=MARK)]
    if missing:
        raise Refusal(
            _(
                "A moderator blacked out words that the next text had from a comment. Write these passages anew: %s. "
                "Nothing was published."
            )
            % ", ".join(missing)
        )


def _held(rapporteur: Any, consultation: Consultation) -> NextText:
    """The next text, made if need be, held until the transaction ends. Raises `NotAllowed`."""
    rules.require_rapporteur(rapporteur, consultation)
    next_text, _made = NextText.objects.get_or_create(consultation=consultation)
    hold(next_text)
    next_text.refresh_from_db()
    return next_text


def _require_prepared(next_text: NextText) -> None:
    if next_text.is_published:
        raise Changed(_("The next text is published. It no longer changes; the next round has a next text of its own."))


def _sent_before(submission_id: UUID, proposed: Proposed) -> NextPassage | None:
    """The passage of which this form made a version, or None. Raises `AlreadySent` where it says something else now."""
    found = NextPassageVersion.objects.filter(submission_id=submission_id).select_related("next_passage").first()
    if found and (found.change, found.text, found.why) != (proposed.change, proposed.text, proposed.why):
        raise AlreadySent
    return found.next_passage if found else None


def _save(
    rapporteur: Any, next_text: NextText, place: NextPassage, proposed: Proposed, submission_id: UUID, *, seen: int = 0
) -> NextPassage:
    """A new version of a passage, unless it says what the newest one says."""
    place = NextPassage.objects.for_display().prefetch_related("latest__sources__comment").get(pk=place.pk)
    number = place.latest.number if place.latest else 0
    if _same(place, proposed):
        return place
    if seen != number:
        raise Changed(
            _(
                "Another rapporteur saved this passage while you were writing. Both texts are below; check and save "
                "again."
            )
        )
    if not proposed.is_explained(place.old_text):
        raise Unexplained(str(place))
    comments = _comments(next_text.consultation, proposed)
    place.latest = version = _write(rapporteur, place, proposed, comments, submission_id)
    place.save(update_fields=["latest"])
    next_text.version += 1
    next_text.save(update_fields=["version"])
    append(
        "next_text.saved",
        next_text,
        actor=rapporteur,
        consultation=next_text.consultation.slug,
        passage=place.passage.ref if place.passage else place.public_id,
        version=version.number,
        change=version.change,
    )
    return place


def _write(
    rapporteur: Any, place: NextPassage, proposed: Proposed, comments: dict[str, Comment], submission_id: UUID
) -> NextPassageVersion:
    """The next version of a passage with its sources: the comments whose words it took, run by run."""
    version = NextPassageVersion.objects.create(
        next_passage=place,
        number=place.latest.number + 1 if place.latest else 1,
        change=proposed.change,
        text=proposed.text,
        why=proposed.why,
        started_from=comments[proposed.started_from].published if proposed.started_from in comments else None,
        saved_by=rapporteur,
        saved_at=clock.now(),
        submission_id=submission_id,
    )
    NextSource.objects.bulk_create(
        NextSource(
            version=version,
            comment=comments[name],
            run=run.number if run else None,
            removed=run.removed if run else "",
            added=run.added if run else "",
        )
        for (name, _number), run in proposed.sources(place.old_text).items()
    )
    return version


def _same(place: NextPassage, proposed: Proposed) -> bool:
    now = standing(place)
    return (now.change, now.text, now.why) == (proposed.change, proposed.text, proposed.why) and set(
        now.sources(place.old_text)
    ) == set(proposed.sources(place.old_text))


def _comments(consultation: Consultation, proposed: Proposed) -> dict[str, Comment]:
    """The comments that it names, all published in this consultation. Raises `Changed`."""
    named = proposed.comments | ({proposed.started_from} if proposed.started_from else set())
    found = {
        comment.public_id: comment
        for comment in consultation.comments.filter(public_id__in=named, state=Comment.State.PUBLISHED).select_related(
            "published"
        )
    }
    if missing := proposed.comments - set(found):
        raise Changed(
            _("These comments are not, or no longer, published here: %s. Nothing was saved.")
            % ", ".join(f"#{name}" for name in sorted(missing))
        )
    return found


def _require_tree(next_text: NextText, passage: Passage, change: str) -> None:
    """Raise `Refusal` where what is kept would stand under what is dropped."""
    dropped = next_text.passages.filter(latest__change=Change.DROPPED)
    if change == Change.DROPPED:
        below = passage.children.exclude(pk__in=dropped.values("passage"))
        added = next_text.passages.filter(after__parent=passage, latest__change=Change.ADDED)
        if below.exists() or added.exists():
            raise Refusal(_("Other passages stand under %s. Drop them first.") % (passage.code or passage.ref))
    elif passage.parent_id and dropped.filter(passage=passage.parent_id).exists():
        raise Refusal(
            _("%s stands under a passage that is dropped. Keep that one first.") % (passage.code or passage.ref)
        )


def _require_place(next_text: NextText, after: Passage) -> None:
    """Raise `Refusal` where a new passage after this one would stand under what is dropped."""
    dropped = next_text.passages.filter(latest__change=Change.DROPPED, passage=after.parent_id)
    if after.parent and dropped.exists():
        raise Refusal(
            _(
                "A new passage would stand here under %(above)s, which is dropped. Keep %(above)s first, or put the "
                "new passage after it. Nothing was saved."
            )
            % {"above": after.parent.code or after.parent.ref}
        )
