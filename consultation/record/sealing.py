"""Sealing: entries that were written get their place in the tree, and its root is signed. docs/decisions/100.

Writers do none of this and wait for none of it. One sealing runs at a time; what it does is one transaction.
"""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from consultation.record import clock, keys, leaves, merkle
from consultation.record.actions import append
from consultation.record.models import Entry, Head, Identity, Key, Leaf, Node
from consultation.record.verify import fingerprint, leaf_of

BATCH = 500


class Shrunk(keys.KeyProblem):
    """The record is not the one, or not all of the one, whose newest head was given out: nothing is signed."""


def seal(limit: int = BATCH, *, after_loss: bool = False) -> int:
    """Seal up to `limit` entries, oldest first, and sign the new head; gives how many were sealed.

    Without a key they get their place and no head; the next sealing with a key signs for them. `after_loss` signs
    although entries of a head that was given out are gone. Raises `Shrunk`, `KeyProblem`.
    """
    key = keys.signing_key()
    with transaction.atomic():
        identity = held()
        size = tree_size()
        if key and not after_loss:
            _require_grown(identity, size)
        sealed = _place(size, limit)
        head = _sign(key, identity, size + sealed) if key and size + sealed else None
    if head:
        keys.remember(as_head(head), after_loss=after_loss)
    return sealed


def continue_after_loss() -> int:
    """Sign what is here although entries of a head that was given out are gone for good; gives how many were sealed.

    An entry says which head that was, and the file beside the key holds the new one, however small. Where nothing is
    lost this is `seal`. Raises `KeyProblem`.
    """
    if keys.signing_key() is None:
        return seal()
    lost = False
    with transaction.atomic():
        identity, size = held(), tree_size()
        try:
            _require_grown(identity, size)
        except Shrunk:
            lost = True
            append("record.continued_after_loss", identity, given_out=keys.given_out(), sealed=size)
    return seal(after_loss=lost)  # outside: a head is given out only once its entries are there


def commit_backlog(limit: int = BATCH) -> int:
    """Give leaves to entries that are older than leaves are, oldest first; gives how many got theirs."""
    with transaction.atomic():
        identity = held()
        waiting = Entry.objects.filter(pk__lte=identity.before, leaf=None).select_related("actor").order_by("pk")
        return len(leaves.commit(list(waiting[:limit])))


def seal_all() -> int:
    """Seal all there is; gives how many. Raises `KeyProblem`."""
    while commit_backlog():
        pass
    total = sealed = seal()
    while sealed:
        sealed = seal()
        total += sealed
    return total


def held() -> Identity:
    """The row that names this record, held until the transaction ends: whoever seals has it alone."""
    Identity.objects.get_or_create(pk=1)
    return Identity.objects.select_for_update(no_key=True).get(pk=1)


def tree_size() -> int:
    """How many entries are sealed."""
    last = Leaf.objects.aggregate(last=Max("seq"))["last"]
    return 0 if last is None else int(last) + 1


def read_nodes(places: list[merkle.Place]) -> merkle.Nodes:
    """These nodes of the stored tree. Raises `KeyError` in `merkle.hashes` for one that is not there."""
    by_level: dict[int, list[int]] = {}
    for level, position in places:
        by_level.setdefault(level, []).append(position)
    wanted = Q(pk=None)
    for level, positions in by_level.items():
        wanted |= Q(level=level, position__in=positions)
    found = Node.objects.filter(wanted).values_list("level", "position", "digest")
    return {(level, position): bytes.fromhex(digest) for level, position, digest in found}


def root_at(size: int) -> str:
    """The root of the stored tree when it had this size."""
    return merkle.hashes([(0, size)], read_nodes)[0].hex()


def as_head(head: Head) -> dict[str, Any]:
    """What was signed."""
    return {
        "v": 1,
        "record": head.record,
        "size": head.size,
        "root": head.root,
        "time": head.at.astimezone(UTC).isoformat(),
        "key": fingerprint(head.key.public),
    }


def as_key(key: Key, record: str) -> dict[str, Any]:
    """A public key as it was signed."""
    previous = fingerprint(key.previous.public) if key.previous else ""
    return {"v": 1, "record": record, "public": key.public, "previous": previous}


def _place(size: int, limit: int) -> int:
    waiting = list(Leaf.objects.filter(seq=None).order_by("pk")[:limit])
    if not waiting:
        return 0
    stored = read_nodes(merkle.full(0, size))
    edge = [stored[place] for place in merkle.full(0, size)]
    made, _edge = merkle.grow(size, edge, (leaf_of(leaf.commitment) for leaf in waiting))
    for place, leaf in enumerate(waiting, size):
        leaf.seq = place
    Leaf.objects.bulk_update(waiting, ["seq"], batch_size=200)
    Node.objects.bulk_create(
        (Node(level=level, position=position, digest=digest.hex()) for (level, position), digest in made.items()),
        batch_size=200,
    )
    return len(waiting)


def _sign(key: Any, identity: Identity, size: int) -> Head | None:
    last = Head.objects.select_related("key").order_by("-size").first()
    if last and last.size >= size:
        return last
    signer = _known(key, identity)
    at = max(clock.now(), last.at) if last else clock.now()
    head = Head(size=size, root=root_at(size), at=at, record=identity.name, key=signer)
    head.signature = keys.signed(key, as_head(head))
    head.save(force_insert=True)
    return head


def _known(key: Any, identity: Identity) -> Key:
    """The row of the configured key. The first one introduces itself; raises `KeyProblem` for one nobody signed."""
    public = keys.public_of(key)
    newest = Key.objects.order_by("-pk").select_related("previous").first()
    if newest and newest.public != public:
        raise keys.KeyProblem(
            f"The configured key is not the newest key of this record ({newest}). "
            "Let the old key sign a new one: manage.py rotate_record_key."
        )
    if newest:
        return newest
    first = Key(public=public, at=clock.now())
    first.signature = keys.signed(key, as_key(first, identity.name))
    first.save()
    return first


def _require_grown(identity: Identity, size: int) -> None:
    """Raises `Shrunk` unless the tree continues the newest head that was given out."""
    newest = keys.given_out()
    if newest is None or (settings.RECORD_KEY_LOCAL and newest["record"] != identity.name):
        return  # A sample is thrown away and made again.
    if newest["record"] != identity.name:
        raise Shrunk(f"{newest['record']} was signed here before; this database holds another record.")
    if newest["size"] > size:
        raise Shrunk(f"A head over {newest['size']} entries was given out; this database has {size}.")
    if newest["root"] != root_at(newest["size"]):
        raise Shrunk(f"The first {newest['size']} entries are not those of the head that was given out.")
