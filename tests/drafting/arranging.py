"""What tests of the next text arrange: a rapporteur, comments with other words, a closed consultation."""

from datetime import timedelta
from uuid import uuid4

from consultation.consultations.models import Consultation, Officer
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.drafting import actions
from consultation.drafting.models import NextPassage, NextText
from consultation.drafting.proposed import Change, Proposed
from consultation.record import clock
from consultation.stakeholders.models import User
from tests import factories


def officer(consultation: Consultation, role: str = Officer.Role.RAPPORTEUR) -> User:
    user = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=user, role=role)
    return user


def wording(
    author: User, consultation: Consultation, moderator: User, ref: str = "pol3", words: str = "Other words."
) -> Comment:
    """A published comment that proposes other words for a passage."""
    comment = discussion.write_comment(
        author,
        consultation,
        factories.passage(consultation, ref),
        Words("It is better so.", proposed_wording=words),
        uuid4(),
    )
    return factories.decided(moderator, comment)


def changed(
    rapporteur: User, consultation: Consultation, ref: str = "pol3", text: str = "New words.", **how
) -> NextPassage:
    """A passage with new words, for an editor's reason where nothing else is said."""
    what = Proposed(Change.CHANGED, text, **(how or {"why": "It reads better."}))
    return save(rapporteur, consultation, ref, what)


def dropped(rapporteur: User, consultation: Consultation, ref: str) -> NextPassage:
    return save(rapporteur, consultation, ref, Proposed(Change.DROPPED, why="It is said elsewhere."))


def save(
    rapporteur: User, consultation: Consultation, ref: str, what: Proposed, seen: int | None = None
) -> NextPassage:
    passage = factories.passage(consultation, ref)
    place = NextPassage.objects.filter(next_text__consultation=consultation, passage=passage).first()
    number = place.latest.number if place else 0
    return actions.save_passage(
        rapporteur, consultation, passage, what, uuid4(), seen_version=number if seen is None else seen
    )


def added(rapporteur: User, consultation: Consultation, after: str = "pol3", text: str = "A new one.") -> NextPassage:
    what = Proposed(Change.ADDED, text, "It was missing.")
    return actions.insert_passage(rapporteur, consultation, factories.passage(consultation, after), what, uuid4())


def close(consultation: Consultation) -> None:
    consultation.opens_at, consultation.closes_at = clock.now() - timedelta(days=2), clock.now() - timedelta(minutes=1)
    consultation.save()


def publish(rapporteur: User, consultation: Consultation, title: str = "Second version") -> NextText:
    """The next text, published after closing."""
    close(consultation)
    version = NextText.objects.get(consultation=consultation).version
    return actions.publish_next_text(rapporteur, consultation, title, uuid4(), seen_version=version)


def next_round(next_text: NextText, **how) -> Consultation:
    """The round on the new version, open now."""
    return factories.ConsultationFactory(report=next_text.report, **how)
