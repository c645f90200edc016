"""The tree: known answers of Certificate Transparency, and every proof of every size up to 130."""

import subprocess
import sys

import pytest

from consultation.record import merkle
from consultation.record.verify import is_continued, leaf_hash, root_of_path

# The eight leaves of Certificate Transparency's own tests, and the roots over the first 1 to 8 of them.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 130


@pytest.fixture(scope="module")
def grown():
    """A tree of 130 leaves: its leaves, the root at each size, and a reader of its nodes."""
    leaves = [leaf_hash(bytes([n])) for n in range(MOST)]
    nodes, _edge = merkle.grow(0, [], leaves)

    def read(places):
        return {place: nodes[place] for place in places}

    roots = {size: merkle.hashes([(0, size)], read)[0] for size in range(1, MOST + 1)}
    return leaves, roots, read


def test_the_roots_are_those_of_certificate_transparency():
    edge = []
    for size, (leaf, root) in enumerate(zip(LEAVES, ROOTS, strict=True)):
        _made, edge = merkle.grow(size, edge, [leaf_hash(bytes.fromhex(leaf))])
        assert merkle.fold(edge).hex() == root


def test_every_leaf_is_proven_in_a_tree_of_every_size_and_nowhere_else(grown):
    leaves, roots, read = grown
    for size in range(1, MOST + 1):
        for index in range(size):
            path = merkle.hashes(merkle.path(index, 0, size), read)
            assert len(path) <= (size - 1).bit_length()
            assert root_of_path(leaves[index], index, size, path) == roots[size]
            assert root_of_path(leaves[index], index + 1, size, path) != roots[size]
            assert root_of_path(leaves[index - 1], index, size, path) != roots[size] or size == 1
            assert root_of_path(leaves[index], index, size, [*path, bytes(32)]) != roots[size]


def test_every_tree_is_proven_to_continue_every_smaller_one(grown):
    _leaves, roots, read = grown
    for size in range(1, MOST + 1):
        for first in range(1, size + 1):
            proof = merkle.hashes(merkle.continuation(first, 0, size), read)
            assert is_continued(first, size, roots[first], roots[size], proof)
            assert not is_continued(first, size, bytes(32), roots[size], proof)
            assert not is_continued(first, size, roots[first], bytes(32), proof)
            assert not is_continued(first, size, roots[first], roots[size], [*proof, bytes(32)])


def test_a_tree_grown_in_batches_is_the_tree_grown_at_once(grown):
    leaves, roots, _read = grown
    for batch in (1, 3, 7, 64):
        size, edge = 0, []
        for start in range(0, MOST, batch):
            _made, edge = merkle.grow(size, edge, leaves[start : start + batch])
            size += len(leaves[start : start + batch])
            assert merkle.fold(edge) == roots[size]


def test_an_outsider_needs_neither_django_nor_a_database():
    said = "import sys, consultation.record.verify; print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, env={})
    assert ran.stdout == "[]\n"
