"""Joint statements and whole forms that are sent at the same instant. On the real databases."""

from uuid import uuid4

import pytest
from django.test import Client

from consultation.positions import actions
from consultation.positions.actions import Answer
from consultation.positions.errors import ChangedRows
from consultation.positions.models import Position, PositionVersion
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.summaries.queries import counts_by_passage
from tests import factories
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_focal_points_who_align_and_sign_at_once_are_one_position(consultation, moderator):
    statement = factories.statement(factories.focal_point(consultation), consultation, moderator)
    organisation = factories.OrganisationFactory()
    signers = [factories.focal_point(consultation, organisation) for _ in range(2)]
    at_once(*[lambda signer=signer: factories.aligned(signer, consultation, statement) for signer in signers])
    assert PositionVersion.objects.filter(position__organisation=organisation, state="signed").count() == 1
    assert counts_by_passage(consultation)[factories.passage(consultation, "pol3").pk].reservation == 2
    assert Entry.objects.filter(kind="position.signed", content__organisation=organisation.pk).count() == 2


def test_aligning_while_the_statement_is_changed_is_told_or_refused(consultation, moderator):
    for _ in range(8):
        author, signer = factories.focal_point(consultation), factories.focal_point(consultation)
        statement = factories.statement(author, consultation, moderator)
        answers = at_once(
            lambda signer=signer, statement=statement: factories.aligned(signer, consultation, statement),
            lambda author=author: factories.signed(author, consultation, stance="endorse", explanation="Other"),
        )
        aligned = answers[0]
        told = Entry.objects.filter(
            kind="position.statement_lapsed", content__organisation=factories.organisation_of(signer).pk
        ).exists()
        assert told is not isinstance(aligned, Refusal)


def test_two_organisations_that_align_with_each_other_at_once_do_not_wait_for_ever(consultation, moderator):
    for _ in range(8):
        one, two = factories.focal_point(consultation), factories.focal_point(consultation)
        first = factories.statement(one, consultation, moderator)
        second = factories.statement(two, consultation, moderator)
        answers = at_once(
            lambda one=one, second=second: factories.aligned(one, consultation, second),
            lambda two=two, first=first: factories.aligned(two, consultation, first),
        )
        assert sorted(isinstance(a, Refusal) for a in answers) == [False, True]


def test_two_colleagues_who_save_the_whole_form_at_once_do_not_overwrite_each_other(consultation):
    organisation = factories.OrganisationFactory()
    people = [factories.delegate(consultation, organisation=organisation) for _ in range(2)]
    recommendations = list(consultation.recommendations())

    def save(person, order, words):
        rows = [actions.Row(r, Answer("endorse", words)) for r in recommendations[::order]]
        return actions.draft_several(person, consultation, organisation, rows, uuid4())

    answers = at_once(lambda: save(people[0], 1, "One"), lambda: save(people[1], -1, "Two"))
    assert sorted(isinstance(a, ChangedRows) for a in answers) == [False, True]
    assert Position.objects.count() == 24
    assert len(set(PositionVersion.objects.values_list("explanation", flat=True))) == 1


def test_the_same_form_sent_ten_times_at_once_is_one_set_of_drafts(consultation, contributor):
    organisation, key = factories.organisation_of(contributor), uuid4()
    rows = [actions.Row(r, Answer("endorse", "Once")) for r in consultation.recommendations()]
    at_once(*[lambda: actions.draft_several(contributor, consultation, organisation, rows, key)] * 10)
    assert PositionVersion.objects.count() == Entry.objects.filter(kind="position.drafted").count() == 24


def test_a_file_that_is_read_while_positions_come_and_go_adds_up(consultation):
    """Whatever instant it is of, each organisation is in it once, for every recommendation and group."""
    signers = [factories.focal_point(consultation) for _ in range(4)]
    pol3, files = factories.passage(consultation, "pol3"), []

    def come_and_go(signer):
        for stance in ("endorse", "cannot_endorse", "endorse"):
            factories.signed(signer, consultation, "pol3", stance)
            actions.withdraw_position(signer, consultation, pol3)

    def read():
        for _ in range(12):
            answer = Client().get(f"/consultations/{consultation.slug}/summary.json")
            assert answer.status_code == 200
            files.append(answer.json())

    at_once(read, read, *[lambda signer=signer: come_and_go(signer) for signer in signers])
    assert len(files) == 24
    for file in files:
        members = {group["slug"]: group["organisations"] for group in file["groups"]}
        assert sum(members.values()) == len(signers)
        for row in file["recommendations"]:
            assert sum(row["totals"].values()) == len(signers)
            for slug, counts in row["by_group"].items():
                assert sum(n for name, n in counts.items() if name in row["totals"]) == members[slug]
