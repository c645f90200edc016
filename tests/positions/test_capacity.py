"""In which capacity a position is signed, and how each counts."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Changed
from consultation.summaries.queries import as_json, summary_of
from tests import factories


@pytest.fixture
def pol3(consultation):
    return factories.passage(consultation, "pol3")


def address(consultation):
    return f"/consultations/{consultation.slug}/passages/pol3/position/"


def row(consultation):
    return next(r for r in as_json(summary_of(consultation))["recommendations"] if r["ref"] == "pol3")


def test_it_is_asked_checked_and_signed(consultation, focal_point, as_user):
    browser = as_user(focal_point)
    page = browser.get(address(consultation)).content.decode()
    assert "In which capacity" in page
    sent = {"stance": "endorse", "explanation": "", "capacity": "pending", "action": "sign", "version": 0}
    check = browser.post(address(consultation), sent, follow=True).content.decode()
    assert "Pending confirmation by the capital" in check
    assert '<input type="hidden" name="capacity" value="pending">' in check
    signed = browser.post(address(consultation), {**sent, "confirm": "1", "version": 1}, follow=True)
    assert "Pending confirmation by the capital" in signed.content.decode()
    assert PositionVersion.objects.get(state="signed").capacity == "pending"


def test_without_an_answer_it_is_on_behalf_of_the_organisation(consultation, focal_point, as_user):
    as_user(focal_point).post(address(consultation), {"stance": "endorse", "explanation": "", "action": "draft"})
    assert PositionVersion.objects.get().capacity == "organisation"


def test_what_waits_for_the_capital_counts_and_is_shown_apart(consultation, focal_point, pol3, client):
    actions.sign_position(focal_point, consultation, pol3, Answer("endorse", capacity="pending"), uuid4())
    assert row(consultation)["totals"]["endorse"] == 1
    assert row(consultation)["pending_confirmation"] == {"endorse": 1, "reservation": 0, "cannot_endorse": 0}
    page = client.get(f"/consultations/{consultation.slug}/passages/pol3/").content.decode()
    assert "1 of these positions waits for confirmation by a capital." in page
    assert "Pending confirmation by the capital" in page


def test_the_capital_confirms_in_one_step(consultation, focal_point, contributor, pol3, moderator, as_user):
    answer = Answer("reservation", "Within our law.", capacity="pending")
    version = actions.sign_position(focal_point, consultation, pol3, answer, uuid4())
    moderation.decide(moderator, f"explanation-{version.position.public_id}", 1, Verdict("publish"), uuid4())
    page = as_user(focal_point).get(f"/consultations/{consultation.slug}/passages/pol3/").content.decode()
    assert "The capital has confirmed it" in page
    sent = {"action": "confirm_capacity", "version": 1, "submission_id": str(uuid4())}
    for _twice in range(2):
        assert as_user(focal_point).post(address(consultation), sent).status_code == 302
    now = Position.objects.get(recommendation=pol3).signed
    assert (now.number, now.capacity, now.explanation) == (2, "organisation", "Within our law.")
    assert now.explanation_state == "published"  # the same words: nobody has to read them again
    assert as_user(contributor).post(address(consultation), sent).status_code == 403


def test_there_is_nothing_to_confirm_where_nothing_waits(consultation, focal_point, pol3):
    factories.signed(focal_point, consultation)
    with pytest.raises(Changed):
        actions.confirm_capacity(focal_point, consultation, pol3, uuid4())


def test_a_view_in_an_expert_capacity_is_listed_apart_and_never_counts(
    consultation, focal_point, pol3, moderator, client, as_user
):
    answer = Answer("cannot_endorse", "An expert sees it otherwise.", capacity="expert")
    version = actions.sign_position(focal_point, consultation, pol3, answer, uuid4())
    c = f"/consultations/{consultation.slug}"
    for reader in (None, focal_point):
        page = as_user(reader).get(f"{c}/passages/pol3/").content.decode()
        assert "Views in an expert capacity" in page
        assert ("An expert sees it otherwise." in page) is (reader is focal_point)  # not moderated yet
    moderation.decide(moderator, f"explanation-{version.position.public_id}", 1, Verdict("publish"), uuid4())
    assert "An expert sees it otherwise." in client.get(f"{c}/passages/pol3/").content.decode()
    assert row(consultation)["totals"] == {"endorse": 0, "reservation": 0, "cannot_endorse": 0, "no_position": 1}
    assert row(consultation)["expert_views"] == 1
    line = next(x for x in client.get(f"{c}/summary.csv").getvalue().decode().splitlines() if x.startswith("pol3"))
    assert ",expert,named,cannot_endorse" in line
    assert ",cannot_endorse,An expert" not in line
    data = client.get(f"{c}/outcome/data.json").json()
    assert data["positions"][0]["capacity"] == "expert"
    assert "An expert sees it otherwise." in client.get("/search/?q=otherwise").content.decode().replace(
        "<mark>", ""
    ).replace("</mark>", "")


def test_nobody_aligns_with_an_expert(consultation, focal_point, pol3, moderator):
    version = actions.sign_position(
        focal_point, consultation, pol3, Answer("endorse", "Words.", capacity="expert"), uuid4()
    )
    moderation.decide(moderator, f"explanation-{version.position.public_id}", 1, Verdict("publish"), uuid4())
    with pytest.raises(Changed):
        factories.aligned(factories.focal_point(consultation), consultation, version)


@pytest.mark.parametrize("how", [{"capacity": "private"}, {"attribution": "nobody"}])
def test_the_database_knows_the_capacities_and_attributions(consultation, focal_point, how):
    version = factories.signed(focal_point, consultation)
    with pytest.raises(IntegrityError), transaction.atomic():
        PositionVersion.objects.filter(pk=version.pk).update(**how)


def test_the_grid_leaves_the_capacity_as_it_is(consultation, focal_point, pol3, as_user):
    actions.draft_position(focal_point, consultation, pol3, Answer("endorse", capacity="pending"), uuid4())
    organisation = factories.organisation_of(focal_point)
    sent = {"pol3-stance": "cannot_endorse", "pol3-explanation": "", "pol3-version": 1}
    as_user(focal_point).post(f"/delegation/{organisation.slug}/{consultation.slug}/positions/", sent)
    draft = Position.objects.get(recommendation=pol3).draft
    assert (draft.stance, draft.capacity) == ("cannot_endorse", "pending")
