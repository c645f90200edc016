"""The database itself refuses to change, delete or empty the record."""

# ruff: noqa: S608 - statements made of table names are what is tested here

import pytest
from django.db import IntegrityError, connection, transaction

from consultation.record import sealing, triggers
from consultation.record.actions import erase
from consultation.record.models import Entry, Leaf, Part, Salt
from tests import factories

CHANGES = [f"UPDATE record_{table} SET {column} = {column}" for table, column in [
    ("entry", "kind"), ("leaf", "commitment"), ("salt", "salt"), ("erasure", "part"), ("node", "digest"),
    ("head", "root"), ("key", "signature"), ("identity", "name"),
]] + [f"DELETE FROM record_{table}" for table in triggers.TABLES]  # fmt: skip


@pytest.fixture
def sealed(consultation, contributor):
    """A record with an entry in every table."""
    factories.submitted(contributor, consultation)
    sealing.seal_all()
    erase(Entry.objects.all(), Part.PERSON)


def refused(statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError as error:
        return "The record is append-only." in str(error)
    return False


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses(sealed, statement):
    assert refused(statement)


def test_the_database_refuses_to_empty_a_table(sealed):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    connection.check_constraints()  # nothing that waits for the commit
    assert all(refused(f"TRUNCATE record_{table} CASCADE") for table in triggers.TABLES)


def test_a_leaf_takes_its_place_once_and_nothing_else_of_it_changes(consultation, contributor):
    factories.submitted(contributor, consultation)
    assert refused("UPDATE record_leaf SET seq = 0, owner = 99")
    assert refused("UPDATE record_leaf SET seq = 0, code = 'AAAAAAAAAAAAAAAA'")
    Leaf.objects.update(seq=0)
    assert refused("UPDATE record_leaf SET seq = 1")
    assert refused("UPDATE record_leaf SET seq = NULL")


def test_a_salt_goes_only_where_its_erasure_is_written(consultation, contributor):
    factories.submitted(contributor, consultation)
    factories.submitted(contributor, consultation, "p9")
    first, second = Entry.objects.order_by("pk")
    assert refused("DELETE FROM record_salt WHERE part = 'person'")
    assert erase(Entry.objects.filter(pk=first.pk), Part.PERSON) == 1
    assert erase(Entry.objects.filter(pk=first.pk), Part.PERSON) == 0
    assert set(Salt.objects.filter(part="person").values_list("entry", flat=True)) == {second.pk}
    assert refused(f"DELETE FROM record_salt WHERE entry_id = {first.pk}")


def test_after_all_migrations_every_trigger_is_there(db):
    assert triggers.present(connection) == triggers.expected()
