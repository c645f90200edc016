from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordConfig(AppConfig):
    name = "consultation.record"
    verbose_name = _("Record")

    def ready(self) -> None:
        from consultation.record import checks  # noqa: F401, PLC0415 - registers itself
