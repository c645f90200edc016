from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StakeholdersConfig(AppConfig):
    name = "consultation.stakeholders"
    verbose_name = _("Stakeholders")

    def ready(self) -> None:
        from consultation.stakeholders import security_events  # noqa: PLC0415

        security_events.connect()
