"""What the tables hold about one person, found by the relations of the models: a new table is never forgotten.

A row that goes with its person (`on_delete=CASCADE`) is the person's own: a setting, a session, a second factor. A row
that is protected is the organisation's record and stands, under "a former delegate" once the person is erased.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django_countries.fields import CountryField

from consultation.record import clock
from consultation.stakeholders.models import Invitation, User

# Never handed out, not even to the person: what would let somebody else in, and other people's addresses.
WITHHELD = {
    "stakeholders.user": {"password"},
    "stakeholders.invitation": {"token_hash", "email"},
    "mfa.authenticator": {"data"},
    "api.token": {"digest"},
    "api.webhook": {"salt"},
    "usersessions.usersession": {"session_key"},
    # Not about the person, and published beside: what a rapporteur published is named by its number.
    "outcome.outcomeversion": {"document", "data", "docx", "pdf"},
}
# The admin's own log repeats the record; it stays whole.
KEPT = {"admin.logentry"}


def relations() -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key and one-to-one field of any table that points at a person."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and (relation.one_to_many or relation.one_to_one):
            field = relation.field
            if isinstance(field, models.ForeignKey):
                yield field


def is_own(field: models.ForeignKey[Any, Any]) -> bool:
    """Whether the rows of this relation belong to the person and go when the person is erased."""
    return field.remote_field.on_delete is models.CASCADE and field.model._meta.label_lower not in KEPT


def export(user: User) -> dict[str, Any]:
    """All of a person's data as plain values: their account, and by table every row that names them."""
    held: dict[str, Any] = {}
    for field in relations():
        rows = field.model._default_manager.filter(**{field.name: user}).order_by("pk")
        if found := [_plain(row) for row in rows]:
            held[f"{field.model._meta.label_lower}.{field.name}"] = found
    invited = Invitation.objects.filter(email__iexact=user.email).values("organisation__name", "role", "invited_at")
    return {"as_of": clock.now(), "person": _plain(user), "held": held, "invitations": list(invited)}


def erase_own_rows(user: User) -> dict[str, int]:
    """Delete every row that is the person's own, in the caller's transaction; how many, by table."""
    deleted: dict[str, int] = {}
    for field in relations():
        if is_own(field):
            number, _by_table = field.model._default_manager.filter(**{field.name: user}).delete()
            if number:
                deleted[field.model._meta.label_lower] = number
    return deleted


def _plain(row: models.Model) -> dict[str, Any]:
    withheld = WITHHELD.get(row._meta.label_lower, set())
    return {field.attname: _value(field, row) for field in row._meta.concrete_fields if field.name not in withheld}


def _value(field: Any, row: models.Model) -> Any:
    """What the column holds; countries as their codes."""
    value = field.value_from_object(row)
    return field.get_prep_value(value) if isinstance(field, CountryField) else value
