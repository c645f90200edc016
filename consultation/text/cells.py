"""Cells of spreadsheets: what people wrote is never read as a formula."""

import re

# A formula starts with one of these, also in full width; spreadsheet programs pass over white space before it.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet program would take it for a formula; else as it is."""
    # Most begin with a letter or a digit.
    return text if text[:1].isalnum() or not _FORMULA.match(text) else f"'{text}"
