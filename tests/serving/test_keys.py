"""Large tables are found by their consultation. docs/decisions/120."""

import pytest
from django.db import connection

from consultation.discussion.models import Comment, Visit
from consultation.moderation.models import Decision, Flag
from consultation.notifications.models import Following, Notification
from consultation.positions.models import Position
from consultation.record.models import Entry


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Comment, Visit, Position, Entry, Decision, Flag, Notification, Following])
def test_an_index_begins_with_the_consultation(model):
    column = model._meta.get_field("consultation").column
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table).values()
    assert [index for index in there if index["index"] and index["columns"][:1] == [column]]
