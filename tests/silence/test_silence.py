"""A text under silence: it stands as agreed unless somebody says otherwise in time, and silence is no endorsement."""

from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.consultations.models import Officer
from consultation.positions.models import Position
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed, Refusal
from consultation.record.models import Entry
from consultation.silence import actions
from consultation.silence.actions import Objection
from consultation.silence.models import Breaking, Extension, Procedure
from consultation.silence.rules import SilenceEnded
from consultation.stakeholders.models import Membership
from consultation.summaries.queries import as_json, summary_of
from tests import factories
from tests.factories import broken
from tests.silence.conftest import DAY, under_silence

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def kinds(procedure):
    return list(Entry.objects.about(procedure).values_list("kind", flat=True))


def test_the_words_are_kept_as_they_stood(consultation, procedure):
    pol3 = factories.passage(consultation, "pol3")
    first = procedure.texts.get(passage=pol3)
    assert first.words == pol3.text
    assert first.is_the_reports
    pol3.text = f"{pol3.text} "
    pol3.save()
    first = procedure.texts.get(passage=pol3)
    assert not first.is_the_reports
    assert first.words != pol3.text


def test_nobody_breaks_silence_and_the_text_stands_as_agreed_without_a_position(
    consultation, focal_point, procedure, turn
):
    factories.signed(focal_point, consultation, "pol4")
    before = as_json(summary_of(consultation))["recommendations"]
    turn(procedure.ends_at - SECOND)
    assert actions.settle() == 0
    turn(procedure.ends_at)
    assert actions.settle() == 1
    procedure.refresh_from_db()
    assert (procedure.result, procedure.result_at) == ("agreed", procedure.ends_at)
    assert as_json(summary_of(consultation))["recommendations"] == before
    assert Position.objects.filter(recommendation__ref="pol3").count() == 0


@pytest.mark.parametrize("ticks", range(1, 8))
def test_whenever_the_end_falls_while_it_is_written_a_breaking_is_in_time_or_refused(
    procedure, focal_point, monkeypatch, ticks
):
    start = procedure.ends_at - ticks * SECOND
    instants = (start + number * SECOND for number in count())  # each look at a clock finds it a second later
    monkeypatch.setattr(clock, "_of_database", lambda: next(instants))
    monkeypatch.setattr(clock, "timezone", SimpleNamespace(now=lambda: next(instants)))
    try:
        breaking = broken(focal_point, procedure)
    except SilenceEnded:
        assert not Breaking.objects.exists()
    else:
        assert breaking.broken_at == Entry.objects.get(kind="silence.broken").at < procedure.ends_at


def test_the_result_is_on_the_record_exactly_once(procedure, turn):
    turn(procedure.ends_at)
    assert [actions.settle() for _ in range(3)] == [1, 0, 0]
    assert kinds(procedure) == ["silence.started", "silence.ended"]
    content = Entry.objects.about(procedure).last().content
    assert content["result"] == "agreed"
    assert content["texts"] == {t.passage.ref: t.digest for t in procedure.texts.all()}


@pytest.mark.parametrize(("late", "result"), [(-SECOND, "broken"), (timedelta(0), "agreed"), (SECOND, "agreed")])
def test_the_window_is_half_open(focal_point, procedure, turn, late, result):
    turn(procedure.ends_at + late)
    if result == "broken":
        broken(focal_point, procedure)
    else:
        with pytest.raises(SilenceEnded, match="Silence ended on"):
            broken(focal_point, procedure)
    turn(procedure.ends_at)
    actions.settle()
    procedure.refresh_from_db()
    assert procedure.result == result


def test_a_withdrawn_breaking_has_no_effect_and_can_be_made_again(focal_point, procedure, turn):
    first = broken(focal_point, procedure)
    for _ in range(2):
        actions.withdraw_breaking(focal_point, procedure, first.pk)
    assert procedure.breakings.standing().count() == 0
    again = broken(focal_point, procedure, "After all.")
    actions.withdraw_breaking(focal_point, procedure, again.pk)
    turn(procedure.ends_at)
    actions.settle()
    procedure.refresh_from_db()
    assert procedure.result == "agreed"
    with pytest.raises(SilenceEnded):
        broken(focal_point, procedure)
    assert again.procedure == procedure


