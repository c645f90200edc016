"""Characters in, characters out: what a draft keeps of its source, and everything that differs."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from consultation.reports.reading.blocks import Block, Source
from consultation.reports.reading.title_block import LEFT_OUT
from consultation.text.markdown import plain

_SHOWN = 200
_CHUNK = re.compile(r"\S+")


@dataclass(frozen=True)
class Difference:
    """Characters of the source that no passage has (`lost`), or of the passages that the source has not (`added`)."""

    kind: Literal["lost", "added"]
    text: str


@dataclass(frozen=True)
class Fidelity:
    """Characters without white space, counted in the source and in what would be stored."""

    characters_in: int
    characters_out: int
    differences: list[Difference]

    @property
    def same(self) -> bool:
        return not self.differences


def fidelity(source: Source) -> Fidelity:
    """Compare all characters of the source with those of its blocks, in order; white space is not compared."""
    before = _CHUNK.findall(source.words)
    after = _CHUNK.findall("\n".join(_out(block, source.format) for block in source.blocks))
    whole_before, whole_after = "".join(before), "".join(after)
    differences = [] if whole_before == whole_after else _differences(before, after)
    return Fidelity(len(whole_before), len(whole_after), differences)


def _out(block: Block, source_format: str) -> str:
    if (block.kind or block.shape) == LEFT_OUT:
        return ""
    if source_format == "docx":
        return ("" if block.automatic else block.marker) + plain(block.text)
    return block.marker + block.text


def _differences(before: list[str], after: list[str]) -> list[Difference]:
    """By words, after what is the same at both ends was put aside."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    found: list[Difference] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=len(old) > _LONG).get_opcodes():
        lost, added = " ".join(old[a:b]), " ".join(new[c:d])
        if tag == "equal" or lost.replace(" ", "") == added.replace(" ", ""):
            continue
        found += [Difference("lost", lost[:_SHOWN])] if lost else []
        found += [Difference("added", added[:_SHOWN])] if added else []
    return found


_LONG = 5_000  # words; above this words that come often are not compared, for the time it takes
