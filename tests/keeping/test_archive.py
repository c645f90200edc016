"""A backup that was changed, cut off, or is not the one that it should be is refused before anything is touched."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.keeping import archive
from consultation.keeping.encryption import CHUNK, MAGIC, SALT, TAG, Decrypting, Encrypting
from consultation.keeping.errors import BackupProblem

KEY = b"k" * 32


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def key(request):
    return request.param


@pytest.fixture
def made(tmp_path, key):
    """A backup of two files, and where it stands."""
    (tmp_path / "one").write_bytes(secrets.token_bytes(3 * CHUNK))
    (tmp_path / "two").write_bytes(b"")
    files = {"tables/one": tmp_path / "one", "uploads/a/two": tmp_path / "two"}
    archive.write(tmp_path / "backup", files, {"v": 1}, key)
    return tmp_path / "backup"


def unpacked(source, directory, key):
    directory.mkdir()
    return archive.unpack(source, directory, key)


def test_what_was_packed_is_unpacked(made, tmp_path, key):
    assert set(unpacked(made, tmp_path / "to", key)["files"]) == {"tables/one", "uploads/a/two"}
    assert (tmp_path / "to/tables/one").read_bytes() == (tmp_path / "one").read_bytes()
    assert (tmp_path / "to/uploads/a/two").read_bytes() == b""


def test_a_backup_is_never_written_over_and_leaves_nothing_beside_it(made, tmp_path, key):
    with pytest.raises(BackupProblem, match="exists already"):
        archive.write(made, {}, {}, key)
    assert {p.name for p in tmp_path.iterdir()} == {"one", "two", "backup"}


def test_a_backup_with_a_changed_byte_gives_nothing_else_and_one_cut_off_is_refused(made, tmp_path, key):
    whole = made.read_bytes()
    packed = unpacked(made, tmp_path / "whole", key)
    everywhere, at_the_end = range(10, len(whole), len(whole) // 12), range(len(whole) - 12, len(whole))
    for number, at in enumerate([*everywhere, *at_the_end]):
        made.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        # Without a key a byte that says nothing (when a file was packed) may differ; what is unpacked may not.
        try:
            found = unpacked(made, tmp_path / f"changed{number}", key)
        except BackupProblem:
            pass
        else:
            assert key is None
            assert found == packed
            assert (tmp_path / f"changed{number}/tables/one").read_bytes() == (tmp_path / "one").read_bytes()
        made.write_bytes(whole[:at])
        with pytest.raises(BackupProblem):
            unpacked(made, tmp_path / f"cut{number}", key)


def test_chunks_cannot_be_left_out_moved_or_cut(tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file, Encrypting(file, KEY) as sink:
        sink.write(secrets.token_bytes(4 * CHUNK))
    whole, start, size = path.read_bytes(), len(MAGIC) + SALT, CHUNK + TAG
    chunks = [whole[at : at + size] for at in range(start, len(whole), size)]
    assert len(chunks) == 4
    for wrong in (chunks[:-1], chunks[1:], [chunks[1], chunks[0], *chunks[2:]], [*chunks, chunks[-1]]):
        path.write_bytes(whole[:start] + b"".join(wrong))
        with path.open("rb") as file, pytest.raises(BackupProblem, match="changed or cut off"):
            Decrypting(file, KEY).read()


def test_another_key_or_none_opens_nothing(made, tmp_path, key):
    for number, other in enumerate({None, KEY, b"x" * 32} - {key}):
        with pytest.raises(BackupProblem):
            unpacked(made, tmp_path / str(number), other)


@given(st.lists(st.binary(max_size=3 * CHUNK), max_size=4), st.integers(1, 2 * CHUNK))
def test_every_length_comes_back(tmp_path_factory, blocks, step):
    path = tmp_path_factory.mktemp("length") / "file"
    with path.open("wb") as file, Encrypting(file, KEY) as sink:
        for block in blocks:
            sink.write(block)
    with path.open("rb") as file:
        reading, found = Decrypting(file, KEY), b""
        while block := reading.read(step):
            found += block
    assert found == b"".join(blocks)
