"""The footnotes and endnotes of a DOCX file: what each is called in the text, and where those of our exports stood."""

import re
from dataclasses import dataclass
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from consultation.reports.models import Passage

# The tag of a reference and the id in it.
Key = tuple[str, str]

_KINDS = ((RT.FOOTNOTES, "w:footnoteReference"), (RT.ENDNOTES, "w:endnoteReference"))
_MARKER = re.compile(r"\[\^([\w-]{1,10})\]:[ \t]+")
_CUSTOM = re.compile(r"[\w-]{1,10}")
_COPY = re.compile(r"[- ][^\W\d_]+[- ]\d+\Z")
_OFF = {"0", "false", "off"}


@dataclass(frozen=True)
class Note:
    """A note with its paragraphs, in the part that holds its links; `ref` of an export of ours, else empty."""

    name: str
    ref: str
    # What stands before its words where the file says the mark itself instead of counting.
    mark: str
    paragraphs: list[Any]
    part: Any


class Notes:
    """The notes of a document that its body refers to, and those that it does not.

    `names` are what stands in the text as `[^name]`, by reference; `crossed` the same by the bookmarks around them.
    """

    def __init__(self, document: Any, labels: dict[str, Any]) -> None:
        body = document.element.body
        marks = {_key(reference): custom_mark(reference) for reference in body.iter(*(qn(tag) for _, tag in _KINDS))}
        found = _found(document)
        refs = _refs(found, labels)
        given = {key: note_name(labels[ref]["marker"]) for key, ref in refs.items()}
        self.names = _names([*dict.fromkeys([*marks, *found])], {**marks, **given})
        self.crossed = _crossed(body, self.names)
        self._left: dict[str, list[Note]] = {}
        places = _places(labels, set(refs.values()))
        for key, name in self.names.items():
            if key in found:
                element, part = found[key]
                mark = name if marks.get(key) == name else ""
                note = Note(name, refs.get(key, ""), mark, list(element.iter(qn("w:p"))), part)
                self._left.setdefault(places.get(note.ref, _AT_THE_END), []).append(note)
        order = {ref: number for number, ref in enumerate(labels)}
        for notes in self._left.values():
            notes.sort(key=lambda note: order.get(note.ref, len(order)))

    def after(self, ref: str) -> list[Note]:
        """The notes that stood directly behind this passage in an export of ours; "" for its beginning."""
        return self._left.pop(ref, [])

    def left(self) -> list[Note]:
        """The others, in the order of reading."""
        return [note for ref in list(self._left) for note in self._left.pop(ref)]


_AT_THE_END = "\0"


def note_name(marker: str) -> str:
    """The name in the marker of a note, `1` in `[^1]: `; empty where it is none."""
    found = _MARKER.fullmatch(marker)
    return found[1] if found else ""


def custom_mark(reference: Any) -> str:
    """The mark of a note that the file says itself, where it can be a name; empty where the word processor counts."""
    if str(reference.get(qn("w:customMarkFollows"), "0")).lower() in _OFF:
        return ""
    following = reference.getnext()
    text = (following.text or "").strip() if following is not None and following.tag == qn("w:t") else ""
    return text if _CUSTOM.fullmatch(text) else ""


def _key(reference: Any) -> Key:
    return reference.tag, reference.get(qn("w:id"), "")


def _found(document: Any) -> dict[Key, tuple[Any, Any]]:
    """Each note of the file that has words, not a line that separates, with its part."""
    found = {}
    for relation, tag in _KINDS:
        for part in [r.target_part for r in document.part.rels.values() if r.reltype == relation]:
            for note in parse_xml(part.blob):
                if note.get(qn("w:type")) in {None, "normal"}:
                    found[qn(tag), note.get(qn("w:id"), "")] = (note, part)
    return found


def _refs(found: dict[Key, tuple[Any, Any]], labels: dict[str, Any]) -> dict[Key, str]:
    """The refs of the notes of an export of ours, each once, from the bookmarks in them."""
    refs: dict[Key, str] = {}
    taken = set()
    for key, (element, _part) in found.items():
        for bookmark in element.iter(qn("w:bookmarkStart")):
            ref = next((r for r in (bookmarked(bookmark), _original(bookmark)) if r in labels), "")
            label = labels[ref] if ref and ref not in taken else None
            if label and label.get("kind") == Passage.Kind.NOTE and note_name(str(label.get("marker", ""))):
                refs[key] = ref
                taken.add(ref)
                break
    return refs


def bookmarked(bookmark: Any) -> str:
    """The ref in the name of a bookmark that our exports write."""
    return str(bookmark.get(qn("w:name"), "")).removeprefix("passage_").replace("_", "-")


def _original(bookmark: Any) -> str:
    """The same of a bookmark that LibreOffice copied with its note: `passage_n1_Copy_1`, in its language."""
    return _COPY.sub("", bookmarked(bookmark))


def _names(keys: list[Key], given: dict[Key, str]) -> dict[Key, str]:
    """A name for each note: its own, else its number in the order of reading, as people see it."""
    names: dict[Key, str] = {}
    taken: set[str] = set()
    for key in keys:
        if (name := given.get(key, "")) and name not in taken:
            names[key] = name
            taken.add(name)
    number = 0
    for key in keys:
        if key not in names:
            number += 1
            while str(number) in taken:
                number += 1
            names[key] = str(number)
    return {key: names[key] for key in keys}


def _places(labels: dict[str, Any], notes: set[str]) -> dict[str, str]:
    """For each of these notes the passage that it stood behind in the export."""
    places, before = {}, ""
    for ref in labels:
        if ref in notes:
            places[ref] = before
        else:
            before = ref
    return places


def _crossed(body: Any, names: dict[Key, str]) -> dict[str, str]:
    """The names of the notes by the bookmarks around their references, for what refers to them again."""
    crossed: dict[str, str] = {}
    opened: dict[str, str] = {}
    start, end = qn("w:bookmarkStart"), qn("w:bookmarkEnd")
    for element in body.iter(start, end, *(qn(tag) for _, tag in _KINDS)):
        if element.tag == start:
            opened[element.get(qn("w:id"), "")] = element.get(qn("w:name"), "")
        elif element.tag == end:
            opened.pop(element.get(qn("w:id"), ""), None)
        else:
            crossed.update(dict.fromkeys(opened.values(), names[_key(element)]))
            opened.clear()
    return crossed
