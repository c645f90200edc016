"""Refusals that come from positions."""

from django.utils.translation import gettext as _

from consultation.record.errors import Changed


class ChangedRows(Changed):
    """Colleagues changed some of the positions that were written at once; `refs` names them, nothing was saved."""

    def __init__(self, refs: list[str]) -> None:
        self.refs = refs
        super().__init__(
            _(
                "A colleague changed a position while you were writing. Nothing was saved yet. "
                "Both texts are below; check and save again."
            )
        )
