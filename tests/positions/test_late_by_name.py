"""After closing few can still contribute: what comes then names its organisation."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.discussion import actions as discussion
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.record.errors import NotAllowed
from tests import factories


@pytest.fixture(autouse=True)
def others(consultation, focal_point):
    consultation.attribution_choice = True
    consultation.save()
    return [factories.focal_point(consultation) for _ in range(3)]


@pytest.fixture
def late(consultation, focal_point):
    factories.close(consultation)
    factories.let_in(focal_point, consultation)


def here(consultation, ref="pol3"):
    return factories.passage(consultation, ref)


@pytest.mark.parametrize("attribution", ["group", "secretariat"])
def test_a_late_position_is_signed_by_name(consultation, focal_point, late, attribution):
    where = focal_point, consultation, here(consultation)
    with pytest.raises(NotAllowed, match="After closing"):
        actions.sign_position(*where, Answer("endorse", attribution=attribution), uuid4())
    assert not PositionVersion.objects.exists()
    assert actions.sign_position(*where, Answer("endorse"), uuid4()).late


def test_the_database_holds_it(consultation, focal_point, late):
    version = factories.signed(focal_point, consultation)
    with pytest.raises(IntegrityError), transaction.atomic():
        PositionVersion.objects.filter(pk=version.pk).update(attribution="group")


def test_a_draft_without_a_name_is_changed_before_it_is_signed(consultation, focal_point, as_user):
    address = f"/consultations/{consultation.slug}/passages/pol3/position/"
    what = Answer("endorse", "Words.", attribution="group")
    actions.draft_position(focal_point, consultation, here(consultation), what, uuid4())
    factories.close(consultation)
    factories.let_in(focal_point, consultation)
    browser = as_user(focal_point)
    assert 'name="attribution"' not in browser.get(address).content.decode()
    sent = {"stance": "endorse", "explanation": "Words.", "version": 1}
    assert browser.post(address, {**sent, "attribution": "group", "action": "sign", "confirm": "1"}).status_code == 403
    check = browser.post(address, {**sent, "action": "draft"}, follow=True).content.decode()
    assert "Organisation named" in check
    signed = browser.post(address, {**sent, "version": 2, "action": "sign", "confirm": "1"})
    assert signed.status_code == 302
    assert "it is marked late and is in none of the figures" in browser.get(signed.url).content.decode()
    assert PositionVersion.objects.get(state="signed").attribution == "named"


def test_a_late_comment_names_its_organisation(consultation, focal_point, late):
    where = focal_point, consultation, here(consultation, "p8")
    with pytest.raises(NotAllowed, match="After closing"):
        discussion.write_comment(*where, Words("A remark."), uuid4(), attribution="group")
    assert not Comment.objects.exists()
    assert discussion.write_comment(*where, Words("A remark."), uuid4()).latest.late


def test_a_comment_without_a_name_is_edited_late_only_with_it(consultation, focal_point, moderator):
    where = focal_point, consultation, here(consultation, "p8")
    comment = discussion.write_comment(*where, Words("A remark."), uuid4(), attribution="group")
    factories.decided(moderator, comment)
    factories.close(consultation)
    factories.let_in(focal_point, consultation)
    with pytest.raises(NotAllowed, match="After closing"):
        discussion.revise_comment(focal_point, comment, Words("Other words."))
    assert discussion.revise_comment(focal_point, comment, Words("Other words."), attribution="named").latest.late
