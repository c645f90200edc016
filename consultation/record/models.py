"""The record: an append-only list of what happened, written in the same transaction as the change itself."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: models.Model) -> "EntryQuerySet":
        """The entries about one thing, oldest first."""
        return self.filter(subject=subject_name(subject)).order_by("pk")

    def version(self, consultation: str = "") -> str:
        """Another word whenever something was recorded about this consultation, or about none; about anything at all
        where none is named. One query on an index.

        It sums the last keys: a transaction that ends late with an earlier key changes the sum too.
        """
        one = "(SELECT SUM(id) FROM (SELECT id FROM record_entry {} ORDER BY id DESC LIMIT 200) AS last_{})"
        where, names = ("WHERE consultation = %s", ["", consultation]) if consultation else ("", [])
        sums = ", ".join(one.format(where, n) for n in range(2 if names else 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + sums, names)
            return "-".join(str(part or 0) for part in cursor.fetchone())

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class AppendOnly(Exception):  # noqa: N818 - named for what it says
    """Raised where something tries to change or delete an entry."""

    def __init__(self) -> None:
        super().__init__("The record is append-only: entries are neither changed nor deleted.")


class Entry(models.Model):
    """One line of the record: who did what to which thing, and when."""

    at = models.DateTimeField(_("at"), db_index=True)
    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=80, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("actor")
    )
    consultation = models.CharField(_("consultation"), max_length=80, blank=True)
    content = models.JSONField(_("content"), default=dict, encoder=DjangoJSONEncoder)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["pk"]
        indexes = [models.Index(fields=["consultation", "id"], name="entry_consultation")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly


def subject_name(subject: models.Model) -> str:
    """How the record names a thing: `discussion.comment:12`."""
    return f"{subject._meta.label_lower}:{subject.pk}"
