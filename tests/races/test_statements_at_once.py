"""Group statements answered at the same instant. On the real databases."""

from uuid import uuid4

import pytest

from consultation.positions.actions import Answer
from consultation.positions.models import PositionVersion
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from consultation.statements import actions
from consultation.statements.models import GroupStatement
from consultation.summaries.queries import counts_by_passage
from tests import factories
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_confirming_two_groupings_and_dissociating_at_once_counts_the_member_once_at_most(consultation, moderator):
    speakers = [factories.focal_point(consultation) for _ in range(2)]
    member = factories.focal_point(consultation)
    organisation = factories.organisation_of(member)
    made = [
        factories.group_statement(
            speaker,
            factories.grouping(factories.organisation_of(speaker), organisation),
            consultation,
            moderator,
            answer=Answer(stance, f"Words of {stance}"),
        )
        for speaker, stance in zip(speakers, ("endorse", "cannot_endorse"), strict=True)
    ]
    at_once(
        *[lambda: actions.confirm(member, made[0], uuid4())] * 5,
        *[lambda: actions.confirm(member, made[1], uuid4())] * 5,
        *[lambda: actions.dissociate(member, made[0], "", uuid4())] * 5,
    )
    own = PositionVersion.objects.filter(position__organisation=organisation, state="signed")
    assert own.count() <= 1
    assert counts_by_passage(consultation)[factories.passage(consultation, "pol3").pk].taken == 2 + own.count()


def test_confirming_while_the_statement_is_replaced_is_told_or_refused(consultation, moderator):
    speaker = factories.focal_point(consultation)
    members = [factories.focal_point(consultation) for _ in range(4)]
    grouping = factories.grouping(
        factories.organisation_of(speaker), *[factories.organisation_of(member) for member in members]
    )
    made = factories.group_statement(speaker, grouping, consultation, moderator)
    answers = at_once(
        *[lambda member=member: actions.confirm(member, made, uuid4()) for member in members],
        lambda: factories.group_statement(speaker, grouping, consultation, answer=Answer("endorse", "Anew.")),
    )
    assert GroupStatement.objects.filter(replaced_at=None).count() == 1
    for member, answer in zip(members, answers[:4], strict=True):
        lapsed = Entry.objects.filter(
            kind="position.statement_lapsed", content__organisation=factories.organisation_of(member).pk
        ).exists()
        assert lapsed is not isinstance(answer, Refusal)
