"""Statements in a grouping's name: the speaker signs, each member answers by its own signature, totals count once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from consultation.discussion.models import Comment
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions.actions import Answer, withdraw_position
from consultation.positions.models import Position
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed, Refusal
from consultation.record.models import Entry
from consultation.stakeholders.models import GroupingSpeaker
from consultation.statements import actions
from consultation.statements.actions import Speech
from consultation.statements.answers import answers_on, to_answer
from consultation.statements.models import GroupStatement
from consultation.summaries.queries import counts_by_passage
from tests import factories

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def counts(consultation, ref="pol3"):
    found = counts_by_passage(consultation)[factories.passage(consultation, ref).pk]
    return found.endorse, found.reservation, found.cannot_endorse


def lists(consultation, ref="pol3"):
    """Each statement's grouping with the names in its lists."""
    found = answers_on(NOBODY, consultation, factories.passage(consultation, ref))
    return {
        a.statement.grouping.name: (
            [v.position.organisation for v in a.confirmed],
            [d.organisation for d in a.dissociated],
            a.moved_on,
            a.unanswered,
        )
        for a in found
    }


def org(person):
    return factories.organisation_of(person)


def test_a_statement_counts_for_its_speaker_alone_until_members_confirm(consultation, house, statement):
    assert counts(consultation) == (0, 1, 0)
    assert lists(consultation)[house.first.name] == ([], [], [], [org(house.both), org(house.only_first)])
    actions.confirm(house.both, statement, uuid4())
    assert counts(consultation) == (0, 2, 0)
    assert lists(consultation)[house.first.name] == ([org(house.both)], [], [], [org(house.only_first)])
    held = Position.objects.get(organisation=org(house.both)).signed
    assert (held.signed_by, held.aligned_with, held.explanation) == (house.both, statement.version, "")


def test_confirming_twice_is_confirming_once(house, statement):
    once = uuid4()
    versions = {actions.confirm(house.both, statement, key).pk for key in (once, once, uuid4())}
    assert len(versions) == 1
    assert Entry.objects.filter(kind="statement.confirmed").count() == 1


def test_a_member_of_two_groupings_that_disagree_counts_once_with_the_last_it_confirmed(
    consultation, house, statement, moderator
):
    other = factories.group_statement(
        house.second_speaker, house.second, consultation, moderator, answer=Answer("cannot_endorse", "Not so.")
    )
    actions.confirm(house.both, statement, uuid4())
    assert counts(consultation) == (0, 2, 1)
    actions.confirm(house.both, other, uuid4())
    assert counts(consultation) == (0, 1, 2)
    assert lists(consultation) == {
        house.first.name: ([], [], [org(house.both)], [org(house.only_first)]),
        house.second.name: ([org(house.both)], [], [], []),
    }
    position = Position.objects.get(organisation=org(house.both))
    assert [v.state for v in position.versions.all()] == ["superseded", "signed"]


def test_dissociating_takes_no_stance_and_takes_a_confirmation_back(consultation, house, statement):
    actions.confirm(house.both, statement, uuid4())
    once = uuid4()
    for _ in range(2):
        actions.dissociate(house.both, statement, "", once)
    assert counts(consultation) == (0, 1, 0)
    assert lists(consultation)[house.first.name][:2] == ([], [org(house.both)])
    assert Position.objects.get(organisation=org(house.both)).signed is None
    actions.confirm(house.both, statement, uuid4())
    assert lists(consultation)[house.first.name][:2] == ([org(house.both)], [])


def test_the_words_of_a_dissociation_are_a_comment_that_a_moderator_reads(
    consultation, house, statement, moderator, client
):
    address = f"/consultations/{consultation.slug}/passages/pol3/statements/{statement.public_id}/"
    actions.dissociate(house.both, statement, "Our parliament decides.", uuid4())
    assert "Our parliament decides." not in client.get(address).content.decode()
    comment = Comment.objects.get()
    assert (comment.organisation, comment.state) == (org(house.both), "pending")
    factories.decided(moderator, comment)
    assert "Our parliament decides." in client.get(address).content.decode()
    factories.decided(moderator, comment, "remove")
    assert "Our parliament decides." not in client.get(address).content.decode()


def test_a_position_of_ones_own_stays_when_one_dissociates(consultation, house, statement):
    factories.signed(house.both, consultation, "pol3", "endorse")
    actions.dissociate(house.both, statement, "", uuid4())
    assert counts(consultation) == (1, 1, 0)


def test_only_who_speaks_for_the_grouping_now_makes_a_statement(consultation, house):
    pol3 = factories.passage(consultation, "pol3")
    speech = Speech(house.first, Answer("endorse", "We all."), [org(house.both)])
    with pytest.raises(NotAllowed, match="does not speak for"):
        actions.make_statement(house.both, consultation, pol3, speech, uuid4())
    contributor = factories.delegate(consultation, organisation=org(house.first_speaker))
    with pytest.raises(NotAllowed, match="focal point"):
        actions.make_statement(contributor, consultation, pol3, speech, uuid4())
    GroupingSpeaker.objects.filter(grouping=house.first).update(ends_at=clock.now())
    with pytest.raises(NotAllowed, match="does not speak for"):
        actions.make_statement(house.first_speaker, consultation, pol3, speech, uuid4())
    GroupingSpeaker.objects.filter(grouping=house.first).update(ends_at=clock.now() + timedelta(seconds=60))
    assert actions.make_statement(house.first_speaker, consultation, pol3, speech, uuid4()).pk


