"""A file of a known form to its blocks; the one door of the readers."""

import io
import re
from pathlib import PurePath

from django.utils.translation import gettext as _

from consultation.reports.errors import Unreadable
from consultation.reports.reading import docx, markdown, plain_text, title_block
from consultation.reports.reading.blocks import Source, pages_apart
from consultation.text.archives import BadArchive, check_archive

LARGEST = 10 * 1024 * 1024
MOST_BLOCKS = 10_000
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MARKDOWN = {".md", ".markdown"}
_TEXT = {".txt", ".text", ""}


def read(file_name: str, content: bytes) -> Source:
    """The blocks of a report in DOCX, Markdown or plain text, title block marked, broken pages joined.

    Raises `Unreadable` with a sentence; nothing of the file is stored or fetched.
    """
    source = _by_form(PurePath(file_name).suffix.lower(), content)
    if len(source.blocks) > MOST_BLOCKS:
        raise Unreadable(_("The file has more than %s paragraphs.") % f"{MOST_BLOCKS:,}")
    if source.label is None:
        title_block.mark(source.blocks)
        source.blocks = pages_apart(source.blocks)
    return source


def _by_form(suffix: str, content: bytes) -> Source:
    if len(content) > LARGEST:
        size = f"{len(content) / 1024 / 1024:,.0f}"
        raise Unreadable(
            _("The file has %(size)s MB. The limit is %(limit)s MB.") % {"size": size, "limit": LARGEST // 1024 // 1024}
        )
    if content.startswith(_OLD_OFFICE):
        raise Unreadable(
            _("The file is protected by a password or in an old form. Save it as DOCX without a password.")
        )
    if content.startswith(_ZIP) or suffix == ".docx":
        stream = io.BytesIO(content)
        try:
            check_archive(stream)
        except BadArchive as error:
            raise Unreadable(str(error)) from error
        return docx.read(stream)
    if suffix in _MARKDOWN:
        return markdown.read(content)
    if suffix in _TEXT:
        return plain_text.read(content)
    raise Unreadable(_("A report is read from DOCX, Markdown (.md) or plain text (.txt), not from “%s”.") % suffix)


def language_of(source: Source) -> str:
    """A guess by the script of most letters: ar, zh, ru or en. The editor corrects it."""
    sample = source.words[:20_000]
    scripts = {"ar": r"[\u0600-\u06ff]", "zh": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]", "en": r"[A-Za-z]"}
    return max(scripts, key=lambda name: len(re.findall(scripts[name], sample)))
