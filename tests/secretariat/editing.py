"""Sending back the page of the admin on which something is edited, as a browser does."""

from typing import Any


def sent_back(page: Any) -> dict[str, Any]:
    """What the form of the page and its rows hold as they came, by the names of their fields."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    found = {form.add_prefix(name): form[name].value() for form in forms for name in form.fields}
    for form in forms:
        hidden = [name for name, field in form.fields.items() if field.show_hidden_initial]
        found |= {form.add_initial_prefix(name): form[name].value() for name in hidden}
    return {name: _typed(value) for name, value in found.items() if value is not None and value is not False}


def _typed(value: Any) -> Any:
    """Of the rows that are chosen, their keys."""
    return [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
