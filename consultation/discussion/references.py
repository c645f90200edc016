"""Passages and comments that people name in their texts: `¶ 8`, `POL.3`, `#0a1b2c3d4e5f` become links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from consultation.consultations.attribution import Attributions
from consultation.consultations.models import Consultation
from consultation.record.ids import ALPHABET, LENGTH
from consultation.text import markdown

_QUOTED = 200
_COMMENT = re.compile(rf"(?<![\w/#&])#([{ALPHABET}]{{{LENGTH}}})(?!\w)")
# Marks and the words between them; what stands in a link or in code is left alone.
_PIECES = re.compile(r"(<a\b.*?</a>|<code>.*?</code>|<[^>]*>)", re.DOTALL)


@dataclass
class References:
    """What the texts of one page may refer to: passages by code, and the comments that everybody may read."""

    slug: str = ""
    passages: dict[str, tuple[str, str]] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    def linked(self, html: str) -> str:
        """Rendered HTML in which names of passages and comments are links, told in full to screen readers."""
        if not self.passages:
            return html
        codes = "|".join(
            re.escape(code).replace(r"\ ", r"\s?") for code in sorted(self.passages, key=len, reverse=True)
        )
        pattern = re.compile(rf"(?<![\w.])({codes})(?![\w]|\.\w)")
        pieces = _PIECES.split(html)
        return "".join(
            piece if number % 2 else _COMMENT.sub(self._comment, pattern.sub(self._passage, piece))
            for number, piece in enumerate(pieces)
        )

    def _passage(self, found: re.Match[str]) -> str:
        name = found.group(1)
        code = name if name in self.passages else name.replace("¶", "¶ ", 1)
        ref, words = self.passages[code]
        return _link(reverse("passage", args=[self.slug, ref]), name, words)

    def _comment(self, found: re.Match[str]) -> str:
        public_id = found.group(1)
        if public_id not in self.comments:
            return found.group(0)
        by = _("comment by %s") % self.comments[public_id]
        return _link(reverse("comment", args=[self.slug, public_id]), found.group(0), by)


def references_of(consultation: Consultation, texts: Iterable[str]) -> References:
    """What these texts can refer to: one query for the passages, one more where a comment is named."""
    rows = consultation.report.passages.exclude(code="").values_list("code", "ref", "text")
    passages = {code: (ref, Truncator(markdown.plain(text)).chars(_QUOTED)) for code, ref, text in rows}
    named = {public_id for text in texts for public_id in _COMMENT.findall(text)}
    comments: dict[str, str] = {}
    if named:
        public = consultation.comments.public().filter(public_id__in=named, published__isnull=False)
        attributions = Attributions(AnonymousUser(), consultation)
        comments = {c.public_id: attributions.of(c).name for c in public.select_related("organisation__group")}
    return References(consultation.slug, passages, comments)


def _link(address: str, name: str, words: str) -> str:
    return format_html(
        '<a href="{}" title="{}">{}<span class="visually-hidden"> ({})</span></a>', address, words, _plain(name), words
    )


def _plain(name: str) -> str:
    """The name as it stands in the rendered text, where the usual characters are escaped already."""
    return escape(name)
