import pytest

from consultation.text.characters import is_blank, normalise, problem


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\x00b", "control"),
        ("a\x0cb", "control"),
        ("a\x1cb", "control"),
        ("a\x85b", "control"),
        ("a\u2028b", "line"),
        ("a\u2029b", "line"),
        ("a\ufffeb", "control"),
        ("a\ud800b", "control"),
        ("a\u202eb", "direction"),
        ("a\u2066b", "direction"),
        ("a" + "\u0301" * 1000, "combining"),
        ("a" + "\u200b" * 10_000, "invisible"),
        ("two\nlines\tand a tab", None),
        ("العربية 中文 አማርኛ हिन्दी", None),
        ("👩‍👩‍👧‍👦 👩‍👩‍👧‍👦 👩‍👩‍👧‍👦 👩‍👩‍👧‍👦", None),
        ("می‌خواهم", None),
    ],
)
def test_hidden_and_harmful_characters_are_found_and_text_is_not_mistaken_for_them(text, found):
    assert problem(text) == found


def test_text_is_stored_composed_with_line_feeds():
    assert normalise(" e\u0301\r\nx\ry ") == "é\nx\ny"


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b", "***", "> -", "```", "\u3164", "\u2800 \uffa0"])
def test_text_without_a_letter_digit_or_symbol_is_blank(text):
    assert is_blank(text)
