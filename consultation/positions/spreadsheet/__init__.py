"""The form of a delegation as a spreadsheet (XLSX): its sheets and columns, for writing and for reading alike."""

from consultation.text.archives import MEGABYTE, Limits

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIMITS = Limits(packed=2 * MEGABYTE, unpacked=10 * MEGABYTE, entries=200)
README, SHEET, KIND = "Read me", "Positions", "positions 1"
# The columns with their widths in characters.
COLUMNS = {
    "Ref": 8,
    "Code": 9,
    "Recommendation": 60,
    "Position": 26,
    "Explanation of position": 60,
    "Version": 8,
    "Remark": 40,
}
REF, CODE, TEXT, STANCE, EXPLANATION, VERSION, REMARK = range(len(COLUMNS))


def place(column: int) -> str:
    """How a column is named to a person, for example `D (Position)`; one that the form has not, by its letter."""
    letter = chr(ord("A") + column)
    return f"{letter} ({list(COLUMNS)[column]})" if column < len(COLUMNS) else letter
