"""A focal point signs several drafts on one page: all that were ticked, as they were read, or none."""

from uuid import uuid4

import pytest

from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from tests import factories


@pytest.fixture
def drafts(consultation, contributor):
    return [
        actions.draft_position(
            contributor, consultation, factories.passage(consultation, ref), Answer("endorse", f"On {ref}"), uuid4()
        )
        for ref in ("pol1", "pol2", "pra3")
    ]


def address(consultation, organisation):
    return f"/delegation/{organisation.slug}/{consultation.slug}/sign/"


def form(*ticked):
    return {"sign": list(ticked), "submission_id": str(uuid4())}


def signed():
    return PositionVersion.objects.filter(state="signed").count()


def test_the_page_shows_every_draft_in_full_and_ticks_none(consultation, focal_point, drafts, as_user):
    page = as_user(focal_point).get(address(consultation, factories.organisation_of(focal_point))).content.decode()
    for text in ("On pol1", "On pol2", "On pra3"):
        assert text in page
    assert " checked" not in page


def test_what_was_ticked_is_signed_and_nothing_else(consultation, focal_point, drafts, as_user):
    browser, sent = as_user(focal_point), form("pol1:1", "pra3:1")
    for _ in range(2):
        answer = browser.post(address(consultation, factories.organisation_of(focal_point)), sent, follow=True)
        assert "2 positions are signed" in answer.content.decode()
    assert signed() == 2


def test_one_changed_draft_and_nothing_is_signed(consultation, contributor, focal_point, drafts, as_user):
    actions.draft_position(
        contributor, consultation, factories.passage(consultation, "pra3"), Answer("cannot_endorse"), uuid4()
    )
    answer = as_user(focal_point).post(
        address(consultation, factories.organisation_of(focal_point)), form("pol1:1", "pra3:1")
    )
    assert answer.status_code == 409
    assert signed() == 0


@pytest.mark.parametrize("ticked", [[], ["x"], ["pol1:one"], ["pol1:1:1"], ["pol1:٣"]])
def test_nothing_ticked_or_nonsense_is_said(consultation, focal_point, drafts, as_user, ticked):
    answer = as_user(focal_point).post(address(consultation, factories.organisation_of(focal_point)), form(*ticked))
    assert answer.status_code == 422
    assert signed() == 0


def test_a_recommendation_without_a_draft_is_said(consultation, focal_point, drafts, as_user):
    answer = as_user(focal_point).post(address(consultation, factories.organisation_of(focal_point)), form("pra9:1"))
    assert answer.status_code == 409


def test_only_a_focal_point_of_the_organisation_signs(consultation, contributor, focal_point, drafts, as_user):
    url = address(consultation, factories.organisation_of(focal_point))
    stranger = factories.focal_point(consultation)
    for person, status in ((contributor, 403), (stranger, 404), (None, 302)):
        assert as_user(person).post(url, form("pol1:1")).status_code == status
    assert signed() == 0


def test_drafts_of_another_organisation_are_signed_by_no_number(consultation, focal_point, drafts, as_user):
    """Neither under one's own address with their numbers, nor under theirs with the number of their organisation."""
    stranger = factories.focal_point(consultation)
    own, theirs = factories.organisation_of(stranger), factories.organisation_of(focal_point)
    for named in ({}, {"organisation": theirs.slug}, {"organisation": theirs.pk}):
        sent = {**form("pol1:1", "pra3:1"), **named}
        assert as_user(stranger).post(address(consultation, own), sent).status_code == 409
        assert as_user(stranger).post(address(consultation, theirs), sent).status_code == 404
    assert signed() == 0
    assert PositionVersion.objects.filter(position__organisation=own).count() == 0
