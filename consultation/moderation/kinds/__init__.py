"""The kinds of things that are moderated: a file for each. docs/decisions/079."""

from consultation.moderation.kinds.comments import Comments
from consultation.moderation.kinds.explanations import Explanations
from consultation.moderation.kinds.items import Item, Shown
from consultation.moderation.kinds.kind import ItemKind
from consultation.moderation.kinds.practices import Practices
from consultation.moderation.models import Decision

# In the order in which the queue and the admin show them.
KINDS: dict[str, ItemKind] = {kind.name: kind for kind in (Comments(), Explanations(), Practices())}


def split(item_id: str) -> tuple[ItemKind | None, str]:
    """The kind that an id of the queue names, None where there is none such, and the public id of the thing."""
    name, _separator, public_id = item_id.partition("-")
    return KINDS.get(name), public_id


def kind_of(decision: Decision) -> ItemKind:
    """The kind of thing that was decided on."""
    return next(kind for kind in KINDS.values() if getattr(decision, f"{kind.words_field}_id"))


__all__ = ["KINDS", "Item", "ItemKind", "Shown", "kind_of", "split"]
