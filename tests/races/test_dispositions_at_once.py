"""Rapporteurs answer and publish at the same instant: one effect, and the others are told. On the real databases."""

from datetime import timedelta
from uuid import uuid4

import pytest

from consultation.consultations.models import Consultation, Officer
from consultation.dispositions import actions, queries
from consultation.dispositions.actions import Answer, Read
from consultation.dispositions.models import Disposition, DispositionVersion
from consultation.record import clock
from consultation.record.errors import Refusal
from consultation.record.models import Entry
from tests import factories
from tests.races.test_at_once import _report_is_loaded, at_once  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rapporteurs(consultation):
    people = [factories.UserFactory() for _ in range(3)]
    for person in people:
        Officer.objects.create(consultation=consultation, user=person, role=Officer.Role.RAPPORTEUR)
    return people


@pytest.fixture
def comment(consultation, contributor, moderator):
    return factories.published(contributor, consultation, moderator, ref="pol3")


def test_of_rapporteurs_who_answer_at_once_one_answers_and_the_others_are_told(comment, rapporteurs):
    answers = at_once(
        *[
            lambda who=who: actions.answer(who, comment, Answer("in_part", f"By {who.pk}."), Read(1), uuid4())
            for who in rapporteurs
        ]
    )
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert DispositionVersion.objects.count() == Entry.objects.filter(kind="disposition.prepared").count() == 1


def test_publication_and_changes_at_once_publish_all_or_nothing(consultation, comment, rapporteurs):
    actions.answer(rapporteurs[0], comment, Answer("noted"), Read(1), uuid4())
    now = clock.now()
    Consultation.objects.update(opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1))
    seen = queries.newest_version(consultation)
    at_once(
        *[lambda who=who: actions.publish(who, consultation, uuid4(), seen=seen) for who in rapporteurs],
        lambda: actions.answer(rapporteurs[0], comment, Answer("accepted", note="Why."), Read(1, 1), uuid4()),
    )
    acts = Entry.objects.filter(kind="dispositions.published").count()
    shown = Disposition.objects.get()
    assert acts <= 1
    if acts:
        assert shown.published == shown.latest
        assert not shown.versions.filter(published_at=None).exists()
    else:
        assert shown.published is None
