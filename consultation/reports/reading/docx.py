"""DOCX by python-docx: paragraphs and tables in order, with headings, numbers, bold, italics, links and footnotes.

Checked before (`text.archives`, `parts`): no document type declaration in any part, no macros; nothing is fetched.
"""

import io
import json
import re
from typing import Any, BinaryIO

import docx
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from consultation.reports.errors import Unreadable
from consultation.reports.reading import labels
from consultation.reports.reading.blocks import Block, Doubt, Source, join, made, marked
from consultation.reports.reading.characters import check_characters, turned
from consultation.reports.reading.inline import DEEPEST_STYLE, Runs, words
from consultation.reports.reading.notes import Note, Notes, bookmarked
from consultation.reports.reading.numbering import Numbering
from consultation.reports.reading.parts import broken, check_parts
from consultation.reports.reading.plain_text import left_out_marked
from consultation.text.markdown import plain

LABELS = "urn:consultation:report-labels"
_HEADING = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
_TITLES = {"title": "title", "subtitle": "forum"}
_UNREAD = [
    ("w:drawing", gettext_lazy("A picture or drawing is not read.")),
    ("w:pict", gettext_lazy("A picture or drawing is not read.")),
    ("w:txbxContent", gettext_lazy("A text box is not read: “%s”.")),
    ("m:oMath", gettext_lazy("A formula is not read: “%s”.")),
    ("w:altChunk", gettext_lazy("A part from another file is not read.")),
    ("w:object", gettext_lazy("An embedded object is not read.")),
    ("w:sym", gettext_lazy("A character of a symbol font is not read.")),
]
_REVISED = gettext_lazy("The file has tracked changes. Insertions were taken, deletions left out.")


def read(stream: BinaryIO) -> Source:
    """The blocks of a DOCX file that passed `check_archive`. Raises `Unreadable`."""
    check_parts(stream)
    try:
        document = docx.Document(stream)
        body = document.element.body
        if sum(1 for _paragraph in body.iter(qn("w:p"))) > _MOST_PARAGRAPHS:
            raise Unreadable(_("The file has more than %s paragraphs.") % f"{_MOST_PARAGRAPHS // 5:,}")
        reader = _Reader(document)
        reader.take_notes(reader.notes.after(""))
        for element in _flat(body, {qn("w:p"), qn("w:tbl")}):
            reader.take(element)
        reader.take_notes(reader.notes.left())
    except Unreadable:
        raise
    except Exception as error:  # python-docx and lxml raise of many kinds on what is not a document
        raise Unreadable(broken(stream)) from error
    source = reader.source()
    if not source.words.strip():
        raise Unreadable(_("The file is empty."))
    check_characters(source.words)
    source.doubts += turned(source.words)
    return source


def _flat(parent: Any, tags: set[str]) -> "list[Any]":
    """The elements of these names in order; those inside content controls too."""
    found = []
    for element in parent:
        if element.tag in tags:
            found.append(element)
        elif element.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins"), qn("w:smartTag")}:
            found += _flat(element, tags)
    return found


