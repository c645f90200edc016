"""Several organisations align themselves with one's published explanation: each signs for itself, it stands once."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from consultation.moderation import actions as moderation
from consultation.moderation.actions import Verdict
from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.models import Position, PositionVersion
from consultation.positions.statements import statements_on
from consultation.record.errors import Changed
from consultation.record.models import Entry
from consultation.stakeholders.models import Organisation
from consultation.summaries.queries import counts_by_passage
from tests import factories

WORDS = "Within our law."


@pytest.fixture
def statement(consultation, moderator):
    return factories.statement(factories.focal_point(consultation), consultation, moderator, explanation=WORDS)


def address(consultation, statement):
    return f"/consultations/{consultation.slug}/passages/pol3/position/?align={statement.name}"


def page(consultation, person, as_user):
    return as_user(person).get(f"/consultations/{consultation.slug}/passages/pol3/").content.decode()


def counts(consultation):
    return counts_by_passage(consultation)[factories.passage(consultation, "pol3").pk]


def sent(statement, **fields):
    return {"align": statement.name, "submission_id": str(uuid4()), "action": "draft", **fields}


def test_a_contributor_drafts_it_and_the_focal_point_signs_it(
    consultation, contributor, focal_point, statement, as_user
):
    shown = as_user(contributor).get(address(consultation, statement)).content.decode()
    assert WORDS in shown
    answer = as_user(contributor).post(address(consultation, statement), sent(statement))
    assert answer.status_code == 302
    assert counts(consultation).reservation == 1
    browser = as_user(focal_point)
    check = browser.get(answer.url).content.decode()
    assert WORDS in check
    assert f'name="align" value="{statement.name}"' in check
    signed = browser.post(address(consultation, statement), sent(statement, action="sign", confirm="1"), follow=True)
    assert "it counts from now" in signed.content.decode()
    version = Position.objects.get(organisation=factories.organisation_of(focal_point)).signed
    assert (version.stance, version.explanation, version.aligned_with) == ("reservation", "", statement)
    assert (version.drafted_by, version.explanation_state) == (contributor, "none")
    assert counts(consultation).reservation == 2


def test_the_explanation_stands_once_with_its_signatories(consultation, statement, as_user):
    names = []
    for _ in range(3):
        signer = factories.focal_point(consultation)
        factories.aligned(signer, consultation, statement)
        names.append(factories.organisation_of(signer).name)
    shown = page(consultation, None, as_user)
    assert shown.count(WORDS) == 1
    assert "Joint statement: also signed by" in shown
    assert all(name in shown for name in names)


def test_the_number_of_signatories_costs_no_queries(consultation, statement, django_assert_num_queries):
    recommendation = factories.passage(consultation, "pol3")
    for _ in range(3):
        factories.aligned(factories.focal_point(consultation), consultation, statement)
        with django_assert_num_queries(4):
            found = statements_on(AnonymousUser(), consultation, recommendation)
            assert [v.lapse for s in found for v in s.aligned] == [""] * len(found[0].aligned)


@pytest.mark.parametrize("becomes", ["changed", "withdrawn", "removed", "suspended"])
def test_when_the_statement_no_longer_stands_the_aligned_are_told_and_nothing_is_carried_over(
    consultation, moderator, focal_point, statement, as_user, becomes
):
    aligned = factories.aligned(focal_point, consultation, statement)
    author = statement.signed_by
    if becomes == "changed":
        factories.signed(author, consultation, stance="endorse", explanation="We changed our mind.")
    elif becomes == "withdrawn":
        actions.withdraw_position(author, consultation, factories.passage(consultation, "pol3"))
    elif becomes == "removed":
        item = f"explanation-{statement.position.public_id}"
        moderation.decide(moderator, item, 1, Verdict("remove", "confidential", "Take it out."), uuid4())
    else:
        Organisation.objects.filter(pk=statement.position.organisation_id).update(state="suspended")
    for shown in (
        page(consultation, focal_point, as_user),
        as_user(focal_point).get("/delegation/").content.decode(),
    ):
        assert "ligned with an earlier statement" in shown
    public = page(consultation, None, as_user)
    assert "Earlier statement" in public
    assert (WORDS in public) is (becomes != "removed")
    aligned.refresh_from_db()
    assert (aligned.state, aligned.stance, aligned.aligned_with) == ("signed", "reservation", statement)
    told = Entry.objects.filter(kind="position.statement_lapsed")
    assert [e.content["organisation"] for e in told] == (
        [] if becomes == "suspended" else [aligned.position.organisation_id]
    )


def test_a_moderator_can_remove_the_words_of_a_withdrawn_position_that_others_are_aligned_with(
    consultation, moderator, focal_point, statement, as_user
):
    factories.aligned(focal_point, consultation, statement)
    actions.withdraw_position(statement.signed_by, consultation, factories.passage(consultation, "pol3"))
    assert WORDS in page(consultation, None, as_user)
    item = f"explanation-{statement.position.public_id}"
    moderation.decide(moderator, item, 1, Verdict("remove", "confidential", "Take it out."), uuid4())
    assert WORDS not in page(consultation, None, as_user)


def test_a_draft_on_a_statement_that_has_changed_is_not_signed(consultation, focal_point, statement, as_user):
    as_user(focal_point).post(address(consultation, statement), sent(statement))
    factories.signed(statement.signed_by, consultation, stance="cannot_endorse", explanation="Other words.")
    check = as_user(focal_point).get(address(consultation, statement).partition("?")[0] + "?step=check")
    assert "cannot be signed as it is" in check.content.decode()
    answer = as_user(focal_point).post(address(consultation, statement), sent(statement, action="sign", confirm="1"))
    assert answer.status_code == 409
    with pytest.raises(Changed):
        actions.sign_several(focal_point, consultation, factories.organisation_of(focal_point), {"pol3": 1}, uuid4())
    assert not Position.objects.get(organisation=factories.organisation_of(focal_point)).signed


def test_only_what_is_published_can_be_aligned_with(consultation, focal_point, as_user):
    pending = factories.signed(factories.focal_point(consultation), consultation, "pol3", "reservation", "Not yet read")
    answer = as_user(focal_point).get(address(consultation, pending))
    assert answer.status_code == 409
    assert "Not yet read" not in answer.content.decode()
    with pytest.raises(Changed):
        factories.aligned(focal_point, consultation, pending)


def test_nobody_aligns_with_itself_or_with_an_aligned_position(consultation, focal_point, statement):
    with pytest.raises(Changed):
        factories.aligned(statement.signed_by, consultation, statement)
    second = factories.aligned(focal_point, consultation, statement)
    with pytest.raises(Changed):
        factories.aligned(factories.focal_point(consultation), consultation, second)


def test_a_statement_on_another_recommendation_or_in_another_consultation_is_not_taken(
    consultation, focal_point, statement, as_user
):
    elsewhere = factories.ConsultationFactory()
    person = factories.focal_point(elsewhere)
    assert as_user(person).get(address(elsewhere, statement)).status_code == 409
    with pytest.raises(Changed):
        actions.draft_position(
            focal_point,
            consultation,
            factories.passage(consultation, "pol4"),
            Answer.with_statement(statement),
            uuid4(),
        )


@pytest.mark.parametrize("name", ["x", "x.1", ".", "x.٣", "x.99999999999999999999", "' or 1=1.1"])
def test_a_name_of_no_statement_is_refused(consultation, focal_point, as_user, name):
    answer = as_user(focal_point).get(f"/consultations/{consultation.slug}/passages/pol3/position/", {"align": name})
    assert answer.status_code == 409


def test_own_words_replace_the_alignment(consultation, focal_point, statement, as_user):
    factories.aligned(focal_point, consultation, statement)
    factories.signed(focal_point, consultation, stance="reservation", explanation="Our own words.")
    assert "Joint statement" not in page(consultation, None, as_user)
    assert counts(consultation).reservation == 2


def test_the_organisation_that_explains_sees_who_is_aligned_before_it_changes(
    consultation, focal_point, statement, as_user
):
    factories.aligned(focal_point, consultation, statement)
    shown = as_user(statement.signed_by).get(address(consultation, statement).partition("?")[0]).content.decode()
    assert "are aligned with your signed explanation" in shown
    assert factories.organisation_of(focal_point).name in shown


def test_the_database_holds_that_an_aligned_position_has_no_words_and_a_reservation_an_explanation(
    consultation, focal_point, statement
):
    version = factories.aligned(focal_point, consultation, statement)
    for wrong in ({"explanation": "Both"}, {"aligned_with": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PositionVersion.objects.filter(pk=version.pk).update(**wrong)


def test_the_way_to_align_is_offered_to_those_who_draft_for_another_organisation_while_it_is_open(
    consultation, contributor, statement, as_user, monkeypatch
):
    organisation = factories.organisation_of(contributor)
    observer = factories.delegate(consultation, "observer", organisation)
    link = f"align={statement.name}&amp;organisation={organisation.slug}"
    assert link in page(consultation, contributor, as_user)
    for person in (None, observer, statement.signed_by, factories.UserFactory()):
        assert "?align=" not in page(consultation, person, as_user)
    monkeypatch.setattr("consultation.record.clock.now", lambda: consultation.closes_at)
    assert "?align=" not in page(consultation, contributor, as_user)
