"""Every change of the offline lane."""

from consultation.offline.actions.letters import (
    Paper,
    confirm_letter,
    enter_letter,
    let_letters_go,
    refuse_letter,
    take_back_letter,
)
from consultation.offline.actions.packs import make_pack, save_lines

__all__ = [
    "Paper",
    "confirm_letter",
    "enter_letter",
    "let_letters_go",
    "make_pack",
    "refuse_letter",
    "save_lines",
    "take_back_letter",
]
