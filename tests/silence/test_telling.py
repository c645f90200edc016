"""Who is told of a silence procedure, once; the chair alone of a breaking; and the worker settles without a reader."""

import pytest
from django.core.management import call_command

from consultation.notifications.models import Mail, Notification
from consultation.notifications.post import composed
from consultation.notifications.wording import Teller
from consultation.silence import actions
from consultation.stakeholders.models import Membership
from tests import factories
from tests.factories import broken
from tests.silence.conftest import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(settings):
    settings.EMAIL_BACKEND = "consultation.notifications.outbox.Backend"
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return lambda: call_command("work", "--once")


def told(person, kind="silence"):
    visible = Notification.objects.visible_to(person).filter(kind=kind).for_display().order_by("pk")
    return [Teller(n.person).worded(n).sentence for n in visible]


def test_delegations_chairs_and_followers_are_told_of_each_step_once(
    consultation, chair, contributor, focal_point, moderator, procedure, work, turn
):
    colleague = factories.chair(consultation)
    for _ in range(2):
        work()
    assert len(told(focal_point)) == len(told(contributor)) == len(told(colleague)) == 1
    assert told(chair) == told(moderator) == []
    turn(procedure.ends_at - DAY)
    for _ in range(2):
        work()
    assert "Until then a focal point can break it." in told(focal_point)[-1]
    actions.extend(chair, procedure, procedure.ends_at + DAY, "Capitals asked for time.", procedure.submission_id)
    work()
    assert told(focal_point)[-1].startswith("Silence on POL.3, PRA.7.a is extended. It ends on")
    turn(procedure.ends_at + DAY)
    for _ in range(2):
        work()
    assert len(told(focal_point)) == 4  # nobody is reminded of an end that is past
    assert told(focal_point)[-1] == ("Silence on POL.3, PRA.7.a has ended. Stands as agreed: silence was not broken.")
    procedure.refresh_from_db()
    assert procedure.result == "agreed"


def test_a_breaking_is_told_to_the_chairs_without_who_and_why(
    consultation, chair, contributor, focal_point, procedure, work, mailoutbox
):
    other = factories.focal_point(consultation)
    work()
    before = Notification.objects.exclude(person=chair).count()
    mailoutbox.clear()
    breaking = broken(focal_point, procedure, "A-REASON-FOR-THE-CHAIR", "reason")
    work()
    assert told(chair, "breaking") == ["Silence on POL.3, PRA.7.a was broken."]
    assert Notification.objects.exclude(person=chair).count() == before
    assert [m.to for m in mailoutbox] == [[chair.email]]
    words = mailoutbox[0].body + str(mailoutbox[0].alternatives) + mailoutbox[0].subject
    assert "A-REASON-FOR-THE-CHAIR" not in words
    assert str(factories.organisation_of(focal_point)) not in words
    actions.withdraw_breaking(focal_point, procedure, breaking.pk)
    work()
    assert told(chair, "breaking")[-1] == "A breaking of silence on POL.3, PRA.7.a was withdrawn."
    assert told(other, "breaking") == told(contributor, "breaking") == []


def test_who_no_longer_chairs_is_not_told_of_a_breaking(consultation, chair, focal_point, procedure, work):
    broken(focal_point, procedure)
    work()
    chair.offices.all().delete()
    assert told(chair, "breaking") == []


def test_who_left_the_delegation_before_is_not_told(consultation, contributor, procedure, work):
    Membership.objects.filter(user=contributor).update(ended_at=procedure.started_at)
    work()
    assert told(contributor) == []


def test_a_mail_about_silence_names_the_texts_and_the_end(focal_point, procedure, work):
    work()
    mine = Notification.objects.visible_to(focal_point).for_display()
    written = composed(focal_point, list(mine), is_digest=False)
    assert written.subject.startswith("Silence procedure on POL.3, PRA.7.a")
    assert "UTC+" in written.text
    assert f"/silence/{procedure.public_id}/" in written.text
    assert Mail.objects.filter(person=focal_point).count() == 1


def test_the_delegation_sees_what_is_under_silence_and_whether_it_broke_it(
    consultation, focal_point, contributor, as_user, procedure, turn
):
    page = as_user(contributor).get("/delegation/").content.decode()
    assert "Under silence now" in page
    assert "Nothing waits for you." not in page
    broken(focal_point, procedure)
    assert "Your organisation broke silence" in as_user(contributor).get("/delegation/").content.decode()
    other = factories.focal_point(consultation)
    assert "Your organisation broke silence" not in as_user(other).get("/delegation/").content.decode()
    turn(procedure.ends_at)
    assert "Under silence now" not in as_user(contributor).get("/delegation/").content.decode()
