"""Cells of spreadsheets: what people wrote is never read as a formula.

A file with commas is opened by a program that divides at semicolons too, which is how offices in Geneva have them set:
there a cell begins in the middle of ours. Whoever needs the text to the letter takes the JSON.
"""

import re
from collections.abc import Sequence

# A formula starts with one of these, also in full width; spreadsheet programs pass over white space before it.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
# Where a program that divides at something else than commas, and so does not see our quotes, begins a cell.
_BEGUN_WITHIN = re.compile(r"""([;\t\n][\s"]*)(?=[=+\-@＝＋－＠])""")
# No cell that begins otherwise is one.
_SUSPECT = re.compile(r"[\s=+\-@＝＋－＠]")


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet program would take it for a formula; else as it is."""
    # Most begin with a letter or a digit.
    return text if text[:1].isalnum() or not _FORMULA.match(text) else f"'{text}"


def harmless_line(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The same of all cells of a line, with one look at how they begin: hardly a line in a thousand needs more."""
    if not _SUSPECT.search("".join([cell[0] for cell in cells if cell])):
        return cells
    return [harmless(cell) if cell else cell for cell in cells]


def harmless_lines(lines: str) -> str:
    """Lines of a file with commas, whose cells are harmless, with an apostrophe where a cell would begin within one."""
    return _BEGUN_WITHIN.sub(r"\1'", lines)
