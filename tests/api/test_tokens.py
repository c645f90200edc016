"""Tokens: made by a focal point, shown once, dead with whoever made them; with them programs draft and never sign."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.api import actions
from consultation.api.models import Token, digest_of
from consultation.discussion.models import Comment
from consultation.positions import actions as positions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.record.models import Entry
from consultation.secretariat.actions import merge_organisations
from consultation.stakeholders import actions as stakeholders
from consultation.stakeholders.models import Membership
from consultation.throttling.limit import Limit
from tests import factories
from tests.api.conftest import Program

FORM = {"name": "Drafting tool", "scopes": ["read", "drafts:write"], "days": "90"}


@pytest.fixture
def organisation(contributor):
    return factories.organisation_of(contributor)


@pytest.fixture
def draft_at(consultation):
    return f"consultations/{consultation.slug}/passages/p8/comments/"


@pytest.fixture
def position_at(consultation):
    return f"consultations/{consultation.slug}/passages/pol3/position/"


def desk(organisation):
    return f"/delegation/{organisation.slug}/tokens/"


def test_a_token_is_shown_once_and_only_its_digest_is_kept(organisation, focal_point, as_user):
    browser, sent = as_user(focal_point), {**FORM, "submission_id": str(uuid4())}
    page = browser.post(desk(organisation), sent)
    secret = page.context["secret"]
    assert secret.startswith("cns_")
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert Token.objects.get().digest == digest_of(secret)
    assert secret not in browser.get(desk(organisation)).content.decode()
    assert secret not in browser.post(desk(organisation), sent, follow=True).content.decode()
    assert Token.objects.count() == 1
    assert Program(secret).get("consultations/").status_code == 200
    told = Entry.objects.get(kind="token.made")
    assert (told.actor, secret in str(told.content)) == (focal_point, False)
    assert "Last used" in browser.get(desk(organisation)).content.decode()
    assert Token.objects.get().last_used_at is not None


def test_what_is_left_out_is_said_and_nothing_is_made(organisation, focal_point, as_user):
    page = as_user(focal_point).post(desk(organisation), {"name": "", "days": "7000"})
    assert page.status_code == 422
    assert {"name", "scopes", "days"} <= set(page.context["form"].errors)
    assert not Token.objects.exists()


def test_an_organisation_has_a_limited_number_of_tokens(organisation, focal_point, as_user, settings):
    settings.API_TOKENS_OF_AN_ORGANISATION = 2
    browser = as_user(focal_point)
    assert [browser.post(desk(organisation), FORM).status_code for _n in range(3)] == [200, 200, 409]
    actions.revoke_token(focal_point, Token.objects.first())
    assert browser.post(desk(organisation), FORM).status_code == 200


@pytest.mark.parametrize(
    "wrong", ["Bearer", "Bearer x", "Bearer cns_none", "Basic eDp4", "cns_x", "Bearer " + "x" * 9000]
)
def test_what_opens_nothing_is_refused_even_for_reading(db, program, wrong):
    answer = program.get("consultations/", authorization=wrong)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_does_only_what_it_was_made_for(with_token, draft_at):
    reader, writer = with_token("read"), with_token("drafts:write")
    assert reader.post(draft_at, {"body": "A remark."}).status_code == 403
    assert writer.post(draft_at, {"body": "A remark."}).status_code == 201
    assert writer.get("consultations/").status_code == 403


def ended(token, focal_point):
    Membership.objects.create(
        user=factories.UserFactory(), organisation=token.organisation, role=Membership.Role.FOCAL_POINT
    )
    own = Membership.objects.of(focal_point).get(organisation=token.organisation)
    stakeholders.remove_from_delegation(focal_point, own)


def suspended(token, _focal_point):
    token.organisation.state = "suspended"
    token.organisation.save()


def observing(token, focal_point):
    Membership.objects.filter(user=focal_point, organisation=token.organisation).update(role="observer")


def without_account(_token, focal_point):
    focal_point.is_active = False
    focal_point.save()


def revoked(token, focal_point):
    actions.revoke_token(focal_point, token)


@pytest.mark.parametrize("end", [ended, suspended, observing, without_account, revoked])
def test_a_token_dies_with_what_it_stands_on(with_token, focal_point, draft_at, end):
    program = with_token()
    assert program.get("consultations/").status_code == 200
    end(Token.objects.get(), focal_point)
    assert program.get("consultations/").status_code == 401
    assert program.post(draft_at, {"body": "A remark."}).status_code == 401
    assert not Comment.objects.exists()


def test_a_token_expires(with_token, draft_at, turn):
    program = with_token(days=30)
    turn(timedelta(days=29))
    assert program.post(draft_at, {"body": "A remark."}).status_code == 201
    turn(timedelta(days=1, seconds=1))
    assert program.post(draft_at, {"body": "A remark."}).status_code == 401


def test_no_session_writes_here(draft_at, focal_point, as_user):
    answer = as_user(focal_point).post(f"/api/v1/{draft_at}", {"body": "x"}, content_type="application/json")
    assert answer.status_code == 401
    assert not Comment.objects.exists()


def test_a_comment_is_a_draft_of_who_made_the_token(with_token, organisation, focal_point, draft_at, as_user, program):
    answer = with_token().post(draft_at, {"body": "A  remark.", "type": "question"})
    comment = Comment.objects.get()
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    assert answer["Location"] == answer.json()["url"]
    assert (comment.state, comment.author, comment.organisation) == ("draft", focal_point, organisation)
    assert as_user(focal_point).get(answer["Location"]).status_code == 200
    assert Entry.objects.filter(kind="token.drafted", actor=focal_point).count() == 1
    assert comment.public_id not in program.get(draft_at.replace("passages/p8/", "")).content.decode()


def test_the_same_key_makes_one_draft_and_keeps_what_a_person_changed(with_token, focal_point, draft_at, as_user):
    program, key = with_token(), uuid4()
    first = program.post(draft_at, {"body": "A remark."}, key)
    again = program.post(draft_at, {"body": "A remark."}, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert program.post(draft_at, {"body": "Other words."}, key).status_code == 409
    edited = {"body": "Better words.", "action": "draft", "version": "1"}
    as_user(focal_point).post(first.json()["url"], edited)
    assert program.post(draft_at, {"body": "A remark."}, key).status_code == 200
    comment = Comment.objects.select_related("latest").get()
    assert comment.latest.body == "Better words."


def test_a_position_waits_for_a_signature(consultation, with_token, organisation, focal_point, position_at, program):
    sent = {"stance": "reservation", "explanation": "Within our law."}
    answer = with_token().post(position_at, sent)
    assert (answer.status_code, answer.json()["version"], answer.json()["state"]) == (201, 1, "draft")
    position = Position.objects.select_related("draft").get()
    assert (position.organisation, position.signed, position.draft.drafted_by) == (organisation, None, focal_point)
    assert program.get(f"consultations/{consultation.slug}/positions/").json()["positions"] == []


def test_a_program_does_not_write_over_what_it_has_not_read(consultation, with_token, contributor, position_at):
    program, key = with_token(), uuid4()
    pol3 = factories.passage(consultation, "pol3")
    positions.draft_position(contributor, consultation, pol3, Answer("endorse"), uuid4())
    assert program.post(position_at, {"stance": "cannot_endorse"}).status_code == 409
    assert program.post(position_at, {"stance": "cannot_endorse", "version": 1}, key).status_code == 201
    assert program.post(position_at, {"stance": "cannot_endorse", "version": 1}, key).status_code == 200
    assert program.post(position_at, {"stance": "endorse", "version": 1}, key).status_code == 409
    assert PositionVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "status", "named"),
    [
        ({}, 422, "body"),
        ({"body": ""}, 422, "body"),
        ({"body": "x" * 10_001}, 422, "body"),
        ({"body": "zero\x00byte"}, 422, "body"),
        ({"body": "\u202eturned"}, 422, "body"),
        ({"body": "x", "parent": "none"}, 422, "parent"),
        ({"body": "x", "type": "shout"}, 422, "type"),
        ({"body": "x", "attribution": "secretariat"}, 422, "attribution"),
        ({"body": "x", "action": "submit"}, 422, "action"),
        ({"body": 7}, 422, "body"),
        ({"body": ["x"]}, 422, "body"),
        ([], 422, None),
        ("x", 422, None),
    ],
)
def test_what_cannot_be_taken_is_said_by_name(with_token, draft_at, data, status, named):
    answer = with_token().post(draft_at, data)
    assert answer.status_code == status
    assert named is None or list(answer.json()["errors"]) == [named]
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "key", "status"),
    [
        ("{", "application/json", "u", 400),
        ("[" * 100_000, "application/json", "u", 400),
        ('{"body": "\\ud800"}', "application/json", "u", 400),
        (b'{"body": "\xff"}', "application/json", "u", 400),
        ('{"body": "x"}', "text/plain", "u", 415),
        ("body=x", "application/x-www-form-urlencoded", "u", 415),
        ('{"body": "x"}', "application/json", "", 400),
        ('{"body": "x"}', "application/json", "7", 400),
        ('{"body": "' + "x" * 3_000_000 + '"}', "application/json", "u", 413),
    ],
)
def test_what_is_no_request_is_told_so(with_token, draft_at, body, kind, key, status):
    program = with_token()
    sent = {**program.headers, "idempotency-key": str(uuid4()) if key == "u" else key}
    answer = program.client.post(f"/api/v1/{draft_at}", body, content_type=kind, headers=sent)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not Comment.objects.exists()


def test_a_draft_is_kept_after_closing_and_nothing_more_happens(consultation, with_token, draft_at):
    program = with_token()
    factories.close(consultation)
    assert program.post(draft_at, {"body": "A remark."}).status_code == 201
    assert Comment.objects.get().state == "draft"


def test_drafts_have_a_limit_a_minute(with_token, draft_at, settings, turn):
    settings.LIMITS = settings.LIMITS | {"drafts": Limit(2, 60)}
    turn(timedelta(minutes=3))
    program = with_token()
    answers = [program.post(draft_at, {"body": f"Remark {n}."}) for n in range(3)]
    assert [a.status_code for a in answers] == [201, 201, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_token_follows_its_person_where_two_organisations_become_one(
    consultation, with_token, organisation, focal_point, draft_at
):
    program = with_token()
    kept = factories.organisation_of(factories.focal_point(consultation))
    merge_organisations(factories.secretariat(), kept, organisation, {})
    assert program.post(draft_at, {"body": "A remark."}).status_code == 201
    assert Comment.objects.get().organisation == kept
