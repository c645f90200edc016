from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DraftingConfig(AppConfig):
    name = "consultation.drafting"
    verbose_name = _("Next text")

    def ready(self) -> None:
        """What a moderator blacks out of a comment goes from what was drafted with its words, too."""
        from consultation.drafting.redactions import repeating  # noqa: PLC0415 - the models are loaded by now
        from consultation.moderation.actions import redactions  # noqa: PLC0415

        redactions.FURTHER.append(repeating)
