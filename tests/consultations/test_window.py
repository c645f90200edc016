"""The window for all: extended, brought forward, moved – with a reason, a public note and one entry."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.consultations import actions
from consultation.consultations.actions import Why, Window
from consultation.consultations.models import Officer, WindowChange
from consultation.notifications import reading
from consultation.notifications.models import Notification
from consultation.notifications.wording import Teller
from consultation.record import clock
from consultation.record.errors import AlreadySent, Changed, NotAllowed, Refusal
from consultation.record.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = Why("Two delegations wrote to us.", "several delegations asked for more time.")


def change(officer, consultation, closes=None, opens=None, **how):
    window = Window(opens or consultation.opens_at, closes) if closes else None
    made = actions.change_window(officer, consultation, window, how.pop("why", WHY), how.pop("once", uuid4()), **how)
    consultation.refresh_from_db()
    return made


def test_an_extension_is_on_the_record_and_on_every_page(consultation, secretariat, contributor, as_user, client):
    before, after = consultation.closes_at, consultation.closes_at + 5 * DAY
    made = change(secretariat, consultation, after)
    assert (made.kind, made.old_closes_at, consultation.closes_at) == ("extended", before, after)
    entry = Entry.objects.about(consultation).get(kind="consultation.extended")
    assert (entry.actor, entry.content["reason"]) == (secretariat, WHY.reason)
    for page in ("", "report/", "passages/p8/"):
        shown = client.get(f"/consultations/{consultation.slug}/{page}").content.decode()
        assert "Extended on" in shown
        assert WHY.public_note in shown
        assert WHY.reason not in shown


def test_a_closed_consultation_is_open_again_after_an_extension(consultation, secretariat, contributor):
    factories.close(consultation)
    change(secretariat, consultation, clock.now() + DAY)
    assert factories.submitted(contributor, consultation).latest.late is False


def test_it_can_be_closed_at_once(consultation, secretariat, contributor, client):
    made = change(secretariat, consultation)
    assert made.kind == "shortened"
    assert consultation.state == "closed"
    assert "The closing was brought forward on" in client.get(f"/consultations/{consultation.slug}/").content.decode()


def test_a_window_that_has_not_opened_is_moved(consultation, secretariat):
    opens, closes = clock.now() + 2 * DAY, clock.now() + 9 * DAY
    consultation.opens_at, consultation.closes_at = opens, closes
    consultation.save()
    assert change(secretariat, consultation, closes + DAY, opens + DAY).kind == "moved"
    assert consultation.opens_at == opens + DAY


@pytest.mark.parametrize(
    ("days", "opens", "sentence"),
    [(-3, 0, "after the opening"), (-0.5, 0, "in the past"), (1, 0, "as it stands"), (2, 1, "only the closing")],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(consultation, secretariat, days, opens, sentence):
    opened = consultation.opens_at
    closes = consultation.closes_at if days == 1 else clock.now() + days * DAY
    with pytest.raises(Refusal, match=sentence):
        change(secretariat, consultation, closes, opened + opens * timedelta(hours=1))
    assert not WindowChange.objects.exists()
    assert not Entry.objects.about(consultation).exists()


def test_after_the_outcome_nothing_moves(consultation, secretariat):
    factories.close(consultation)
    consultation.outcome_published_at = clock.now()
    consultation.save()
    with pytest.raises(Refusal, match="start another round"):
        change(secretariat, consultation, clock.now() + DAY)


def test_a_reason_and_a_note_are_needed(consultation, secretariat):
    for why in (Why("", "note"), Why("reason", " ")):
        with pytest.raises(ValueError, match="needs a reason"):
            change(secretariat, consultation, consultation.closes_at + DAY, why=why)
    with pytest.raises(IntegrityError), transaction.atomic():
        WindowChange.objects.create(
            consultation=consultation,
            kind="extended",
            old_opens_at=consultation.opens_at,
            new_opens_at=consultation.opens_at,
            old_closes_at=consultation.closes_at,
            new_closes_at=consultation.closes_at - DAY,
            reason="x",
            public_note="x",
            made_by=secretariat,
            made_at=clock.now(),
        )


def test_sent_twice_it_is_one_change_and_an_old_form_is_refused(consultation, secretariat):
    once, seen = uuid4(), Window(consultation.opens_at, consultation.closes_at)
    closes = consultation.closes_at + DAY
    first = change(secretariat, consultation, closes, once=once, seen=seen)
    assert change(secretariat, consultation, closes, once=once, seen=seen) == first
    for further in ({"closes": closes + DAY}, {"closes": closes, "why": Why("Another reason.", "A note.")}):
        with pytest.raises(AlreadySent):
            change(secretariat, consultation, **further, once=once, seen=seen)
    with pytest.raises(Changed):
        change(secretariat, consultation, closes + DAY, seen=seen)


def test_only_the_secretariat_of_this_consultation_changes_it(consultation, moderator, contributor):
    officer = factories.UserFactory()
    Officer.objects.create(consultation=factories.ConsultationFactory(), user=officer, role="secretariat")
    for person in (moderator, contributor, officer):
        with pytest.raises(NotAllowed):
            change(person, consultation, consultation.closes_at + DAY)
    Officer.objects.create(consultation=consultation, user=officer, role="secretariat")
    assert change(officer, consultation, consultation.closes_at + DAY).made_by == officer


def test_delegations_that_contributed_and_followers_are_told_once(
    consultation, secretariat, contributor, focal_point, as_user
):
    factories.submitted(contributor, consultation)
    factories.signed(other := factories.focal_point(consultation), consultation)
    silent, follower = factories.delegate(consultation), factories.UserFactory()
    as_user(follower).post(f"/consultations/{consultation.slug}/follow/", {"action": "follow"})
    change(secretariat, consultation, consultation.closes_at + DAY)
    while reading.read(100):
        pass
    told = Notification.objects.filter(kind="window")
    assert {n.person for n in told} == {contributor, focal_point, other, follower}
    assert all(n.mail for n in told)
    first = told.for_display().first()
    wording = Teller(first.person).worded(first)
    assert "was extended for all" in wording.sentence
    assert wording.quote == WHY.public_note
    page = as_user(contributor).get("/notifications/").content.decode()
    assert "The whole consultation" in page
    assert not Notification.objects.filter(person=silent).exists()


def test_the_admins_form_shows_the_window_and_does_not_change_it(consultation, secretariat, as_user):
    page = as_user(secretariat).get(f"/admin/consultations/consultation/{consultation.pk}/change/")
    assert "Change the window" in page.content.decode()
    assert not {"opens_at", "closes_at", "report"} & set(page.context["adminform"].form.fields)
    assert as_user(secretariat).get("/admin/consultations/consultation/add/").status_code == 403


def test_the_guided_page_keeps_what_was_typed_and_says_what_is_wrong(consultation, secretariat, as_user):
    browser, address = as_user(secretariat), f"/admin/consultations/consultation/{consultation.pk}/window/"
    form = browser.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"reason": "Typed reason", "public_note": ""}
    wrong = browser.post(address, sent)
    assert wrong.status_code == 422
    assert "Typed reason" in wrong.content.decode()
    assert "Enter the note that everybody reads" in wrong.content.decode()
    refused = browser.post(address, {**sent, "public_note": "a note", "closes": "2020-01-01T10:00"})
    assert refused.status_code == 409
    assert "after the opening" in refused.content.decode()
    later = (consultation.closes_at + 3 * DAY).astimezone(consultation.zone)
    done = browser.post(address, {**sent, "public_note": "a note", "closes": later.strftime("%Y-%m-%dT%H:%M")})
    assert done.status_code == 302
    consultation.refresh_from_db()
    assert consultation.closes_at == later.replace(second=0, microsecond=0)
    stale = browser.post(address, {**sent, "public_note": "x", "closes": "2099-01-01T10:00", "submission_id": ""})
    assert stale.status_code == 409
    assert as_user(factories.UserFactory()).get(address).status_code == 403
    assert as_user(None).get(address).status_code == 302
