"""Comments without a name: who is told what, and that more can be told later, never less."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consultation.consultations import times
from consultation.consultations.models import Consultation
from consultation.discussion import actions
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.record.errors import NotAllowed
from consultation.record.models import Entry
from tests import factories


@pytest.fixture(autouse=True)
def others(consultation, contributor):
    """Two more states take part, and organisations may leave their name out."""
    consultation.attribution_choice = True
    consultation.save()
    return [factories.focal_point(consultation) for _ in range(2)]


def said(author, consultation, moderator, attribution, ref="p8", body="Without a name."):
    where = author, consultation, factories.passage(consultation, ref)
    return factories.decided(moderator, actions.write_comment(*where, Words(body), uuid4(), attribution=attribution))


def page(browser, consultation, ref="p8", more=""):
    return browser.get(f"/consultations/{consultation.slug}/passages/{ref}/{more}").content.decode()


@pytest.mark.parametrize(
    ("attribution", "seen"),
    [("group", "An organisation of the group States"), ("secretariat", "An organisation<")],
)
def test_others_see_the_group_or_nothing_and_those_who_serve_or_belong_see_the_name(
    consultation, contributor, focal_point, moderator, others, as_user, attribution, seen
):
    name = factories.organisation_of(contributor).name
    said(contributor, consultation, moderator, attribution)
    for reader in (None, others[0], factories.UserFactory()):
        shown = page(as_user(reader), consultation)
        assert "Without a name." in shown
        assert seen in shown
        assert name not in shown
        assert contributor.name not in shown
    secretariat = factories.secretariat()
    for reader in (contributor, focal_point, moderator, secretariat):
        shown = page(as_user(reader), consultation)
        assert name in shown
        assert "Others see: An organisation" in shown


def test_a_small_group_is_not_told(consultation, moderator, client):
    small = factories.OrganisationFactory(group=factories.group("private-sector"))
    said(factories.delegate(consultation, organisation=small), consultation, moderator, "group")
    shown = page(client, consultation)
    assert "An organisation<" in shown
    assert "of the group" not in shown


def test_a_group_that_becomes_small_is_told_no_more(consultation, contributor, moderator, others, client):
    said(contributor, consultation, moderator, "group")
    assert "of the group States" in page(client, consultation)
    organisation = factories.organisation_of(others[0])
    organisation.state = "suspended"
    organisation.save()
    assert "of the group" not in page(client, consultation)


def test_the_form_asks_only_where_there_is_a_choice(consultation, contributor, as_user):
    assert 'name="attribution"' in page(as_user(contributor), consultation)
    Consultation.objects.filter(pk=consultation.pk).update(attribution_choice=False)
    assert 'name="attribution"' not in page(as_user(contributor), consultation)


def test_it_is_submitted_with_the_form(consultation, contributor, as_user):
    sent = {"body": "A remark.", "type": "substantive", "attribution": "secretariat", "action": "submit"}
    as_user(contributor).post(f"/consultations/{consultation.slug}/passages/p8/comments/", sent)
    assert Comment.objects.get().attribution == "secretariat"
    sent["attribution"] = "everybody"
    answer = as_user(contributor).post(f"/consultations/{consultation.slug}/passages/p8/comments/", sent)
    assert answer.status_code == 422
    assert "A remark." in answer.content.decode()


def test_where_every_contribution_is_named_nothing_else_is_taken(consultation, contributor):
    Consultation.objects.filter(pk=consultation.pk).update(attribution_choice=False)
    consultation.refresh_from_db()
    where = contributor, consultation, factories.passage(consultation, "p8")
    with pytest.raises(NotAllowed):
        actions.write_comment(*where, Words("A remark."), uuid4(), attribution="group")
    assert not Comment.objects.exists()


def test_two_organisations_are_too_few_to_hide_one(consultation, contributor, others):
    organisation = factories.organisation_of(others[0])
    organisation.state = "suspended"
    organisation.save()
    where = contributor, consultation, factories.passage(consultation, "p8")
    with pytest.raises(NotAllowed, match="Fewer than 3"):
        actions.write_comment(*where, Words("A remark."), uuid4(), attribution="secretariat")


def test_more_is_told_later_and_never_less(consultation, contributor, focal_point, moderator, as_user, client):
    comment = said(contributor, consultation, moderator, "secretariat")
    address = f"/consultations/{consultation.slug}/comments/{comment.public_id}/attribution/"
    assert "Tell more of who says it" in page(as_user(contributor), consultation)
    assert as_user(focal_point).get(address).status_code == 403
    assert as_user(contributor).post(address, {}).status_code == 422
    assert as_user(contributor).post(address, {"attribution": "group"}).status_code == 302
    assert "of the group States" in page(client, consultation)
    assert as_user(contributor).post(address, {"attribution": "secretariat"}).status_code == 422
    with pytest.raises(NotAllowed, match="never less"):
        actions.attribute_comment(contributor, comment, "secretariat")
    as_user(contributor).post(address, {"attribution": "named"})
    assert factories.organisation_of(contributor).name in page(client, consultation)
    assert as_user(contributor).get(address).status_code == 403  # nothing more to tell
    told = [(e.content["before"], e.content["attribution"]) for e in Entry.objects.filter(kind="comment.attributed")]
    assert told == [("secretariat", "group"), ("group", "named")]


def test_a_position_that_was_signed_by_name_stays_by_name(consultation, focal_point, as_user):
    factories.signed(focal_point, consultation)
    pol3 = factories.passage(consultation, "pol3")
    for attribution in ("group", "secretariat"):
        with pytest.raises(NotAllowed, match="never less"):
            positions.sign_position(
                focal_point, consultation, pol3, Answer("endorse", attribution=attribution), uuid4()
            )
    form = as_user(focal_point).get(f"/consultations/{consultation.slug}/passages/pol3/position/").content.decode()
    assert 'name="attribution"' not in form


def test_a_joint_statement_is_signed_by_name(consultation, focal_point, moderator, others):
    statement = factories.statement(others[0], consultation, moderator)
    version = factories.aligned(focal_point, consultation, statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(version).objects.filter(pk=version.pk).update(attribution="group")


def test_nobody_finds_it_by_the_organisation(consultation, contributor, moderator, client, as_user):
    said(contributor, consultation, moderator, "group")
    name = factories.organisation_of(contributor).name
    for reader, found in ((None, False), (moderator, True), (contributor, True)):
        assert ("Without a name." in page(as_user(reader), consultation, more=f"?organisation={name}")) is found
        assert "Without a name." in page(as_user(reader), consultation, more="?group=states")
    assert "An organisation of the group States" in client.get("/search/?q=name&group=states").content.decode()
    assert "No result" in client.get(f"/search/?q=name&organisation={name}").content.decode()


def test_of_what_has_no_name_only_the_day_is_told(consultation, contributor, moderator, client):
    comment = said(contributor, consultation, moderator, "group")
    assert f"{comment.created_at:%H:%M}" not in page(client, consultation).split("Without a name.")[0].split("c-")[-1]
    row = client.get(f"/consultations/{consultation.slug}/comments.json").getvalue().decode()
    assert f'"published_at": "{comment.created_at:%Y-%m-%d}"' in row


def test_what_is_published_at_once_does_not_tell_who_was_here_before(consultation, contributor, moderator):
    consultation.moderation_mode = "new"
    consultation.save()
    factories.published(contributor, consultation, moderator)
    assert factories.submitted(contributor, consultation).state == "published"
    where = contributor, consultation, factories.passage(consultation, "p9")
    assert actions.write_comment(*where, Words("A."), uuid4(), attribution="group").state == "pending"


def test_once_open_the_choice_stays(consultation):
    consultation.attribution_choice = False
    with pytest.raises(Exception, match="it stays so"):
        consultation.clean()
    Consultation.objects.filter(pk=consultation.pk).update(attribution_choice=False)
    consultation.clean()


@pytest.mark.parametrize("number", [1, 6])
def test_many_without_a_name_cost_three_queries_more(
    consultation, contributor, moderator, client, number, django_assert_max_num_queries
):
    for _ in range(number):
        said(contributor, consultation, moderator, "group")
    with django_assert_max_num_queries(12):
        page(client, consultation)


@pytest.mark.parametrize(
    ("attribution", "seen"),
    [("group", "Others see: An organisation of the group States"), ("secretariat", "Others see: An organisation<")],
)
def test_the_check_says_what_others_will_see(consultation, focal_point, as_user, attribution, seen):
    address = f"/consultations/{consultation.slug}/passages/pol3/position/"
    sent = {"stance": "endorse", "explanation": "", "attribution": attribution, "action": "sign", "version": 0}
    assert seen in as_user(focal_point).post(address, sent, follow=True).content.decode()
    signed = as_user(focal_point).post(address, {**sent, "confirm": "1", "version": 1}, follow=True)
    assert seen in signed.content.decode()


def test_the_last_one_without_a_name_is_told_that_it_is_held_back(consultation, focal_point, others, as_user, client):
    for other in others:
        factories.signed(other, consultation)
    address = f"/consultations/{consultation.slug}/passages/pol3/position/"
    sent = {"stance": "cannot_endorse", "explanation": "", "attribution": "group", "action": "sign", "version": 0}
    check = as_user(focal_point).post(address, sent, follow=True).content.decode()
    assert "nothing, while fewer than 3 organisations could hold it" in check
    as_user(focal_point).post(address, {**sent, "confirm": "1", "version": 1})
    row = client.get(f"/consultations/{consultation.slug}/summary.json").json()["recommendations"][2]
    assert row["totals"] == {"endorse": 2, "reservation": 0, "cannot_endorse": 0, "no_position": 1}


def test_the_figures_add_up(consultation, focal_point, others, client):
    for who, how in ((focal_point, "secretariat"), (others[0], "group")):
        pol3 = factories.passage(consultation, "pol3")
        positions.sign_position(who, consultation, pol3, Answer("endorse", attribution=how), uuid4())
    row = client.get(f"/consultations/{consultation.slug}/summary.json").json()["recommendations"][2]
    assert row["totals"]["endorse"] == 2
    assert row["by_group"]["states"]["endorse"] == 1
    assert row["unattributed"] == {"endorse": 1, "reservation": 0, "cannot_endorse": 0}


@pytest.mark.parametrize("gone", ["withdrawn", "removed"])
@pytest.mark.parametrize("attribution", ["secretariat", "named"])
def test_what_was_not_named_is_gone_on_a_day_without_a_minute(
    consultation, contributor, others, moderator, client, gone, attribution
):
    comment = said(contributor, consultation, moderator, attribution)
    factories.published(others[0], consultation, moderator, parent=comment)
    if gone == "withdrawn":
        actions.withdraw_comment(contributor, comment)
    else:
        factories.decided(moderator, comment, "remove")
    at = datetime(2026, 3, 4, 13, 57, tzinfo=UTC)
    Comment.objects.filter(pk=comment.pk).update(state_at=at)
    shown = page(client, consultation)
    assert "4 March 2026" in shown
    assert (times.said(at, consultation) in shown) == (attribution == "named")
