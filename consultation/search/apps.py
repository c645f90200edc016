from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "consultation.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        """The indexes stand beside the tables; a migration that makes a table anew takes them with it."""
        post_migrate.connect(_prepare, sender=self)


def _prepare(using: str, **_how: Any) -> None:
    from consultation.search.engines import engine_of  # noqa: PLC0415 - the models are loaded by now

    engine_of(connections[using]).prepare(connections[using])
