"""From blocks to the tree of passages: kind, ref, code, parent and what is doubtful. Pure, so that it can run again
after each correction of the editor.
"""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.reports.contents import PassageFields
from consultation.reports.editorial import notes
from consultation.reports.models import Passage
from consultation.reports.reading.blocks import Block, Doubt, ending, marked
from consultation.reports.reading.title_block import KINDS as TITLE_KINDS
from consultation.reports.reading.title_block import LEFT_OUT

Kind, Strand = Passage.Kind, Passage.Strand
_RECOMMENDATIONS = re.compile(r"recomm[ae]nd|recomendaci|рекоменд|توصي|建议|建議|提言|empfehlung", re.IGNORECASE)
_STRANDS = {
    Strand.POLITICAL: re.compile(
        r"\bpoli(?:tical|tiques?|cy)\b|\bpolític[ao]s?\b|политич|سياسي|政策|政治", re.IGNORECASE
    ),
    Strand.PRACTICAL: re.compile(
        r"\bpra(?:ctical|tiques?)\b|\bpráctic[ao]s?\b|практич|عملي|实践|實踐|实用", re.IGNORECASE
    ),
}
_PREFIX = {Strand.POLITICAL: ("pol", "POL."), Strand.PRACTICAL: ("pra", "PRA."), Strand.GENERAL: ("r", "R.")}
_ROMAN = re.compile(r"[ivxl]+")
_REF_LENGTH = 20
_NONE_FOUND = gettext_lazy(
    "No recommendation was found under this heading. Where it has some, make it, or the headings below it, a list of "
    "recommendations."
)


@dataclass
class Placed:
    """A block with the passage that it becomes, or none (title block, left out), and the doubts about it."""

    block: Block
    passage: PassageFields | None
    doubts: list[Doubt]

    @property
    def kind(self) -> str:
        """What it becomes: a kind of passage, a part of the title block, or left out."""
        return self.passage.kind if self.passage else self.block.kind or self.block.shape


@dataclass
class _Level:
    """An open passage that further ones can stand under."""

    key: str
    level: int
    passage: PassageFields
    children: int = 0
    number: str = ""


@dataclass
class _Tree:
    headings: list[tuple[int, PassageFields]] = field(default_factory=list)
    items: list[_Level] = field(default_factory=list)
    recommendations: PassageFields | None = None
    refs: set[str] = field(default_factory=set)
    # The refs that the labels of an export of ours give: nothing that was added to it gets one of them.
    labelled: set[str] = field(default_factory=set)
    count: dict[str, int] = field(default_factory=dict)
    last_number: int | None = None

    def next(self, name: str) -> int:
        """The next number with which this name is the ref of no labelled passage."""
        number = self.count.get(name, 0) + 1
        while f"{name}{number}" in self.labelled:
            number += 1
        self.count[name] = number
        return number

    @property
    def section(self) -> PassageFields | None:
        return self.headings[-1][1] if self.headings else None


def place(blocks: list[Block]) -> list[Placed]:
    """Each block with its passage. Raises nothing: what is not sure is a doubt."""
    labelled = {str(block.label["ref"]) for block in blocks if block.label is not None}
    tree = _Tree(refs=set(labelled), labelled=labelled)
    placed: list[Placed] = []
    order = 0
    numbered = max((i for i, b in enumerate(blocks) if b.shape == "number"), default=-1)
    for index, block in enumerate(blocks):
        kind = block.kind or _kind(blocks, index, tree)
        doubts = list(block.doubts)
        if kind in {*TITLE_KINDS, LEFT_OUT}:
            placed.append(Placed(block, None, doubts))
            continue
        passage = _passage(block, kind, tree, doubts, preamble=index < numbered)
        passage.order = order = order + 1
        placed.append(Placed(block, passage, doubts))
    _without_recommendations(placed)
    _pages_in_lists(placed)
    notes([p.passage for p in placed if p.passage and p.block.label is None])
    return placed


