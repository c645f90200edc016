"""Sealing: every entry once, in a tree that only grows, under heads that are signed; whatever happens meanwhile."""

import base64
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from consultation.record import keys, sealing, triggers
from consultation.record.actions import append
from consultation.record.models import Entry, Head, Identity, Key, Leaf, Node
from tests import factories


def write(number=1, kind="test"):
    """Entries that nobody made by hand."""
    person = factories.UserFactory()
    with transaction.atomic():
        return [append(kind, person, actor=person, number=n) for n in range(number)]


def places():
    return list(Leaf.objects.exclude(seq=None).order_by("seq").values_list("seq", flat=True))


def test_entries_wait_until_they_are_sealed_and_are_sealed_once(db):
    write(3)
    assert Leaf.objects.filter(seq=None).count() == 3
    assert sealing.seal_all() == 3
    assert sealing.seal_all() == 0
    write(2)
    assert sealing.seal(1) == 1
    assert sealing.seal(1) == 1
    assert places() == [0, 1, 2, 3, 4]
    assert list(Head.objects.values_list("size", flat=True)) == [5, 4, 3]


def test_the_record_cannot_be_read_out_of_what_is_sealed(db):
    entries = write(2)
    first, second = (Leaf.objects.get(entry=e) for e in entries)
    assert first.commitment != second.commitment
    assert len(first.code) == 16
    assert first.printed == "-".join([first.code[0:4], first.code[4:8], first.code[8:12], first.code[12:16]])


def test_a_head_smaller_than_the_one_given_out_is_never_signed(db):
    write(3)
    name = sealing.held().name
    with transaction.atomic():
        sealing.seal_all()
        transaction.set_rollback(True)  # an older copy of the database came back
    newest = keys.given_out()
    assert (newest["record"], newest["size"]) == (name, 3)
    with pytest.raises(sealing.Shrunk, match=r"A head over 3 entries was given out; this database has 0\."):
        sealing.seal()
    assert not Head.objects.exists()
    with pytest.raises(CommandError, match="was given out"):
        call_command("seal_record")
    call_command("seal_record", after_loss=True)
    assert Head.objects.first().size == 4  # with what says that there was a loss


@pytest.mark.parametrize("left", [1, 5, 9, 14])
def test_after_a_loss_the_record_goes_on_however_small_it_is(db, left):
    """Ten entries were signed, an older copy came back, and fewer, as many or more were written since."""
    write(1)
    sealing.seal_all()
    with transaction.atomic():
        write(9)
        sealing.seal_all()
        transaction.set_rollback(True)
    given_out = keys.given_out()
    assert given_out["size"] == 10
    write(left - 1)
    with pytest.raises(sealing.Shrunk):
        sealing.seal_all()
    call_command("seal_record", after_loss=True)
    assert (Head.objects.first().size, keys.given_out()["size"]) == (left + 1, left + 1)
    told = Entry.objects.get(kind="record.continued_after_loss")
    assert told.content["given_out"] == given_out
    write()
    assert sealing.seal_all() == 1
    # Where nothing is lost nothing is said of a loss.
    call_command("seal_record", after_loss=True)
    assert Entry.objects.filter(kind="record.continued_after_loss").count() == 1


def test_other_entries_than_those_given_out_are_never_signed(db, settings):
    write(3)
    sealing.seal_all()
    newest = keys.given_out()
    Path(settings.RECORD_HEAD_FILE).write_text(json.dumps({**newest, "root": "0" * 64}))
    write()
    with pytest.raises(sealing.Shrunk, match="are not those of the head"):
        sealing.seal()
    settings.RECORD_KEY_LOCAL = False
    Path(settings.RECORD_HEAD_FILE).write_text(json.dumps({**newest, "record": "another"}))
    with pytest.raises(sealing.Shrunk, match="holds another record"):
        sealing.seal()


def test_without_a_key_entries_get_their_place_and_the_key_signs_later(db, settings, tmp_path):
    settings.RECORD_KEY_FILE, settings.RECORD_KEY_LOCAL = "", False
    write(2)
    assert sealing.seal_all() == 2
    assert not Head.objects.exists()
    settings.RECORD_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
    assert sealing.seal_all() == 0
    assert Head.objects.get().size == 2


def test_a_new_key_is_signed_by_the_old_one_and_no_other_is_taken(db, settings, tmp_path):
    write()
    sealing.seal_all()
    old = Head.objects.get().key
    write()
    settings.RECORD_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
    with pytest.raises(keys.KeyProblem, match="not the newest key"):
        sealing.seal()
    settings.RECORD_KEY = ""
    call_command("rotate_record_key", str(tmp_path / "new"))
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="Not done"):
        call_command("rotate_record_key", str(tmp_path / "new"))
    settings.RECORD_KEY = (tmp_path / "new").read_text()
    write()
    sealing.seal_all()
    head = Head.objects.first()
    assert head.key.previous == old
    assert Key.objects.count() == 2
    call_command("verify_record")


def test_a_key_is_never_written_over(tmp_path):
    keys.write_key(tmp_path / "key")
    before = (tmp_path / "key").read_text()
    with pytest.raises(FileExistsError):
        keys.write_key(tmp_path / "key")
    assert (tmp_path / "key").read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_entries_older_than_leaves_get_theirs_in_batches(db):
    entries = write(5)
    sealing.seal_all()
    person = factories.UserFactory()
    old = [
        Entry.objects.create(kind="old", subject=f"stakeholders.user:{person.pk}", actor=person, at=entries[0].at)
        for _ in range(5)
    ]
    assert sealing.commit_backlog() == 0  # newer than the record's first leaf: nobody adopts them
    triggers.drop(connection)
    Identity.objects.filter(pk=1).update(before=old[-1].pk)
    triggers.make(connection)
    assert [sealing.commit_backlog(2) for _ in range(4)] == [2, 2, 1, 0]
    assert sealing.seal_all() == 5
    call_command("verify_record")


@pytest.mark.parametrize("step", ["bulk_update", "bulk_create", "save"])
def test_sealing_that_dies_between_two_steps_leaves_no_trace(db, monkeypatch, step):
    write(3)
    sealing.seal_all()
    write(3)

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    where = {"bulk_update": Leaf.objects, "bulk_create": Node.objects, "save": Head}[step]
    with monkeypatch.context() as patch:
        patch.setattr(where if step == "save" else type(where), step, dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            sealing.seal()
    assert places() == [0, 1, 2]
    assert Leaf.objects.filter(seq=None).count() == 3
    assert Head.objects.count() == 1
    assert sealing.seal_all() == 3
    assert [h.size for h in Head.objects.all()] == [6, 3]
    call_command("verify_record")


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_and_three_sealers_leave_no_gap_and_no_double():
    person, done = factories.UserFactory(), Event()

    def writes(number):
        try:
            with transaction.atomic():
                append("test", person, actor=person, number=number)
        finally:
            connections.close_all()

    def seals():
        try:
            while not done.is_set():
                sealing.seal(7)
                done.wait(0.01)
        finally:
            connections.close_all()

    sealers = [Thread(target=seals) for _ in range(3)]
    for sealer in sealers:
        sealer.start()
    with ThreadPoolExecutor(50) as writers:
        list(writers.map(writes, range(100)))
    done.set()
    for sealer in sealers:
        sealer.join()
    sealing.seal_all()
    assert Entry.objects.count() == 100
    assert places() == list(range(100))
    assert Node.objects.filter(level=0).count() == 100
    assert Head.objects.first().size == 100
    call_command("verify_record")
