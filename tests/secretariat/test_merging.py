"""Two organisations that turn out to be one: contributions follow, nothing is silently dropped."""

import pytest

from consultation.discussion.models import Comment
from consultation.positions import actions as positions
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Changed, NotAllowed
from consultation.record.models import Entry
from consultation.secretariat.actions import merge_organisations
from consultation.secretariat.merging import rivals
from consultation.stakeholders.models import Membership
from tests import factories

LIST = "/admin/stakeholders/organisation/"


@pytest.fixture
def secretariat(db):
    return factories.UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def first(consultation):
    return factories.focal_point(consultation, factories.OrganisationFactory(name="Sample Network"))


@pytest.fixture
def second(consultation):
    return factories.focal_point(consultation, factories.OrganisationFactory(name="Network of Samples"))


@pytest.fixture
def kept(first):
    return factories.organisation_of(first)


@pytest.fixture
def absorbed(second):
    return factories.organisation_of(second)


def counts(client, consultation, ref="pol3"):
    summary = client.get(f"/consultations/{consultation.slug}/summary.json").json()
    totals = next(r["totals"] for r in summary["recommendations"] if r["ref"] == ref)
    return totals["endorse"], totals["reservation"], totals["cannot_endorse"]


def test_comments_positions_and_people_follow(consultation, moderator, secretariat, second, kept, absorbed, client):
    comment = factories.published(second, consultation, moderator)
    factories.signed(second, consultation, "pol3", "cannot_endorse")
    merge_organisations(secretariat, kept, absorbed, {})
    comment.refresh_from_db()
    assert comment.organisation == kept
    assert Position.objects.get().organisation == kept
    assert counts(client, consultation) == (0, 0, 1)
    assert Membership.objects.of(second).get().organisation == kept
    assert Membership.objects.filter(organisation=absorbed, ended_at__isnull=False).count() == 1
    assert (absorbed.state, absorbed.merged_into) == ("merged", kept)
    assert "Sample Network" in client.get(f"/consultations/{consultation.slug}/passages/p8/").content.decode()
    entry = Entry.objects.about(kept).last()
    assert (entry.kind, entry.content["moved"]["discussion.comment"]) == ("organisation.merged", 1)


@pytest.mark.parametrize("stands", ["kept", "absorbed"])
def test_positions_of_both_need_a_decision_and_both_stay_on_the_record(
    consultation, secretariat, first, second, kept, absorbed, client, stands
):
    factories.signed(first, consultation, "pol3", "endorse")
    theirs = factories.signed(second, consultation, "pol3", "reservation", "With the words of the report only.")
    with pytest.raises(Changed, match="nothing is merged"):
        merge_organisations(secretariat, kept, absorbed, {})
    (pair,) = rivals(kept, absorbed)
    merge_organisations(secretariat, kept, absorbed, {pair.key: kept.pk if stands == "kept" else absorbed.pk})
    assert counts(client, consultation) == ((1, 0, 0) if stands == "kept" else (0, 1, 0))
    theirs.refresh_from_db()
    assert (theirs.position.organisation, theirs.explanation) == (absorbed, "With the words of the report only.")
    standing = Position.objects.get(organisation=kept).signed
    assert standing.signed_by == (first if stands == "kept" else second)
    assert PositionVersion.objects.count() == (2 if stands == "kept" else 3)


def test_a_decision_on_a_version_that_changed_meanwhile_is_not_taken(
    consultation, secretariat, first, second, kept, absorbed
):
    for signer in (first, second):
        factories.signed(signer, consultation, "pol3")
    (pair,) = rivals(kept, absorbed)
    factories.signed(second, consultation, "pol3", "cannot_endorse")
    with pytest.raises(Changed):
        merge_organisations(secretariat, kept, absorbed, {pair.key: kept.pk})
    absorbed.refresh_from_db()
    assert absorbed.state == "approved"


def test_a_withdrawn_position_gives_way_to_one_that_stands(
    consultation, secretariat, first, second, kept, absorbed, client
):
    factories.signed(first, consultation, "pol3")
    positions.withdraw_position(first, consultation, factories.passage(consultation, "pol3"))
    factories.signed(second, consultation, "pol3", "cannot_endorse")
    assert rivals(kept, absorbed) == []
    merge_organisations(secretariat, kept, absorbed, {})
    assert counts(client, consultation) == (0, 0, 1)


def test_who_was_never_approved_does_not_sign_for_the_approved_one(consultation, secretariat, second, kept, absorbed):
    absorbed.state = "applied"
    absorbed.save()
    merge_organisations(secretariat, kept, absorbed, {})
    assert Membership.objects.of(second).get().role == "contributor"


def test_who_acts_for_both_keeps_the_role_in_the_kept_one(secretariat, second, kept, absorbed):
    Membership.objects.create(user=second, organisation=kept, role="observer")
    merge_organisations(secretariat, kept, absorbed, {})
    assert Membership.objects.of(second).get().role == "observer"


def test_merging_twice_is_merging_once(secretariat, kept, absorbed):
    merge_organisations(secretariat, kept, absorbed, {})
    assert merge_organisations(secretariat, kept, absorbed, {}) == {}
    assert Entry.objects.filter(kind="organisation.merged").count() == 1


def test_the_approved_one_is_kept_and_only_the_secretariat_merges(secretariat, first, kept, absorbed):
    with pytest.raises(NotAllowed):
        merge_organisations(first, kept, absorbed, {})
    kept.state = "applied"
    kept.save()
    with pytest.raises(Changed, match="Keep the approved one"):
        merge_organisations(secretariat, kept, absorbed, {})
    with pytest.raises(Changed, match="two different"):
        merge_organisations(secretariat, absorbed, absorbed, {})


def test_the_admin_shows_both_in_full_and_asks_every_question(
    consultation, secretariat, first, second, kept, absorbed, as_user, client
):
    factories.signed(first, consultation, "pol3", "endorse")
    factories.signed(second, consultation, "pol3", "reservation", "With the words of the report only.")
    sent = {"action": "merge", "_selected_action": [kept.pk, absorbed.pk]}
    browser = as_user(secretariat)
    assert "exactly two" in browser.post(LIST, {**sent, "_selected_action": [kept.pk]}, follow=True).content.decode()
    page = browser.post(LIST, sent).content.decode()
    for shown in ("POL.3", "With the words of the report only.", "Endorse with reservation", first.name, second.name):
        assert shown in page
    unanswered = browser.post(LIST, {**sent, "confirm": "1", "keep": kept.pk})
    assert unanswered.status_code == 422
    assert "Choose which position stands" in unanswered.content.decode()
    (pair,) = rivals(kept, absorbed)
    answered = {**sent, "confirm": "1", "keep": kept.pk, f"stands-{pair.key}": absorbed.pk}
    assert "is merged into" in browser.post(LIST, answered, follow=True).content.decode()
    assert counts(client, consultation) == (0, 1, 0)
    assert Comment.objects.count() == 0
