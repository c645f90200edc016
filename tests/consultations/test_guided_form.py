"""A consultation by the guided form: from a report, or from an earlier round."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from consultation.consultations.models import Consultation, Officer, Participation
from consultation.discussion.models import Comment
from consultation.positions.models import Position
from consultation.record import clock
from consultation.record.models import Entry
from consultation.reports.models import Passage, PassageMatch, Report
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries.queries import summary_of
from tests import factories

pytestmark = pytest.mark.django_db
GUIDED = "/admin/consultations/consultation/guided/"


@pytest.fixture
def report():
    return Report.objects.get(slug="gfmd-gcm-cluster-1")


@pytest.fixture
def address(report):
    return f"{GUIDED}{report.pk}/"


def said(**changes):
    """What a careful secretariat fills in."""
    day = clock.now() + timedelta(days=2)
    return {
        "submission_id": str(uuid4()),
        "title": "Sample round on Cluster 1",
        "opens": day.strftime("%Y-%m-%dT09:00"),
        "closes": (day + timedelta(days=30)).strftime("%Y-%m-%dT18:00"),
        "time_zone": "Europe/Zurich",
        "place": "Geneva",
        "reminders": "7, 1",
        "access": "invitation",
        "comment_scope": "all",
        "position_scope": "all",
        "moderation_mode": "before",
        "moderation_days": 2,
        "appeal_days": 14,
        "flags_needed": 2,
        "contributions_an_hour": 0,
        "summary_access": "everybody",
        "introduction": "",
        "questions": "",
        "moderators": "",
        "rapporteurs": "",
        "secretariat": "",
        **changes,
    }


def hidden(page):
    """What the page to check sends on: every hidden field of its form."""
    form = page.context["form"]
    return {name: values for name, values in form.data.lists() if name in form.fields}


def test_a_walk_from_the_list_to_an_announced_consultation(secretariat, as_user, report, address, client):
    moderator, organisation = factories.UserFactory(), factories.OrganisationFactory()
    browser = as_user(secretariat)
    assert GUIDED in browser.get("/admin/consultations/consultation/").content.decode()
    assert address in browser.get(f"/admin/reports/report/{report.pk}/change/").content.decode()
    assert browser.get(GUIDED).status_code == 200
    assert browser.get(GUIDED, {"report": report.pk}).url == address
    assert browser.get(GUIDED, {"report": ""}).status_code == 200
    form = browser.get(address).content.decode()
    assert "Step 6 of 6" in form
    answers = said(
        organisations=[organisation.pk],
        position_scope="passages",
        position_refs=["pol3", "pra7a"],
        questions="What helps most?\n\nAnd what\nhinders?",
        moderators=f"{moderator.email.upper()}\n",
        introduction="Welcome.",
    )
    check = browser.post(address, {**answers, "step": "check"})
    assert check.status_code == 200
    shown = check.content.decode()
    for words in ("Check your answers", "What helps most?", organisation.name, moderator.name, "Geneva", "7"):
        assert words in shown
    assert not Consultation.objects.exists()
    back = browser.post(address, {**hidden(check), "step": "edit"})
    assert back.status_code == 200
    assert "And what\nhinders?" in back.content.decode().replace("\r\n", "\n")
    made = browser.post(address, {**hidden(check), "step": "announce"})
    again = browser.post(address, {**hidden(check), "step": "announce"})
    other = browser.post(address, {**hidden(check), "step": "announce", "introduction": "Said otherwise."})
    assert other.status_code == 422
    assert "sent before, with other words" in other.content.decode()
    assert "Said otherwise." in other.content.decode()
    consultation = Consultation.objects.get()
    assert made.url == again.url == f"/consultations/{consultation.slug}/"
    assert consultation.announced
    assert consultation.reminder_days == [7, 1]
    assert [p.ref for p in consultation.positioned()] == ["pol3", "pra7a"]
    assert [q.text for q in consultation.guiding_questions.all()] == ["What helps most?", "And what\nhinders?"]
    assert consultation.officers.get().user == moderator
    assert list(consultation.organisations.all()) == [organisation]
    entry = Entry.objects.get(kind="consultation.created")
    assert (entry.actor, entry.content["questions"]) == (secretariat, 2)
    assert Entry.objects.about(consultation).count() == 1
    assert "What helps most?" in client.get(made.url).content.decode()


def test_times_are_those_of_the_place(secretariat, as_user, address):
    answers = said(opens="2098-12-01T09:00", closes="2098-12-15T18:00", time_zone="Asia/Tokyo", place="Tokyo")
    as_user(secretariat).post(address, {**answers, "step": "create"})
    consultation = Consultation.objects.get()
    assert consultation.opens_at == datetime(2098, 12, 1, 0, 0, tzinfo=UTC)
    assert consultation.closes_at == datetime(2098, 12, 15, 9, 0, tzinfo=UTC)
    assert not consultation.announced


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"title": " "}, "title", "Enter a title"),
        ({"opens": ""}, "opens", "Enter when it opens"),
        ({"opens": "next week"}, "opens", "Enter a day and a time"),
        ({"opens": "2098-12-15T18:00", "closes": "2098-12-15T18:00"}, "closes", "after the opening"),
        ({"opens": "2001-01-01T10:00", "closes": "2002-01-01T10:00"}, "closes", "in the future"),
        ({"opens": "2026-03-29T02:30"}, "opens", "summer time begins"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Select a valid choice"),
        ({"access": "groups"}, "groups", "Choose at least one group"),
        ({"comment_scope": "kinds"}, "comment_kinds", "Choose at least one"),
        ({"comment_scope": "passages", "comment_refs": ["p99"]}, "comment_refs", "p99 is not one"),
        ({"position_scope": "passages", "position_refs": ["p8"]}, "position_refs", "p8 is not one"),
        ({"reminders": "a week"}, "reminders", "whole numbers of days"),
        ({"reminders": "0"}, "reminders", "between 1 and 90"),
        ({"flags_needed": 0}, "flags_needed", "greater than or equal to 1"),
        ({"moderators": "nobody@example.org"}, "moderators", "No account has this address"),
        ({"questions": "\n\n".join(["Why?"] * 21)}, "questions", "at most 20 questions"),
        ({"introduction": "a\u202eb"}, "introduction", "direction"),
    ],
)
def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(
    secretariat, as_user, address, wrong, field, sentence
):
    for step in ("check", "announce"):
        answer = as_user(secretariat).post(address, {**said(place="Kept Place"), **wrong, "step": step})
        assert answer.status_code == 422
        assert sentence in " ".join(answer.context["form"].errors[field])
        page = answer.content.decode()
        assert "There is a problem" in page
        assert f'href="#id_{field}' in page
        assert 'value="Kept Place"' in page
    assert not Consultation.objects.exists()


def test_a_line_that_only_looks_empty_stands_between_two_questions(secretariat, as_user, address):
    as_user(secretariat).post(address, {**said(questions="One?\r\nStill one.\r\n \t\r\nTwo?"), "step": "create"})
    made = Consultation.objects.get()
    assert [question.text for question in made.guiding_questions.order_by("order")] == ["One?\nStill one.", "Two?"]


def test_only_the_secretariat_creates(consultation, moderator, contributor, as_user, address):
    for person in (moderator, contributor, factories.UserFactory(is_staff=True)):
        assert as_user(person).get(GUIDED).status_code == 403
        assert as_user(person).post(address, {**said(), "step": "announce"}).status_code == 403
    assert as_user(None).get(GUIDED).status_code == 302
    assert Consultation.objects.count() == 1


@pytest.mark.parametrize("name", ["questions", "organisations", "groups", "moderators"])
def test_sent_again_with_other_questions_or_people_it_is_refused_and_nothing_typed_is_lost(
    secretariat, as_user, address, name
):
    browser, organisation = as_user(secretariat), factories.OrganisationFactory()
    groups = list(StakeholderGroup.objects.values_list("pk", flat=True)[:2])
    sent = {**said(questions="One?", access="groups", groups=groups[:1]), "step": "create"}
    others = {
        "questions": "One?\n\nTwo?",
        "organisations": [organisation.pk],
        "groups": groups,
        "moderators": factories.UserFactory().email,
    }
    assert browser.post(address, sent).status_code == 302
    assert browser.post(address, sent).status_code == 302
    refused = browser.post(address, {**sent, name: others[name]})
    assert refused.status_code == 422
    assert "This form was sent before" in str(refused.context["form"].non_field_errors())
    assert Consultation.objects.count() == 1


def test_two_consultations_of_the_same_title_have_names_of_their_own(secretariat, as_user, address):
    for _ in range(3):
        as_user(secretariat).post(address, {**said(), "step": "create"})
    slugs = set(Consultation.objects.values_list("slug", flat=True))
    assert slugs == {f"sample-round-on-cluster-1{end}" for end in ("", "-2", "-3")}


@pytest.fixture
def first_round(consultation, moderator, contributor, focal_point):
    """A round with everything that the next one takes over, and what it does not."""
    rules = {
        "comment_scope": "kinds",
        "comment_on": ["recommendation"],
        "position_scope": "passages",
        "position_on": ["pol3", "pol4"],
        "moderation_mode": "after",
        "summary_access": "officers",
        "reminder_days": [14, 3],
        "contributions_an_hour": 9,
    }
    Consultation.objects.filter(pk=consultation.pk).update(**rules)
    consultation.refresh_from_db()
    factories.question(consultation, "First?")
    factories.question(consultation, "Second?", 2)
    officer = factories.UserFactory()
    Officer.objects.create(consultation=consultation, user=officer, role="secretariat")
    factories.signed(focal_point, consultation, "pol3")
    factories.submitted(contributor, consultation, "pol3")
    return consultation


def next_round(browser, previous, report):
    """The form as it is prefilled, with a new window."""
    address = f"{GUIDED}{report.pk}/?from={previous.pk}"
    form = browser.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value is not None}
    window = {name: said()[name] for name in ("opens", "closes")}
    return browser.post(address, {**sent, **window, "title": "Second round", "step": "announce"})


def test_the_next_round_takes_over_rules_people_and_questions_but_no_contribution(
    first_round, secretariat, as_user, client
):
    answer = next_round(as_user(secretariat), first_round, first_round.report)
    assert answer.status_code == 302
    made = Consultation.objects.get(previous_round=first_round)
    for name in (
        "comment_scope",
        "comment_on",
        "position_scope",
        "position_on",
        "moderation_mode",
        "summary_access",
        "reminder_days",
        "contributions_an_hour",
        "access",
        "report",
    ):
        assert getattr(made, name) == getattr(first_round, name)
    people = set(first_round.officers.values_list("user", "role"))
    assert set(made.officers.values_list("user", "role")) == people
    assert set(made.organisations.all()) == set(first_round.organisations.all())
    assert [q.text for q in made.guiding_questions.all()] == ["First?", "Second?"]
    assert not Position.objects.filter(consultation=made).exists()
    assert not Comment.objects.filter(consultation=made).exists()
    assert summary_of(made).signed == 0
    assert summary_of(first_round).signed == 1
    overview = client.get(f"/consultations/{made.slug}/").content.decode()
    assert f"/consultations/{first_round.slug}/" in overview


def test_both_rounds_can_be_open_at_once_with_officers_of_their_own(first_round, secretariat, contributor, as_user):
    next_round(as_user(secretariat), first_round, first_round.report)
    made = Consultation.objects.get(previous_round=first_round)
    made.opens_at = clock.now() - timedelta(hours=1)
    made.save()
    factories.submitted(contributor, first_round, "pol3")
    comment = factories.submitted(contributor, made, "pol3")
    assert (comment.consultation, comment.state) == (made, "published")
    only_here = factories.UserFactory()
    Officer.objects.create(consultation=made, user=only_here, role="secretariat")
    base = "/admin/consultations/consultation"
    assert as_user(only_here).get(f"{base}/{made.pk}/window/").status_code == 200
    assert as_user(only_here).get(f"{base}/{first_round.pk}/window/").status_code == 403


def test_the_secretariat_of_a_round_prepares_its_next_one(first_round, as_user):
    officer = first_round.officers.get(role="secretariat").user
    assert as_user(officer).get(f"{GUIDED}?from={first_round.pk}").status_code == 200
    assert next_round(as_user(officer), first_round, first_round.report).status_code == 302
    assert as_user(officer).get(GUIDED).status_code == 403


def test_on_a_newer_version_the_chosen_passages_follow_their_text(first_round, secretariat, as_user):
    earlier = first_round.report
    newer = Report.objects.create(slug="newer", title="Newer", held_on=earlier.held_on, previous=earlier)
    for number, (ref, old) in enumerate((("pol1", "pol3"), ("pol2", "pol4")), start=1):
        kept = Passage.objects.create(
            report=newer, ref=ref, code=ref, kind="recommendation", strand="political", order=number, text="x"
        )
        PassageMatch.objects.create(passage=kept, earlier=earlier.passages.get(ref=old), same_words=False)
    answer = next_round(as_user(secretariat), first_round, newer)
    assert answer.status_code == 302
    made = Consultation.objects.get(previous_round=first_round)
    assert made.report == newer
    assert made.position_on == ["pol1", "pol2"]


def test_a_chosen_passage_that_the_newer_text_has_no_more_is_not_another_of_its_ref(first_round, secretariat, as_user):
    earlier = first_round.report
    second = Report.objects.create(slug="second", title="Second", held_on=earlier.held_on, previous=earlier)
    third = Report.objects.create(slug="third", title="Third", held_on=earlier.held_on, previous=second)
    for report, ref, old in ((second, "pol9", earlier.passages.get(ref="pol3")), (second, "pol3", None)):
        kept = recommended(report, ref, old)
        recommended(third, "pol7" if old else "pol4", kept)
    page = as_user(secretariat).get(f"{GUIDED}{third.pk}/?from={first_round.pk}")
    assert page.context["form"].initial["position_refs"] == ["pol7"]


def test_of_a_report_that_is_no_version_nothing_is_chosen(first_round, secretariat, as_user):
    other = Report.objects.create(slug="other", title="Other", held_on=first_round.report.held_on)
    recommended(other, "pol3", None)
    page = as_user(secretariat).get(f"{GUIDED}{other.pk}/?from={first_round.pk}")
    assert page.context["form"].initial["position_refs"] == []


def recommended(report, ref, earlier):
    """A recommendation of a newer version, matched with the earlier one if there is any."""
    order = report.passages.count() + 1
    made = Passage.objects.create(
        report=report, ref=ref, code=ref, kind="recommendation", strand="political", order=order, text=ref
    )
    if earlier:
        PassageMatch.objects.create(passage=made, earlier=earlier, same_words=False)
    return made


def test_an_unknown_earlier_round_is_not_found(secretariat, as_user, address):
    assert as_user(secretariat).get(f"{address}?from=999999").status_code == 404
    assert as_user(secretariat).get(f"{address}?from=%00").status_code == 200
    assert not Participation.objects.exists()
