from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PositionsConfig(AppConfig):
    name = "consultation.positions"
    verbose_name = _("Positions")

    def ready(self) -> None:
        from consultation.positions.evidence import words  # noqa: PLC0415 - models are ready only now
        from consultation.record.evidence import register  # noqa: PLC0415

        register("positions.position", words)
