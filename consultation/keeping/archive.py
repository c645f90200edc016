"""A backup as one file: a compressed tar with the database, the uploads, and last a manifest that counts them all."""

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from consultation.keeping.encryption import MAGIC, Decrypting, Encrypting
from consultation.keeping.errors import BackupProblem

MANIFEST = "manifest.json"
_BLOCK = 1024 * 1024


def write(target: Path, files: dict[str, Path], manifest: dict[str, Any], key: bytes | None) -> None:
    """Write these files, by their names in the archive, and the manifest with their checksums; whole or not at all.

    Raises `BackupProblem` where the target exists.
    """
    if target.exists():
        raise BackupProblem(f"{target} exists already. A backup is never written over.")
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as made:
        try:
            with _sink(cast("IO[bytes]", made), key) as sink, tarfile.open(fileobj=sink, mode="w|gz") as tar:
                for name, path in files.items():
                    tar.add(path, arcname=name, recursive=False, filter=_plain)
                sums = {name: digest_of(path) for name, path in files.items()}
                text = json.dumps({**manifest, "files": sums}, indent=1).encode()
                info = tarfile.TarInfo(MANIFEST)
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text))
            made.flush()
            os.fsync(made.fileno())
            os.link(made.name, target)
        finally:
            Path(made.name).unlink()


def unpack(source: Path, directory: Path, key: bytes | None) -> dict[str, Any]:
    """Unpack a backup into an empty directory, check it against its manifest, and give that. Raises `BackupProblem`."""
    try:
        with source.open("rb") as file, _stream(file, key) as stream, gzip.GzipFile(fileobj=stream) as whole:
            with tarfile.open(fileobj=whole, mode="r|") as tar:
                for member in tar:
                    _unpack_one(tar, member, directory)
            for rest in (whole, stream):  # to the sum at the end and the last chunk: nothing was cut off
                while rest.read(_BLOCK):
                    pass
        manifest: dict[str, Any] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise BackupProblem(f"{source} is not a whole backup: {error}") from error
    there = {p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file()} - {MANIFEST}
    if there != set(manifest["files"]):
        raise BackupProblem(f"{source} does not hold the files of its manifest.")
    for name, digest in manifest["files"].items():
        if digest_of(directory / name) != digest:
            raise BackupProblem(f"{source} is damaged: {name} is not what was backed up.")
    return manifest


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, directory: Path) -> None:
    name = PurePosixPath(member.name)
    content = tar.extractfile(member)
    if content is None or name.is_absolute() or ".." in name.parts:
        raise BackupProblem(f"The backup holds {member.name}, which no backup holds.")
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while block := content.read(_BLOCK):
            file.write(block)


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the machine that it was made on."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


@contextmanager
def _sink(file: IO[bytes], key: bytes | None) -> Iterator[IO[bytes]]:
    if key is None:
        yield file
        return
    with closing(Encrypting(file, key)) as encrypting:
        yield cast("IO[bytes]", encrypting)


@contextmanager
def _stream(file: IO[bytes], key: bytes | None) -> Iterator[IO[bytes]]:
    encrypted = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    if encrypted and key is None:
        raise BackupProblem("The backup is encrypted. Give its key with --key-file.")
    if not encrypted and key is not None:
        raise BackupProblem("The backup is not encrypted, and a key was given. Is it the right file?")
    yield cast("IO[bytes]", Decrypting(file, key)) if key else file
