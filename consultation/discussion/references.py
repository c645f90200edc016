"""Passages and comments that people name in their texts: `¶ 8`, `POL.3`, `#0a1b2c3d4e5f` become links."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from consultation.consultations.attribution import Attributions
from consultation.consultations.facts import Facts
from consultation.consultations.models import Consultation
from consultation.record.ids import ALPHABET, LENGTH
from consultation.text import markdown

_QUOTED = 200
_COMMENT = re.compile(rf"(?<![\w/#&])#([{ALPHABET}]{{{LENGTH}}})(?!\w)")
# Marks and the words between them; what stands in a link or in code is left alone.
_PIECES = re.compile(r"(<a\b.*?</a>|<code>.*?</code>|<[^>]*>)", re.DOTALL)


class Codes:
    """The passages of a report by their codes, and what finds these codes in a text. It never changes."""

    def __init__(self, slug: str, rows: tuple[tuple[str, str, str], ...]) -> None:
        self.slug = slug
        self.passages = {code: (ref, text) for code, ref, text in rows}
        # By their first letter, so that a text is passed over quickly; of each the longest first.
        letters: dict[str, list[str]] = {}
        for code in sorted(self.passages, key=len, reverse=True):
            letters.setdefault(code[0], []).append(re.escape(code[1:]).replace(r"\ ", r"\s?"))
        codes = "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in letters.items())
        self.pattern = re.compile(rf"(?<![\w.])({codes})(?![\w]|\.\w)") if codes else None

    def link(self, found: re.Match[str]) -> str:
        name = found.group(1)
        code = name if name in self.passages else name.replace("¶", "¶ ", 1)
        ref, text = self.passages[code]
        words = Truncator(markdown.plain(text)).chars(_QUOTED)
        return _link(reverse("passage", args=[self.slug, ref]), name, words)


# The same rows give the same object, whenever they are read: what was linked with it is found again.
_codes = lru_cache(maxsize=32)(Codes)


@lru_cache(maxsize=2048)
def _linked_to_passages(codes: Codes, html: str) -> str:
    return _between_links(codes.pattern, codes.link, html) if codes.pattern else html


def _between_links(pattern: re.Pattern[str], link: Callable[[re.Match[str]], str], html: str) -> str:
    if not pattern.search(html):
        return html
    pieces = _PIECES.split(html)
    return "".join(piece if number % 2 else pattern.sub(link, piece) for number, piece in enumerate(pieces))


@dataclass
class References:
    """What the texts of one page may refer to: passages by code, and the comments that everybody may read."""

    codes: Codes
    comments: dict[str, str] = field(default_factory=dict)

    def linked(self, html: str) -> str:
        """Rendered HTML in which names of passages and comments are links, told in full to screen readers."""
        html = _linked_to_passages(self.codes, html)
        return _between_links(_COMMENT, self._comment, html) if self.comments else html

    def _comment(self, found: re.Match[str]) -> str:
        public_id = found.group(1)
        if public_id not in self.comments:
            return found.group(0)
        by = _("comment by %s") % self.comments[public_id]
        return _link(reverse("comment", args=[self.codes.slug, public_id]), found.group(0), by)


def references_of(consultation: Consultation, texts: Iterable[str], facts: Facts | None = None) -> References:
    """What these texts can refer to: one query where a comment is named, one more unless the passages are known."""
    codes = (facts or Facts(consultation)).get("references", _codes_of)
    named = {public_id for text in texts if "#" in text for public_id in _COMMENT.findall(text)}
    comments: dict[str, str] = {}
    if named:
        public = consultation.comments.public().filter(public_id__in=named, published__isnull=False)
        attributions = Attributions(AnonymousUser(), consultation)
        comments = {c.public_id: attributions.of(c).name for c in public.select_related("organisation__group")}
    return References(codes, comments)


def _codes_of(consultation: Consultation) -> Codes:
    rows = consultation.report.passages.exclude(code="").values_list("code", "ref", "text")
    return _codes(consultation.slug, tuple(rows))


def _link(address: str, name: str, words: str) -> str:
    return format_html(
        '<a href="{}" title="{}">{}<span class="visually-hidden"> ({})</span></a>', address, words, _plain(name), words
    )


def _plain(name: str) -> str:
    """The name as it stands in the rendered text, where the usual characters are escaped already."""
    return escape(name)
