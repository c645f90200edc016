"""The runs of a paragraph in DOCX as Markdown: bold, italics, links, footnote marks; what stands there stays."""

import re
from typing import Any

from docx.oxml.ns import qn

from consultation.reports.reading.notes import Notes, custom_mark
from consultation.text.markdown import plain

_SPECIAL = re.compile(r"([\\*_\[\]])")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s()<>]+\Z", re.IGNORECASE)
_CROSSING = re.compile(r"\s*NOTEREF\s+\"?([^\s\"]+)", re.IGNORECASE)
DEEPEST_STYLE = 12  # of styles that are based on others
_OFF = {"0", "false", "off", "none"}
# Not the paragraph's own words: boxes and drawings have theirs, the second of two alternatives repeats the first.
_ELSEWHERE = {
    qn("w:drawing"),
    qn("w:pict"),
    qn("w:del"),
    qn("w:moveFrom"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
}


class Runs:
    """One paragraph: what is `shown` of it in the file, the same as `markdown`, and what the file has but hides.

    `notes` are those that it may refer to; `styles` those of characters by their id.
    """

    def __init__(self, paragraph: Any, part: Any, notes: Notes, styles: dict[str, Any]) -> None:
        self._pieces: list[tuple[str, str, str]] = []  # text, marks, address of a link ("#" for one without)
        self._part, self._notes, self._styles = part, notes, styles
        self.hidden = ""
        self._fields: list[str] = []  # the instructions of those that are open
        self._walk(paragraph, "", None)
        self._finish()

    def leave_out(self, mark: str) -> None:
        """Leave out the mark of a note where it stands before its words: it is none of them."""
        if self._pieces and self._pieces[0][0].startswith(mark):
            text, marks, address = self._pieces.pop(0)
            self._pieces.insert(0, (text.removeprefix(mark), marks, address))
            self._finish()

    def _finish(self) -> None:
        self.shown = "".join(text for text, _marks, _address in self._pieces)  # with the marks of its notes
        self.markdown = self._markdown()

    def _walk(self, element: Any, marks: str, address: str | None) -> None:
        for child in element:
            if child.tag in _ELSEWHERE:
                continue
            if child.tag == qn("w:r"):
                self._run(child, address)
            elif child.tag == qn("w:hyperlink"):
                self._walk(child, marks, self._address(child))
            elif child.tag == qn("w:fldSimple") and (name := self._crossed(child.get(qn("w:instr"), ""))):
                self._put(f"[^{name}]", "note", None)
            elif child.tag != qn("w:pPr"):
                self._walk(child, marks, address)

    def _run(self, run: Any, address: str | None) -> None:
        if self._on(run, "w:vanish"):
            self.hidden += "".join(text.text or "" for text in run.iter(qn("w:t")))
            return
        # Right-to-left words have marks of their own.
        script = "Cs" if self._on(run, "w:rtl") or self._on(run, "w:cs") else ""
        marks = "".join(mark for mark, name in (("**", "w:b"), ("*", "w:i")) if self._on(run, name + script))
        said = ""  # the mark of the note before, where the file says it
        for child in run:
            if child.tag == qn("w:t"):
                text = "" if any(map(self._crossed, self._fields)) else child.text or ""
                self._put("" if said and text.strip() == said else text, marks, address)
                said = ""
            elif child.tag == qn("w:noBreakHyphen"):
                self._put("-", marks, address)
            elif child.tag in {qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:ptab")}:
                self._put(" ", marks, address)
            elif child.tag in {qn("w:footnoteReference"), qn("w:endnoteReference")}:
                number = child.get(qn("w:id"), "")
                name = self._notes.names.get((child.tag, number), number)
                self._put(f"[^{name}]", "note", None)
                said = name if custom_mark(child) == name else ""
            elif child.tag in {qn("w:fldChar"), qn("w:instrText")}:
                self._field(child)

    def _on(self, run: Any, name: str) -> bool:
        """Whether a property is on: of the run itself, else of its style or one that it is based on."""
        said, style = _switch(run, name), run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
        for _step in range(DEEPEST_STYLE):
            found = self._styles.get(style.get(qn("w:val"), "")) if style is not None and said is None else None
            if found is None:
                break
            said, style = _switch(found.element, name), found.element.find(qn("w:basedOn"))
        return bool(said)

    def _field(self, child: Any) -> None:
        """A field in the text: one that refers to a note again is the mark of that note, others are what they show."""
        kind = child.get(qn("w:fldCharType"), "")
        if kind == "begin":
            self._fields.append("")
        elif self._fields and kind == "end":
            self._fields.pop()
        elif self._fields and kind == "separate" and (name := self._crossed(self._fields[-1])):
            self._put(f"[^{name}]", "note", None)
        elif self._fields and not kind:
            self._fields[-1] += child.text or ""

    def _crossed(self, instruction: str) -> str:
        """The name of the note that the instruction of a field refers to again."""
        found = _CROSSING.match(instruction)
        return self._notes.crossed.get(found[1], "") if found else ""

    def _put(self, text: str, marks: str, address: str | None) -> None:
        if not text:
            return
        if self._pieces and self._pieces[-1][1:] == (marks, address or ""):
            before = self._pieces.pop()[0]
            text = before + text
        self._pieces.append((text, marks, address or ""))

    def _address(self, hyperlink: Any) -> str:
        relation = self._part.rels.get(hyperlink.get(qn("r:id"), ""))
        target = relation.target_ref if relation is not None and relation.is_external else ""
        return target if _ADDRESS.match(target) else "#"

    def _markdown(self) -> str:
        whole = "".join(text for text, _marks, _address in self._pieces)
        for escape in (False, True):
            written = "".join(self._piece(*piece, escape=escape) for piece in self._pieces)
            if plain(written) == whole:
                return written
        # Marks that touch each other can be read otherwise: then the words go before the marks.
        return _escaped(whole)

    @staticmethod
    def _piece(text: str, marks: str, address: str, *, escape: bool) -> str:
        if marks == "note" or not text.strip():
            return text
        inner = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        inner = _escaped(inner) if escape else inner
        marks = "***" if len(marks) > len("**") else marks
        inner = f"{marks}{inner}{marks}"
        return f"{before}[{inner}]({address}){after}" if address else f"{before}{inner}{after}"


def words(element: Any) -> str:
    """All words inside an element."""
    return "".join(t.text or "" for t in element.iter() if str(t.tag).endswith("}t"))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _switch(element: Any, name: str) -> bool | None:
    """Whether this property of a run or style is on; None where nothing is said of it."""
    found = element.find(f"{qn('w:rPr')}/{qn(name)}")
    return None if found is None else str(found.get(qn("w:val"), "1")).lower() not in _OFF
