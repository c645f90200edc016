from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscussionConfig(AppConfig):
    name = "consultation.discussion"
    verbose_name = _("Discussion")

    def ready(self) -> None:
        from consultation.discussion.evidence import words  # noqa: PLC0415 - models are ready only now
        from consultation.record.evidence import register  # noqa: PLC0415

        register("discussion.comment", words)
