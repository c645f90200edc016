"""The runs of a paragraph in DOCX as Markdown: bold, italics, links, footnote marks; what stands there stays."""

import re
from typing import Any

from docx.oxml.ns import qn

from consultation.text.markdown import plain

_SPECIAL = re.compile(r"([\\*_\[\]])")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s()<>]+\Z", re.IGNORECASE)
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
    """One paragraph: its `words` as they stand in the file, and the same as `markdown`.

    `notes` are the numbers of the notes that it may refer to, by the tag and the id of the reference.
    """

    def __init__(self, paragraph: Any, part: Any, notes: dict[tuple[str, str], str]) -> None:
        self._pieces: list[tuple[str, str, str]] = []  # text, marks, address of a link ("#" for one without)
        self._part, self._notes = part, notes
        self._walk(paragraph, "", None)
        self.words = "".join(text for text, marks, _address in self._pieces if marks != "note")
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
            elif child.tag != qn("w:pPr"):
                self._walk(child, marks, address)

    def _run(self, run: Any, address: str | None) -> None:
        script = "Cs" if _on(run, "w:rtl") or _on(run, "w:cs") else ""  # right-to-left words have marks of their own
        marks = "".join(mark for mark, name in (("**", "w:b"), ("*", "w:i")) if _on(run, name + script))
        text = ""
        for child in run:
            if child.tag == qn("w:t"):
                text += child.text or ""
            elif child.tag == qn("w:noBreakHyphen"):
                text += "-"
            elif child.tag in {qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:ptab")}:
                text += " "
            elif child.tag in {qn("w:footnoteReference"), qn("w:endnoteReference")}:
                self._put(text, marks, address)
                name = child.get(qn("w:id"), "")
                self._put(f"[^{self._notes.get((child.tag, name), name)}]", "note", None)
                text = ""
        self._put(text, marks, address)

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


def _on(run: Any, name: str) -> bool:
    found = run.find(f"{qn('w:rPr')}/{qn(name)}")
    return found is not None and str(found.get(qn("w:val"), "1")).lower() not in _OFF
