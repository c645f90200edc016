"""What the tables hold about one person, found by the relations of the models: a new table is never forgotten.

A row that goes with its person (`on_delete=CASCADE`) is the person's own: a setting, a session, a second factor. A row
that is protected is the organisation's record and stands, under "a former delegate" once the person is erased.

What names a person in words alone is found by these words: in the admin's log here, elsewhere by the room that has it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
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
# The admin's own log repeats the record; who did it stays, names in it go.
KEPT = {"admin.logentry"}
Forgetter = Callable[[set[str]], tuple[str, int]]
_forgetters: list[Forgetter] = []


def register(forgetter: Forgetter) -> None:
    """Let `forgetter` delete the rows of a table that have only an address of the person; it gives table and number."""
    _forgetters.append(forgetter)


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
    """Delete every row that is the person's own, and their name and addresses where they stand in words, in the
    caller's transaction and before the account itself is blanked; how many, by table.
    """
    deleted: dict[str, int] = {}
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    for field in relations():
        if is_own(field):
            number, _by_table = field.model._default_manager.filter(**{field.name: user}).delete()
            if number:
                deleted[field.model._meta.label_lower] = number
    for forgetter in _forgetters:
        table, number = forgetter(addresses)
        if number:
            deleted[table] = deleted.get(table, 0) + number
    _forget_in_log(user, addresses)
    return deleted


def _forget_in_log(user: User, addresses: Iterable[str]) -> None:
    """Django keeps there what a row was called, and the rows on its page."""
    instead = f"erased-{user.pk}"
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about.update(object_repr=instead)
    for words in filter(None, {user.name, *addresses}):
        said = models.Q(object_repr__icontains=words)
        for written in {words, json.dumps(words)[1:-1]}:
            said |= models.Q(change_message__icontains=written)
        whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        for line in LogEntry.objects.filter(said):
            line.object_repr = instead if whole.search(line.object_repr) else line.object_repr
            line.change_message = _without(whole, line.change_message, instead)
            line.save(update_fields=["object_repr", "change_message"])


def _without(words: "re.Pattern[str]", message: str, instead: str) -> str:
    """The message of the log with `instead` for each row on the page that is called so."""
    try:
        told = json.loads(message)
    except ValueError:
        return words.sub(instead, message)
    for change in told if isinstance(told, list) else []:
        for row in change.values():
            if words.search(str(row.get("object", ""))):
                row["object"] = instead
    return json.dumps(told)


def _plain(row: models.Model) -> dict[str, Any]:
    withheld = WITHHELD.get(row._meta.label_lower, set())
    return {field.attname: _value(field, row) for field in row._meta.concrete_fields if field.name not in withheld}


def _value(field: Any, row: models.Model) -> Any:
    """What the column holds; countries as their codes."""
    value = field.value_from_object(row)
    return field.get_prep_value(value) if isinstance(field, CountryField) else value
