from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    name = "consultation.commitments"
    verbose_name = _("Commitments")

    def ready(self) -> None:
        from consultation.commitments.evidence import words  # noqa: PLC0415 - models are ready only now
        from consultation.record.evidence import register  # noqa: PLC0415

        register("commitments.commitment", words)
