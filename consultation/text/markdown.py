"""Markdown to safe HTML: for comments a small block syntax, for the report's text the inline marks of its source."""

import re
from functools import lru_cache

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from consultation.text.redaction import BLACKED, MARK

# Emphasis, lists, quotations, links; no images, no raw HTML, no headings or tables. The parser's own nesting limit
# bounds the work on hostile input.
_blocks = MarkdownIt("zero", {"maxNesting": 20, "breaks": True}).enable(
    ["emphasis", "list", "blockquote", "link", "autolink", "newline", "escape", "backticks"]
)
_LINK = re.compile(r"(https?://|mailto:)\S", re.IGNORECASE)
# Whole addresses only: nothing relative to our own pages, nothing like //host.
_inline = MarkdownIt("zero", {"maxNesting": 20}).enable(["emphasis", "link", "escape"])

_NOTE = re.compile(r"\[\^(\w{1,10})\]")
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code"}
_SCHEMES = {"http", "https", "mailto"}


def render(source: str) -> str:
    """The HTML of a comment, inert whatever `source` is: the tags above, links to http, https and mailto only."""
    return mute(safe(source))


@lru_cache(maxsize=2048)
def safe(source: str) -> str:
    """The same with what is blacked out as it was written, for files.

    What was rendered is kept by its source, so that it can never be that of other words. docs/decisions/113.
    """
    html: str = nh3.clean(
        _blocks.render(source),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="nofollow ugc noopener",
        attribute_filter=_whole_addresses,
    )
    return html


def mute(html: str) -> str:
    """HTML in which screen readers pass over the mark of what is blacked out, and read the words beside it.

    The words are the reader's; in the text itself, and in what is taken away, they stay as they were written.
    """
    if MARK not in html:
        return html
    by = _("redacted by a moderator")
    return html.replace(BLACKED, f"{MARK} ({by})").replace(MARK, f'<span aria-hidden="true">{MARK}</span>')


def _whole_addresses(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or _LINK.match(value) else None


@lru_cache(maxsize=2048)
def render_inline(source: str) -> str:
    """The HTML of a passage of a report: bold, italics, links, note marks; a link to nowhere is plain words."""
    html = _inline.renderInline(source).replace('<a href="#">', "<a>")
    html = nh3.clean(html, tags={"em", "strong", "a"}, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel=None)
    return _NOTE.sub(r"<sup>\1</sup>", html)


@lru_cache(maxsize=2048)
def plain(source: str) -> str:
    """The words of a passage without its marks, character by character as a reader sees them."""
    return "".join(t.content for t in inline_tokens(source) if t.type in {"text", "text_special", "code_inline"})


def in_words(source: str) -> str:
    """The words of a comment on one line, without its marks: for the beginning of it in a list."""
    blocks = (block.children or [] for block in _blocks.parse(source) if block.type == "inline")
    return " ".join("".join(t.content or " " * t.type.endswith("break") for t in words) for words in blocks)


def inline_tokens(source: str) -> list[Token]:
    """The words, marks and links of a passage in order, as markdown-it reads them."""
    return [child for token in _inline.parseInline(source) for child in token.children or []]
