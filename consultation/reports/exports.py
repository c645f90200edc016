"""A report as a file again: fixture (JSON, YAML), Markdown and DOCX. Reading any of them gives the same contents."""

import io
import json
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree
from markdown_it.token import Token

from consultation.reports import fixture_files
from consultation.reports.contents import Contents, PassageFields
from consultation.reports.models import Passage
from consultation.reports.reading import labels
from consultation.reports.reading.docx import LABELS
from consultation.text.markdown import inline_tokens

FORMS = {
    "json": "application/json",
    "yaml": "application/yaml",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_HEADINGS = {Passage.Kind.HEADING, Passage.Kind.LIST}
_DEEPEST_HEADING = 9


def export(contents: Contents, form: str) -> bytes:
    """The file of this form (a key of `FORMS`)."""
    if form == "docx":
        return as_docx(contents)
    writers = {"json": fixture_files.as_json, "yaml": fixture_files.as_yaml, "md": labels.write}
    return writers[form](contents).encode("utf-8")


def as_docx(contents: Contents) -> bytes:
    """A document with headings, lists, bold, italics and links; each passage under a bookmark, its labels as data."""
    document = docx.Document()
    report = contents.report
    document.core_properties.title, document.core_properties.language = report.title[:255], report.language
    for line, style in ((report.forum, "Subtitle"), (report.title, "Title")):
        if line:
            document.add_paragraph(line, style=style)
    for line in filter(None, (report.date_line, report.place_line)):
        document.add_paragraph(line)
    for number, passage in enumerate(contents.passages, 1):
        _add(document, passage, number)
    _add_labels(document, contents)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _add(document: Any, passage: PassageFields, number: int) -> None:
    """The passage with its own marker as it stands in the source, so that the words of the file are the report's."""
    style = f"Heading {min(passage.depth + 1, _DEEPEST_HEADING)}" if passage.kind in _HEADINGS else None
    paragraph = document.add_paragraph(style=style)
    start, end = _mark("w:bookmarkStart", number), _mark("w:bookmarkEnd", number)
    start.set(qn("w:name"), f"passage_{passage.ref.replace('-', '_')}")
    paragraph._p.append(start)
    if passage.marker.strip() and passage.marker != "- ":
        paragraph.add_run(passage.marker)
    elif passage.marker:
        paragraph.style = "List Bullet"
    marks: list[str] = []
    address = ""
    for token in inline_tokens(passage.text):
        address = _follow(token, marks, address)
        if token.content and token.type in {"text", "text_special"}:
            _run(paragraph, token.content, marks, address)
    paragraph._p.append(end)


def _mark(tag: str, number: int) -> Any:
    element = OxmlElement(tag)
    element.set(qn("w:id"), str(number))
    return element


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


def _run(paragraph: Any, words: str, marks: list[str], address: str) -> None:
    run = paragraph.add_run(words)
    run.bold, run.italic = ("strong" in marks) or None, ("em" in marks) or None
    if address.startswith(("http://", "https://", "mailto:")):
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(address, RT.HYPERLINK, is_external=True))
        link.append(run._r)
        paragraph._p.append(link)


def _add_labels(document: Any, contents: Contents) -> None:
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
