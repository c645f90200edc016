from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.text.markdown import in_words, plain, render, render_inline

ALLOWED = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code"}
hostile = st.text() | st.lists(
    st.sampled_from(
        [
            "<script>",
            "</p>",
            "[x](",
            "javascript:",
            "data:",
            ")",
            "![",
            "]",
            "&#106;",
            "<svg onload=1>",
            "`",
            "> ",
            "*",
            "<",
            "//e",
        ]
    )
).map("".join)


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags_in(html: str) -> list[tuple[str, dict[str, str | None]]]:
    seen = Seen()
    seen.feed(html)
    return seen.tags


@given(hostile)
def test_what_the_renderer_gives_is_always_inert(source):
    for tag, attributes in tags_in(render(source)):
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "rel", "start"}
        if "href" in attributes:
            assert attributes["href"].lower().startswith(("http://", "https://", "mailto:"))


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "data:text/html,1", "vbscript:1", "&#106;avascript:1"])
def test_a_link_to_a_harmful_scheme_is_no_link(scheme):
    assert "href" not in render(f"[x]({scheme})")


@pytest.mark.parametrize("address", [":", "//evil.example", "/admin/logout/", "#x", "https:", "mailto:"])
def test_only_whole_addresses_become_links(address):
    assert "href" not in render(f"[x]({address})")


def test_pictures_and_raw_html_are_shown_as_text():
    html = render("![x](https://evil.example/p.png) <svg onload=1> <img src=x onerror=1>")
    assert {tag for tag, _ in tags_in(html)} <= {"p", "a"}


def test_emphasis_lists_quotations_and_links_are_kept():
    html = render("*a* **b**\n\n- c\n\n> d\n\n[e](https://example.org/)")
    assert {"em", "strong", "ul", "blockquote", "a"} <= {tag for tag, _ in tags_in(html)}


def test_five_hundred_nested_quotations_and_lists_do_no_harm():
    assert "<script" not in render(">" * 500 + " x\n\n" + "".join("  " * n + "- x\n" for n in range(500)))


def test_a_link_without_an_address_becomes_words():
    assert render_inline("the [briefing paper](#) on") == "the <a>briefing paper</a> on"
    assert plain("**Amb. Samsar** the [briefing paper](#)") == "Amb. Samsar the briefing paper"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**Add** _this_:\n\n- one\n- `two`", "Add this: one two"),
        ("One line\nand another", "One line and another"),
        ("See [the page](https://example.org) <b>", "See the page <b>"),
        ("", ""),
    ],
)
def test_a_comment_begins_in_words_without_marks(source, words):
    assert in_words(source) == words


def test_the_mark_of_a_note_is_raised_in_a_report_and_its_words_stay():
    assert render_inline("It ended.[^1]") == "It ended.<sup>1</sup>"
    assert render_inline("a [^<b>] [^x y]") == "a [^&lt;b&gt;] [^x y]"
