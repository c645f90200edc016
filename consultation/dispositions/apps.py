from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispositionsConfig(AppConfig):
    name = "consultation.dispositions"
    verbose_name = _("Dispositions")

    def ready(self) -> None:
        """What a moderator blacks out of a comment goes from the answers to it, too."""
        from consultation.dispositions.redactions import repeating  # noqa: PLC0415 - the models are loaded by now
        from consultation.moderation.actions import redactions  # noqa: PLC0415

        redactions.FURTHER.append(repeating)
