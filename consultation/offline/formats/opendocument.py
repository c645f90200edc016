"""A pack as an OpenDocument text (ODT): the same tables as in Word. docs/decisions/092 says why no library does it."""

import io
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from defusedxml.ElementTree import fromstring
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultation.offline import fields as f
from consultation.offline.content import Content
from consultation.offline.errors import BadPack
from consultation.offline.fields import Written
from consultation.offline.formats.tables import Line, heading_of, read_tables, rows_of
from consultation.text.characters import printable
from consultation.text.numbers import whole

_MIME = "application/vnd.oasis.opendocument.text"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = {
    "office": f"{_OASIS}:office:1.0",
    "text": f"{_OASIS}:text:1.0",
    "table": f"{_OASIS}:table:1.0",
    "style": f"{_OASIS}:style:1.0",
    "fo": f"{_OASIS}:xsl-fo-compatible:1.0",
    "meta": f"{_OASIS}:meta:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEXT, _TABLE = f"{{{_SPACES['text']}}}", f"{{{_SPACES['table']}}}"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_MOST_TABLES, _MOST_SPACES = 2_000, 100
_AUTOMATIC = (
    '<style:style style:name="T" style:family="table"><style:table-properties style:width="17cm"/></style:style>'
    '<style:style style:name="T.A" style:family="table-column"><style:table-column-properties '
    'style:column-width="5cm"/></style:style>'
    '<style:style style:name="T.B" style:family="table-column"><style:table-column-properties '
    'style:column-width="12cm"/></style:style>'
    '<style:style style:name="C" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" '
    'fo:border="0.5pt solid #5b6673"/></style:style>'
    '<style:style style:name="B" style:family="paragraph"><style:text-properties fo:font-weight="bold"/></style:style>'
)
_MASTER = (
    '<office:automatic-styles><style:page-layout style:name="L"><style:page-layout-properties fo:page-width="21cm" '
    'fo:page-height="29.7cm" fo:margin="2cm"/><style:footer-style/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L"><style:footer>'
    '<text:p>{number} – <text:page-number text:select-page="current"/> / <text:page-count/></text:p>'
    "</style:footer></style:master-page></office:master-styles>"
)


def write(content: Content) -> bytes:
    """The form, with the pack's number and the page on every page."""
    held = io.BytesIO()
    manifest = "".join(
        f"<manifest:file-entry manifest:full-path={quoteattr(name)} manifest:media-type={quoteattr(kind)}/>"
        for name, kind in (("/", _MIME), *((part, "text/xml") for part in ("content.xml", "styles.xml", "meta.xml")))
    )
    parts = {
        "mimetype": _MIME,
        "content.xml": _part("document-content", _content(content)),
        "styles.xml": _part("document-styles", _styles(content)),
        "meta.xml": _part("document-meta", f"<office:meta><dc:title>{content.pack.number}</dc:title></office:meta>"),
        "META-INF/manifest.xml": '<?xml version="1.0" encoding="UTF-8"?>'
        f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" manifest:version="1.3">{manifest}'
        "</manifest:manifest>",
    }
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in parts.items():  # the media type first and not compressed, as the standard asks
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text.encode(), kind)
    return held.getvalue()


def _part(name: str, inside: str) -> str:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:{name} {spaces} office:version="1.3">{inside}</office:{name}>'
    )


def _styles(content: Content) -> str:
    language = (get_language() or "en-gb")[:2]
    heads = "".join(
        f'<style:style style:name="{name}" style:family="paragraph" style:class="text">'
        f'<style:paragraph-properties fo:margin-top="0.5cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/>'
        f'<style:text-properties fo:font-size="{size}pt" fo:font-weight="bold"/></style:style>'
        for name, size in (("H1", 16), ("H2", 12))
    )
    plain = (
        '<style:default-style style:family="paragraph"><style:text-properties fo:font-size="10pt" '
        f'fo:language="{language}" fo:font-family="Liberation Serif, Times New Roman, serif"/></style:default-style>'
    )
    return f"<office:styles>{plain}{heads}</office:styles>{_MASTER.format(number=content.pack.number)}"


