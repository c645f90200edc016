"""What somebody with the database's own password changed, removed, added or moved is found and named."""

import contextlib
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from consultation.discussion.models import CommentRevision
from consultation.positions.models import PositionVersion
from consultation.record import keys, sealing, triggers
from consultation.record.models import Entry, Leaf
from consultation.secretariat.actions import erase_person
from tests import factories

# ruff: noqa: S608 - the statements are those of somebody who does not ask


@pytest.fixture
def story(consultation, contributor, focal_point, moderator):
    """A comment and its decision, a signed position, sealed; then a comment that is not sealed yet."""
    factories.published(contributor, consultation, moderator, body="It was said.")
    factories.signed(focal_point, consultation, "pol3", "reservation", "Within our law.")
    sealing.seal_all()
    factories.submitted(contributor, consultation, "p9", body="Just now.")


def tampered(*statements):
    """Do these with the database's own means, as nobody hinders."""
    triggers.drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in triggers.TABLES:
                cursor.execute(f"ALTER TABLE record_{table} DISABLE TRIGGER ALL")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            cursor.execute(statement)
    triggers.make(connection)


def findings(capsys):
    with contextlib.suppress(CommandError):
        call_command("verify_record")
    return capsys.readouterr().out


def entry(kind):
    return Entry.objects.filter(kind=kind).order_by("pk").first()


def test_a_record_that_nobody_touched_is_whole(story, capsys):
    assert findings(capsys) == "The record is whole: 4 entries, 3 of them sealed.\n"


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'comment.withdrawn'",
        "at = '2020-01-01 00:00:00+00:00'",
        "subject = 'discussion.comment:99'",
        "consultation = 'another'",
        "actor_id = (SELECT MAX(id) FROM stakeholders_user)",
        "actor_id = NULL",
        "content = '{}'",
    ],
)
def test_a_changed_entry_is_named(story, capsys, change):
    pk = entry("comment.submitted").pk
    tampered(f"UPDATE record_entry SET {change} WHERE id = {pk}")
    assert f"changed: entry {pk} " in findings(capsys)


def test_words_that_were_changed_where_they_are_shown_are_named(story, capsys):
    CommentRevision.objects.filter(body="It was said.").update(body="It was not said.")
    PositionVersion.objects.update(stance="endorse")
    found = findings(capsys)
    for kind in ("comment.submitted", "comment.published", "position.signed"):
        assert f"changed: entry {entry(kind).pk} ({kind}" in found
    assert found.count("changed:") == 3


def test_findings_end_the_command_with_an_error(story):
    CommentRevision.objects.filter(body="It was said.").update(body="It was not said.")
    with pytest.raises(CommandError, match="not as it was sealed: 2 findings"):
        call_command("verify_record")


def test_a_removed_entry_is_named(story, capsys):
    pk = entry("comment.published").pk
    code = Leaf.objects.get(pk=pk).printed
    tampered(f"DELETE FROM record_salt WHERE entry_id = {pk}", f"DELETE FROM record_entry WHERE id = {pk}")
    assert f"missing: entry {pk} with the receipt {code}" in findings(capsys)
    tampered(f"DELETE FROM record_leaf WHERE entry_id = {pk}")  # else the database minds at the end of the test


def test_an_entry_removed_with_all_that_belongs_to_it_is_missing(story, capsys):
    pk = entry("comment.published").pk
    tampered(
        f"DELETE FROM record_salt WHERE entry_id = {pk}",
        f"DELETE FROM record_leaf WHERE entry_id = {pk}",
        f"DELETE FROM record_entry WHERE id = {pk}",
    )
    assert "missing: number 2 of the sealed record" in findings(capsys)


def test_removing_the_newest_ones_is_found_by_the_head(story, capsys):
    pk = entry("position.signed").pk
    tampered(
        f"DELETE FROM record_salt WHERE entry_id = {pk}",
        f"DELETE FROM record_leaf WHERE entry_id = {pk}",
        f"DELETE FROM record_entry WHERE id = {pk}",
    )
    assert "missing: a head was signed over 3 entries, and 2 are there" in findings(capsys)
    tampered("DELETE FROM record_head")
    assert "missing: the head over 3 entries, the newest that was given out" in findings(capsys)


def test_an_added_entry_is_named(story, capsys):
    tampered(
        "INSERT INTO record_entry (at, kind, subject, consultation, content)"
        " VALUES ('2026-01-01 00:00:00+00:00', 'position.signed', 'positions.position:1', 'x', '{}')"
    )
    assert f"extra: entry {Entry.objects.last().pk} (position.signed" in findings(capsys)


def test_reordered_entries_are_named(story, capsys):
    first, second = Leaf.objects.exclude(seq=None).order_by("seq")[:2]
    tampered(
        f"UPDATE record_leaf SET seq = -1 WHERE entry_id = {first.pk}",
        f"UPDATE record_leaf SET seq = 0 WHERE entry_id = {second.pk}",
        f"UPDATE record_leaf SET seq = 1 WHERE entry_id = {first.pk}",
    )
    found = findings(capsys)
    assert f"reordered: entry {second.pk} at number 1" in found
    assert f"reordered: entry {first.pk} at number 2" in found


def test_a_leaf_that_was_changed_with_its_entry_does_not_fit_the_tree(story, capsys):
    tampered(f"UPDATE record_leaf SET commitment = '{'0' * 64}' WHERE seq = 0")
    found = findings(capsys)
    assert re.search(r"changed: entry \d+ at number 1 is not what was sealed there", found)
    assert "are not those of the head" in found


def test_a_head_that_was_signed_by_nobody_is_named(story, capsys):
    tampered(f"UPDATE record_head SET signature = '{'A' * 86}=='")
    assert "head over 3 entries: The head is not signed by its key." in findings(capsys)


def test_a_missing_trigger_is_named(story, capsys):
    with connection.cursor() as cursor:
        on = " ON record_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER record_entry_no_update{on}")
    assert "unguarded: the trigger record_entry_no_update is not there" in findings(capsys)


def test_an_erased_person_leaves_a_record_that_is_whole(story, contributor, capsys):
    keys.given_out()
    secretariat = factories.UserFactory(is_staff=True, is_superuser=True)
    before = list(Leaf.objects.values_list("commitment", flat=True))
    name = contributor.name
    assert name in {s.name for e in Entry.objects.all() for s in e.salts.all()}
    erase_person(secretariat, contributor)
    assert name not in {s.name for e in Entry.objects.all() for s in e.salts.all()}
    assert entry("person.erased").content["parts_of_entries"] == 2
    assert list(Leaf.objects.filter(commitment__in=before).values_list("commitment", flat=True)) == before
    sealing.seal_all()
    assert "The record is whole" in findings(capsys)


def test_a_salt_that_went_without_an_erasure_is_a_change(story, capsys):
    pk = entry("comment.submitted").pk
    tampered(f"DELETE FROM record_salt WHERE entry_id = {pk} AND part = 'person'")
    assert f"changed: entry {pk} " in findings(capsys)
