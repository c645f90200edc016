"""What became of a text under silence stands in the outcome as silence, and in no figure."""

import json

import pytest

from consultation.outcome.about import Frame
from consultation.outcome.composition import Choices, Texts, compose
from consultation.outcome.data import canonical, data_of
from consultation.silence import actions as silence
from consultation.silence.models import Procedure
from tests import factories

pytestmark = pytest.mark.django_db
FRAME = Frame("Outcome", "Final.", "now", "f" * 64, "https://example.org/data.json")


def words_of(consultation):
    data = json.loads(canonical(data_of(consultation)))
    return json.dumps(compose(data, FRAME, Choices(), Texts()), ensure_ascii=False), data


def ended(consultation, *refs):
    procedure = factories.under_silence(consultation, *refs)
    Procedure.objects.filter(pk=procedure.pk).update(
        started_at=procedure.started_at.replace(year=2020), ends_at=procedure.started_at
    )
    silence.settle()
    return procedure


def test_a_text_that_was_not_broken_stands_as_agreed_and_nobody_endorsed_it(consultation, focal_point):
    before = data_of(consultation)
    ended(consultation, "pol3", "pol4")
    words, data = words_of(consultation)
    assert "Silence on POL.3, POL.4" in words
    assert "Stands as agreed: silence was not broken" in words
    assert data["summary"] == json.loads(canonical(before))["summary"]


@pytest.mark.parametrize(
    ("disclosure", "name", "reason"), [("fact", False, False), ("name", True, False), ("reason", True, True)]
)
def test_who_broke_silence_stands_there_as_far_as_they_allow(consultation, focal_point, disclosure, name, reason):
    chair = factories.chair(consultation)
    procedure = factories.under_silence(consultation, "pol3", by=chair)
    breaking = factories.broken(focal_point, procedure, "It goes too far.", disclosure)
    silence.close_as_broken(chair, procedure)
    if disclosure != "fact":
        silence.publish_breaking(chair, breaking)
    words, data = words_of(consultation)
    assert "Silence was broken: the text does not stand as agreed" in words
    told = words + json.dumps(data)
    assert (factories.organisation_of(focal_point).name in told) is name
    assert ("It goes too far." in told) is reason


def test_what_goes_on_is_not_told_and_data_without_silence_stay_as_they_were(consultation):
    assert "silences" not in data_of(consultation)
    factories.under_silence(consultation, "pol3")
    assert "silences" not in data_of(consultation)
