"""/delegation/: how far the delegation is, what waits, for whom, and why something came back."""

from uuid import uuid4

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.stakeholders.models import Membership
from tests import factories


def page(person, as_user):
    return " ".join(as_user(person).get("/delegation/").content.decode().split())


def drafted(person, consultation, *refs):
    for ref in refs:
        recommendation = factories.passage(consultation, ref)
        actions.draft_position(person, consultation, recommendation, Answer("endorse", f"On {ref}"), uuid4())


def test_it_says_how_far_the_delegation_is_and_what_is_next(consultation, contributor, focal_point, as_user):
    for recommendation in list(consultation.recommendations())[:17]:
        factories.signed(focal_point, consultation, recommendation.ref)
    drafted(contributor, consultation, "pra12", "pol1")
    shown = page(focal_point, as_user)
    assert "<strong>17 of 24</strong> positions signed" in shown
    assert '<progress class="meter" value="17" max="24"' in shown
    assert "Check and sign them together (2)" in shown
    assert "Waiting for your signature (2)" in shown
    assert "replaces a signed position" in shown
    assert "No position yet (6)" in shown
    assert "less than 24 hours left" in shown
    assert "Waiting for a focal point to sign (2)" in page(contributor, as_user)


def test_every_state_has_its_place_and_its_reason(consultation, contributor, focal_point, moderator, as_user):
    factories.signed(focal_point, consultation, "pol1", "reservation", "Names a person.")
    version = factories.signed(focal_point, consultation, "pol2", "reservation", "Too long.")
    item = f"explanation-{version.position.public_id}"
    moderation.decide(moderator, item, 1, Verdict("return", "confidential", "Leave the figures out."), uuid4())
    drafted(contributor, consultation, "pol3")
    pol3 = factories.passage(consultation, "pol3")
    actions.send_back(focal_point, consultation, pol3, "Ask the capital first.")
    comment = factories.submitted(contributor, consultation, body="A remark that came back.")
    factories.decided(moderator, comment, "return")
    shown = page(contributor, as_user)
    for sentence in (
        "Explanations returned or removed with a reason (1)",
        "Leave the figures out.",
        "Confidential information",
        "Sent back to the drafter (1)",
        "Ask the capital first.",
        "Comments returned with a reason (1)",
        "Say it at another passage.",
        "Signed (2)",
        "Awaiting moderation",
    ):
        assert sentence in shown
    assert "Nothing waits for you." not in shown


def test_it_says_when_nothing_waits(consultation, contributor, as_user):
    assert "Nothing waits for you." in page(contributor, as_user)
    assert "All positions on one page" in page(contributor, as_user)


def test_an_edit_that_was_begun_is_found_again_by_its_author_alone(
    consultation, contributor, focal_point, moderator, as_user
):
    comment = factories.published(contributor, consultation, moderator, body="As it was said.")
    discussion.revise_comment(contributor, comment, Words("Begun otherwise."), submit=False)
    shown = page(contributor, as_user)
    assert "My edits that are not submitted (1)" in shown
    assert "Begun otherwise." in shown
    assert f"/comments/{comment.public_id}/edit/" in shown
    assert "Nothing waits for you." not in shown
    assert "Begun otherwise." not in page(focal_point, as_user)
    comment.refresh_from_db()
    discussion.revise_comment(contributor, comment, Words("Submitted otherwise."))
    assert "My edits that are not submitted" not in page(contributor, as_user)


def test_an_observer_and_a_closed_consultation_have_no_buttons(
    consultation, contributor, focal_point, as_user, monkeypatch
):
    drafted(contributor, consultation, "pol1")
    observer = factories.delegate(consultation, Membership.Role.OBSERVER, factories.organisation_of(contributor))
    assert "All positions on one page" not in page(observer, as_user)
    browser = as_user(focal_point)
    monkeypatch.setattr("consultation.record.clock.now", lambda: consultation.closes_at)
    shown = browser.get("/delegation/").content.decode()
    assert "Check and sign them together" not in shown
    assert "All positions on one page" not in shown


def test_what_others_prepare_is_not_shown(consultation, contributor, as_user):
    other = factories.delegate(consultation)
    drafted(other, consultation, "pol9")
    discussion.write_comment(other, consultation, factories.passage(consultation, "p8"), Words("Secret"), uuid4())
    shown = page(contributor, as_user)
    assert "On pol9" not in shown
    assert "Secret" not in shown
    assert "No position yet (24)" in shown


def test_the_page_costs_the_same_empty_and_full(
    consultation, contributor, focal_point, moderator, as_user, django_assert_max_num_queries
):
    browser, numbers = as_user(focal_point), []
    factories.signed(focal_point, consultation, "pol1", "reservation", "Words")
    factories.submitted(contributor, consultation)
    browser.get("/delegation/")
    for refs in ((), [r.ref for r in consultation.recommendations()][1:12]):
        for ref in refs:
            factories.signed(focal_point, consultation, ref, "reservation", "Words")
            drafted(contributor, consultation, ref)
            factories.decided(moderator, factories.submitted(contributor, consultation), "return")
        with django_assert_max_num_queries(25) as asked:
            browser.get("/delegation/")
        numbers.append(len(asked))
    assert numbers[1] - numbers[0] <= 1, numbers  # the decisions, where there are any


def test_after_closing_nothing_waits_for_a_signature_and_no_link_leads_to_a_refusal(
    consultation, contributor, focal_point, moderator, as_user
):
    drafted(contributor, consultation, "pol1", "pol2")
    actions.send_back(focal_point, consultation, factories.passage(consultation, "pol2"), "Ask the capital first.")
    factories.decided(moderator, factories.submitted(contributor, consultation), "return")
    factories.close(consultation)
    for person in (focal_point, contributor):
        shown = page(person, as_user)
        assert "Drafts that were not signed; they do not count (1)" in shown
        assert "Waiting for" not in shown
        assert "/position/" not in shown


def test_an_observer_is_led_to_what_observers_may_read(consultation, contributor, as_user):
    drafted(contributor, consultation, "pol1")
    role = Membership.Role.OBSERVER
    observer = factories.delegate(consultation, organisation=factories.organisation_of(contributor), role=role)
    shown = page(observer, as_user)
    assert "Waiting for a focal point to sign (1)" in shown
    assert "/position/" not in shown