def _kind(blocks: list[Block], index: int, tree: _Tree) -> str:
    block = blocks[index]
    if block.label is not None:
        return str(block.label["kind"])
    if block.shape == "left_out":
        return LEFT_OUT
    if block.shape == "heading":
        after = next((b for b in blocks[index + 1 :] if b.shape != "left_out" and not _introduces(b)), None)
        listed = after is not None and after.shape in {"bullet", "number", "letter"}
        return Kind.LIST if listed and _RECOMMENDATIONS.search(block.text) else Kind.HEADING
    if block.shape in {"table", "note"}:
        return {"table": Kind.TABLE, "note": Kind.NOTE}[block.shape]
    in_list = tree.recommendations is not None and block.shape in {"bullet", "number", "letter"}
    return Kind.RECOMMENDATION if in_list else Kind.PARAGRAPH


def _introduces(block: Block) -> bool:
    """Whether these words announce a list: "The meeting recommends:"."""
    return block.shape == "plain" and ending(block.text).endswith((":", "："))


def _passage(block: Block, kind: str, tree: _Tree, doubts: list[Doubt], *, preamble: bool) -> PassageFields:
    if block.label is not None:
        passage = PassageFields(**{**block.label, "text": block.text, "marker": block.marker})
        _follow(passage, tree)
        return passage
    passage = PassageFields(
        "", "", kind, "", None, 0, 0, block.text, "", block.marker, block.blank_before, list(block.page_breaks)
    )
    if kind in {Kind.HEADING, Kind.LIST}:
        _place_heading(block, passage, tree)
    elif kind == Kind.RECOMMENDATION:
        _place_recommendation(block, passage, tree)
    elif kind == Kind.PARAGRAPH:
        _place_paragraph(block, passage, tree, doubts, preamble=preamble)
    else:
        passage.ref, passage.code = _of_a_row(kind, tree)
        _under(passage, None if kind == Kind.NOTE else tree.section)
    _name(block, passage, tree, doubts)
    return passage


def _follow(passage: PassageFields, tree: _Tree) -> None:
    """Open what a labelled passage opens, so that what was added after it finds its place."""
    if passage.kind in {Kind.HEADING, Kind.LIST}:
        tree.headings = [(above, heading) for above, heading in tree.headings if above <= passage.depth]
        tree.headings.append((passage.depth + 1, passage))
        tree.items, tree.recommendations = [], passage if passage.kind == Kind.LIST else None
    elif passage.kind in {Kind.PARAGRAPH, Kind.RECOMMENDATION}:
        cut = marked(f"{passage.marker}.")
        if cut.shape == "plain" and tree.recommendations is not None:
            return
        while tree.items and tree.items[-1].passage.ref != passage.parent:
            tree.items.pop()
        if tree.items:
            tree.items[-1].children += 1
        numbered = cut.shape == "number" and passage.kind == Kind.PARAGRAPH
        key = f"number {cut.number}" if numbered else "letter" if cut.shape == "letter" else f"{cut.shape} {cut.level}"
        level = -1 if numbered or cut.shape == "plain" else cut.level
        tree.items.append(_Level("plain" if cut.shape == "plain" else key, level, passage, number=cut.number))
        if numbered and cut.number.isdigit():
            tree.last_number = int(cut.number)


def _name(block: Block, passage: PassageFields, tree: _Tree, doubts: list[Doubt]) -> None:
    """The editor's ref, or the one found; never one that is there already."""
    wanted = (block.ref or passage.ref)[:_REF_LENGTH]
    passage.ref, number = wanted, 1
    while passage.ref in tree.refs:
        number += 1
        passage.ref = f"{wanted[: _REF_LENGTH - 4]}-{number}"
    if number > 1:
        doubts.append(Doubt("twice", _("“%s” is there twice.") % (passage.code or wanted)))
        passage.code = f"{passage.code} ({number})" if passage.code else ""
    tree.refs.add(passage.ref)


