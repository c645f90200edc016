"""Rapporteurs save, insert and publish the next text at the same instant. On the real databases."""

from uuid import uuid4

import pytest

from consultation.drafting import actions
from consultation.drafting.models import NextPassage, NextPassageVersion, NextText
from consultation.drafting.proposed import Change, Proposed
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from tests import factories
from tests.drafting import arranging
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rapporteurs(consultation):
    return [arranging.officer(consultation) for _ in range(3)]


def test_of_rapporteurs_who_save_a_passage_at_once_one_saves_and_the_others_are_told(consultation, rapporteurs):
    pol3 = factories.passage(consultation, "pol3")
    answers = at_once(
        *[
            lambda who=who: actions.save_passage(
                who, consultation, pol3, Proposed(Change.CHANGED, f"By {who.pk}.", "Why."), uuid4(), seen_version=0
            )
            for who in rapporteurs
        ]
    )
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert NextPassageVersion.objects.count() == NextText.objects.get().version == 1


def test_new_passages_at_once_each_have_a_place(consultation, rapporteurs):
    at_once(*[lambda who=who: arranging.added(who, consultation) for who in rapporteurs])
    assert list(NextPassage.objects.order_by("place").values_list("place", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("same", [True, False])
def test_published_at_once_it_is_published_once(consultation, rapporteurs, same):
    arranging.changed(rapporteurs[0], consultation)
    arranging.close(consultation)
    once = uuid4()

    def publish(who):
        return actions.publish_next_text(who, consultation, "Second", once if same else uuid4(), seen_version=1)

    answers = at_once(*[lambda who=who: publish(who) for who in rapporteurs])
    assert sum(isinstance(answer, Refusal) for answer in answers) == (0 if same else 2)
    assert consultation.report.later_versions.count() == 1
    assert Entry.objects.filter(kind="next_text.published").count() == 1
