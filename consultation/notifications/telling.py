"""Who is told of an entry of the record. Nobody is told of their own act, and only of what they may see now."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q

from consultation.consultations import rules as consultation_rules
from consultation.consultations.attribution import Attribution
from consultation.consultations.models import Consultation, Officer
from consultation.discussion.models import Comment
from consultation.moderation.kinds import KINDS
from consultation.moderation.models import Appeal, Decision, Flag
from consultation.moderation.publications import was_published_before
from consultation.notifications import rounds
from consultation.notifications.kinds import How, Kind
from consultation.notifications.models import Following, Mail, Notification, Preferences, new_message_id, preferences_of
from consultation.notifications.things import Round, Subject, Thing, thing_of
from consultation.positions.models import PositionVersion
from consultation.record import clock
from consultation.record.models import Entry
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership, User

_AT_A_TIME = 500
# Entries that tell of a moderator's decision, which can be undone for a minute.
DECISIONS = [f"{thing}.{what}" for thing in KINDS for what in ("published", "returned", "removed", "restored", "kept")]


def tell(entry: Entry) -> None:
    """Make the notifications of one entry, with the mails of those who want it at once, in the caller's transaction.

    An entry of a kind that concerns nobody here makes nothing.
    """
    if entry.kind in _OF_ROUNDS:
        _tell_round(entry)
        return
    teller = _TELLERS.get(entry.kind)
    thing = thing_of(entry) if teller else None
    if teller and thing and not _undone(entry):
        teller(thing)


def _undone(entry: Entry) -> bool:
    """It tells of a decision that was taken back before anybody was told."""
    decision = _decision(entry) if entry.kind in DECISIONS else None
    return decision is not None and decision.undone_at is not None


def followers(consultation: Consultation, passage: Passage, thread_id: int | None = None) -> set[int]:
    """The keys of the people who follow this place. The narrowest thing that a person chose decides."""
    place = Q(passage=None, thread=None) | Q(passage=passage)
    if thread_id:
        place |= Q(thread=thread_id)
    chosen: dict[int, tuple[int, bool]] = {}
    rows = Following.objects.filter(place, consultation=consultation)
    for person, on_passage, on_thread, active in rows.values_list("person", "passage", "thread", "active"):
        narrowness = 2 if on_thread else 1 if on_passage else 0
        chosen[person] = max(chosen.get(person, (-1, False)), (narrowness, active))
    return {person for person, (_narrowness, active) in chosen.items() if active}


def _practice_submitted(thing: Thing) -> None:
    """The moderators have something to decide."""
    if thing.practice and thing.practice.revisions.filter(state="pending").exists():
        make(thing, Kind.MODERATION, _moderators(thing), once=True)


def _decided_on_practice(thing: Thing) -> None:
    """To its author."""
    _done(thing, Kind.MODERATION)
    if thing.practice:
        make(thing, Kind.DECISION, {thing.practice.author_id}, decision=_decision(thing.entry))


def _comment_submitted(thing: Thing) -> None:
    """Its author follows the thread; the moderators have something to decide."""
    comment = thing.comment
    if comment is None:
        return
    if preferences_of(comment.author).follow_own_threads:
        Following.objects.get_or_create(
            person=comment.author, thread=comment.root or comment, defaults={"consultation": thing.consultation}
        )
    if comment.latest and comment.latest.state == "pending":
        make(thing, Kind.MODERATION, _moderators(thing), once=True)


def _comment_published(thing: Thing) -> None:
    """To its author; to followers when it is published for the first time."""
    comment = thing.comment
    if comment is None:
        return
    _decided_on_comment(thing)
    _tell_followers(thing, comment)


def _published_at_once(thing: Thing) -> None:
    if thing.comment:
        _tell_followers(thing, thing.comment)


def _tell_followers(thing: Thing, comment: Comment) -> None:
    if comment.state == Comment.State.PUBLISHED and not was_published_before(thing.entry):
        people = followers(thing.consultation, thing.passage, comment.root_id or comment.pk)
        make(thing, Kind.COMMENT, people - {comment.author_id})


def _decided_on_comment(thing: Thing) -> None:
    _done(thing, Kind.MODERATION)
    if thing.comment:
        make(thing, Kind.DECISION, {thing.comment.author_id}, decision=_decision(thing.entry))


def _decided_on_explanation(thing: Thing) -> None:
    """To who drafted and who signed it, while they act for the organisation."""
    _done(thing, Kind.MODERATION)
    decision = _decision(thing.entry)
    version = decision.version if decision else None
    if version:
        concerned = {version.drafted_by_id, version.signed_by_id}
        members = Membership.objects.current().filter(organisation=thing.organisation, user__in=concerned - {None})
        make(thing, Kind.DECISION, members.values_list("user", flat=True), decision=decision)


def _position_drafted(thing: Thing) -> None:
    """To the focal points, while a draft waits."""
    _done(thing, Kind.SENT_BACK)
    draft = thing.position.draft if thing.position else None
    if draft and draft.state == PositionVersion.State.DRAFT:
        focal_points = Membership.objects.focal_points(thing.organisation)
        make(thing, Kind.SIGNATURE, [m.user_id for m in focal_points], once=True)


def _position_sent_back(thing: Thing) -> None:
    """To its drafter, while they act for the organisation."""
    _done(thing, Kind.SIGNATURE)
    draft = thing.position.draft if thing.position else None
    if draft and draft.state == PositionVersion.State.SENT_BACK:
        members = Membership.objects.current().filter(organisation=thing.organisation, user=draft.drafted_by)
        make(thing, Kind.SENT_BACK, members.values_list("user", flat=True))


def _position_signed(thing: Thing) -> None:
    """To followers of the recommendation, unless it came late; to the moderators where an explanation waits."""
    _done(thing, Kind.SIGNATURE)
    _done(thing, Kind.SENT_BACK)
    late = bool(thing.entry.content.get("late"))
    version = (thing.position.signed_late if late else thing.position.signed) if thing.position else None
    if version is None:
        return
    if version.explanation_state == PositionVersion.Explanation.PENDING:
        make(thing, Kind.MODERATION, _moderators(thing), once=True)
    # Of a position without a name there is no news: the minute would tell what else was signed in it.
    if version.attribution != Attribution.NAMED:
        return
    if not late and thing.consultation.participants().filter(pk=thing.organisation.pk).exists():
        moderators = set(_moderators(thing)) if version.explanation_state == "pending" else set()
        make(thing, Kind.POSITION, followers(thing.consultation, thing.passage) - moderators)


def _kept(thing: Thing) -> None:
    """To the author where it was the decision on an appeal; flags are between readers and moderators."""
    _done(thing, Kind.MODERATION)
    decision = _decision(thing.entry)
    if decision and Appeal.objects.filter(settled=decision).exists():
        decided = _decided_on_comment if thing.comment else _decided_on_practice if thing.practice else None
        (decided or _decided_on_explanation)(thing)


def _appealed(thing: Thing) -> None:
    """To the moderators but for the one whose decision it is against."""
    decision = _decision(thing.entry)
    against = {decision.moderator_id} if decision else set()
    make(thing, Kind.MODERATION, _moderators(thing) - against)


def _flagged(thing: Thing) -> None:
    """To the moderators once enough organisations have flagged it."""
    flags = Flag.objects.filter(**thing.moderated, settled=None)
    if flags.values("organisation").distinct().count() >= thing.consultation.flags_needed:
        make(thing, Kind.MODERATION, _moderators(thing), once=True)


def _tell_round(entry: Entry) -> None:
    """To those whom the reminder or the change of the window concerns, and to followers of the consultation."""
    consultation = Consultation.objects.filter(pk=entry.subject_key).first()
    if consultation is None:
        return
    kind, concerned = _OF_ROUNDS[entry.kind]
    make(Round(entry, consultation), kind, concerned(consultation) | rounds.following(consultation))


def _redacted(thing: Thing) -> None:
    """To its author, or to who drafted and signed it: what waited for a decision still waits."""
    decision = _decision(thing.entry)
    version = decision.version if decision else None
    if written := thing.comment or thing.practice:
        make(thing, Kind.DECISION, {written.author_id}, decision=decision)
    elif version:
        concerned = {version.drafted_by_id, version.signed_by_id}
        members = Membership.objects.current().filter(organisation=thing.organisation, user__in=concerned - {None})
        make(thing, Kind.DECISION, members.values_list("user", flat=True), decision=decision)


def _answered(thing: Thing) -> None:
    """To its author and to the delegation that it speaks for."""
    if thing.comment:
        members = Membership.objects.current().filter(organisation=thing.organisation)
        people = {thing.comment.author_id, *members.values_list("user", flat=True)}
        make(thing, Kind.ANSWER, people)


def _nothing_to_decide(thing: Thing) -> None:
    _done(thing, Kind.MODERATION)


def _done(thing: Thing, kind: Kind) -> None:
    """What waited was done by somebody: for nobody is it unread any more."""
    waited = Notification.objects.filter(kind=kind, **thing.about, read_at=None)
    waited.update(read_at=clock.now())


def _moderators(thing: Thing) -> set[int]:
    """Those who may decide: not the members of the organisation itself."""
    moderators = Officer.objects.filter(consultation=thing.consultation, role=Officer.Role.MODERATOR)
    own = Membership.objects.current().filter(organisation=thing.organisation)
    return set(moderators.exclude(user__in=own.values("user")).values_list("user", flat=True))


def _decision(entry: Entry) -> Decision | None:
    return Decision.objects.filter(pk=entry.content.get("decision")).select_related("version").first()


def make(
    thing: Subject,
    kind: Kind,
    people: Iterable[int],
    *,
    decision: Decision | None = None,
    once: bool = False,
) -> None:
    """A notification for each of these people who may know of the consultation, but for who did it.

    With `once` only for those who have read the earlier ones of this kind about the same thing.
    """
    told = User.objects.filter(is_active=True).exclude(pk=thing.entry.actor_id or 0)
    if not thing.consultation.announced:
        told = told.filter(pk__in=consultation_rules.managing(thing.consultation).values("pk"))
    if once:
        unread = Notification.objects.filter(kind=kind, **thing.about, read_at=None, person__in=people)
        people = set(people) - set(unread.values_list("person", flat=True))
    keys = sorted(people)
    for start in range(0, len(keys), _AT_A_TIME):
        _make_some(thing, kind, list(told.filter(pk__in=keys[start : start + _AT_A_TIME])), decision)


def _make_some(thing: Subject, kind: Kind, people: list[User], decision: Decision | None) -> None:
    now = clock.now()
    preferences = {p.person_id: p for p in Preferences.objects.filter(person__in=people)}
    how = {person: preferences.get(person.pk, Preferences()).how(kind) for person in people}
    at_once = [person for person in people if how[person] == How.AT_ONCE]
    mails = Mail.objects.bulk_create(
        Mail(
            message_id=new_message_id(),
            person=person,
            recipient=person.email,
            sender=settings.DEFAULT_FROM_EMAIL,
            next_try_at=now,
            made_at=now,
        )
        for person in at_once
    )
    mail_of: dict[Any, Mail] = dict(zip(at_once, mails, strict=True))
    Notification.objects.bulk_create(
        Notification(
            person=person,
            kind=kind,
            entry=thing.entry,
            consultation=thing.consultation,
            passage=thing.passage,
            **thing.about,
            decision=decision,
            made_at=now,
            in_digest=how[person] == How.DAILY,
            mail=mail_of.get(person),
        )
        for person in people
    )


_OF_ROUNDS: dict[str, tuple[Kind, Callable[[Consultation], set[int]]]] = {
    "consultation.closes_soon": (Kind.REMINDER, rounds.with_drafts),
    "consultation.moved": (Kind.WINDOW, rounds.that_contributed),
    "consultation.extended": (Kind.WINDOW, rounds.that_contributed),
    "consultation.shortened": (Kind.WINDOW, rounds.that_contributed),
}
_TELLERS: dict[str, Callable[[Thing], None]] = {
    "comment.submitted": _comment_submitted,
    "comment.revised": _comment_submitted,
    "comment.published": _comment_published,
    "comment.published_at_once": _published_at_once,
    "comment.answered": _answered,
    "comment.kept": _kept,
    "comment.appealed": _appealed,
    "comment.flagged": _flagged,
    "comment.returned": _decided_on_comment,
    "comment.redacted": _redacted,
    "comment.removed": _decided_on_comment,
    "comment.restored": _decided_on_comment,
    "comment.withdrawn": _nothing_to_decide,
    "explanation.published": _decided_on_explanation,
    "explanation.returned": _decided_on_explanation,
    "explanation.redacted": _redacted,
    "explanation.removed": _decided_on_explanation,
    "explanation.restored": _decided_on_explanation,
    "explanation.kept": _kept,
    "explanation.appealed": _appealed,
    "explanation.flagged": _flagged,
    "practice.submitted": _practice_submitted,
    "practice.revised": _practice_submitted,
    "practice.published": _decided_on_practice,
    "practice.returned": _decided_on_practice,
    "practice.redacted": _redacted,
    "practice.removed": _decided_on_practice,
    "practice.restored": _decided_on_practice,
    "practice.kept": _kept,
    "practice.appealed": _appealed,
    "practice.flagged": _flagged,
    "practice.withdrawn": _nothing_to_decide,
    "position.drafted": _position_drafted,
    "position.sent_back": _position_sent_back,
    "position.signed": _position_signed,
}
