from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfflineConfig(AppConfig):
    name = "consultation.offline"
    verbose_name = _("The offline lane")