def test_after_the_end_nothing_is_withdrawn(focal_point, procedure, turn):
    breaking = broken(focal_point, procedure)
    turn(procedure.ends_at)
    with pytest.raises(SilenceEnded):
        actions.withdraw_breaking(focal_point, procedure, breaking.pk)
    actions.settle()
    procedure.refresh_from_db()
    assert procedure.result == "broken"


def test_an_organisation_breaks_silence_once_however_often_it_is_sent(consultation, focal_point, procedure):
    colleague = factories.focal_point(consultation, factories.organisation_of(focal_point))
    once = uuid4()
    first = actions.break_silence(focal_point, procedure, Objection("Why.", "fact"), once)
    assert actions.break_silence(focal_point, procedure, Objection("Why.", "fact"), once) == first
    with pytest.raises(Changed, match="already"):
        broken(colleague, procedure)
    assert kinds(procedure).count("silence.broken") == 1


def test_the_form_of_a_breaking_that_was_withdrawn_does_not_pass_for_one_that_stands(focal_point, procedure, turn):
    once = uuid4()
    for said in ("Why.", "Why, in other words."):  # first withdrawn, then changed while it stands
        breaking = actions.break_silence(focal_point, procedure, Objection("Why.", "fact"), once)
        if said == "Why.":
            actions.withdraw_breaking(focal_point, procedure, breaking.pk)
        for sent in (Objection(said, "fact"), Objection("Why.", "name")):
            with pytest.raises(Changed, match="sent before"):
                actions.break_silence(focal_point, procedure, sent, once)
        once = uuid4()
    assert [b.reason for b in procedure.breakings.standing()] == ["Why."]
    turn(procedure.ends_at)
    assert actions.break_silence(focal_point, procedure, Objection("Why.", "fact"), breaking.submission_id) == breaking
    with pytest.raises(SilenceEnded):
        actions.break_silence(focal_point, procedure, Objection("Too late.", "fact"), breaking.submission_id)


def test_the_form_of_one_organisation_sent_again_for_another_is_refused(consultation, focal_point, procedure):
    first, other, once = factories.organisation_of(focal_point), factories.OrganisationFactory(), uuid4()
    factories.focal_point(consultation, other)
    Membership.objects.create(user=focal_point, organisation=other, role="focal_point")
    sent = Objection("Why.", "fact")
    actions.break_silence(focal_point, procedure, sent, once, organisation_id=first.pk)
    with pytest.raises(Changed, match="sent before"):
        actions.break_silence(focal_point, procedure, sent, once, organisation_id=other.pk)
    assert [b.organisation for b in Breaking.objects.all()] == [first]


def test_a_withdrawal_is_of_the_breaking_that_it_names(consultation, focal_point, procedure):
    first = broken(focal_point, procedure)
    actions.withdraw_breaking(focal_point, procedure, first.pk)
    again = broken(focal_point, procedure, "After all.")
    theirs = broken(factories.focal_point(consultation), procedure)
    with pytest.raises(Changed, match="anew since"):
        actions.withdraw_breaking(focal_point, procedure, first.pk)
    for key in (theirs.pk, 0):
        with pytest.raises(Changed, match="Nothing was withdrawn"):
            actions.withdraw_breaking(focal_point, procedure, key)
    assert set(procedure.breakings.standing()) == {again, theirs}


def test_only_a_focal_point_breaks_and_withdraws(consultation, contributor, procedure, moderator):
    observer = factories.delegate(consultation, "observer", factories.organisation_of(contributor))
    stranger = factories.UserFactory()
    for person in (contributor, observer, moderator, stranger):
        with pytest.raises(NotAllowed):
            broken(person, procedure)
        with pytest.raises(NotAllowed):
            actions.withdraw_breaking(person, procedure, 1)
    assert not Breaking.objects.exists()


def test_only_the_chair_starts_extends_ends_and_publishes(consultation, focal_point, moderator, procedure):
    breaking = broken(focal_point, procedure, disclosure="reason")
    for person in (focal_point, moderator, factories.UserFactory()):
        for act in (
            lambda who: under_silence(who, consultation, "pol5"),
            lambda who: actions.extend(who, procedure, procedure.ends_at + DAY, "More time.", uuid4()),
            lambda who: actions.close_as_broken(who, procedure),
            lambda who: actions.publish_breaking(who, breaking),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    secretariat = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=secretariat, role="secretariat")
    assert under_silence(secretariat, consultation, "pol5").is_running


