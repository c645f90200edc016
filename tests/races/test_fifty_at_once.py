"""Fifty threads do one thing at the same instant: one effect, and all get the same. On the real databases."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from consultation.consultations import actions as rounds
from consultation.consultations.actions import Why
from consultation.consultations.models import Consultation
from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.moderation.models import Decision
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.record import clock
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.actions import Application
from consultation.stakeholders.models import Invitation, Membership, Organisation
from tests import factories
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
FIFTY = 50


def fifty(act):
    """What each of fifty got; a refusal is none of it."""
    answers = at_once(*[act] * FIFTY)
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    return answers


def test_one_signature(consultation, focal_point):
    once, pol3 = uuid4(), factories.passage(consultation, "pol3")
    got = fifty(lambda: positions.sign_position(focal_point, consultation, pol3, Answer("endorse"), once).pk)
    assert len(set(got)) == PositionVersion.objects.count() == Entry.objects.filter(kind="position.signed").count() == 1


def test_one_withdrawal_of_a_position_and_one_of_a_comment(consultation, focal_point, contributor):
    pol3 = factories.passage(consultation, "pol3")
    factories.signed(focal_point, consultation)
    comment = factories.submitted(contributor, consultation)
    fifty(lambda: positions.withdraw_position(focal_point, consultation, pol3).pk)
    fifty(lambda: discussion.withdraw_comment(contributor, comment).pk)
    assert Entry.objects.filter(kind="position.withdrawn").count() == 1
    assert Entry.objects.filter(kind="comment.withdrawn").count() == 1


def test_one_decision(consultation, contributor, moderator):
    once, comment = uuid4(), factories.submitted(contributor, consultation)
    got = fifty(lambda: moderation.decide(moderator, f"comment-{comment.public_id}", 1, Verdict("publish"), once).pk)
    assert len(set(got)) == Decision.objects.count() == Entry.objects.filter(kind="comment.published").count() == 1


def test_one_blacking_out(consultation, contributor, moderator):
    once, comment = uuid4(), factories.published(contributor, consultation, moderator)
    item, why = f"comment-{comment.public_id}", {"reason": "personal_data", "statement": "Leave it out."}
    got = fifty(lambda: moderation.redact(moderator, item, 1, ["remark"], **why, submission_id=once).pk)
    assert len(set(got)) == Entry.objects.filter(kind="comment.redacted").count() == 1


def test_one_invitation(consultation, contributor, focal_point):
    once, organisation = uuid4(), factories.organisation_of(contributor)
    got = fifty(lambda: stakeholders.invite(focal_point, organisation, "new@example.org", "observer", once))
    assert len({invitation.pk for invitation, _token in got}) == Invitation.objects.count() == 1
    assert len([token for _invitation, token in got if token]) == 1
    assert Entry.objects.filter(kind="delegation.invited").count() == 1


def test_one_acceptance(consultation, contributor, focal_point):
    organisation, joining = factories.organisation_of(contributor), factories.UserFactory()
    EmailAddress.objects.create(user=joining, email=joining.email, verified=True, primary=True)
    made, _token = stakeholders.invite(focal_point, organisation, joining.email, "observer", uuid4())
    fifty(lambda: stakeholders.accept_invitation(joining, Invitation.objects.get(pk=made.pk)).pk)
    assert Membership.objects.filter(user=joining).count() == 1
    assert Entry.objects.filter(kind="delegation.joined").count() == 1


def test_one_application():
    applicant, once = factories.UserFactory(), uuid4()
    said = Application(
        name="Sample Union",
        group=factories.group("states"),
        country="CH",
        kind="",
        website="",
        mandate="Its members.",
        official_email="office@example.org",
    )
    fifty(lambda: stakeholders.apply_for_organisation(applicant, said, once).pk)
    assert Organisation.objects.count() == Entry.objects.filter(kind="organisation.applied").count() == 1


def test_what_comes_around_closing_is_cut_where_the_closing_says(consultation):
    """Twenty write while the consultation closes: what is taken has a time before closing, what is refused after it."""
    authors = [factories.delegate(consultation) for _ in range(20)]
    closes_at = clock.now() + timedelta(seconds=1)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=closes_at)
    read = Consultation.objects.select_related("report").get(pk=consultation.pk)

    def write(author):
        refused = []
        while not refused:
            try:
                discussion.write_comment(author, read, factories.passage(read, "p8"), Words("A remark."), uuid4())
            except Refusal:
                refused.append(clock.now())
        return refused[0]

    refused = at_once(*[lambda author=author: write(author) for author in authors])
    taken = Comment.objects.all()
    assert taken
    assert all(at >= closes_at for at in refused)
    assert all(comment.created_at < closes_at and not comment.is_late for comment in taken)
    assert not Entry.objects.filter(kind="comment.submitted", at__gte=closes_at).exists()


def test_what_comes_while_an_officer_closes_at_once_is_cut_at_the_instant_of_the_change(consultation):
    """ "Close at once" takes its instant after everything that was taken, and before everything that was refused."""
    authors = [factories.delegate(consultation) for _ in range(20)]
    officer = factories.secretariat()

    def write(author):
        for _ in range(8):
            discussion.write_comment(author, read(), factories.passage(consultation, "p8"), Words("A remark."), uuid4())

    def read():
        return Consultation.objects.select_related("report").get(pk=consultation.pk)

    def close():
        while Comment.objects.count() < 20:
            time.sleep(0.01)
        return rounds.change_window(officer, read(), None, Why("The chair asked.", "It closes now."), uuid4())

    at_once(close, *[lambda author=author: write(author) for author in authors])
    closes_at = read().closes_at
    assert Comment.objects.count() >= 20
    assert not Comment.objects.filter(created_at__gte=closes_at).exists()
    assert not Entry.objects.filter(kind="comment.submitted", at__gte=closes_at).exists()


def test_who_read_the_page_before_the_closing_was_brought_forward_is_refused_after_it(consultation, contributor):
    """The window that counts is the one that stands when the form is taken, not when its page was read."""
    read = Consultation.objects.select_related("report").get(pk=consultation.pk)
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=clock.now())
    with pytest.raises(Refusal):
        factories.submitted(contributor, read)
    with pytest.raises(Refusal):
        factories.signed(factories.focal_point(consultation), read)
    assert not Comment.objects.exists()
    assert not PositionVersion.objects.exists()
