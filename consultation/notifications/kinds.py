"""What people can be told of, and how."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What one can be told of. Each is also the name of the field of `Preferences` that says how."""

    DECISION = "decision", _("A moderator decided on what I wrote")
    SIGNATURE = "signature", _("A draft of my organisation waits for my signature")
    SENT_BACK = "sent_back", _("A draft of mine was sent back")
    COMMENT = "comment", _("A comment was published in what I follow")
    POSITION = "position", _("A position was signed in what I follow")
    ANSWER = "answer", _("The rapporteur answered a comment of my organisation")
    MODERATION = "moderation", _("Something waits for moderation")
    REMINDER = "reminder", _("A consultation closes soon in which I have drafts, or that I follow")
    WINDOW = "window", _("The window was changed of a consultation that I follow or contributed to")
    SILENCE = "silence", _("A text is under silence: its start, a reminder, an extension, the result")
    BREAKING = "breaking", _("An organisation broke silence, or took that back")
    STATEMENT = "statement", _("A group statement was made for my organisation")
    TEXT = "text", _("The next text was published of a consultation that I follow or contributed to")
    LETTER = "letter", _("The secretariat entered a letter of my organisation, which I confirm")


class How(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Daily")
    NEVER = "never", _("Never")