def test_a_statement_needs_words_and_members_of_the_grouping_that_take_part(consultation, house):
    pol3, stranger = factories.passage(consultation, "pol3"), factories.OrganisationFactory()
    speaker = org(house.first_speaker)
    for answer, members in (
        (Answer("endorse"), [org(house.both)]),
        (Answer("endorse", "We."), []),
        (Answer("endorse", "We."), [stranger]),
        (Answer("endorse", "We."), [speaker]),
    ):
        with pytest.raises(Refusal):
            actions.make_statement(
                house.first_speaker, consultation, pol3, Speech(house.first, answer, members), uuid4()
            )
    assert not Position.objects.filter(signed__isnull=False).exists()


def test_only_listed_members_answer_each_by_its_focal_point(consultation, house, statement, moderator):
    outsider = factories.focal_point(consultation)
    contributor = factories.delegate(consultation, organisation=org(house.both))
    for person in (outsider, contributor, moderator, house.second_speaker, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            actions.confirm(person, statement, uuid4())
        with pytest.raises(NotAllowed):
            actions.dissociate(person, statement, "", uuid4())
    assert counts(consultation) == (0, 1, 0)


def test_nobody_confirms_what_waits_for_a_moderator_or_stands_no_more(consultation, house, moderator):
    waiting = factories.group_statement(house.first_speaker, house.first, consultation)
    with pytest.raises(Changed):
        actions.confirm(house.both, waiting, uuid4())
    assert answers_on(NOBODY, consultation, waiting.recommendation) == []
    item = f"explanation-{waiting.version.position.public_id}"
    moderation.decide(moderator, item, waiting.version.number, Verdict("publish"), uuid4())
    withdraw_position(house.first_speaker, consultation, waiting.recommendation)
    for act in (
        lambda: actions.confirm(house.both, waiting, uuid4()),
        lambda: actions.dissociate(house.both, waiting, "", uuid4()),
    ):
        with pytest.raises(Changed):
            act()


def test_a_later_statement_replaces_the_earlier_and_carries_nobody_over(consultation, house, statement, moderator):
    actions.confirm(house.both, statement, uuid4())
    later = factories.group_statement(
        house.first_speaker, house.first, consultation, moderator, answer=Answer("endorse", "Now without.")
    )
    assert counts(consultation) == (1, 1, 0)
    assert to_answer(consultation, org(house.both)) == [later]
    found = answers_on(NOBODY, consultation, later.recommendation)
    assert [(a.statement, a.is_open, len(a.confirmed)) for a in found] == [(statement, False, 1), (later, True, 0)]
    with pytest.raises(Changed):
        actions.confirm(house.only_first, statement, uuid4())
    assert GroupStatement.objects.filter(replaced_at=None).get() == later


def test_the_next_speaker_replaces_the_statement_of_the_one_before(consultation, house, statement, moderator):
    now = clock.now()
    GroupingSpeaker.objects.filter(grouping=house.first).update(ends_at=now)
    GroupingSpeaker.objects.create(grouping=house.first, organisation=org(house.only_first), starts_at=now)
    later = factories.group_statement(
        house.only_first, house.first, consultation, moderator, answer=Answer("endorse", "Anew.")
    )
    assert [m.organisation for m in later.listed.all()] == [org(p) for p in (house.first_speaker, house.both)]
    assert counts(consultation) == (1, 1, 0)
    actions.confirm(house.first_speaker, later, uuid4())
    assert counts(consultation) == (2, 0, 0)


def test_what_waits_is_listed_until_it_is_answered_either_way(consultation, house, statement):
    assert to_answer(consultation, org(house.both)) == to_answer(consultation, org(house.only_first)) == [statement]
    actions.confirm(house.both, statement, uuid4())
    actions.dissociate(house.only_first, statement, "", uuid4())
    assert to_answer(consultation, org(house.both)) == to_answer(consultation, org(house.only_first)) == []
    assert to_answer(consultation, org(house.first_speaker)) == []


def test_after_closing_nothing_is_answered(consultation, house, statement):
    consultation.closes_at = clock.now()
    consultation.save()
    statement = GroupStatement.objects.get(pk=statement.pk)
    for act in (
        lambda: actions.confirm(house.both, statement, uuid4()),
        lambda: actions.dissociate(house.both, statement, "", uuid4()),
    ):
        with pytest.raises(Refusal, match="closed on"):
            act()


def test_a_suspended_member_is_in_no_list_and_no_figure(consultation, house, statement):
    actions.confirm(house.both, statement, uuid4())
    organisation = org(house.both)
    organisation.state = "suspended"
    organisation.save()
    assert counts(consultation) == (0, 1, 0)
    assert lists(consultation)[house.first.name] == ([], [], [], [org(house.only_first)])


@pytest.mark.parametrize("number", [1, 12])
def test_the_answers_cost_the_same_with_few_and_many(consultation, moderator, number, django_assert_num_queries):
    speaker = factories.focal_point(consultation)
    people = [factories.focal_point(consultation) for _ in range(number)]
    grouping = factories.grouping(org(speaker), *map(org, people))
    made = factories.group_statement(speaker, grouping, consultation, moderator)
    for person in people[::2]:
        actions.confirm(person, made, uuid4())
    for person in people[1::2]:
        actions.dissociate(person, made, "", uuid4())
    with django_assert_num_queries(6):
        (answers,) = answers_on(NOBODY, consultation, made.recommendation)
        assert [v.position.organisation.name for v in answers.confirmed]
        assert answers.is_open
