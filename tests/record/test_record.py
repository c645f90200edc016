import pytest
from django.db import transaction

from consultation.discussion import actions as discussion
from consultation.discussion.actions import comments
from consultation.record.actions import append
from consultation.record.models import AppendOnly, Entry
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
