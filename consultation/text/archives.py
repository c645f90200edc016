"""Whether an archive (DOCX, XLSX, ZIP) may be opened: seen from its list of contents, before anything is unpacked."""

import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _

ENTRIES = 2_000
UNPACKED = 50 * 1024 * 1024
RATIO = 100
_SMALL = 100_000  # below this a high ratio harms nobody
_CHUNK = 64 * 1024
_ENCRYPTED = 0x1


class UnsafeArchive(ValueError):  # noqa: N818 - a refusal, as the others
    """The archive is refused; its sentence says why."""


def check_archive(stream: BinaryIO) -> None:
    """Raise `UnsafeArchive` if the archive is broken, encrypted, too large once unpacked, or has a refused name.

    Every part is read once in small pieces, so that a false size in the list of contents is found. The stream is left
    at its beginning.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_list(archive.infolist())
            _check_contents(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, UnsafeArchive):
            raise
        raise UnsafeArchive(_("The file is broken: it cannot be unpacked.")) from error
    finally:
        stream.seek(0)


def _check_list(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES:
        raise UnsafeArchive(_("The file holds more than %s parts.") % f"{ENTRIES:,}")
    names = [entry.orig_filename for entry in entries]
    if len(set(names)) < len(names):
        raise UnsafeArchive(_("The file holds two parts of the same name."))
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise UnsafeArchive(_("The file is protected by a password. Save it without one."))
        _check_name(entry.orig_filename)
        _check_ratio(entry.file_size, entry.compress_size)
    _check_sum(sum(entry.file_size for entry in entries))
    _check_ratio(sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries))


def _check_name(name: str) -> None:
    outside = name.startswith("/") or "\\" in name or ":" in name or "\x00" in name or ".." in name.split("/")
    if outside:
        raise UnsafeArchive(_("The file holds a part with a name that is not allowed: %s") % ascii(name[:80]))


def _check_sum(size: int) -> None:
    if size > UNPACKED:
        raise UnsafeArchive(_("The file is too large once unpacked. The limit is %s MB.") % (UNPACKED // 1024 // 1024))


def _check_ratio(size: int, packed: int) -> None:
    if size > _SMALL and size > RATIO * packed:
        raise UnsafeArchive(_("The file unpacks to more than %s times its size.") % RATIO)


def _check_contents(archive: zipfile.ZipFile) -> None:
    total = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while piece := part.read(_CHUNK):
                total += len(piece)
                _check_sum(total)
