"""Who waits for a text is told of it: a statement made for a member, and the next text of a report."""

from uuid import uuid4

import pytest

from consultation.consultations.models import Officer
from consultation.notifications.kinds import Kind
from consultation.notifications.models import Notification
from consultation.notifications.wording import Teller
from consultation.positions.actions import Answer
from consultation.statements import actions as statements
from tests import factories
from tests.drafting import arranging

pytestmark = pytest.mark.django_db


@pytest.fixture
def spoken(consultation, moderator):
    """A statement of a speaker for one member: both focal points, and what was made."""
    speaker, member = factories.focal_point(consultation), factories.focal_point(consultation)
    organisation = factories.organisation_of(speaker)
    grouping = factories.grouping(organisation, organisation, factories.organisation_of(member))
    return speaker, member, factories.group_statement(speaker, grouping, consultation)


def told(person, kind):
    return Notification.objects.visible_to(person).filter(kind=kind)


def test_a_member_is_told_of_a_statement_when_its_words_can_be_read(spoken, moderator, work, consultation):
    _speaker, member, statement = spoken
    work()
    assert not told(member, Kind.STATEMENT).exists()
    factories.decided_statement(moderator, statement)
    work()
    worded = Teller(member).worded(told(member, Kind.STATEMENT).for_display().get())
    assert statement.grouping.name in worded.sentence
    assert worded.path == f"/consultations/{consultation.slug}/passages/pol3/statements/{statement.public_id}/"


def test_neither_the_speaker_nor_a_contributor_nor_another_organisation_is_told(spoken, moderator, work, consultation):
    speaker, member, statement = spoken
    others = [speaker, factories.focal_point(consultation)]
    others += [factories.delegate(consultation, organisation=factories.organisation_of(member))]
    factories.decided_statement(moderator, statement)
    work()
    assert not [person for person in others if told(person, Kind.STATEMENT).exists()]


@pytest.mark.parametrize("answer", ["confirm", "dissociate"])
def test_what_a_member_has_answered_is_no_longer_unread(spoken, moderator, work, answer):
    _speaker, member, statement = spoken
    factories.decided_statement(moderator, statement)
    work()
    if answer == "confirm":
        statements.confirm(member, statement, uuid4())
    else:
        statements.dissociate(member, statement, "", uuid4())
    work()
    assert told(member, Kind.STATEMENT).get().read_at


def test_of_a_statement_that_no_longer_stands_nothing_is_told(spoken, moderator, work):
    speaker, member, statement = spoken
    factories.decided_statement(moderator, statement)
    work()
    factories.group_statement(
        speaker, statement.grouping, statement.consultation, answer=Answer("endorse", "Other words.")
    )
    assert not told(member, Kind.STATEMENT).exists()


def test_who_contributed_and_who_follows_is_told_of_the_next_text(consultation, contributor, moderator, work):
    rapporteur = arranging.officer(consultation)
    comment = arranging.wording(contributor, consultation, moderator)
    arranging.changed(rapporteur, consultation, whole=frozenset({comment.public_id}))
    stranger = factories.delegate(consultation)
    work()
    assert not Notification.objects.filter(kind=Kind.TEXT).exists()
    arranging.publish(rapporteur, consultation)
    work()
    worded = Teller(contributor).worded(told(contributor, Kind.TEXT).for_display().get())
    assert consultation.title in worded.sentence
    assert worded.path == f"/consultations/{consultation.slug}/next-text/"
    for person in (stranger, rapporteur, Officer.objects.get(consultation=consultation, role="moderator").user):
        assert not told(person, Kind.TEXT).exists()
