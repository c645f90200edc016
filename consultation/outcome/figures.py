"""Figures in a document: rows of counts, and the sentences that say them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.outcome import blocks as b
from consultation.outcome.blocks import Block
from consultation.outcome.data import Data


def figures() -> list[str]:
    """The heads of the columns of counts."""
    return [_("Endorse"), _("With reservation"), _("Cannot endorse"), _("No position"), _("Of")]


def cells(name: str, counts: dict[str, int]) -> list[str]:
    """A row of counts under `figures`."""
    numbers = [counts[key] for key in ("endorse", "reservation", "cannot_endorse", "no_position")]
    return [name, *map(str, numbers), str(sum(numbers))]


def unattributed(stances: dict[str, int]) -> list[str]:
    """The row of the positions that count with no group."""
    numbers = [str(stances[key]) for key in ("endorse", "reservation", "cannot_endorse")]
    return [_("Without a group"), *numbers, "–", "–"]


def sentence(recommendation: Data) -> Block:
    """The totals of one recommendation in words."""
    counts = recommendation["totals"]
    of = sum(counts[key] for key in ("endorse", "reservation", "cannot_endorse", "no_position"))
    words = _(
        "%(endorse)s of %(of)s participating organisations endorse, %(reservation)s endorse with reservation, "
        "%(cannot_endorse)s cannot endorse and %(no_position)s have taken no position."
    )
    said = words % {**counts, "of": of}
    if pending := sum(recommendation.get("pending_confirmation", {}).values()):
        waits = ngettext(
            "%d of these positions waits for confirmation by a capital.",
            "%d of these positions wait for confirmation by a capital.",
            pending,
        )
        said = f"{said} {waits % pending}"
    return b.words(b.run(said))


def supported(support: dict[str, int]) -> str:
    """ "Supported by 3 organisations: States 2, Civil society 1." """
    number = sum(support.values())
    if list(support) == [""]:
        return ngettext("Supported by %d organisation.", "Supported by %d organisations.", number) % number
    sentence = ngettext(
        "Supported by %(n)d organisation: %(groups)s.", "Supported by %(n)d organisations: %(groups)s.", number
    )
    return sentence % {"n": number, "groups": ", ".join(f"{group} {n}" for group, n in support.items())}
