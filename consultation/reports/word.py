"""A report as DOCX: headings, lists, bold, italics, links and footnotes. The words of the file are the report's."""

import io
import json

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree
from markdown_it.token import Token

from consultation.reports.contents import Contents, PassageFields
from consultation.reports.footnotes import Footnotes, bookmark
from consultation.reports.models import Passage
from consultation.reports.reading import labels
from consultation.reports.reading.docx import LABELS
from consultation.text.markdown import inline_tokens

_HEADINGS = {Passage.Kind.HEADING, Passage.Kind.LIST}
_DEEPEST_HEADING = 9


def write(contents: Contents) -> bytes:
    """A document in which each passage stands under a bookmark, with its labels as data beside the text."""
    document = docx.Document()
    report = contents.report
    document.core_properties.title, document.core_properties.language = report.title[:255], report.language
    _Body(document, contents).write()
    _add_labels(document, contents)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


class _Body:
    """What is seen of a report."""

    def __init__(self, document: Document, contents: Contents) -> None:
        self.document, self.contents = document, contents
        self.footnotes = Footnotes(document, contents)
        self.numbers = {passage.ref: number for number, passage in enumerate(contents.passages, 1)}

    def write(self) -> None:
        report = self.contents.report
        for line, style in (
            (report.forum, "Subtitle"),
            (report.title, "Title"),
            (report.date_line, None),
            (report.place_line, None),
        ):
            if line:
                self._text(self.document.add_paragraph(style=style), line, [], "")
        for passage in self.contents.passages:
            if passage.ref not in self.footnotes.refs:
                self._passage(passage)

    def _passage(self, passage: PassageFields) -> None:
        """The passage with its own marker as it stands in the source."""
        style = f"Heading {min(passage.depth + 1, _DEEPEST_HEADING)}" if passage.kind in _HEADINGS else None
        paragraph = self.document.add_paragraph(style=style)
        with_marker = bool(passage.marker.strip()) and passage.marker != "- "
        if passage.marker and not with_marker:
            paragraph.style = "List Bullet"
        self._marked(paragraph, passage, passage.marker if with_marker else "")

    def _marked(self, paragraph: Paragraph, passage: PassageFields, marker: str = "") -> None:
        """The words of a passage between the ends of its bookmark."""
        start, end = bookmark(f"passage_{passage.ref.replace('-', '_')}", self.numbers[passage.ref])
        paragraph._p.append(start)
        if marker:
            paragraph.add_run(marker)
        marks: list[str] = []
        address = ""
        for token in inline_tokens(passage.text):
            address = _follow(token, marks, address)
            if token.content and token.type in {"text", "text_special"}:
                self._text(paragraph, token.content, marks, address)
        paragraph._p.append(end)

    def _text(self, paragraph: Paragraph, words: str, marks: list[str], address: str) -> None:
        """Words with the notes that their marks refer to. In a note itself there is none."""
        if paragraph.part is not self.document.part:
            _run(paragraph, words, marks, address)
            return
        for piece, name in self.footnotes.pieces(words):
            if not name:
                _run(paragraph, piece, marks, address)
            elif note := self.footnotes.refer(paragraph, name):
                self._marked(note, self.footnotes.passage(name))


def _follow(token: Token, marks: list[str], address: str) -> str:
    """Open and close bold and italics in `marks`; gives the address of the link that is open."""
    name = token.type.partition("_")[0]
    if token.type in {"em_open", "strong_open"}:
        marks.append(name)
    elif token.type in {"em_close", "strong_close"}:
        marks.remove(name)
    elif token.type == "link_open":
        return str(token.attrGet("href") or "#")
    elif token.type == "link_close":
        return ""
    return address


def _run(paragraph: Paragraph, words: str, marks: list[str], address: str) -> None:
    run = paragraph.add_run(words)
    run.bold, run.italic = ("strong" in marks) or None, ("em" in marks) or None
    if address.startswith(("http://", "https://", "mailto:")):
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(address, RT.HYPERLINK, is_external=True))
        link.append(run._r)
        paragraph._p.append(link)


def _add_labels(document: Document, contents: Contents) -> None:
    """What the text does not show, as a part of data that word processors keep."""
    found = {
        "report": labels.report_label(contents),
        "passages": [{**labels.passage_label(p), "text": p.text} for p in contents.passages],
    }
    element = etree.Element(f"{{{LABELS}}}report")
    element.text = json.dumps(found)
    blob = etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = Part(PackURI("/customXml/report.xml"), "application/xml", blob, document.part.package)
    document.part.relate_to(part, RT.CUSTOM_XML)
