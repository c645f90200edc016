"""Files that are ZIP archives of XML (XLSX, DOCX): checked as an archive before any library opens them.

Every part is really unpacked here once, under a cap, so that what the directory says is not believed; nothing is kept.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END
from typing import IO

from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
_MAGIC = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # what is protected by a password, and what office programs wrote before 2007
_CHUNK = 64 * 1024
_HEAD = 200
_NAME = 80
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_XML = (".xml", ".rels", ".vml")
_DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Parts that run, or that bring other documents: macros, controls, embedded objects, links to other files.
_ACTIVE = re.compile(
    r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex/|ctrlprops/|embeddings/|externallinks/|oleobject|customui/"
)


SENTENCES = {
    "packed": _("The file is too large. The limit is %(packed)s MB."),
    "kind": _("The file is of another kind than its name says, or damaged. It was not opened."),
    "entries": _("The file has too many parts to be a document. It was not opened."),
    "names": _("The names of the parts of this file cannot be right. It was not opened."),
    "encrypted": _("The file is protected by a password or of an old kind. Save it without one, as .xlsx or .docx."),
    "active": _("The file has macros or other active parts. Save it without them, as a plain document."),
    "unpacked": _("The file unpacks to more than a document of this kind can be. It was not opened."),
    "xml": _("The file holds parts that no office program writes. It was not opened."),
}


@dataclass(frozen=True)
class Limits:
    """What an archive may be: bytes of the file, bytes unpacked in all, how many times larger a part of more than a
    megabyte may unpack, number of parts.
    """

    packed: int = 20 * MEGABYTE
    unpacked: int = 50 * MEGABYTE
    ratio: int = 100
    entries: int = 2_000


class BadArchive(Exception):  # noqa: N818 - named for what it says
    """An archive that is not opened; `code` names why, `sentence` says it to the person who sent it."""

    def __init__(self, code: str, limits: Limits, part: str = "") -> None:
        self.code = code
        self.sentence = str(SENTENCES[code]) % {"packed": limits.packed // MEGABYTE}
        if part:
            self.sentence += " " + _("Found in: %s.") % "".join(c if c.isprintable() else "�" for c in part[:_NAME])
        super().__init__(self.sentence)


DOCUMENT = Limits()


def check_archive(file: IO[bytes], limits: Limits = DOCUMENT, *, must_have: str = "") -> None:
    """Raise `BadArchive` unless this is a plain ZIP archive within the limits, without macros, active parts or DTDs.

    `must_have` is a part that this kind of file has, for example `xl/workbook.xml`. The file is at its start again
    afterwards. Memory stays flat: parts are unpacked in pieces and thrown away.
    """
    if file.seek(0, SEEK_END) > limits.packed:
        raise BadArchive("packed", limits)
    file.seek(0)
    # The archive is the whole file: nothing stands before it, such as a program that unpacks it.
    head = file.read(len(_MAGIC))
    if head != _MAGIC:
        raise BadArchive("encrypted" if head == _OLE else "kind", limits)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits, must_have)
            _check_parts(archive, entries, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise BadArchive("kind", limits) from error
    finally:
        file.seek(0)


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits, must_have: str) -> None:
    """What the archive says of itself."""
    if len(entries) > limits.entries:
        raise BadArchive("entries", limits)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names) or any(map(_leads_outside, names)):
        raise BadArchive("names", limits)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise BadArchive("encrypted", limits)
    if active := next(filter(_ACTIVE.search, names), ""):
        raise BadArchive("active", limits, active)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise BadArchive("kind", limits)
    if must_have and must_have.lower() not in names:
        raise BadArchive("kind", limits)
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise BadArchive("unpacked", limits)


def _check_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """What the archive really holds."""
    left = limits.unpacked
    for entry in entries:
        most = max(MEGABYTE, entry.compress_size * limits.ratio)
        before, size = b"", 0
        for piece in _pieces(archive, entry):
            size += len(piece)
            left -= len(piece)
            if left < 0 or size > most:
                raise BadArchive("unpacked", limits)
            _check_piece(entry.filename, before, piece, limits)
            before = piece[-_HEAD:]


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while piece := part.read(_CHUNK):
            yield piece


def _check_piece(name: str, before: bytes, piece: bytes, limits: Limits) -> None:
    """No document type in any part, and no other encoding than UTF-8, in which one could hide, in XML."""
    text = before + piece
    if _DTD.search(text):
        raise BadArchive("xml", limits, name)
    if name.lower() == "[content_types].xml" and b"macroenabled" in text.lower():
        raise BadArchive("active", limits, name)
    if not name.lower().endswith(_XML):
        return
    if b"\x00" in piece or (not before and not _is_utf8_xml(piece)):
        raise BadArchive("xml", limits, name)


def _is_utf8_xml(start: bytes) -> bool:
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.match(start)
    return start[:1] == b"<" and (not declared or declared.group(1).lower() in {b"utf-8", b"us-ascii", b"ascii"})


def _leads_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\x00" in name
