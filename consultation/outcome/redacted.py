"""Published versions never change, but what a moderator blacks out later is shown in them no more."""

import json
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from consultation.moderation.models import Redaction
from consultation.outcome import blocks as b
from consultation.outcome.blocks import Block
from consultation.outcome.models import OutcomeVersion
from consultation.record.errors import Refusal
from consultation.text.markdown import plain
from consultation.text.redaction import BLACKED, blacked_in, places

# Between paragraphs: white space for what is looked for, and in no text of a document (`characters.printable`).
_BREAK = "\x1f"


class Withheld(Refusal):
    """A file that holds words which were blacked out since it was made."""


def words_blacked_out(consultation: int) -> list[str]:
    """What moderators blacked out in the consultation with this key, as it was written, as it is read and as a document
    says it: one query.
    """
    redactions = Redaction.objects.filter(decision__consultation=consultation)
    written = [one for words in redactions.values_list("words", flat=True) for one in words]
    return [each for one in written for each in (one, plain(one), _BREAK.join(map(_text, b.marked(one))))]


def shown(version: OutcomeVersion) -> Any:
    """The document of a version as everybody may read it now."""
    words = words_blacked_out(version.consultation_id)
    return _without(version.document, words) if words else version.document


def require_clean(version: OutcomeVersion) -> None:
    """Raise `Withheld` where the files of this version hold words that are blacked out."""
    words = words_blacked_out(version.consultation_id)
    if not words:
        return
    data = json.loads(bytes(version.data))
    if _without(version.document, words) != version.document or blacked_in(data, words) != data:
        raise Withheld(
            _(
                "A moderator blacked out words that stand in this file, so it is no longer given out. The page of this "
                "version shows everything else; a correction has files again."
            )
        )


def repeats(source: str, words: list[str]) -> bool:
    """Whether a text in Markdown says any of these words, as it is written or as a document says it."""
    return bool(places(source, words) or places(_BREAK.join(map(_text, b.marked(source))), words))


def _without(value: Any, words: list[str]) -> Any:
    """The parts of a document without these words, also where they run across marks and paragraphs."""
    if isinstance(value, list):
        groups = groupby(value, key=lambda each: isinstance(each, dict) and bool(each.get("runs")))
        return [
            made
            for paragraphs, group in groups
            for made in (_paragraphs(list(group), words) if paragraphs else [_without(each, words) for each in group])
        ]
    if isinstance(value, dict):
        return {name: _without(each, words) for name, each in value.items()}
    return blacked_in(value, words)


def _text(block: Block) -> str:
    """The words of a paragraph. The proposed words of a difference run on across those that it takes away."""
    return "".join(run["text"] for run in block["runs"] if run["change"] != "removed")


def _paragraphs(blocks: list[Block], words: list[str]) -> list[Block]:
    """Paragraphs that follow each other without these words: what is blacked out across them is so where it begins."""
    whole = _BREAK.join(map(_text, blocks))
    found = places(whole, words)
    made, start = [], 0
    for block in blocks:
        end = start + len(_text(block))
        here = [(first, last) for first, last in found if first < end and last > start]
        if not here:
            made.append(block)
        elif text := _rest(whole, start, end, here):
            made.append({**block, "runs": [{**block["runs"][0], "text": text, "change": ""}]})
        start = end + len(_BREAK)
    return made


def _rest(whole: str, start: int, end: int, found: list[tuple[int, int]]) -> str:
    """What is read of a paragraph from `start` to `end`; nothing where all of it belongs to what began before it."""
    text, at = "", start
    for first, last in found:
        text += whole[at : max(first, at)] + (BLACKED if first >= start else "")
        at = min(last, end)
    return (text + whole[at:end]).strip()
