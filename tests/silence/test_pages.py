"""The pages of silence: what each shows, to whom; a breaking reaches nobody but its delegation and the chair."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail

from consultation.record import clock
from consultation.silence import actions
from consultation.silence.models import Breaking, Procedure
from consultation.stakeholders.models import Membership
from tests import factories
from tests.factories import broken
from tests.silence.conftest import DAY, under_silence

pytestmark = pytest.mark.django_db
REASON = "A-REASON-FOR-THE-CHAIR"


@pytest.fixture
def c(consultation):
    return f"/consultations/{consultation.slug}"


@pytest.fixture
def address(c, procedure):
    return f"{c}/silence/{procedure.public_id}/"


def test_everybody_reads_the_text_the_end_and_what_silence_means(client, c, address, procedure):
    page = client.get(address).content.decode()
    assert "Silence is not endorsement" in page
    assert "(Geneva, UTC+01:00)" in page or "(Geneva, UTC+02:00)" in page
    assert str(procedure.started_by) in page
    assert "Under silence" in page
    assert "data-silence-text" in page
    assert "POL.3, PRA.7.a" in client.get(f"{c}/silence/").content.decode()


def test_the_chair_starts_with_a_form(consultation, chair, as_user, c):
    day = (clock.now() + 3 * DAY).astimezone(consultation.zone)
    sent = {"passages": ["pol3", "pol4"], "until_day": day.date(), "until_time": "18:00", "submission_id": uuid4()}
    for _ in range(2):
        answer = as_user(chair).post(f"{c}/silence/start/", sent)
    made = Procedure.objects.get()
    assert answer["Location"] == f"{c}/silence/{made.public_id}/"
    assert made.ends_at.astimezone(consultation.zone).strftime("%H:%M") == "18:00"
    assert made.texts.count() == 2


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"passages": []}, "Select at least one recommendation"),
        ({"until_day": "2001-01-01"}, "Enter a day and time that are to come"),
        ({"until_day": "tomorrow"}, "Enter a day such as"),
        ({"until_time": "25:00"}, "Enter a time such as"),
        ({"passages": ["p8"]}, "Select recommendations of this report"),
        ({"until_day": "2030-03-31", "until_time": "02:30"}, "The clocks go forward"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(chair, as_user, c, typed, error):
    sent = {"passages": ["pol3"], "until_day": "2030-01-01", "until_time": "18:00", "introduction": "Kept words"}
    answer = as_user(chair).post(f"{c}/silence/start/", {**sent, **typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert error in page
    assert "Kept words" in page
    assert not Procedure.objects.exists()


def test_a_focal_point_breaks_silence_and_withdraws(consultation, focal_point, as_user, address):
    browser = as_user(focal_point)
    assert "In the name of" in browser.get(address).content.decode()
    answer = browser.post(f"{address}break/", {"objection": "", "submission_id": uuid4()})
    assert answer.status_code == 422
    assert "Enter the reason" in answer.content.decode()
    assert "Select what may be published" in answer.content.decode()
    sent = {"objection": REASON, "disclosure": "fact", "submission_id": uuid4()}
    for _ in range(2):
        page = browser.post(f"{address}break/", sent, follow=True).content.decode()
    assert REASON in page
    assert Breaking.objects.count() == 1
    assert browser.post(f"{address}withdraw/", {}).status_code == 409
    (withdrawal,) = withdrawals(page)
    page = browser.post(f"{address}withdraw/", withdrawal, follow=True).content.decode()
    assert "Withdrawn" in page
    assert "Break silence" in page


def withdrawals(page):
    """What each form of the page that withdraws a breaking sends."""
    forms = re.findall(r'<form method="post" action="[^"]*/withdraw/">(.*?)</form>', page, re.DOTALL)
    return [dict(re.findall(r'name="(organisation|breaking)" value="([^"]*)"', form)) for form in forms]


def test_going_back_to_a_breaking_that_was_withdrawn_tells_that_nothing_was_done(
    focal_point, as_user, procedure, address
):
    browser = as_user(focal_point)
    sent = {"objection": REASON, "disclosure": "fact", "submission_id": uuid4()}
    (first,) = withdrawals(browser.post(f"{address}break/", sent, follow=True).content.decode())
    browser.post(f"{address}withdraw/", first)
    answer = browser.post(f"{address}break/", {**sent, "objection": f"{REASON}, and another"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "This form was sent before" in page
    assert f"{REASON}, and another" in page
    browser.post(f"{address}break/", {**sent, "submission_id": uuid4()})
    answer = browser.post(f"{address}withdraw/", first)  # the withdrawal of the first one again
    assert answer.status_code == 409
    assert procedure.breakings.standing().count() == 1


def test_one_second_late_is_refused_and_the_typed_text_is_kept(focal_point, as_user, procedure, address, turn):
    turn(procedure.ends_at + timedelta(seconds=1))
    answer = as_user(focal_point).post(f"{address}break/", {"objection": REASON, "disclosure": "fact"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Silence ended on" in page
    assert REASON in page
    late = as_user(focal_point).post(f"{address}break/", {"objection": REASON})
    assert (late.status_code, REASON in late.content.decode()) == (409, True)
    assert not Breaking.objects.exists()


def test_what_was_typed_before_signing_in_is_given_back(client, focal_point, address):
    answer = client.post(f"{address}break/", {"objection": REASON, "disclosure": "fact"})
    assert answer["Location"].startswith("/accounts/login/?next=")
    client.force_login(focal_point, backend="django.contrib.auth.backends.ModelBackend")
    assert not Breaking.objects.exists()


def test_who_may_not_break_is_told_why(consultation, contributor, focal_point, as_user, address):
    answer = as_user(contributor).post(f"{address}break/", {"objection": REASON, "disclosure": "fact"})
    assert answer.status_code == 403
    assert str(focal_point) in answer.content.decode()
    assert as_user(factories.UserFactory()).post(f"{address}break/", {}).status_code == 403


def test_who_acts_for_two_organisations_says_for_which(consultation, focal_point, as_user, procedure, address):
    first, other = factories.organisation_of(focal_point), factories.OrganisationFactory()
    factories.focal_point(consultation, other)
    Membership.objects.create(user=focal_point, organisation=other, role="focal_point")
    sent = {"objection": REASON, "disclosure": "name", "organisation": other.slug, "submission_id": uuid4()}
    browser = as_user(focal_point)
    browser.post(f"{address}break/", sent)
    assert Breaking.objects.get().organisation == other
    page = browser.get(address).content.decode()
    assert 'name="organisation"' in page
    assert browser.post(f"{address}break/", {**sent, "submission_id": uuid4()}).status_code == 409
    assert Breaking.objects.count() == 1
    answer = browser.post(f"{address}break/", {**sent, "organisation": first.slug})
    assert (answer.status_code, Breaking.objects.count()) == (409, 1)  # gone back, and the other one chosen
    (withdrawal,) = withdrawals(page)
    assert withdrawal["organisation"] == other.slug
    browser.post(f"{address}withdraw/", withdrawal)
    assert Breaking.objects.get().withdrawn_at


def test_the_chair_extends_with_a_reason_that_everybody_reads(consultation, chair, as_user, client, procedure, address):
    day = (procedure.ends_at + 2 * DAY).astimezone(consultation.zone)
    sent = {"action": "extend", "until_day": day.date(), "until_time": "18:00", "submission_id": uuid4()}
    answer = as_user(chair).post(f"{address}chair/", sent)
    assert answer.status_code == 422
    assert "Enter a reason" in answer.content.decode()
    as_user(chair).post(f"{address}chair/", {**sent, "extension_reason": "Capitals asked for time."})
    assert "Capitals asked for time." in client.get(address).content.decode()


def test_an_extension_after_the_end_is_refused_with_the_typed_text(chair, as_user, procedure, address, turn):
    turn(procedure.ends_at)
    sent = {"action": "extend", "until_day": "2040-01-01", "until_time": "18:00", "extension_reason": "Words typed"}
    answer = as_user(chair).post(f"{address}chair/", sent)
    assert answer.status_code == 409
    assert "Words typed" in answer.content.decode()


def test_the_chair_reads_the_reason_ends_and_publishes_as_allowed(
    consultation, chair, as_user, client, procedure, address
):
    first, second, third = (factories.focal_point(consultation) for _ in range(3))
    broken(first, procedure, f"{REASON}-1", "fact")
    broken(second, procedure, f"{REASON}-2", "name")
    last = broken(third, procedure, f"{REASON}-3", "reason")
    browser = as_user(chair)
    page = browser.get(f"{address}chair/").content.decode()
    assert page.count(REASON) == 3
    browser.post(f"{address}chair/", {"action": "close"})
    assert "Silence was broken" in client.get(address).content.decode()
    assert REASON not in client.get(address).content.decode()
    for breaking in Breaking.objects.all():
        browser.post(f"{address}chair/", {"action": "publish", "breaking": breaking.pk})
    page = client.get(address).content.decode()
    assert str(last.organisation) in page
    assert f"{REASON}-3" in page
    assert str(factories.organisation_of(second)) in page
    assert f"{REASON}-2" not in page
    assert str(factories.organisation_of(first)) not in page


def test_a_private_breaking_is_seen_by_its_delegation_and_the_chair_alone(
    consultation, chair, contributor, focal_point, moderator, as_user, c, address, procedure, turn
):
    """The pages of everybody else are the same to the byte before and after it."""
    turn(timedelta(0))
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    others = (None, factories.UserFactory(), factories.focal_point(consultation), moderator, secretariat)
    pages = (
        address,
        f"{c}/silence/",
        f"{c}/",
        f"{c}/passages/pol3/",
        f"{c}/recommendations/",
        f"{c}/summary/",
        f"{c}/outcome/",
        "/delegation/",
        "/notifications/",
        "/",
    )

    def seen():
        return [_without_tokens(as_user(who).get(page)) for who in others for page in pages]

    before = seen()
    breaking = broken(focal_point, procedure, REASON, "reason")
    assert seen() == before
    for who in others:
        assert as_user(who).get(f"{address}chair/").status_code in {302, 403}
    assert REASON in as_user(contributor).get(address).content.decode()
    assert REASON in as_user(chair).get(f"{address}chair/").content.decode()
    assert REASON not in as_user(chair).get(address).content.decode()
    assert not any(REASON in m.body or str(breaking.organisation) in m.body for m in mail.outbox)
    export = as_user(None).get(f"/search/?q={REASON}").content.decode().count(REASON)
    assert export == as_user(None).get("/search/?q=NOTHING-LIKE-IT").content.decode().count("NOTHING-LIKE-IT")


def _without_tokens(answer):
    """The page without what differs in every answer: tokens and the keys of forms."""
    text = answer.content.decode()
    text = re.sub(r'name="(csrfmiddlewaretoken|submission_id)" value="[^"]*"', "", text)
    text = re.sub(r'(nonce-|nonce=")[A-Za-z0-9+/=_-]+', "", text)
    text = re.sub(r'"X-CSRFToken": *"[^"]*"', "", text)
    return answer.status_code, re.sub(r'value="[0-9a-f-]{36}"', "", text)


@pytest.mark.parametrize("number", [2, 60])
def test_the_pages_cost_the_same_with_few_and_many(
    consultation, chair, focal_point, as_user, c, address, procedure, django_assert_num_queries, number
):
    for _ in range(number):
        broken(factories.focal_point(consultation), procedure, disclosure="reason")
    recommendations = [r.ref for r in consultation.recommendations() if r.ref not in {"pol3", "pra7a"}]
    for ref in recommendations[: min(number, 20)]:
        under_silence(chair, consultation, ref)
    mine, theirs = as_user(focal_point), as_user(chair)
    for browser, page, queries in (
        (mine, address, 12),
        (theirs, f"{address}chair/", 11),
        (as_user(None), f"{c}/silence/", 5),
    ):
        browser.get(page)
        with django_assert_num_queries(queries):
            assert browser.get(page).status_code == 200


def test_what_is_in_preparation_is_not_there_for_others(consultation, focal_point, as_user, procedure, address):
    consultation.announced = False
    consultation.save()
    assert as_user(focal_point).get(address).status_code == 404


def test_between_the_end_and_the_worker_nothing_is_guessed(client, procedure, address, turn):
    turn(procedure.ends_at)
    assert "The result is put on the record within minutes." in client.get(address).content.decode()
    actions.settle()
    assert "Stands as agreed" in client.get(address).content.decode()
