"""Refusals that come from drafting."""

from django.utils.translation import gettext as _

from consultation.record.errors import Refusal


class Unexplained(Refusal):
    """A change names no comment behind it, and no reason is given."""

    def __init__(self, codes: str) -> None:
        super().__init__(
            _("Name a comment behind each change, or say why. This is missing at: %s. Nothing was saved.") % codes
        )
