"""Every change of the offline lane."""

from consultation.offline.actions.letters import (
    Paper,
    confirm_letter,
    enter_letter,
    let_letters_go,
    refuse_letter,
    take_back_letter,
)
from consultation.offline.actions.packs import Saved, make_pack, save_lines, saved_by

__all__ = [
    "Paper",
    "Saved",
    "confirm_letter",
    "enter_letter",
    "let_letters_go",
    "make_pack",
    "refuse_letter",
    "save_lines",
    "saved_by",
    "take_back_letter",
]
