"""Every change that moderation makes: a file for each noun."""

from consultation.moderation.actions.claims import claim, release
from consultation.moderation.actions.decisions import (
    Verdict,
    decide,
    decide_several,
    decisions_about,
    id_of,
    latest_decision,
    undo,
    words_at,
    words_of,
)
from consultation.moderation.actions.redactions import NotThere, look, preview, redact
from consultation.moderation.actions.voices import appeal, appealable, flag, flagging, shown

__all__ = [
    "NotThere",
    "Verdict",
    "appeal",
    "appealable",
    "claim",
    "decide",
    "decide_several",
    "decisions_about",
    "flag",
    "flagging",
    "id_of",
    "latest_decision",
    "look",
    "preview",
    "redact",
    "release",
    "shown",
    "undo",
    "words_at",
    "words_of",
]