def _content(content: Content) -> str:
    pack = content.pack
    body = [_heading(pack.consultation.title, 1), _table([("0 Pack", pack.number)])]
    body += [_paragraph(f"{name}: {text}") for name, text in content.facts]
    body += [_paragraph(f"{number}. {line}") for number, line in enumerate(content.instructions, 1)]
    for kind, title in ((f.POSITION, _("Positions")), (f.NOTE, _("Comments"))):
        items = content.of_kind(kind)
        if items:
            body.append(_heading(title, 1))
        for item in items:
            body += [_heading(heading_of(item), 2), _table(rows_of(item, attribution=content.attribution))]
    return (
        f"<office:automatic-styles>{_AUTOMATIC}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(body)}<text:p/></office:text></office:body>"
    )


def _heading(text: str, level: int) -> str:
    return f'<text:h text:style-name="H{level}" text:outline-level="{level}">{_words(text)}</text:h>'


def _table(lines: list[Line]) -> str:
    rows = "".join(
        f"<table:table-row>{_cell(name, ' text:style-name=' + quoteattr('B'))}{_cell(text)}</table:table-row>"
        for name, text in lines
    )
    columns = '<table:table-column table:style-name="T.A"/><table:table-column table:style-name="T.B"/>'
    return f'<table:table table:style-name="T">{columns}{rows}</table:table>'


def _cell(text: str, how: str = "") -> str:
    paragraphs = "".join(_paragraph(line, how) for line in text.split("\n"))
    return f'<table:table-cell table:style-name="C" office:value-type="string">{paragraphs}</table:table-cell>'


def _paragraph(text: str, how: str = "") -> str:
    return f"<text:p{how}>{_words(text)}</text:p>"


def _words(text: str) -> str:
    """Runs of spaces and tabs are elements here; the first space of a run stays one."""
    escaped = escape(printable(text)).replace("\t", "<text:tab/>")
    return escaped.replace("  ", ' <text:s text:c="1"/>')


def read(file: IO[bytes]) -> tuple[str, list[Written]]:
    """The number of the pack and its rows. Raises `BadPack`."""
    with zipfile.ZipFile(file) as archive:
        root = fromstring(archive.read("content.xml"))
    tables = list(_outermost(root, f"{_TABLE}table"))
    if len(tables) > _MOST_TABLES:
        raise BadPack(_("The file has more rows than a form can have. Nothing was read."))
    return read_tables([[_line(row) for row in _outermost(table, f"{_TABLE}table-row")] for table in tables])


def _outermost(element: Element, *tags: str) -> Iterator[Element]:
    """The elements of these names in order, none of them inside of another: a table in a cell is words of the cell."""
    waiting = list(element)[::-1]
    while waiting:
        child = waiting.pop()
        if child.tag in tags:
            yield child
        else:
            waiting.extend(list(child)[::-1])


def _line(row: Element) -> Line:
    cells = row.findall(f"{_TABLE}table-cell")
    return (_text_of(cells[0]), _text_of(cells[1])) if len(cells) > 1 else ("", "")


def _text_of(cell: Element) -> str:
    parts: list[str] = []
    for paragraph in _outermost(cell, *_PARAGRAPHS):
        parts.append("\n")
        _flatten(paragraph, parts)
    return "".join(parts).strip("\n")


def _flatten(element: Element, parts: list[str]) -> None:
    """Add the words of a paragraph, as text; what somebody deleted while changes were tracked stands elsewhere."""
    parts.append(element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = str(child.get(f"{_TEXT}c", "1"))
            parts.append(" " * min(whole(count, else_=1), _MOST_SPACES))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag not in {f"{_TEXT}note", f"{{{_SPACES['office']}}}annotation"}:
            parts.append("\n" if child.tag in _PARAGRAPHS else "")
            _flatten(child, parts)
        parts.append(child.tail or "")
