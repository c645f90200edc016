"""What an edit in the admin changed, in the values that the record may hold.

Numbers, days, choices and keys of other rows are told as they were and as they are. Words are told only where the admin
names their fields, because the record keeps them for good: of all others it says only that they were changed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

_WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)


def told(form: Any, formsets: Iterable[Any], words: Iterable[str]) -> list[dict[str, Any]]:
    """The changes of the row itself and of the rows on its page, once they are saved."""
    changes = []
    if form.changed_data:
        changes.append({"changed": {"fields": _labels(form, form.changed_data), **_before_and_after(form, words)}})
    for formset in formsets:
        by_row = {id(one.instance): one for one in formset.forms}
        changes += [{"added": _named(row)} for row in formset.new_objects]
        for row, names in formset.changed_objects:
            one = by_row[id(row)]
            said = {"fields": _labels(one, names), **_before_and_after(one, ())}
            changes.append({"changed": {**_named(row), **said}})
        changes += [{"deleted": _named(row)} for row in formset.deleted_objects]
    return changes


def values(row: models.Model, words: Iterable[str]) -> dict[str, Any]:
    """What is told of a row that goes: to which rows it belonged, its choices, and the fields of `words`."""
    names = set(words)
    return {f.attname: _plain(f, row) for f in row._meta.concrete_fields if _names_a_row(f) or f.name in names}


def _named(row: models.Model) -> dict[str, Any]:
    return {"name": row._meta.label_lower, **values(row, ())}


def _names_a_row(field: Any) -> bool:
    return bool(field.is_relation or field.choices)


def _before_and_after(form: Any, words: Iterable[str]) -> dict[str, dict[str, Any]]:
    instance = getattr(form, "instance", None)
    if instance is None:
        return {}
    before, after = {}, {}
    for field in _told_fields(instance, form.changed_data, set(words)):
        was, became = _plain_value(field, form.initial.get(field.name)), _plain(field, instance)
        if was != became:
            before[field.name], after[field.name] = was, became
    return {"before": before, "after": after}


def _told_fields(instance: models.Model, changed: Iterable[str], words: set[str]) -> Iterator[Any]:
    for name in changed:
        try:
            field = instance._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if name in words or getattr(field, "choices", None) or not isinstance(field, _WORDS):
            yield field


def _plain(field: Any, row: models.Model) -> Any:
    return _plain_value(field, field.value_from_object(row))


def _plain_value(field: Any, value: Any) -> Any:
    """As JSON holds it; rows as their keys."""
    if isinstance(value, list | tuple | models.QuerySet) and field.many_to_many:
        return sorted(getattr(one, "pk", one) for one in value)
    return str(value) if isinstance(field, models.CharField) and value is not None else value


def _labels(form: Any, names: Iterable[str]) -> list[str]:
    return [str(form.fields[name].label or name) if name in form.fields else name for name in names]
