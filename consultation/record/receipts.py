"""Receipts: what somebody takes home of an entry, and what everybody knows of the whole record."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consultation.record import clock, evidence, leaves, merkle
from consultation.record.checking import key_chain
from consultation.record.models import Head, Leaf, Part
from consultation.record.sealing import as_head, read_nodes

# Of an entry's content, what a receipt tells. The rest are numbers of rows, by whose gaps others could count.
TOLD = {
    "kind",
    "at",
    "consultation",
    *(
        f"content.{name}"
        for name in (
            "aligned_with",
            "attribution",
            "benchmark",
            "by_when",
            "capacity",
            "organisation_name",
            "passage",
            "reason",
            "revision",
            "stance",
            "state",
            "status",
            "version",
        )
    ),
}


def receipt(leaf: Leaf, *, words: bool, person: bool) -> dict[str, Any]:
    """The receipt of one entry, as `verify.py` reads it: with the words and the person where the reader may know them.

    `head` is None until the entry is sealed. The head is the first that everybody may know, else the first of all: the
    receipt of an entry does not tell how the record grows.
    """
    entry = leaf.entry
    said = evidence.words_of([entry]).get(entry.pk)
    salts = {Part(salt.part): salt for salt in entry.salts.all()}
    digests = leaves.standing(entry, said, list(salts.values()), list(entry.erasures.all()))
    shown = leaves.fields(entry, said, salts)
    told = {
        name
        for name, (part, _value) in shown.items()
        if name in TOLD or (part == Part.WORDS and words) or (name == "person.name" and person)
    }
    made: dict[str, Any] = {
        "v": 1,
        "code": leaf.code,
        "fields": {
            name: {"value": shown[name][1], "salt": leaves.field_salt(salts[shown[name][0]], name).hex()}
            if name in told
            else {"digest": digest}
            for name, digest in digests.items()
        },
        "commitment": leaf.commitment,
        "index": leaf.seq,
        "path": [],
        "head": None,
        "signature": None,
        "keys": [],
    }
    head = head_for(leaf)
    if head is None or leaf.seq is None:
        return {**made, "index": None}
    path = merkle.hashes(merkle.path(leaf.seq, 0, head.size), read_nodes)
    return {**made, "path": [step.hex() for step in path], **signed(head), "keys": key_chain()}


def head_for(leaf: Leaf) -> Head | None:
    """The head under which this entry is proven; None while it waits."""
    if leaf.seq is None:
        return None
    covering = Head.objects.filter(size__gt=leaf.seq).select_related("key").order_by("size")
    return covering.filter(pk__in=Head.objects.public(clock.now()).values("pk")).first() or covering.first()


def signed(head: Head) -> dict[str, Any]:
    """A head with its signature, as everybody keeps it."""
    return {"head": as_head(head), "signature": head.signature}


def continuation(first: int, second: int) -> list[str]:
    """The proof that the record of the second size continues that of the first (RFC 9162, 2.1.4)."""
    ranges = merkle.continuation(first, 0, second) if first < second else []
    return [step.hex() for step in merkle.hashes(ranges, read_nodes)]


def newest_leaf(subject: models.Model, actor: Any) -> Leaf | None:
    """The leaf of what this person did last to this thing."""
    return Leaf.objects.about(subject).filter(entry__actor=actor).first()


def confirmed(sentence: str, subject: models.Model, actor: Any) -> SafeString:
    """The sentence that confirms what this person did just now, with the code of its receipt."""
    leaf = newest_leaf(subject, actor)
    if leaf is None:
        return format_html("{}", sentence)
    link = reverse("receipt", args=[leaf.code])
    return format_html('{} {} <a class="code" href="{}">{}</a>', sentence, _("Receipt:"), link, leaf.printed)