class _Reader:
    """Walks through a document once."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.blocks: list[Block] = []
        self.words: list[str] = []
        self.doubts: list[Doubt] = []
        part = next((r.target_part for r in document.part.rels.values() if r.reltype == RT.NUMBERING), None)
        self.numbering = Numbering(part.element if part is not None and hasattr(part, "element") else None)
        self.styles = {style.style_id: style for style in document.styles}
        self.labels = _labels(document)
        self.notes = Notes(document, self.labels)
        block = self.labels.get("", {})
        self.title_block = [str(block[k]) for k in ("forum", "title", "date_line", "place_line") if block.get(k)]

    def take(self, element: Any) -> None:
        if element.tag == qn("w:tbl"):
            self._table(element)
        else:
            self._paragraph(element)

    def _paragraph(self, paragraph: Any) -> None:
        runs = self._runs(paragraph, self.document.part)
        if runs.shown.strip() and runs.shown in self.title_block:
            self.title_block.remove(runs.shown)
            return
        self.words.append(runs.shown)
        if not runs.shown.strip():
            return
        number = len(self.words)
        ref = next((r for b in paragraph.iter(qn("w:bookmarkStart")) if (r := bookmarked(b)) in self.labels), "")
        if ref:
            self.blocks.append(self._labelled(ref, runs.shown, runs.markdown, number))
            self.take_notes(self.notes.after(ref))
        else:
            self._add(self._block(paragraph, runs, number))

    def _add(self, block: Block) -> None:
        """A block of the file's own; in an export of ours it was added."""
        if self.labels:
            block.doubts.append(labels.added())
        self.blocks.append(block)

    def _runs(self, paragraph: Any, part: Any) -> Runs:
        """The words of a paragraph; those that the file hides are asked about."""
        runs = Runs(paragraph, part, self.notes, self.styles)
        if runs.hidden.strip():
            self.doubts.append(Doubt("unread", _("Hidden words are left out: “%s”.") % runs.hidden.strip()[:80]))
        return runs

    def _block(self, paragraph: Any, runs: Runs, number: int) -> Block:
        name, level = self._heading(paragraph)
        marker, depth = self._marker(paragraph)
        if marker and not depth and (named := re.search(r"list \w+ ([2-9])", name)):
            depth = int(named[1]) - 1
        text = runs.markdown.strip()
        if marker:
            cut = made(marker, depth)
            block = Block(text, cut.shape, marker, cut.level, cut.number, number, number, text, automatic=True)
        else:
            cut = marked(text)
            block = Block(cut.rest.strip(), cut.shape, cut.marker, cut.level, cut.number, number, number, text)
        if level:
            block.shape, block.level, block.styled = "heading", level, True
            self._number_into(block)
        elif name.startswith("toc "):
            block.shape, block.text, block.marker = "left_out", text, ""
            block.doubts.append(Doubt("left_out", _("This line of the table of contents is left out.")))
        elif name in _TITLES:
            block.kind, block.shape, block.styled = _TITLES[name], "plain", name == "title"
        elif "list" in name and block.shape == "plain":
            block.shape, block.level = "bullet", int((re.findall(r"\d", name) or ["1"])[0]) - 1
            block.marker, block.automatic = "- ", True
        block.blank_before = block.shape != "bullet" or not self.blocks or self.blocks[-1].shape != "bullet"
        return block

    def _number_into(self, block: Block) -> None:
        """The number of a heading is part of its words, typed or made by the word processor: no code will show it."""
        made_here = block.automatic and not block.marker.startswith("- ")
        if made_here:
            self.words[-1] = block.marker + self.words[-1]
        if made_here or not block.automatic:
            block.text = block.marker.lstrip() + block.text
        block.marker, block.automatic = "", False

    def _labelled(self, ref: str, shown: str, markdown: str, number: int, *, note: bool = False) -> Block:
        """A passage of an export of ours: with its own marks where its words are the same, else as it was edited.

        The word processor makes bullets and the marks before notes: they are no words, and stay.
        """
        label = dict(self.labels[ref])
        text, marker = str(label.pop("text", "")), str(label.get("marker", ""))
        words = _letters(shown)
        with_marker = words == _letters(marker + plain(text))
        if with_marker or words == _letters(plain(text)):
            block = labels.labelled(label, marker + text, number, ref)
            block.automatic = not with_marker
        else:
            made_here = note or marker == "- "
            block = labels.labelled(label, (marker if made_here else "") + markdown.strip(), number, ref)
            block.automatic = made_here
            block.doubts.append(Doubt("edited", _("The words of this passage were changed since the export.")))
        return block

    def _heading(self, paragraph: Any) -> tuple[str, int]:
        """The name of the style in lower case, and the level of a heading: of the style, or of the outline."""
        styles = self._styles(paragraph)
        for style in styles:
            if found := _HEADING.match(style.name or "") or _HEADING.match(style.style_id or ""):
                return (style.name or "").lower(), int(found[1])
        outline = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        level = int(outline.get(qn("w:val"), "9")) + 1 if outline is not None else 0
        return ((styles[0].name or "").lower() if styles else ""), level if level < _BODY_TEXT else 0

    def _styles(self, paragraph: Any) -> list[Any]:
        """The style of the paragraph, and those that it is based on."""
        style = self.styles.get(paragraph.style or "")
        seen: list[Any] = []
        while style is not None and style not in seen and len(seen) < DEEPEST_STYLE:
            seen.append(style)
            style = getattr(style, "base_style", None)
        return seen

    def _marker(self, paragraph: Any) -> tuple[str, int]:
        """The number or bullet that the word processor shows, and its depth."""
        number = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        for style in self._styles(paragraph):
            if number is None:
                number = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if number is None:
            return "", 0
        num_id, depth = number.find(qn("w:numId")), number.find(qn("w:ilvl"))
        deep = int(depth.get(qn("w:val"))) if depth is not None else 0
        return (self.numbering.marker(num_id.get(qn("w:val")), deep) if num_id is not None else ""), deep

    def _table(self, table: Any) -> None:
        rows = []
        for row in _flat(table, {qn("w:tr")}):  # a table in a cell is words of the cell
            cells, shown = [], []
            for cell in row.findall(qn("w:tc")):
                runs = [self._runs(p, self.document.part) for p in cell.iter(qn("w:p"))]
                runs = [r for r in runs if r.shown.strip()]
                cells.append(" ".join(r.markdown.strip() for r in runs))
                shown.append(" ".join(r.shown.strip() for r in runs))
            rows.append(" | ".join(cells))
            self.words.append(" | ".join(shown))
        text = "\n".join(rows)
        if text.strip(" |\n"):
            self._add(Block(text, "table", first_line=len(self.words), last_line=len(self.words), source=text))

    def take_notes(self, notes: list[Note]) -> None:
        """Each of these notes as a block."""
        for note in notes:
            runs = [self._runs(p, note.part) for p in note.paragraphs]
            self._leave_mark_out(note, runs)
            first = len(self.words) + 1
            self.words += [r.shown for r in runs]
            runs = [r for r in runs if r.shown.strip()]
            if note.ref and runs:
                shown, markdown = ("\n".join(part) for part in ([r.shown for r in runs], [r.markdown for r in runs]))
                self.blocks.append(self._labelled(note.ref, shown, markdown, first, note=True))
            elif runs:
                self.blocks.append(_note_block(note, runs, first, len(self.words)))

    def _leave_mark_out(self, note: Note, runs: list[Runs]) -> None:
        """The mark that the file itself says is no word of the note. LibreOffice says it twice when it wrote it."""
        if note.mark and runs:
            runs[0].leave_out(note.mark)
            words = plain(str(self.labels[note.ref].get("text", ""))) if note.ref else ""
            if words and _letters("".join(r.shown for r in runs)) == _letters(note.mark + words):
                runs[0].leave_out(note.mark)

    def source(self) -> Source:
        label = self.labels.get("")
        blocks = self.blocks if label else left_out_marked(self.blocks)
        return Source("docx", blocks, "\n".join(self.words), [*self.doubts, *self._unread()], label)

    def _unread(self) -> list[Doubt]:
        """What the file shows and no passage will have."""
        body, found = self.document.element.body, []
        for tag, sentence in _UNREAD:
            found += [str(sentence).replace("%s", words(element)[:80]) for element in body.iter(_tag(tag))]
        if next(body.iter(qn("w:del")), None) is not None:
            found.append(str(_REVISED))
        for section in self.document.sections:
            for part in (section.header, section.footer):
                text = " ".join(p.text for p in part.paragraphs).strip()
                if text and not part.is_linked_to_previous:
                    found.append(_("The text at the head or foot of the pages is left out: “%s”.") % text[:80])
        return [Doubt("unread", sentence) for sentence in dict.fromkeys(found)]


