from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class ServingConfig(AppConfig):
    name = "consultation.serving"
    verbose_name = _("Serving")

    def ready(self) -> None:
        from consultation.serving import queries  # noqa: PLC0415

        connection_created.connect(queries.watch, dispatch_uid="queries")
        if settings.METRICS_TOKEN:
            from consultation.serving import metrics  # noqa: PLC0415

            metrics.forget_earlier_starts()
