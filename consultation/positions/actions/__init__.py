"""Every change to positions."""

from consultation.positions.actions.capital import confirm_capacity
from consultation.positions.actions.position import (
    Answer,
    current_version,
    draft_position,
    held_signer,
    move_explanation,
    send_back,
    sign_position,
    take_over,
    withdraw_position,
)
from consultation.positions.actions.redactions import redact, repeating
from consultation.positions.actions.several import Row, draft_several, shown, sign_several

__all__ = [
    "Answer",
    "Row",
    "confirm_capacity",
    "current_version",
    "draft_position",
    "draft_several",
    "held_signer",
    "move_explanation",
    "redact",
    "repeating",
    "send_back",
    "shown",
    "sign_position",
    "sign_several",
    "take_over",
    "withdraw_position",
]
