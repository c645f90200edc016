"""The numbered fields of a form: the same in every format, so that a form is read in whatever language it was made."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consultation.consultations.attribution import Attribution
from consultation.discussion.models import CommentRevision
from consultation.positions.models import Capacity, Stance

REF, CODE, TEXT, STANCE, EXPLANATION, CAPACITY, SHOWN, DRAFT, TYPE, COMMENT, WORDING = range(1, 12)
LABELS = {
    REF: _("Ref"),
    CODE: _("Number"),
    TEXT: _("Text of the report"),
    STANCE: _("Position"),
    EXPLANATION: _("Explanation of position"),
    CAPACITY: _("In which capacity"),
    SHOWN: _("How it is shown"),
    DRAFT: _("Draft"),
    TYPE: _("Type"),
    COMMENT: _("Comment"),
    WORDING: _("Proposed wording"),
}
POSITION, NOTE = "position", "comment"
FIELDS = {
    POSITION: (REF, CODE, TEXT, STANCE, EXPLANATION, CAPACITY, SHOWN),
    NOTE: (REF, CODE, TEXT, DRAFT, TYPE, COMMENT, WORDING, SHOWN),
}
# What the form says and nobody fills in.
FIXED = frozenset({REF, CODE, TEXT, DRAFT})
CHOICES: dict[int, Any] = {STANCE: Stance, CAPACITY: Capacity, SHOWN: Attribution, TYPE: CommentRevision.Type}
# What a draft is called that is not there yet.
NEW = "new"
_LABEL = re.compile(r"^\s*(?:\d+\s*\.\s*)?(\d{1,2})(?:\s|$)")


@dataclass(frozen=True)
class Written:
    """One row of a filled form as it was read: its fields by number, and where it stands."""

    kind: str
    place: str
    values: dict[int, str] = field(default_factory=dict)
    # How a page that shows it calls it.
    name: str = ""

    def get(self, number: int) -> str:
        return self.values.get(number, "").strip()


def label(number: int) -> str:
    """How a field is headed: its number and its name."""
    return f"{number} {LABELS[number]}"


def number_of(heading: str) -> int | None:
    """The field that a heading names by its number (`4 Position`, `12.4 Position`); None where it names none."""
    found = _LABEL.match(heading)
    number = int(found.group(1)) if found else 0
    return number if number in LABELS else None


def fields_of(kind: str, *, attribution: bool) -> list[int]:
    """The fields of a row of this kind; how it is shown only where the consultation lets one choose."""
    return [number for number in FIELDS[kind] if attribution or number != SHOWN]


def chosen(number: int, written: str) -> str | None:
    """The value that the words of a choice mean, in any of our languages; "" for nothing, None for none of them."""
    return _meanings(number).get(_plain(written)) if written.strip() else ""


def choices(number: int) -> list[str]:
    """The words of a choice as the form offers them now."""
    return [str(choice.label) for choice in CHOICES[number]]


@lru_cache
def _meanings(number: int) -> dict[str, str]:
    found = {_plain(choice.value): str(choice.value) for choice in CHOICES[number]}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {_plain(str(choice.label)): str(choice.value) for choice in CHOICES[number]}
    return found


def _plain(text: str) -> str:
    """Without what a word processor changes by itself: case, white space, the form of Unicode."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def same_text(first: str, second: str) -> bool:
    """Whether two texts of the report are the same, but for white space."""
    return unicodedata.normalize("NFC", " ".join(first.split())) == unicodedata.normalize(
        "NFC", " ".join(second.split())
    )
