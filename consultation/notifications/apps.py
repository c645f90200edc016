from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "consultation.notifications"
    verbose_name = _("Notifications and mail")

    def ready(self) -> None:
        from consultation.notifications.outbox import forget  # noqa: PLC0415
        from consultation.stakeholders import personal_data  # noqa: PLC0415

        personal_data.register(forget)
