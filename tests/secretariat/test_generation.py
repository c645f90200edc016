"""Data to measure with: as much as asked for, of real shapes, on the record, and only where samples are allowed."""

import pytest
from django.core.management import CommandError, call_command

from consultation.discussion.models import Comment
from consultation.positions.models import Position
from consultation.record import sealing
from consultation.secretariat.generation import Sizes, generate
from consultation.summaries.queries import summary_of


@pytest.fixture
def generated(db):
    told = []
    return generate(Sizes(organisations=6, comments=200, positions=40, seed=7), lambda *what: told.append(what)), told


def test_there_is_as_much_as_was_asked_for_and_it_is_told(generated):
    consultation, told = generated
    assert consultation.participants().count() == 6
    assert consultation.comments.count() == 200
    assert told == [("organisations", 6, 6), ("positions", 40, 40), ("comments", 200, 200)]
    assert summary_of(consultation).signed == Position.objects.counted(consultation).count() == 40


def test_its_shapes_are_those_of_real_life(generated):
    comments = generated[0].comments
    assert len(set(comments.values_list("state", flat=True))) > 3
    assert comments.exclude(parent=None).exists()
    assert not comments.filter(state=Comment.State.PUBLISHED, published=None).exists()
    for root in comments.filter(answers__gt=0):
        assert root.answers == comments.filter(root=root, state=Comment.State.PUBLISHED).count()


def test_every_row_of_it_is_on_the_record(generated):
    sealing.seal_all()
    call_command("verify_record")


def test_a_seed_is_used_once(generated):
    with pytest.raises(CommandError, match="there already"):
        call_command("generate", organisations=1, comments=1, positions=1, seed=7)


def test_it_is_refused_where_samples_are(db, settings):
    settings.SAMPLE_DATA = False
    with pytest.raises(CommandError, match="SAMPLE_DATA"):
        call_command("generate", organisations=1, comments=1, positions=1)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("wrong", [{"organisations": 0}, {"comments": -1}, {"organisations": 1, "positions": 25}])
def test_what_cannot_be_made_is_told(db, wrong):
    with pytest.raises(CommandError):
        call_command("generate", **{"organisations": 1, "comments": 1, "positions": 1, **wrong})
