"""Consultations; the changes of their window, reminders of closing, and access after it."""

from consultation.consultations.models.consultation import (
    Consultation,
    GuidingQuestion,
    Officer,
    Participation,
    validate_time_zone,
)
from consultation.consultations.models.window import AccessCode, CodeUse, Reminder, WindowChange

__all__ = [
    "AccessCode",
    "CodeUse",
    "Consultation",
    "GuidingQuestion",
    "Officer",
    "Participation",
    "Reminder",
    "WindowChange",
    "validate_time_zone",
]
