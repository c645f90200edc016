"""The parts of a DOCX file before a parser of documents sees them: what is refused, and which one is broken."""

import re
import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _
from docx.oxml import parse_xml
from lxml import etree

from consultation.reports.errors import Unreadable

_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"^<\?xml[^>]*encoding=[\"']([\w-]+)[\"']")
_XML = (".xml", ".rels")


def check_parts(stream: BinaryIO) -> None:
    """No document type, one encoding, no macros: before any parser sees a part."""
    with zipfile.ZipFile(stream) as archive:
        names = archive.namelist()
        if any("vbaproject" in name.lower() for name in names):
            raise Unreadable(_("The file holds macros. Save it as DOCX without macros."))
        if "word/document.xml" not in names and "[Content_Types].xml" not in names:
            raise Unreadable(_("The file is not a DOCX document."))
        for name in names:
            if not name.lower().endswith(_XML):
                continue
            part = archive.read(name)
            found = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf"))
            utf8 = not found or found[1].lower() in {b"utf-8", b"us-ascii", b"ascii"}
            if _DECLARATION.search(part) or not utf8 or b"\x00" in part:
                raise Unreadable(_("The part %s declares a document type or an encoding; that is refused.") % name[:80])
            if name == "[Content_Types].xml" and b"macroEnabled" in part:
                raise Unreadable(_("The file is made for macros. Save it as DOCX without macros."))
    stream.seek(0)


def broken(stream: BinaryIO) -> str:
    """What is broken, with the part and its place, where one part is no XML."""
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        for name in archive.namelist():
            if name.lower().endswith(_XML):
                try:
                    parse_xml(archive.read(name))
                except etree.XMLSyntaxError as error:
                    line, column = error.position
                    place = {"part": name[:80], "line": line, "column": column}
                    return _("The file is broken: %(part)s is no XML at line %(line)s, character %(column)s.") % place
    return _("The file is broken: it is not a document that can be read.")