def _under(passage: PassageFields, parent: PassageFields | None) -> None:
    passage.parent = parent.ref if parent else None
    passage.depth = parent.depth + 1 if parent else 0


def _place_heading(block: Block, passage: PassageFields, tree: _Tree) -> None:
    level = block.level or 1
    tree.headings = [(above, heading) for above, heading in tree.headings if above < level]
    _under(passage, tree.section)
    tree.headings.append((level, passage))
    tree.items, tree.recommendations = [], None
    if passage.kind == Kind.LIST:
        strand = next((s for s, words in _STRANDS.items() if words.search(passage.text)), Strand.GENERAL)
        passage.ref = str(strand) if strand != Strand.GENERAL else "recommendations"
        tree.recommendations = passage
    else:
        passage.ref = f"h{tree.next('h')}"


def _strand(tree: _Tree) -> Passage.Strand:
    name = tree.recommendations.ref if tree.recommendations else ""
    return next((s for s in (Strand.POLITICAL, Strand.PRACTICAL) if name.startswith(s)), Strand.GENERAL)


def _place_recommendation(block: Block, passage: PassageFields, tree: _Tree) -> None:
    strand = _strand(tree)
    passage.strand = strand
    prefix, code = _PREFIX[strand]
    key = _key(block, tree)
    above = _parent_item(block, key, tree)
    if above is not None and above.passage.kind != Kind.RECOMMENDATION:
        above = None
    if above is None or (block.shape == "number" and "." in block.number):
        number = block.number if block.shape == "number" else str(tree.next(prefix))
        passage.ref, passage.code = f"{prefix}{number.replace('.', '-')}", f"{code}{number}"
        _under(passage, above.passage if above else tree.recommendations or tree.section)
    else:
        label = _sub_label(above, len(tree.items))
        passage.ref, passage.code = f"{above.passage.ref}{label}", f"{above.passage.code}.{label}"
        _under(passage, above.passage)
    tree.items.append(_Level(key, block.level, passage, number=block.number))


def _place_paragraph(block: Block, passage: PassageFields, tree: _Tree, doubts: list[Doubt], *, preamble: bool) -> None:
    if block.shape == "number" and (block.level == 0 or not tree.items):
        _place_number(block, passage, tree, doubts)
        return
    key = _key(block, tree)
    above = _parent_item(block, key, tree) if block.shape in {"bullet", "letter", "number"} else None
    if above is not None:
        label = _sub_label(above, len(tree.items))
        lettered = block.shape == "letter" and block.number.isalpha()
        label = block.number if lettered and block.number.isascii() and len(tree.items) % 2 else label
        passage.ref = f"{above.passage.ref}{label}"
        joint = f" ({block.number})" if lettered else f".{label}"
        passage.code = f"{above.passage.code}{joint}" if above.passage.code else ""
        _under(passage, above.passage)
        tree.items.append(_Level(key, block.level, passage))
        return
    if preamble and tree.last_number is None and ending(block.text).endswith((",", "،", "，", ";", "؛", "；")):
        number = tree.next("pp")
        passage.ref, passage.code = f"pp{number}", f"PP {number}"
    else:
        passage.ref = f"u{tree.next('u')}"
    _under(passage, tree.section)
    if block.shape in {"bullet", "letter", "number"}:
        tree.items.append(_Level(key, block.level, passage))  # the next one stands beside it
    elif tree.recommendations is None:  # words between recommendations end none of them
        tree.items = [_Level("plain", -1, passage)]


