"""The record: an append-only list of what happened, written in the same transaction as the change itself."""

import secrets
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models
from django.db.models.functions import TruncHour
from django.utils.translation import gettext_lazy as _

from consultation.record.verify import fingerprint


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
        # Of the database that the page is read from: a late copy's words are never kept under a newer version.
        with connections[self.db].cursor() as cursor:
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

    @property
    def subject_key(self) -> int:
        """The key of the row that it is about."""
        return int(self.subject.partition(":")[2])


def subject_name(subject: models.Model) -> str:
    """How the record names a thing: `discussion.comment:12`."""
    return f"{subject._meta.label_lower}:{subject.pk}"


# Seals: docs/decisions/100, docs/record.md


def new_record_name() -> str:
    """A name that no other record has."""
    return secrets.token_hex(16)


class Identity(models.Model):
    """The one row that names this record; who seals holds it. Entries up to `before` are older than their leaves."""

    name = models.CharField(max_length=32, default=new_record_name, editable=False)
    before = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="record_identity_once")]

    def __str__(self) -> str:
        return self.name


class LeafQuerySet(models.QuerySet["Leaf"]):
    def about(self, subject: models.Model) -> "LeafQuerySet":
        """The leaves of the entries about one thing, newest first."""
        return self.filter(entry__subject=subject_name(subject)).order_by("-pk")


class Leaf(models.Model):
    """What stands for one entry in the tree, written with it; `seq` is its place there once it is sealed."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="leaf")
    commitment = models.CharField(_("commitment"), max_length=64)
    code = models.CharField(_("receipt code"), max_length=16, unique=True)
    # The organisation that the entry speaks of; a number, because the record knows no organisations.
    owner = models.BigIntegerField(null=True)
    seq = models.BigIntegerField(_("place"), unique=True, null=True)

    objects = LeafQuerySet.as_manager()

    class Meta:
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")
        indexes = [
            models.Index(fields=["owner", "entry"], name="leaf_owner"),
            models.Index(fields=["entry"], condition=models.Q(seq=None), name="leaf_unsealed"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def printed(self) -> str:
        """The code as people read it aloud."""
        return "-".join(self.code[at : at + 4] for at in range(0, len(self.code), 4))


class Part(models.TextChoices):
    """What of an entry can be told, or erased, by itself."""

    ACT = "act", _("what was done")
    WORDS = "words", _("the words")
    PERSON = "person", _("the person")


class Salt(models.Model):
    """A secret without which a commitment says nothing about this part of an entry; erased with what it hides.

    `name` is what the person was called, kept here alone so that it goes with the salt.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="salts")
    part = models.CharField(max_length=6, choices=Part)
    salt = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("salt")
        verbose_name_plural = _("salts")
        constraints = [models.UniqueConstraint(fields=["entry", "part"], name="record_salt_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.part}"


class Erasure(models.Model):
    """A part of an entry that was erased, with the digests that stand for it since."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="erasures")
    part = models.CharField(max_length=6, choices=Part)
    digests = models.JSONField()
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [models.UniqueConstraint(fields=["entry", "part"], name="record_erasure_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.part}"


class Node(models.Model):
    """A full node of the tree: `merkle` says of which leaves."""

    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="record_node_once")]

    def __str__(self) -> str:
        return f"{self.level}.{self.position}"


class Key(models.Model):
    """A public key that signs heads from now on; each is signed by the one before, the first by itself."""

    public = models.CharField(max_length=44, unique=True)
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")
    signature = models.CharField(max_length=88)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ["pk"]

    def __str__(self) -> str:
        return fingerprint(self.public)


class HeadQuerySet(models.QuerySet["Head"]):
    def public(self, now: datetime) -> "HeadQuerySet":
        """Those that everybody may know: the first, and the last of each hour that is over, newest first.

        One an hour at most, so that nobody sees from outside when something happened that is not public.
        """
        over = self.filter(at__lt=now.replace(minute=0, second=0, microsecond=0))
        hourly = over.annotate(hour=TruncHour("at", tzinfo=UTC)).order_by().values("hour")
        last = hourly.annotate(last=models.Max("size")).values("last")
        first = Head.objects.order_by("size").values("size")[:1]
        return self.filter(models.Q(size__in=last) | models.Q(size__in=first)).order_by("-size")


class Head(models.Model):
    """The signed root of the record at one size."""

    size = models.BigIntegerField(_("entries"), primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"), db_index=True)
    record = models.CharField(max_length=32)
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="heads")
    signature = models.CharField(max_length=88)

    objects = HeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("head")
        verbose_name_plural = _("heads")
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"{self.size} {self.root[:16]}"