_MOST_PARAGRAPHS = 50_000  # five of them, empty ones and cells of tables too, for each that a report can have
_BODY_TEXT = 10


def _letters(words: str) -> str:
    return "".join(words.split())


def _tag(name: str) -> str:
    if name.startswith("m:"):
        return f"{{http://schemas.openxmlformats.org/officeDocument/2006/math}}{name[2:]}"
    return str(qn(name))


def _note_block(note: Note, runs: list[Runs], first: int, last: int) -> Block:
    """A note with its paragraphs as one, as lines of a note are that follow each other."""
    marker = f"[^{note.name}]: "
    block, *further = (Block(t, "note", "", 0, note.name, first, last, t) for t in (r.markdown.strip() for r in runs))
    block.marker, block.automatic = marker, True
    for paragraph in further:
        paragraph.blank_before = False
        join(block, paragraph)
    return block


def _labels(document: Any) -> dict[str, Any]:
    """The labels of an export of ours: by ref, and of the whole report under ""."""
    for relation in document.part.rels.values():
        if relation.is_external or relation.reltype != RT.CUSTOM_XML:
            continue
        root = parse_xml(relation.target_part.blob)
        if root.tag == f"{{{LABELS}}}report":
            found = json.load(io.StringIO(root.text or "{}"))
            labels.check_report(found["report"])
            return {"": found["report"], **{label["ref"]: label for label in found["passages"]}}
    return {}
