"""Checking the record against the tables: what was changed, is missing, was added or changed its place."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from consultation.record import evidence, keys, leaves, merkle, triggers
from consultation.record.models import Entry, Head, Identity, Key, Leaf, Node
from consultation.record.sealing import as_head, as_key
from consultation.record.verify import Failed, check_head, check_keys, commitment, leaf_of

_AT_ONCE = 500


def problems() -> Iterator[str]:
    """One line for each thing that is not as it was recorded and sealed; nothing where all is well."""
    yield from _triggers()
    yield from _entries()
    yield from _orphans()
    known: dict[str, str] = {}
    try:
        known = public_keys()
    except Failed as failed:
        yield f"keys: {failed.why}"
    yield from _tree(known)
    yield from _given_out()


def public_keys() -> dict[str, str]:
    """The keys of the record by fingerprint, as an outsider checks them; none before the first. Raises `Failed`."""
    chain = key_chain()
    return check_keys(chain, chain[0]["record"]) if chain else {}


def key_chain() -> list[dict[str, Any]]:
    """The public keys with their signatures, first to newest, as they stand in receipts."""
    record = Identity.objects.filter(pk=1).values_list("name", flat=True).first() or ""
    rows = Key.objects.select_related("previous").order_by("pk")
    return [{**as_key(key, record), "signature": key.signature} for key in rows]


def _triggers() -> Iterator[str]:
    for name in sorted(triggers.expected() - triggers.present(connection)):
        yield f"unguarded: the trigger {name} is not there"


def _entries() -> Iterator[str]:
    before = Identity.objects.filter(pk=1).values_list("before", flat=True).first() or 0
    last = 0
    rows = Entry.objects.select_related("leaf", "actor").prefetch_related("salts", "erasures").order_by("pk")
    while some := list(rows.filter(pk__gt=last)[:_AT_ONCE]):
        words = evidence.words_of(some)
        for entry in some:
            if not hasattr(entry, "leaf"):
                if entry.pk > before:
                    yield f"extra: {_name(entry)} was not written by the application"
            elif commitment(_digests(entry, words)) != entry.leaf.commitment:
                yield f"changed: {_name(entry)}"
        last = some[-1].pk


def _digests(entry: Entry, words: dict[int, evidence.Words]) -> dict[str, str]:
    return leaves.standing(entry, words.get(entry.pk), list(entry.salts.all()), list(entry.erasures.all()))


def _name(entry: Entry) -> str:
    return f"entry {entry.pk} ({entry.kind} {entry.subject}, {entry.at:%Y-%m-%d %H:%M})"


def _orphans() -> Iterator[str]:
    there = Entry.objects.filter(pk=OuterRef("pk"))
    for leaf in Leaf.objects.filter(~Exists(there)).order_by("pk").iterator(_AT_ONCE):
        yield f"missing: entry {leaf.pk} with the receipt {leaf.printed}"


def _tree(known: dict[str, str]) -> Iterator[str]:
    """Walk the leaves in their order; compare every stored node, and at its size every head."""
    signed = Head.objects.select_related("key").order_by("size")
    expected, size, edge = 0, 0, list[bytes]()
    for some in _sealed():
        for leaf in some:
            if leaf.seq != expected:
                yield f"missing: {_numbers(expected, int(leaf.seq or 0))} of the sealed record"
                return
            expected += 1
        heads = {head.size: head for head in signed.filter(size__gt=size, size__lte=size + len(some))}
        made: merkle.Nodes = {}
        for leaf in some:
            added, edge = merkle.grow(size, edge, [leaf_of(leaf.commitment)])
            made |= added
            size += 1
            if head := heads.get(size):
                yield from _head(head, merkle.fold(edge).hex(), known)
        yield from _nodes(some, made)
    for left in signed.filter(size__gt=size):
        yield f"missing: a head was signed over {left.size} entries, and {size} are there"


def _sealed() -> Iterator[list[Leaf]]:
    rows, last = Leaf.objects.exclude(seq=None).order_by("seq"), -1
    while some := list(rows.filter(seq__gt=last)[:_AT_ONCE]):
        yield some
        last = int(some[-1].seq or 0)


def _numbers(first: int, end: int) -> str:
    return f"number {first + 1}" if end == first + 1 else f"numbers {first + 1} to {end}"


def _head(head: Head, root: str, known: dict[str, str]) -> Iterator[str]:
    if head.root != root:
        yield f"changed: the first {head.size} entries are not those of the head of {head.at:%Y-%m-%d %H:%M}"
    try:
        check_head(as_head(head), head.signature, known)
    except Failed as failed:
        yield f"head over {head.size} entries: {failed.why}"


def _nodes(some: list[Leaf], made: merkle.Nodes) -> Iterator[str]:
    """Compare the nodes that these leaves made; where a leaf's own differs, say whether it only changed its place."""
    first, last = int(some[0].seq or 0), int(some[-1].seq or 0)
    highest = max(level for level, _position in made)
    stored: dict[merkle.Place, str] = {}
    for level in range(highest + 1):
        rows = Node.objects.filter(level=level, position__gte=first >> level, position__lte=last >> level)
        stored |= {(level, n.position): n.digest for n in rows}
    by_place = {leaf.seq: leaf for leaf in some}
    for place, digest in made.items():
        if stored.get(place) == digest.hex():
            continue
        level, position = place
        if level:
            yield f"changed: node {level}.{position} of the tree"
            continue
        leaf = by_place[position]
        elsewhere = Node.objects.filter(level=0, digest=digest.hex()).exclude(position=position)
        verb = "reordered" if elsewhere.exists() else "changed"
        yield f"{verb}: entry {leaf.pk} at number {position + 1} is not what was sealed there"


def _given_out() -> Iterator[str]:
    try:
        newest = keys.given_out()
    except keys.KeyProblem as problem:
        yield str(problem)
        return
    record = Identity.objects.filter(pk=1).values_list("name", flat=True).first()
    if newest is None or newest["record"] != record:
        return
    head = Head.objects.filter(size=newest["size"]).first()
    if head is None or head.root != newest["root"]:
        yield f"missing: the head over {newest['size']} entries, the newest that was given out, is not in the record"
