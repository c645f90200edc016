"""The forms of the offline lane."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.offline import fields as f
from consultation.offline.fields import Written
from consultation.offline.models import Pack
from consultation.offline.scans import ScanField
from consultation.text.forms import OnceMixin, WrittenField

# So many that their fields stay within what a form may have (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_LINES = 75
_FILE = {"required": _("Choose the file that you filled in"), "empty": _("The file is empty")}
_ROWS = (4, 16, 32)


class PackForm(OnceMixin):
    """Which kind of pack to make."""

    kind = forms.ChoiceField(
        label=_("Kind of file"),
        choices=Pack.Kind.choices,
        initial=Pack.Kind.XLSX,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Select a kind of file"), "invalid_choice": _("Select a kind of file")},
    )


class FileForm(forms.Form):
    """A filled pack."""

    file = forms.FileField(error_messages=_FILE, max_length=200)


class LetterForm(OnceMixin):
    """What came on paper: the scan, and a pack that was filled in, or lines that are typed (read by `typed`)."""

    scan = ScanField(label=_("Scan of what was sent (PDF, PNG or JPEG, up to 10 MB)"))
    file = forms.FileField(
        label=_("Filled pack, if there is one (.xlsx, .docx, .odt)"), required=False, error_messages=_FILE
    )
    note = WrittenField(label=_("Note for the focal point"), limit=2_000, rows=3, required=False)


class RefuseForm(forms.Form):
    """Why the focal point does not confirm a letter."""

    reason = WrittenField(label=_("Reason"), limit=2_000, rows=3, missing=_("Enter a reason"))


class SaveForm(OnceMixin):
    """What the page with the differences sends: the pack, and the rows that it showed (read by `shown_rows`)."""

    pack = forms.CharField(max_length=16, widget=forms.HiddenInput)


def shown_rows(data: Any) -> list[Written]:
    """The rows that a page with differences showed, as they are sent back."""
    names = [f"r{number}" for number in range(MOST_LINES) if f"r{number}-kind" in data]
    return [
        Written(
            f.NOTE if data[f"{name}-kind"] == f.NOTE else f.POSITION,
            data.get(f"{name}-place", "")[:100],
            {number: data[f"{name}-{number}"] for number in f.LABELS if f"{name}-{number}" in data},
            name,
        )
        for name in names
    ]


def typed(data: Any) -> list[Written]:
    """The lines that the secretariat typed: of each its position and its comment, where it has them."""
    found = []
    for number in range(_ROWS[-1]):
        name = f"t{number}"
        ref = data.get(f"{name}-{f.REF}", "").strip()
        values = {n: data.get(f"{name}-{n}", "") for n in f.LABELS if n not in f.FIXED}
        place = str(_("Line %d") % (number + 1))
        for kind, asked in ((f.POSITION, (f.STANCE, f.EXPLANATION)), (f.NOTE, (f.COMMENT, f.WORDING))):
            if any(values[n].strip() for n in asked):
                mine = {n: values[n] for n in f.FIELDS[kind] if n in values}
                found.append(Written(kind, place, {f.REF: ref, **mine}, name))
    return found


def rows_to_type(data: Any, wanted: str) -> list[dict[str, Any]]:
    """The lines of the page as they were typed: as many as were asked for, and never fewer than were sent."""
    number = next((n for n in _ROWS if str(n) == wanted), _ROWS[0])
    if data:
        sent = [n for n in range(_ROWS[-1]) if any(data.get(f"t{n}-{field}", "").strip() for field in f.LABELS)]
        number = next(n for n in _ROWS if n >= max(number, max(sent, default=-1) + 1))
    return [
        {"name": f"t{n}", "number": n + 1, "values": {k: (data or {}).get(f"t{n}-{k}", "") for k in f.LABELS}}
        for n in range(number)
    ]
