"""The parts that a document is made of, as plain data: page, DOCX and PDF are written from the same ones."""

import unicodedata
from html.parser import HTMLParser
from typing import Any

from consultation.text import characters, markdown
from consultation.text.difference import difference

Block = dict[str, Any]
Run = dict[str, Any]


def heading(level: int, text: str, *, annex: bool = False) -> Block:
    """A heading of level 1 (numbered, but for annexes) to 3."""
    return {"type": "heading", "level": level, "text": text, "annex": annex}


def words(*runs: Run, inset: bool = False) -> Block:
    """A paragraph of these runs; `inset` belongs to the statement before it."""
    return _words(list(runs), inset=inset)


def run(text: str, *, bold: bool = False, change: str = "") -> Run:
    """A piece of text; `change` is `added` or `removed` in a difference."""
    return {"text": text, "bold": bold, "italic": False, "code": False, "change": change}


def report_words(text: str, language: str) -> Block:
    """Words of the report itself."""
    return {"type": "report", "text": text, "language": language}


def statement(label: str, text: str) -> Block:
    """The line that says whose words follow, with the label by which they can be cited."""
    return {"type": "statement", "label": label, "text": text}


def note(text: str) -> Block:
    """A sentence that nobody may overlook."""
    return {"type": "note", "text": text}


def table(caption: str, head: list[str], rows: list[list[str]]) -> Block:
    """A table with a header row; the first column names the line, the others are figures."""
    return {"type": "table", "caption": caption, "head": head, "rows": rows}


def marked(source: str, *, inset: bool = False) -> list[Block]:
    """What a reader of the page sees of a text in Markdown: its paragraphs, list items and quotations."""
    parser = _Marked(inset=inset)
    parser.feed(markdown.safe(characters.printable(source)))
    parser.close()
    return parser.finished()


def unmarked(text: str, *, inset: bool = False) -> list[Block]:
    """A text without Markdown, a paragraph for each run of lines."""
    return [_words([run(part)], inset=inset) for part in text.split("\n\n") if part.strip()]


def changes(old: str, new: str) -> Block:
    """The difference word by word, what is removed and what is added each marked."""
    kinds = {"same": "", "removed": "removed", "added": "added"}
    return _words([run(part.text, change=kinds[part.kind]) for part in difference(old, new)], inset=True)


def safe(value: Any) -> Any:
    """The same data with every character that a document cannot hold shown as U+FFFD, and no direction overrides."""
    if isinstance(value, str):
        return characters.printable(value)
    if isinstance(value, dict):
        return {key: safe(item) for key, item in value.items()}
    return [safe(item) for item in value] if isinstance(value, list) else value


def _words(runs: list[Run], *, inset: bool, marker: str = "", depth: int = 0, quoted: bool = False) -> Block:
    return {
        "type": "words",
        "runs": runs,
        "inset": inset,
        "marker": marker,
        "depth": depth,
        "quoted": quoted,
        "rtl": _from_right("".join(r["text"] for r in runs)),
    }


def _from_right(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left (as `dir=auto` decides)."""
    directions = (unicodedata.bidirectional(c) for c in text)
    return next((d != "L" for d in directions if d in {"L", "R", "AL"}), False)


class _Marked(HTMLParser):
    """Reads the sanitised HTML of `text.markdown.render`, which has few tags and none that is not closed."""

    def __init__(self, *, inset: bool) -> None:
        super().__init__()
        self.inset = inset
        self.blocks: list[Block] = []
        self.runs: list[Run] = []
        self.open: dict[str, int] = {}
        self.lists: list[int | None] = []  # the next number of each open list; None for bullets
        self.marker = ""
        self.link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"p", "li", "ul", "ol", "blockquote"}:
            self._end_block()
        if tag in {"ul", "ol"}:
            self.lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._next_marker()
        elif tag == "br":
            self.runs.append(self._run("\n"))
        elif tag == "a":
            self.link = (given.get("href") or "", len(self.runs))
        else:
            self.open[tag] = self.open.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "li", "ul", "ol", "blockquote"}:
            self._end_block()
        if tag in {"ul", "ol"}:
            self.lists.pop()
        elif tag == "a":
            self._tell_address()
        elif tag != "li":
            self.open[tag] = self.open.get(tag, 0) - 1

    def handle_data(self, data: str) -> None:
        after_break = bool(self.runs) and self.runs[-1]["text"].endswith("\n")
        text = data.removeprefix("\n") if after_break or not self.runs else data
        if text:
            self.runs.append(self._run(text))

    def finished(self) -> list[Block]:
        self._end_block()
        return self.blocks

    def _run(self, text: str) -> Run:
        found = run(text, bold=self._in("strong"))
        return {**found, "italic": self._in("em"), "code": self._in("code")}

    def _in(self, tag: str) -> bool:
        return self.open.get(tag, 0) > 0

    def _next_marker(self) -> None:
        number = self.lists[-1]
        self.marker = "•" if number is None else f"{number}."
        if number is not None:
            self.lists[-1] = number + 1

    def _tell_address(self) -> None:
        """A link becomes its words with the address behind them, where the words are not the address."""
        if self.link:
            address, start = self.link
            said = "".join(r["text"] for r in self.runs[start:])
            if address and said not in {address, address.removeprefix("mailto:")}:
                self.runs.append(self._run(f" ({address})"))
        self.link = None

    def _end_block(self) -> None:
        while self.runs and not self.runs[-1]["text"].rstrip("\n"):
            self.runs.pop()
        if self.runs:
            self.runs[-1]["text"] = self.runs[-1]["text"].rstrip("\n")
            block = _words(
                self.runs, inset=self.inset, marker=self.marker, depth=len(self.lists), quoted=self._in("blockquote")
            )
            self.blocks.append(block)
            self.marker = ""
        self.runs = []