def test_a_text_is_under_silence_once_and_again_after_the_end(consultation, chair, procedure, turn):
    with pytest.raises(Refusal, match="already: POL"):
        under_silence(chair, consultation, "pol3", "pol4")
    assert Procedure.objects.count() == 1
    turn(procedure.ends_at)
    assert under_silence(chair, consultation, "pol3").is_running


def test_the_end_is_to_come_and_an_extension_is_later(consultation, chair, procedure):
    pol5 = factories.passage(consultation, "pol5")
    with pytest.raises(Refusal):
        actions.start(chair, consultation, [pol5], clock.now(), uuid4())
    with pytest.raises(Refusal):
        actions.extend(chair, procedure, procedure.ends_at, "The same.", uuid4())
    assert not Extension.objects.exists()


def test_silence_runs_after_the_closing_of_the_consultation_and_not_before_its_opening(
    consultation, chair, focal_point
):
    consultation.opens_at, consultation.closes_at = clock.now() - 2 * DAY, clock.now() - DAY
    consultation.save()
    assert broken(focal_point, under_silence(chair, consultation)).pk
    consultation.opens_at, consultation.closes_at = clock.now() + DAY, clock.now() + 2 * DAY
    consultation.save()
    with pytest.raises(Refusal, match="opens on"):
        under_silence(chair, consultation, "pol5")


def test_an_extension_moves_the_end_asks_for_a_new_reminder_and_is_sent_twice_as_once(
    chair, focal_point, procedure, turn
):
    before, until, once = procedure.ends_at, procedure.ends_at + 2 * DAY, uuid4()
    turn(before - DAY)
    assert (actions.remind(), actions.remind()) == (1, 0)
    for _ in range(2):
        actions.extend(chair, procedure, until, "Capitals asked for time.", once)
    turn(before)
    assert actions.settle() == actions.remind() == 0
    broken(focal_point, procedure)
    turn(until - DAY)
    assert (actions.remind(), actions.remind()) == (1, 0)
    turn(until)
    with pytest.raises(SilenceEnded):
        actions.extend(chair, procedure, until + DAY, "Too late.", uuid4())
    assert kinds(procedure) == [
        "silence.started",
        "silence.reminded",
        "silence.extended",
        "silence.broken",
        "silence.reminded",
    ]


def test_a_short_silence_reminds_half_way(consultation, chair, turn):
    started = clock.now()
    procedure = actions.start(
        chair, consultation, [factories.passage(consultation, "pol5")], started + timedelta(hours=4), uuid4()
    )
    assert abs(procedure.remind_at - started - timedelta(hours=2)) < timedelta(seconds=5)


def test_the_chair_says_before_the_end_that_silence_was_broken(chair, focal_point, procedure):
    with pytest.raises(Changed, match="goes on"):
        actions.close_as_broken(chair, procedure)
    breaking = broken(focal_point, procedure)
    actions.close_as_broken(chair, procedure)
    closed = actions.close_as_broken(chair, procedure)
    assert (closed.result, closed.closed_by) == ("broken", chair)
    assert actions.settle() == 0
    assert kinds(procedure).count("silence.ended") == 1
    with pytest.raises(SilenceEnded):
        actions.withdraw_breaking(focal_point, procedure, breaking.pk)


def test_no_more_is_published_than_the_organisation_allowed(consultation, chair, procedure):
    fact, name = (broken(factories.focal_point(consultation), procedure, disclosure=how) for how in ("fact", "name"))
    with pytest.raises(Refusal, match="only after"):
        actions.publish_breaking(chair, name)
    actions.close_as_broken(chair, procedure)
    with pytest.raises(Refusal, match="only the fact"):
        actions.publish_breaking(chair, fact)
    for _ in range(2):
        assert actions.publish_breaking(chair, name).published_by == chair
    assert kinds(procedure).count("silence.breaking_published") == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Breaking.objects.filter(pk=fact.pk).update(published_at=clock.now())


def test_an_organisation_suspended_later_has_still_broken_silence(focal_point, procedure, turn):
    broken(focal_point, procedure)
    organisation = factories.organisation_of(focal_point)
    organisation.state = "suspended"
    organisation.save()
    turn(procedure.ends_at)
    actions.settle()
    procedure.refresh_from_db()
    assert procedure.result == "broken"


def test_a_suspended_organisation_does_not_break_silence(focal_point, procedure):
    organisation = factories.organisation_of(focal_point)
    organisation.state = "suspended"
    organisation.save()
    with pytest.raises(NotAllowed):
        broken(focal_point, procedure)
