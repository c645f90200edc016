"""Prepared in private, published at one moment for all, changed only with a note; the author is told."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultation.consultations.models import Consultation, Officer, Participation
from consultation.discussion.actions import Words, wait_again, write_comment
from consultation.dispositions import actions, queries
from consultation.dispositions.models import Disposition, DispositionList
from consultation.notifications import reading
from consultation.notifications.models import Notification, Preferences
from consultation.notifications.wording import Teller
from consultation.record import clock
from consultation.record.errors import Changed, Refusal
from consultation.record.models import Entry, Leaf
from tests import factories

pytestmark = pytest.mark.django_db


def read_all():
    while reading.read(100):
        pass


def body(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def public_outputs(consultation, comment, browser):
    """Everything that could tell of a disposition, as this browser gets it."""
    c = f"/consultations/{consultation.slug}"
    pages = (
        f"{c}/",
        f"{c}/passages/pol3/",
        f"{c}/passages/pol3/proposals/",
        f"{c}/comments/{comment.public_id}/replies/",
        f"{c}/comments/{comment.public_id}/history/",
        f"{c}/dispositions/",
        f"{c}/dispositions.json",
        f"{c}/dispositions/{comment.public_id}/",
        f"{c}/comments.json",
        f"{c}/outcome/",
        "/search/?q=canary",
        f"/organisations/{comment.organisation.slug}/",
        "/notifications/",
    )
    return "\n".join(body(browser.get(page)) for page in pages)


def test_before_publication_nobody_else_learns_of_an_answer(
    consultation, contributor, focal_point, moderator, said, answered, close, as_user
):
    comment = said(contributor, wording="Other words.")
    answered(comment, "in_part", "A canary of the rapporteur.")
    close()
    read_all()
    for who in (None, contributor, focal_point, moderator):
        seen = public_outputs(consultation, comment, as_user(who))
        assert "canary of" not in seen
        assert 'disposition">' not in seen
        assert seen.count("Accepted in part") == 0
        address = f"/consultations/{consultation.slug}/dispositions/{comment.public_id}/"
        assert as_user(who).get(address).status_code == 404
        assert as_user(who).get(f"/consultations/{consultation.slug}/dispositions/edit/").status_code in {302, 403}
    assert (
        json.loads(body(as_user(None).get(f"/consultations/{consultation.slug}/dispositions.json")))["totals"]["of"]
        == 0
    )
    assert not Notification.objects.filter(kind="answer").exists()


def test_all_are_published_at_one_moment(consultation, contributor, civil, said, answered, publish, as_user):
    ours, theirs = said(contributor), said(civil)
    answered(ours, "in_part", "In part, because.")
    answered(theirs, "not_accepted", "Not in this text.")
    publish()
    assert {d.published.published_at for d in Disposition.objects.public()} == {
        DispositionList.objects.get().published_at
    }
    assert Entry.objects.filter(kind="dispositions.published").count() == 1
    page = as_user(None).get(f"/consultations/{consultation.slug}/passages/pol3/").content.decode()
    assert "In part, because." in page
    assert "Not in this text." in page


def test_nothing_is_published_while_a_comment_is_open(consultation, contributor, said, answered, publish):
    answered(said(contributor))
    said(contributor, "Another.")
    with pytest.raises(Refusal, match="1 of 2 comments is not answered yet"):
        publish()
    assert not Disposition.objects.public().exists()


def test_nothing_is_published_while_a_moderator_has_to_decide(consultation, contributor, said, answered, publish):
    answered(said(contributor))
    factories.submitted(contributor, consultation)
    with pytest.raises(Refusal, match="waits for a moderator"):
        publish()


def test_nothing_is_published_before_closing(consultation, contributor, rapporteur, said, answered):
    answered(said(contributor))
    with pytest.raises(Refusal, match="after the consultation has closed"):
        actions.publish(rapporteur, consultation, uuid4(), seen=queries.newest_version(consultation))


def test_what_was_not_checked_is_not_published(consultation, contributor, rapporteur, said, answered, close):
    comment = said(contributor)
    answered(comment)
    seen = queries.newest_version(consultation)
    answered(comment, "noted")
    close()
    with pytest.raises(Changed, match="changed since you checked"):
        actions.publish(rapporteur, consultation, uuid4(), seen=seen)


def test_the_same_form_publishes_once(consultation, contributor, rapporteur, said, answered, close):
    answered(said(contributor))
    close()
    once, seen = uuid4(), queries.newest_version(consultation)
    first = actions.publish(rapporteur, consultation, once, seen=seen)
    assert actions.publish(rapporteur, consultation, once, seen=seen).published_at == first.published_at
    with pytest.raises(Changed, match="published already"):
        actions.publish(rapporteur, consultation, uuid4(), seen=seen)


def test_a_later_change_is_a_new_version_with_a_note(consultation, contributor, said, answered, publish, as_user):
    comment = said(contributor)
    answered(comment, "noted", "First words.")
    publish()
    with pytest.raises(ValueError, match="needs a note"):
        answered(comment, "accepted")
    answered(comment, "accepted", "Second words.", "A delegation pointed to agreed language.")
    page = as_user(None).get(f"/consultations/{consultation.slug}/dispositions/{comment.public_id}/").content.decode()
    assert page.index("Second words.") < page.index("First words.")
    assert "A delegation pointed to agreed language." in page
    thread = as_user(None).get(f"/consultations/{consultation.slug}/passages/pol3/").content.decode()
    assert "Second words." in thread
    assert "First words." not in thread


def test_a_comment_that_is_published_late_gets_its_disposition_later(
    consultation, contributor, moderator, said, answered, publish
):
    answered(said(contributor))
    late = write_comment(contributor, consultation, factories.passage(consultation, "p9"), Words("Late."), uuid4())
    factories.decided(moderator, late, "return")
    publish()
    wait_again(late.latest)
    factories.decided(moderator, late)
    assert queries.progress_of(consultation).open == 1
    answered(late, "noted", note="Published after an appeal.")
    assert Disposition.objects.public().count() == 2


def test_an_answer_to_a_comment_that_was_away_at_publication_is_open_until_it_is_given_again(
    consultation, contributor, moderator, rapporteur, said, answered, publish, as_user
):
    away, other = said(contributor), said(contributor)
    for comment in (away, other):
        answered(comment, "accepted")
    factories.decided(moderator, away, "remove")
    publish()
    factories.decided(moderator, away, "restore")
    assert not Disposition.objects.public().filter(comment=away).exists()
    assert queries.progress_of(consultation) == queries.Progress(answered=1, of=2)
    assert queries.next_open(consultation) == away
    assert [c.answer for c in queries.work_of(consultation)] == ["open", "answered"]
    page = as_user(rapporteur).get(f"/consultations/{consultation.slug}/dispositions/edit/").content.decode()
    assert page.count("not published") == 1
    told = Entry.objects.filter(kind="comment.answered").count()
    answered(away, "accepted", note="The comment is back.")
    answered(away, "accepted", note="The comment is back.")
    assert Disposition.objects.public().filter(comment=away, published__note="The comment is back.").exists()
    assert queries.progress_of(consultation).open == 0
    assert Entry.objects.filter(kind="comment.answered").count() == told + 1


def test_a_removed_comment_takes_its_disposition_with_it(
    consultation, contributor, moderator, said, answered, publish, as_user
):
    comment = said(contributor)
    answered(comment, "in_part", "A canary of the rapporteur.")
    publish()
    factories.decided(moderator, comment, "remove")
    assert "A canary of" not in public_outputs(consultation, comment, as_user(None))
    assert queries.figures_of(consultation).totals.of == 0


def test_the_author_and_their_delegation_are_told(
    consultation, contributor, focal_point, civil, rapporteur, said, answered, publish
):
    comment = said(contributor)
    answered(comment, "in_part", "Because.")
    answered(said(civil))
    publish()
    read_all()
    for person in (contributor, focal_point):
        told = Notification.objects.visible_to(person).for_display().filter(kind="answer")
        assert [Teller(n.person).worded(n).sentence for n in told] == [
            f"The rapporteur answered the comment of {comment.organisation} on POL.3: accepted in part."
        ]
    assert Notification.objects.filter(person=civil, kind="answer").count() == 1
    assert not Notification.objects.filter(person=rapporteur).exists()
    assert Preferences().answer == "daily"


def test_the_figures_say_whose_comments_were_taken_up_with_denominators(
    consultation, contributor, civil, said, answered, publish, as_user
):
    answered(said(contributor), "accepted")
    answered(said(contributor, "Another."), "not_accepted", "Because.")
    answered(said(civil), "noted")
    publish()
    found = json.loads(body(as_user(None).get(f"/consultations/{consultation.slug}/dispositions.json")))
    states, civil_society = found["groups"]
    assert (states["taken_up"], states["of"], states["organisations_taken_up"], states["organisations"]) == (1, 2, 1, 1)
    assert (civil_society["taken_up"], civil_society["of"], civil_society["organisations_taken_up"]) == (0, 1, 0)
    assert {k: found["totals"][k] for k in ("accepted", "noted", "not_accepted", "of")} == {
        "accepted": 1,
        "noted": 1,
        "not_accepted": 1,
        "of": 3,
    }
    page = as_user(None).get(f"/consultations/{consultation.slug}/dispositions/").content.decode()
    assert "1 of 2" in page
    assert "0 of 1" in page
    assert "1 of 3" in page
    assert "%" not in page.split("<main")[1].split("</main>")[0]


def test_publishing_asks_the_database_as_often_for_ten_as_for_two_hundred(
    consultation, contributor, moderator, said, answered, publish, rapporteur
):
    """A statement of SQLite takes no more than some hundred rows; else the number is the same."""
    asked, written = [], 0
    for number in (10, 200):
        round_ = factories.ConsultationFactory(slug=f"of-{number}", moderation_mode="after")
        Officer.objects.create(consultation=round_, user=rapporteur, role=Officer.Role.RAPPORTEUR)
        Participation.objects.create(consultation=round_, organisation=factories.organisation_of(contributor))
        for _ in range(number):
            answered(factories.submitted(contributor, round_, "pol3"))
        now = clock.now()
        Consultation.objects.filter(pk=round_.pk).update(
            opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1)
        )
        with CaptureQueriesContext(connection) as queries_of_it:
            actions.publish(rapporteur, round_, uuid4(), seen=queries.newest_version(round_))
        asked.append(len(queries_of_it))
        written += number
        told = Entry.objects.filter(kind="comment.answered")
        assert told.count() == Leaf.objects.filter(entry__in=told).count() == written
        assert told.last().content["disposition"] == "accepted"
    assert asked[1] - asked[0] <= 8, asked
