"""The rapporteur answers comments: which, how, bound to the words that were read, and never over a colleague."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultation.consultations.models import Officer
from consultation.discussion.actions import Words, revise_comment, withdraw_comment
from consultation.dispositions import actions, queries
from consultation.dispositions.actions import Answer, Read
from consultation.dispositions.errors import NewerAnswer, NewerComment, NotAnswerable
from consultation.dispositions.models import Disposition, DispositionVersion
from consultation.record.errors import NotAllowed
from consultation.record.models import Entry
from tests import factories
from tests.dispositions.conftest import officer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "wording", "gets_one"),
    [
        ("substantive", "", True),
        ("editorial", "", True),
        ("question", "", False),
        ("practice", "", False),
        ("question", "Other words.", True),
        ("practice", "Other words.", True),
    ],
)
def test_substantive_and_editorial_comments_and_proposed_wordings_are_answered(
    consultation, contributor, said, answered, kind, wording, gets_one
):
    comment = said(contributor, type=kind, wording=wording)
    assert queries.answerable(consultation).filter(pk=comment.pk).exists() == gets_one
    if gets_one:
        assert answered(comment).revision == comment.published
    else:
        with pytest.raises(NotAnswerable, match="gets no disposition"):
            answered(comment)


def test_a_reply_is_answered_like_a_comment(consultation, contributor, civil, said, answered):
    reply = said(civil, parent=said(contributor))
    assert answered(reply, "noted").number == 1


@pytest.mark.parametrize("value", ["in_part", "not_accepted"])
def test_against_a_comment_there_is_always_a_reason(contributor, said, answered, value):
    comment = said(contributor)
    with pytest.raises(ValueError, match="needs a reason"):
        answered(comment, value, reason="  ")
    version = answered(comment, value, "The passage was agreed in these words.")
    with pytest.raises(IntegrityError), transaction.atomic():
        DispositionVersion.objects.filter(pk=version.pk).update(reason="")


def test_a_withdrawn_comment_is_not_answered(contributor, said, answered):
    comment = said(contributor)
    withdraw_comment(contributor, comment)
    with pytest.raises(NotAnswerable, match="withdrew this comment on"):
        answered(comment)
    assert not Disposition.objects.exists()


def test_a_removed_comment_is_not_answered(contributor, moderator, said, answered):
    comment = factories.decided(moderator, said(contributor), "remove")
    with pytest.raises(NotAnswerable, match="moderator removed"):
        answered(comment)


def test_an_answer_is_bound_to_the_words_that_were_read(consultation, contributor, moderator, rapporteur, said):
    comment = said(contributor)
    revise_comment(contributor, comment, Words("Other words."))
    factories.decided(moderator, comment)
    with pytest.raises(NewerComment):
        actions.answer(rapporteur, comment, Answer("accepted"), Read(1), uuid4())
    assert actions.answer(rapporteur, comment, Answer("accepted"), Read(2), uuid4()).revision.body == "Other words."


def test_a_comment_that_is_changed_after_its_answer_is_open_again(consultation, contributor, moderator, said, answered):
    comment = said(contributor)
    answered(comment)
    assert queries.progress_of(consultation).open == 0
    revise_comment(contributor, comment, Words("Other words."))
    factories.decided(moderator, comment)
    assert queries.progress_of(consultation).open == 1
    assert queries.work_of(consultation).get().answer == "changed"
    assert queries.next_open(consultation) == comment


def test_of_two_rapporteurs_the_second_is_told_and_nothing_is_lost(consultation, contributor, rapporteur, said):
    comment, other = said(contributor), officer(consultation, Officer.Role.RAPPORTEUR)
    first = actions.answer(other, comment, Answer("noted", "Seen."), Read(1), uuid4())
    with pytest.raises(NewerAnswer) as refused:
        actions.answer(rapporteur, comment, Answer("accepted"), Read(1), uuid4())
    assert refused.value.theirs == first
    actions.answer(rapporteur, comment, Answer("accepted"), Read(1, 1), uuid4())
    assert [v.value for v in DispositionVersion.objects.order_by("number")] == ["noted", "accepted"]


def test_sent_twice_it_is_one_answer(contributor, rapporteur, said):
    comment, once = said(contributor), uuid4()
    first = actions.answer(rapporteur, comment, Answer("accepted"), Read(1), once)
    assert actions.answer(rapporteur, comment, Answer("accepted"), Read(1), once) == first
    assert actions.answer(rapporteur, comment, Answer("accepted"), Read(1), uuid4()) == first
    assert Entry.objects.filter(kind="disposition.prepared").count() == 1


def test_several_get_one_answer_and_what_cannot_be_answered_is_said(consultation, contributor, civil, rapporteur, said):
    one, other, gone = said(contributor), said(civil), said(civil, "Gone.")
    withdraw_comment(civil, gone)
    read = {c.public_id: Read(1) for c in (one, other, gone)}
    taken, refused = actions.answer_several(rapporteur, consultation, read, Answer("noted"), uuid4())
    assert {v.disposition.comment for v in taken} == {one, other}
    assert [public_id for public_id, _sentence in refused] == [gone.public_id]


def test_only_a_rapporteur_of_this_consultation_answers(
    consultation, contributor, focal_point, moderator, secretariat, said
):
    comment = said(contributor)
    elsewhere = officer(factories.ConsultationFactory(), Officer.Role.RAPPORTEUR)
    administrator = factories.UserFactory(is_staff=True, is_superuser=True)
    for person in (contributor, focal_point, moderator, secretariat, elsewhere, administrator):
        with pytest.raises(NotAllowed):
            actions.answer(person, comment, Answer("accepted"), Read(1), uuid4())
        with pytest.raises(NotAllowed):
            actions.answer_several(person, consultation, {comment.public_id: Read(1)}, Answer("noted"), uuid4())
        with pytest.raises(NotAllowed):
            actions.publish(person, consultation, uuid4(), seen=0)
    assert not DispositionVersion.objects.exists()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["accepted", "in_part", "noted", "not_accepted"]))))
def test_whatever_is_answered_each_comment_counts_once_with_its_last_answer(
    consultation, contributor, civil, said, answered, history
):
    with transaction.atomic():
        comments = [said(contributor), said(civil), said(civil, ref="p8")]
        last = {}
        for place, value in history:
            answered(comments[place], value, "Because.")
            last[place] = value
        counts = queries.prepared_figures_of(consultation).totals
        assert counts.of == len(last) == queries.progress_of(consultation).answered
        for value in ("accepted", "in_part", "noted", "not_accepted"):
            assert getattr(counts, value) == list(last.values()).count(value)
        assert counts.organisations == len({place > 0 for place in last})
        assert counts.taken_up <= counts.of
        assert counts.organisations_taken_up <= counts.organisations
        transaction.set_rollback(True)
