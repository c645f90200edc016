"""Who may store reports, and which passages nobody may take away."""

from typing import Any

from rules.predicates import predicate

from consultation.reports.models import Mention, Passage, Report


@predicate
def may_store_reports(user: Any) -> bool:
    """Staff with the rights to add and change reports."""
    return bool(
        user.is_active
        and user.is_staff
        and user.has_perm("reports.add_report")
        and user.has_perm("reports.change_report")
    )


@predicate
def may_link_mentions(user: Any) -> bool:
    """Staff with the right to add mentions of reference frameworks."""
    return bool(user.is_active and user.is_staff and user.has_perm("reports.add_mention"))


def held_refs(report: Report) -> set[str]:
    """The refs of the passages that other rows point to: comments, positions, confirmed matches, what else will be.

    This room knows none of them; it asks the models which of them have a passage.
    """
    held: set[str] = set()
    for relation in Passage._meta.get_fields(include_hidden=True):
        if not (relation.is_relation and relation.auto_created and not relation.concrete):
            continue
        field: Any = getattr(relation, "field", None)
        model: Any = relation.related_model
        if model in {Passage, Mention}:  # a mention follows the text: it is placed anew
            continue
        name = field.name
        pointing = model._base_manager.filter(**{f"{name}__report": report})
        held |= set(pointing.values_list(f"{name}__ref", flat=True))
    return held
