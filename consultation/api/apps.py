from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "consultation.api"
    verbose_name = _("Programs: tokens and webhooks")
