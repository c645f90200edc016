"""Drafting, signing, sending back and withdrawing, through the page's own address."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.record import clock
from consultation.record.errors import Changed
from consultation.record.models import Entry, Leaf
from consultation.stakeholders.models import Membership, Organisation
from consultation.summaries.queries import counts_by_passage
from tests import factories


def address(consultation, ref="pol3"):
    return f"/consultations/{consultation.slug}/passages/{ref}/position/"


def form(**fields):
    return {"stance": "endorse", "explanation": "", "submission_id": str(uuid4()), "action": "draft", **fields}


def taken(consultation, ref="pol3"):
    return counts_by_passage(consultation)[factories.passage(consultation, ref).pk].taken


def test_a_contributor_drafts_and_nothing_counts_until_the_focal_point_signs(
    consultation, contributor, focal_point, as_user
):
    answer = as_user(contributor).post(address(consultation), form(stance="reservation", explanation="Within our law."))
    assert answer.status_code == 302
    assert "step=check" in answer.url
    assert taken(consultation) == 0
    browser = as_user(focal_point)
    check = browser.get(answer.url).content.decode()
    assert "Within our law." in check
    assert "Sign on behalf of" in check
    signed = browser.post(
        address(consultation),
        form(stance="reservation", explanation="Within our law.", action="sign", confirm="1"),
        follow=True,
    )
    assert "it counts from now" in signed.content.decode()
    version = PositionVersion.objects.get()
    assert (version.state, version.drafted_by, version.signed_by) == ("signed", contributor, focal_point)
    assert taken(consultation) == 1


def test_signing_leads_to_a_page_that_can_be_read_again(consultation, contributor, focal_point, as_user):
    browser, sent = as_user(focal_point), form(action="sign", confirm="1")
    answers = [browser.post(address(consultation), sent) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer.url for answer in answers}) == 1
    position = Position.objects.get()
    page = browser.get(answers[0].url).content.decode()
    assert "it counts from now" in page
    again = browser.get(answers[0].url)
    assert again.status_code == 200
    assert "it counts from now" not in again.content.decode()
    for shown in (page, again.content.decode()):
        assert "Position on POL.3 signed" in shown
        assert position.receipt in shown
        assert Leaf.objects.get(entry__kind="position.signed").printed in shown
    # The delegation reads it too, also after closing; others have no delegation to read it for.
    factories.close(consultation)
    assert position.receipt in as_user(contributor).get(answers[0].url).content.decode()
    assert as_user(factories.UserFactory()).get(answers[0].url).status_code == 403


def test_where_nothing_is_signed_the_page_of_a_signature_leads_to_the_position(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    signed = browser.post(address(consultation), form(action="sign", confirm="1")).url
    browser.post(address(consultation), {"action": "withdraw"})
    assert browser.get(signed, follow=True).redirect_chain == [(address(consultation), 302)]


def test_signing_shows_check_answers_first(consultation, focal_point, as_user):
    answer = as_user(focal_point).post(address(consultation), form(action="sign"))
    assert answer.status_code == 302
    assert "step=check" in answer.url
    assert taken(consultation) == 0


def test_nothing_is_preselected(consultation, focal_point, as_user):
    assert "checked" not in as_user(focal_point).get(address(consultation)).content.decode()


@pytest.mark.parametrize("extra", [{}, {"confirm": "1"}])
def test_a_contributor_cannot_sign(consultation, contributor, focal_point, as_user, extra):
    answer = as_user(contributor).post(address(consultation), form(action="sign", **extra))
    assert answer.status_code == 403
    assert taken(consultation) == 0
    assert not Entry.objects.filter(kind="position.signed").exists()


def test_the_refusal_names_the_focal_point(consultation, contributor, focal_point, as_user):
    answer = as_user(contributor).post(address(consultation), form(action="sign", confirm="1"))
    assert focal_point.name in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_observer_takes_no_position(consultation, as_user, method):
    observer = factories.delegate(consultation, Membership.Role.OBSERVER)
    answer = getattr(as_user(observer), method)(address(consultation), form())
    assert answer.status_code == 403
    assert not Position.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"stance": ""}, "Select a position"),
        ({"stance": "vote"}, "not one of the available choices"),
        ({"stance": "reservation"}, "Enter an explanation of the reservation"),
        ({"stance": "reservation", "explanation": "  "}, "Enter an explanation of the reservation"),
        ({"explanation": "x" * 10_001}, "1 character too long"),
    ],
)
@pytest.mark.parametrize("action", ["draft", "sign"])
def test_an_answer_that_is_not_complete_is_said_beside_its_field(
    consultation, focal_point, as_user, fields, sentence, action
):
    answer = as_user(focal_point).post(
        address(consultation), form(**{"explanation": "", **fields}, action=action, confirm="1")
    )
    assert answer.status_code == 422
    assert answer.content.decode().count(sentence) >= 2
    assert not PositionVersion.objects.exists()


def test_only_recommendations_take_positions(consultation, focal_point, as_user):
    for ref in ("p8", "h1", "political", "none"):
        assert as_user(focal_point).post(address(consultation, ref), form()).status_code == 404


def test_after_closing_a_draft_is_kept_and_nothing_is_signed(consultation, focal_point, as_user):
    consultation.closes_at = clock.now() - timedelta(seconds=1)
    consultation.save()
    browser = as_user(focal_point)
    for action in ("draft", "sign"):
        answer = browser.post(
            address(consultation), form(stance="reservation", explanation="Typed late", action=action, confirm="1")
        )
        assert answer.status_code == 409
        assert "closed on" in answer.content.decode()
        assert "Typed late" in answer.content.decode()
        # On to what stands on the recommendation, not back to the form that is refused.
        assert f'href="{address(consultation).removesuffix("position/")}"' in answer.content.decode()
        assert f'href="{address(consultation)}"' not in answer.content.decode()
    assert Position.objects.get().draft.explanation == "Typed late"
    assert taken(consultation) == 0


def test_after_closing_a_draft_is_read_where_it_was_to_be_checked(consultation, contributor, focal_point, as_user):
    browser = as_user(contributor)
    check = browser.post(address(consultation), form(stance="reservation", explanation="Within our law.")).url
    factories.close(consultation)
    for person in (contributor, focal_point):
        answer = as_user(person).get(check)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "closed on" in page
        assert "It does not count." in page
        assert "Within our law." in page
        assert "<h1>A draft that was not signed</h1>" in page
        assert 'name="action"' not in page
        # No link to the form, which is closed; where it is asked for all the same, the words are there too.
        assert f'href="{address(consultation)}' not in page
        asked = as_user(person).get(address(consultation))
        assert asked.status_code == 409
        assert "Within our law." in asked.content.decode()
    elsewhere = as_user(factories.delegate(consultation)).get(f"{address(consultation)}?step=check")
    assert elsewhere.status_code == 409
    assert "Within our law." not in elsewhere.content.decode()
    assert as_user(factories.delegate(consultation)).get(check).status_code == 403
    assert as_user(factories.UserFactory()).get(check).status_code == 403


def test_after_closing_an_old_link_to_a_draft_leads_to_what_became_of_it(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    check = browser.post(address(consultation), form(action="sign")).url
    signed = browser.post(address(consultation), form(action="sign", confirm="1")).url
    factories.close(consultation)
    assert browser.get(check).url == signed
    PositionVersion.objects.update(state="withdrawn", ended_at=clock.now())
    Position.objects.update(signed=None)
    assert browser.get(check).url == address(consultation).removesuffix("position/")


def test_changing_a_signed_position_keeps_the_earlier_version(consultation, focal_point):
    factories.signed(focal_point, consultation)
    factories.signed(focal_point, consultation, stance="cannot_endorse")
    position = Position.objects.get()
    assert [v.state for v in position.versions.all()] == ["superseded", "signed"]
    assert position.signed.stance == "cannot_endorse"
    assert taken(consultation) == 1


def test_withdrawing_and_then_replaying_the_old_form_leaves_it_withdrawn(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    sent = form(action="sign", confirm="1")
    browser.post(address(consultation), sent)
    assert taken(consultation) == 1
    browser.post(address(consultation), {"action": "withdraw"})
    assert taken(consultation) == 0
    again = browser.post(address(consultation), sent)
    assert again.status_code == 409
    assert "it counts from now" not in again.content.decode()
    assert taken(consultation) == 0
    assert [v.state for v in PositionVersion.objects.all()] == ["withdrawn"]


def test_a_signed_form_with_another_answer_is_not_taken_for_the_first(consultation, focal_point, as_user):
    browser, sent = as_user(focal_point), form(action="sign", confirm="1")
    browser.post(address(consultation), sent)
    again = browser.post(address(consultation), {**sent, "stance": "cannot_endorse"})
    assert again.status_code == 409
    assert Position.objects.get().signed.stance == "endorse"
    # What the page offers now is a form of its own: sent again, it counts.
    page = again.context["form"].data
    assert page["submission_id"] != sent.get("submission_id")
    browser.post(address(consultation), {**page, "action": "sign", "confirm": "1"})
    assert Position.objects.get().signed.stance == "cannot_endorse"


def test_a_draft_sent_again_with_another_answer_is_not_lost(consultation, contributor, as_user):
    browser, sent = as_user(contributor), form(action="draft")
    browser.post(address(consultation), sent)
    browser.post(address(consultation), {**sent, "stance": "cannot_endorse"})
    assert Position.objects.get().draft.stance == "cannot_endorse"


def test_an_action_that_is_not_known_does_nothing(consultation, contributor, as_user):
    answer = as_user(contributor).post(address(consultation), form(action="publish"))
    assert answer.status_code == 422
    assert "Use one of its buttons." in answer.content.decode()
    assert not PositionVersion.objects.exists()


def test_the_same_signature_sent_twice_is_one(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    sent = form(action="sign", confirm="1")
    assert [browser.post(address(consultation), sent).status_code for _ in range(2)] == [302, 302]
    assert PositionVersion.objects.count() == 1
    assert Entry.objects.filter(kind="position.signed").count() == 1


def test_signing_what_a_colleague_has_just_changed_shows_both_texts(consultation, contributor, focal_point, as_user):
    recommendation = factories.passage(consultation, "pol3")
    actions.draft_position(contributor, consultation, recommendation, Answer("endorse", "First"), uuid4())
    actions.draft_position(contributor, consultation, recommendation, Answer("cannot_endorse", "Second"), uuid4())
    answer = as_user(focal_point).post(
        address(consultation), form(explanation="First", action="sign", confirm="1", version="1")
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "First" in page
    assert "Second" in page
    assert taken(consultation) == 0


def test_a_draft_is_sent_back_with_a_note(consultation, contributor, focal_point, as_user):
    as_user(contributor).post(address(consultation), form())
    browser = as_user(focal_point)
    assert browser.post(address(consultation), {"action": "send_back", "note": " "}).status_code == 422
    browser.post(address(consultation), {"action": "send_back", "note": "Ask the capital first."})
    assert Position.objects.get().draft.state == "sent_back"
    assert "Ask the capital first." in as_user(contributor).get("/delegation/").content.decode()
    assert as_user(contributor).post(address(consultation), {"action": "send_back", "note": "x"}).status_code == 403


def test_a_suspended_organisation_no_longer_counts_and_cannot_sign(consultation, focal_point, as_user):
    factories.signed(focal_point, consultation)
    Organisation.objects.filter(pk=factories.organisation_of(focal_point).pk).update(state="suspended")
    assert taken(consultation) == 0
    answer = as_user(focal_point).post(address(consultation), form(action="sign", confirm="1"))
    assert answer.status_code == 403


def test_a_focal_point_removed_a_moment_ago_cannot_sign(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    browser.get(address(consultation))
    Membership.objects.filter(user=focal_point).update(role="contributor")
    assert browser.post(address(consultation), form(action="sign", confirm="1")).status_code == 403
    assert taken(consultation) == 0


def test_another_organisation_in_the_form_is_not_believed(consultation, focal_point, as_user):
    other = factories.organisation_of(factories.focal_point(consultation))
    as_user(focal_point).post(address(consultation), form(action="sign", confirm="1", organisation=other.slug))
    assert not Position.objects.filter(organisation=other).exists()


def test_a_draft_of_another_delegation_is_not_seen(consultation, contributor, as_user):
    as_user(contributor).post(address(consultation), form(stance="cannot_endorse", explanation="Secret reasons"))
    stranger = factories.focal_point(consultation)
    for person in (stranger, None):
        for page in ("passages/pol3/", "passages/pol3/position/?step=check", "recommendations/", "summary/", ""):
            answer = as_user(person).get(f"/consultations/{consultation.slug}/{page}")
            assert "Secret reasons" not in answer.content.decode()


def test_an_explanation_is_shown_after_a_moderator_has_read_it(consultation, focal_point, moderator, as_user):
    version = factories.signed(focal_point, consultation, stance="reservation", explanation="Within our law.")
    page = f"/consultations/{consultation.slug}/passages/pol3/"
    assert "Within our law." not in as_user(None).get(page).content.decode()
    assert "1</strong> endorse with reservation" in as_user(None).get(page).content.decode()
    as_user(moderator).post(
        f"/moderation/explanation-{version.position.public_id}/",
        {"decision": "publish", "revision": version.number, "submission_id": str(uuid4())},
    )
    assert "Within our law." in as_user(None).get(page).content.decode()


def test_sending_back_without_a_draft_is_said(consultation, focal_point):
    with pytest.raises(Changed):
        actions.send_back(focal_point, consultation, factories.passage(consultation, "pol3"), "x")


def test_the_delegation_page_says_what_waits(consultation, contributor, focal_point, as_user):
    factories.signed(focal_point, consultation, "pra1")
    as_user(contributor).post(address(consultation), form())
    page = as_user(focal_point).get("/delegation/").content.decode()
    assert "Waiting for your signature" in page
    assert "1 of 24" in page
    assert "No position yet (22)" in " ".join(page.split()).replace("> (", ">(").replace(
        "No position yet  (", "No position yet ("
    )


def test_after_a_conflict_the_same_page_sent_again_goes_over_the_text_that_it_shows(
    consultation, contributor, focal_point, as_user
):
    recommendation = factories.passage(consultation, "pol3")
    actions.draft_position(contributor, consultation, recommendation, Answer("cannot_endorse", "Theirs"), uuid4())
    answer = as_user(focal_point).post(address(consultation), form(explanation="Mine", version="0"))
    assert answer.status_code == 409
    assert 'name="version" value="1"' in answer.content.decode()
    again = as_user(focal_point).post(address(consultation), form(explanation="Mine", version="1"))
    assert again.status_code == 302
    assert [v.explanation for v in PositionVersion.objects.all()] == ["Theirs", "Mine"]


@pytest.mark.parametrize(("seconds", "counts"), [(-1, True), (0, False), (1, False)])
def test_a_signature_counts_when_it_is_there_before_the_instant(
    consultation, focal_point, as_user, monkeypatch, seconds, counts
):
    browser = as_user(focal_point)
    monkeypatch.setattr(clock, "now", lambda: consultation.closes_at + timedelta(seconds=seconds))
    answer = browser.post(
        address(consultation), form(stance="reservation", explanation="In time?", action="sign", confirm="1")
    )
    assert answer.status_code == (302 if counts else 409)
    assert taken(consultation) == int(counts)
    assert PositionVersion.objects.get().state == ("signed" if counts else "draft")
    if not counts:
        assert "kept as a draft" in answer.content.decode()
        assert "In time?" in answer.content.decode()


def test_the_check_page_that_waited_over_the_closing_keeps_the_one_draft(
    consultation, contributor, focal_point, as_user, monkeypatch
):
    as_user(contributor).post(address(consultation), form(explanation="Ours"))
    monkeypatch.setattr(clock, "now", lambda: consultation.closes_at)
    answer = as_user(focal_point).post(
        address(consultation), form(explanation="Ours", action="sign", confirm="1", version="1")
    )
    assert answer.status_code == 409
    assert [v.state for v in PositionVersion.objects.all()] == ["draft"]


def test_every_version_is_shown_to_the_delegation_after_closing_too(
    consultation, focal_point, contributor, as_user, monkeypatch
):
    factories.signed(focal_point, consultation, explanation="First words")
    actions.withdraw_position(focal_point, consultation, factories.passage(consultation, "pol3"))
    factories.signed(focal_point, consultation, stance="cannot_endorse", explanation="Second words")
    monkeypatch.setattr(clock, "now", lambda: consultation.closes_at)
    url = f"/consultations/{consultation.slug}/passages/pol3/"
    own = as_user(contributor).get(url).content.decode()
    assert "All versions" in own
    assert "First words" in own
    assert "withdrawn" in own
    other = as_user(factories.focal_point(consultation)).get(url).content.decode()
    assert "First words" not in other
