"""The notes of a report as footnotes of Word, for which python-docx has no names of its own."""

import re
from functools import cached_property
from itertools import chain
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from consultation.reports.contents import Contents, PassageFields
from consultation.reports.models import Passage
from consultation.reports.reading.notes import note_name
from consultation.text.markdown import inline_tokens

_MARK = re.compile(r"(\[\^[\w-]{1,10}\])")
_TEXT, _REFERENCE = "footnote text", "footnote reference"
# The lines that word processors draw between the page and its notes are notes of their own kind.
_LINES = {"-1": "separator", "0": "continuationSeparator"}
# What the schema wants behind the notes in the settings of a document, of what python-docx has there.
_AFTER_NOTES = ("w:compat", "w:rsids", "m:mathPr", "w:themeFontLang", "w:clrSchemeMapping", "w:decimalSymbol")


class Footnotes:
    """The footnotes of one document: those notes of a report that its text refers to, each at its first mark.

    A further mark refers to the same footnote. Other notes are no footnotes, and stay paragraphs.
    """

    def __init__(self, document: Document, contents: Contents) -> None:
        self._document = document
        named: dict[str, PassageFields] = {}
        for passage in contents.passages:
            if passage.kind == Passage.Kind.NOTE and (name := note_name(passage.marker)):
                named.setdefault(name, passage)
        notes = {passage.ref for passage in named.values()}
        body = [passage.text for passage in contents.passages if passage.ref not in notes]
        self._named = {name: named[name] for name in _marks(contents, body) if name in named}
        self.refs = {passage.ref for passage in self._named.values()}
        self._ids: dict[str, int] = {}
        self._counted = 0

    def pieces(self, words: str) -> list[tuple[str, str]]:
        """The words in pieces, each with the name of the note that it is the mark of, or none."""
        pieces = [(piece, piece[2:-1] if _MARK.fullmatch(piece) else "") for piece in _MARK.split(words) if piece]
        return [(piece, name if name in self._named else "") for piece, name in pieces]

    def refer(self, paragraph: Paragraph, name: str) -> Paragraph | None:
        """Put the mark of this note at the end of the paragraph; gives the note to be written, at its first mark.

        The word processor counts the notes; the mark is said in the file where it would count another number.
        """
        if name in self._ids:
            _refer_again(paragraph, self._ids[name], name)
            return None
        number = self._ids[name] = len(self._ids) + 1
        counted = name == str(self._counted + 1)
        self._counted += counted
        reference = OxmlElement("w:footnoteReference")
        if not counted:
            reference.set(qn("w:customMarkFollows"), "1")
        reference.set(qn("w:id"), str(number))
        start, end = bookmark(_name(number), _FIRST_BOOKMARK + number)
        paragraph._p.append(start)
        _run(paragraph, reference, said="" if counted else name)
        paragraph._p.append(end)
        return self._write(number, "" if counted else name)

    def passage(self, name: str) -> PassageFields:
        """The passage that is the note of this name."""
        return self._named[name]

    def _write(self, number: int, said: str) -> Paragraph:
        note = OxmlElement("w:footnote")
        note.set(qn("w:id"), str(number))
        self._part.element.append(note)
        note.append(OxmlElement("w:p"))
        paragraph = Paragraph(note[0], self._part)
        note[0].style = self._document.styles[_TEXT].style_id
        _run(paragraph, None if said else OxmlElement("w:footnoteRef"), said=said)
        paragraph.add_run(" ")
        return paragraph

    @cached_property
    def _part(self) -> XmlPart:
        """The part of the notes with its lines, and the styles that word processors look for."""
        styles, package = self._document.styles, self._document.part.package
        text = styles.add_style(_TEXT, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.base_style, text.font.size = styles["Normal"], Pt(10)
        text.paragraph_format.space_after = Pt(0)
        reference = styles.add_style(_REFERENCE, WD_STYLE_TYPE.CHARACTER, builtin=True)
        reference.font.superscript = True
        text.element.styleId, reference.element.styleId = "FootnoteText", "FootnoteReference"
        part = XmlPart(PackURI("/word/footnotes.xml"), CT.WML_FOOTNOTES, parse_xml(_notes("w:footnotes")), package)
        self._document.part.relate_to(part, RT.FOOTNOTES)
        settings = self._document.settings.element
        settings.insert_element_before(parse_xml(_notes("w:footnotePr", full=False)), *_AFTER_NOTES)
        return part


# Those of the passages are counted from 1.
_FIRST_BOOKMARK = 1_000_000


def _marks(contents: Contents, body: list[str]) -> list[str]:
    """The names of all marks in the words of a report, in the order of reading."""
    report = contents.report
    lines = (_MARK.findall(line) for line in (report.forum, report.title, report.date_line, report.place_line))
    words = (token.content for text in body for token in inline_tokens(text) if token.type in {"text", "text_special"})
    return [mark[2:-1] for mark in chain(chain.from_iterable(lines), *map(_MARK.findall, words))]


def _notes(tag: str, *, full: bool = True) -> str:
    line = '<w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:{0}/></w:r></w:p>'
    notes = (
        f'<w:footnote w:type="{kind}" w:id="{number}">{line.format(kind)}</w:footnote>'
        if full
        else f'<w:footnote w:id="{number}"/>'
        for number, kind in _LINES.items()
    )
    return f"<{tag} {nsdecls('w', 'r')}>{''.join(notes)}</{tag}>"


def _name(number: int) -> str:
    return f"_Note{number}"


def bookmark(name: str, number: int) -> tuple[Any, Any]:
    """The two ends of a bookmark; its number is its own in the document."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    end.set(qn("w:id"), str(number))
    return start, end


def _run(paragraph: Paragraph, element: Any, *, said: str = "") -> None:
    """A raised run with this element, and the mark where the file says it."""
    run = paragraph.add_run()
    run._r.style = "FootnoteReference"
    if element is not None:
        run._r.append(element)
    if said:
        run.add_text(said)


def _refer_again(paragraph: Paragraph, number: int, name: str) -> None:
    for kind in ("begin", "", "separate", "shown", "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = f" NOTEREF {_name(number)} \\f \\h "
            element.set(qn("xml:space"), "preserve")
        _run(paragraph, None if kind == "shown" else element, said=name if kind == "shown" else "")
