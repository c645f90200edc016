"""The tree over the record (RFC 9162): how it grows, and which stored nodes a proof needs. docs/decisions/100.

A node is the hash over 2^level leaves from leaf `position` × 2^level on. Only full ones are stored; they never change.
"""

from collections.abc import Callable, Iterable
from functools import reduce

from consultation.record.verify import node_hash

Place = tuple[int, int]
Nodes = dict[Place, bytes]
Range = tuple[int, int]


def full(start: int, end: int) -> list[Place]:
    """The fewest full nodes that cover the leaves from `start` to before `end`, left to right.

    `start` is where a subtree of this size begins in a tree.
    """
    size = end - start
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return [(level, (start + size >> level) - 1) for level in levels]


def fold(digests: list[bytes]) -> bytes:
    """The hash over full nodes that lie side by side, each smaller than the one before."""
    return reduce(lambda right, left: node_hash(left, right), reversed(digests[:-1]), digests[-1])


def grow(size: int, edge: list[bytes], leaves: Iterable[bytes]) -> tuple[Nodes, list[bytes]]:
    """The nodes that these leaves add to a tree of this size with this edge (`full(0, size)`), and the new edge."""
    made: Nodes = {}
    edge = list(edge)
    for place, leaf in enumerate(leaves, size):
        digest, level, position = leaf, 0, place
        made[level, position] = digest
        while position & 1:
            digest, level, position = node_hash(edge.pop(), digest), level + 1, position >> 1
            made[level, position] = digest
        edge.append(digest)
    return made, edge


def path(index: int, start: int, end: int) -> list[Range]:
    """The subtrees whose hashes prove the leaf `index` (RFC 9162, 2.1.3.1)."""
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*path(index, start, middle), (middle, end)]
    return [*path(index, middle, end), (start, middle)]


def continuation(first: int, start: int, end: int, *, whole: bool = True) -> list[Range]:
    """The subtrees whose hashes prove that a tree of `end` leaves continues that of `first` (RFC 9162, 2.1.4.1)."""
    if first == end:
        return [] if whole else [(start, end)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*continuation(first, start, middle, whole=whole), (middle, end)]
    return [*continuation(first, middle, end, whole=False), (start, middle)]


def hashes(ranges: list[Range], read: Callable[[list[Place]], Nodes]) -> list[bytes]:
    """The hash of each of these subtrees, with one reading of stored nodes."""
    covers = [full(*r) for r in ranges]
    nodes = read([place for cover in covers for place in cover])
    return [fold([nodes[place] for place in cover]) for cover in covers]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