def _place_number(block: Block, passage: PassageFields, tree: _Tree, doubts: list[Doubt]) -> None:
    """A numbered paragraph: 3 under its heading, 1.2.3 under 1.2 where that is there."""
    passage.ref, passage.code = f"p{block.number.replace('.', '-')}", f"¶ {block.number}"
    above, dot, _last = block.number.rpartition(".")
    parent = next((i.passage for i in tree.items if dot and i.key == f"number {above}"), tree.section)
    _under(passage, parent)
    tree.items = [i for i in tree.items if i.key.startswith("number ") and block.number.startswith(i.key[7:] + ".")]
    tree.items.append(_Level(f"number {block.number}", -1, passage))
    if not dot and block.number.isdigit():
        number = int(block.number)
        if tree.last_number is not None and number > tree.last_number + 1:
            doubts.append(
                Doubt("missing", _("After %(last)s comes %(next)s.") % {"last": tree.last_number, "next": number})
            )
        tree.last_number = number


def _key(block: Block, tree: _Tree) -> str:
    """Items of one key are siblings. The letter i is the ninth where h stands before it, else roman."""
    if block.shape != "letter" or block.automatic:
        return f"{block.shape} {block.level}"
    if not _ROMAN.fullmatch(block.number):
        return "letter"
    letters = next((item for item in tree.items if item.key == "letter"), None)
    before = letters.passage.code.rstrip(")")[-1:] if letters else ""
    follows = len(block.number) == 1 and before.isalpha() and ord(before) + 1 == ord(block.number)
    return "letter" if follows else "roman"


def _parent_item(block: Block, key: str, tree: _Tree) -> _Level | None:
    """The open item that this one stands under; closes those that it ends."""
    above, dot, _last = block.number.rpartition(".")
    at = next((i for i, item in enumerate(tree.items) if dot and item.number == above), None)
    if at is not None:
        del tree.items[at + 1 :]
        return tree.items[at]
    same = next((i for i, item in enumerate(tree.items) if item.key == key), None)
    if same is not None:
        del tree.items[same:]
    elif block.shape != "letter" or block.automatic:
        while tree.items and tree.items[-1].level > block.level:
            tree.items.pop()
    return tree.items[-1] if tree.items else None


def _sub_label(above: _Level, depth: int) -> str:
    """a, b, c … under a number, 1, 2, 3 … under a letter."""
    above.children += 1
    if depth % 2 == 0:
        return str(above.children)
    letters, number = "", above.children
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _of_a_row(kind: str, tree: _Tree) -> tuple[str, str]:
    if kind == Kind.TABLE:
        number = tree.next("t")
        return f"t{number}", _("Table %s") % number
    number = tree.next("n")
    return f"n{number}", _("Note %s") % number


def _without_recommendations(placed: list[Placed]) -> None:
    """Ask about a heading that speaks of recommendations with none under it: positions are taken on nothing else."""
    waiting: list[Placed] = []
    for item in [*placed, None]:
        level = (item.block.level or 1) if item else 0
        if item and item.kind == Kind.RECOMMENDATION:
            waiting = []
        elif item is None or item.kind in {Kind.HEADING, Kind.LIST}:
            for heading in waiting:
                if (heading.block.level or 1) >= level:
                    heading.doubts.append(Doubt("recommendations", str(_NONE_FOUND)))
            waiting = [heading for heading in waiting if (heading.block.level or 1) < level]
            if item and _may_hold_recommendations(item):
                waiting.append(item)


def _may_hold_recommendations(item: Placed) -> bool:
    """A heading that speaks of them, where nobody has said what it is."""
    said = item.block.kind or item.block.label
    return item.kind == Kind.HEADING and not said and bool(_RECOMMENDATIONS.search(item.block.text))


def _pages_in_lists(placed: list[Placed]) -> None:
    """In a list without blank lines a single blank line is the end of a page."""
    rows = [p for p in placed if p.passage and p.passage.kind == Kind.RECOMMENDATION and p.block.label is None]
    for strand_parent in {p.passage.parent for p in rows if p.passage}:
        items = [p.passage for p in rows if p.passage and p.passage.parent == strand_parent][1:]
        apart = [item for item in items if item.blank_before]
        if len(apart) * 2 < len(items):
            for item in apart:
                item.blank_before = False
                item.page_breaks = [0, *item.page_breaks]
