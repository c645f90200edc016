"""Every change to consultations, and what each contribution does first."""

from consultation.consultations.actions.acting import act_for, hold_window, publish_outcome
from consultation.consultations.actions.codes import Grant, enter_code, give_code, take_code_back
from consultation.consultations.actions.creation import Plan, create_consultation
from consultation.consultations.actions.window import Why, Window, change_window, remind_when_due

__all__ = [
    "Grant",
    "Plan",
    "Why",
    "Window",
    "act_for",
    "change_window",
    "create_consultation",
    "enter_code",
    "give_code",
    "hold_window",
    "publish_outcome",
    "remind_when_due",
    "take_code_back",
]
