from datetime import UTC, datetime

import pytest
from django.db import transaction

from consultation.discussion import actions as discussion
from consultation.discussion.actions import comments
from consultation.record import clock
from consultation.record.actions import append, together
from consultation.record.models import AppendOnly, Entry, Leaf
from tests import factories


def test_entries_are_neither_changed_nor_deleted(consultation):
    with transaction.atomic():
        entry = append("test", consultation)
    for attempt in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(kind="x")):
        with pytest.raises(AppendOnly):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_written_only_in_a_transaction():
    person = factories.UserFactory()
    with pytest.raises(RuntimeError):
        append("test", person)


def test_the_story_of_a_comment_is_on_the_record(consultation, contributor, moderator):
    comment = factories.submitted(contributor, consultation)
    factories.decided(moderator, comment, "publish")
    factories.decided(moderator, comment, "remove")
    factories.decided(moderator, comment, "restore")
    discussion.withdraw_comment(contributor, comment)
    entries = Entry.objects.about(comment)
    assert [e.kind for e in entries] == [
        "comment.submitted",
        "comment.published",
        "comment.removed",
        "comment.restored",
        "comment.withdrawn",
    ]
    assert {e.actor for e in entries} == {contributor, moderator}
    assert {e.consultation for e in entries} == {consultation.slug}


def test_the_story_of_a_position_is_on_the_record(consultation, focal_point):
    version = factories.signed(focal_point, consultation)
    assert [e.kind for e in Entry.objects.about(version.position)] == ["position.signed"]


def test_a_change_that_fails_leaves_no_entry(consultation, contributor, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(comments, "add_revision", broken)
    with pytest.raises(OSError):  # noqa: PT011 - the one above
        factories.submitted(contributor, consultation)
    assert not Entry.objects.exists()
    assert not consultation.comments.exists()


def test_entries_that_are_appended_together_have_leaves_like_others(consultation, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(5 + 2), together():
        for number in range(5):
            append("test", consultation, number=number)
    assert Leaf.objects.count() == 5
    with pytest.raises(KeyError), transaction.atomic(), together():  # noqa: PT012 - what was appended before it raised
        append("test", consultation)
        raise KeyError
    assert Entry.objects.count() == Leaf.objects.count() == 5
    with transaction.atomic():
        append("test", consultation)
    assert Leaf.objects.count() == 6


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_the_database_writes_an_instant_as_we_do(consultation, microsecond):
    at = datetime(2026, 1, 2, 3, 4, 59, microsecond, tzinfo=UTC)
    type(consultation).objects.filter(pk=consultation.pk).update(opens_at=at)
    found = type(consultation).objects.values_list(clock.Written("opens_at"), clock.Written("outcome_published_at"))
    assert found.get(pk=consultation.pk) == (clock.written(at), None) == ("2026-01-02T03:04:59Z", None)
