"""Forms of the secretariat: a file to import or load, corrections of a draft."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.reports.contents import RoleFields
from consultation.reports.draft import Draft
from consultation.reports.models import Mention, Passage, SessionRole
from consultation.reports.reading.blocks import Block, join, split
from consultation.reports.reading.title_block import KINDS as KINDS_OF_TITLE
from consultation.reports.reading.title_block import LEFT_OUT
from consultation.text.forms import OnceMixin
from consultation.text.languages import require_tag

KINDS = [
    ("", _("As found")),
    *Passage.REPORT_KINDS,
    ("title", _("Title")),
    ("forum", _("Forum")),
    ("date_line", _("Date and times")),
    ("place_line", _("Place")),
    (LEFT_OUT, _("Left out")),
]


LABELS = {str(kind): label for kind, label in KINDS if kind}


class FileForm(OnceMixin):
    """A file of a report or of a fixture."""

    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file")})


class BlockForm(forms.Form):
    """One correction of one block of a draft."""

    index = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    ref = forms.SlugField(label=_("Ref"), max_length=20, required=False)
    before = forms.CharField(label=_("Split before the words"), max_length=200, required=False)

    def __init__(self, *args: Any, draft: Draft, act: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft, self.act = draft, act

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        index = cleaned.get("index", 0)
        if index >= len(self.draft.blocks):
            raise forms.ValidationError(_("This passage is not there any more."))
        if self.act == "join" and self._before(index) is None:
            raise forms.ValidationError(_("Nothing stands before the first line."))
        words = cleaned.get("before", "")
        if self.act == "split" and (not words or self.draft.blocks[index].text.find(words) < 1):
            self.add_error("before", _("Enter words of this passage that stand after its beginning"))
        return cleaned

    def _before(self, index: int) -> Block | None:
        """What stands before this block in the report: not what is left out between them, such as a page number."""
        above = reversed(self.draft.blocks[:index])
        return next((block for block in above if (block.kind or block.shape) != LEFT_OUT), None)

    def correct(self) -> None:
        """Change the draft as the form says."""
        blocks, given = self.draft.blocks, self.cleaned_data
        block: Block = blocks[given["index"]]
        if self.act == "join" and (before := self._before(given["index"])):
            join(before, block)
            del blocks[given["index"]]
        elif self.act == "split":
            blocks[given["index"] : given["index"] + 1] = split(block, block.text.find(given["before"]))
        elif self.act == "confirm":
            block.confirmed = True
        else:
            block.kind, block.ref, block.confirmed = given["kind"], given["ref"], True


_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class HeadForm(forms.Form):
    """What no file says surely: the report's address, its day, its session record."""

    # Only where no line of the file is this part of the title block (`Draft.untitled`).
    forum = forms.CharField(label=_("Forum"), max_length=200, required=False)
    title = forms.CharField(label=_("Title"), max_length=500)
    date_line = forms.CharField(label=_("Date and times"), max_length=200, required=False)
    place_line = forms.CharField(label=_("Place"), max_length=200, required=False)
    slug = forms.SlugField(
        label=_("Slug"), max_length=80, help_text=_("Names the report in addresses and fixtures: letters and hyphens.")
    )
    language = forms.CharField(label=_("Language of the text"), max_length=10, validators=[require_tag])
    held_on = forms.DateField(label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}))
    starts_at = forms.TimeField(label=_("From"), required=False, widget=_TIME)
    ends_at = forms.TimeField(label=_("To"), required=False, widget=_TIME)
    roles = forms.CharField(
        label=_("Session record"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "A line each: chair, speaker, rapporteur, presenter or document; name; capacity; with | between them."
        ),
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        for name in set(KINDS_OF_TITLE) - set(draft.untitled):
            del self.fields[name]

    def clean_roles(self) -> list[RoleFields]:
        found = []
        for number, line in enumerate(filter(str.strip, self.cleaned_data["roles"].splitlines()), 1):
            role, name, *capacity = [part.strip() for part in line.split("|", 2)] + ([] if "|" in line else [""])
            if role not in SessionRole.Role.values or not name:
                raise forms.ValidationError(_("Line %(line)s needs a role and a name."), params={"line": number})
            found.append(RoleFields(role, name, capacity[0] if capacity else "", number))
        return found

    def fill(self) -> None:
        """Put what was entered into the draft."""
        given, draft = self.cleaned_data, self.draft
        draft.typed = {name: given[name] for name in draft.untitled}
        draft.take_title_block()
        draft.report.slug, draft.report.language = given["slug"], given["language"]
        draft.report.held_on = given["held_on"].isoformat()
        draft.report.starts_at = given["starts_at"].isoformat() if given["starts_at"] else None
        draft.report.ends_at = given["ends_at"].isoformat() if given["ends_at"] else None
        draft.roles = given["roles"]

    @classmethod
    def of(cls, draft: Draft) -> "HeadForm":
        """The form as the draft is."""
        lines = [" | ".join(filter(None, (role.role, role.name, role.capacity))) for role in draft.roles]
        return cls(draft=draft, initial={**vars(draft.report), "roles": "\n".join(lines)})


class MentionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A mention by its words; where they stand more than once in the passage, by which of them is meant."""

    which = forms.IntegerField(
        label=_("Which of them"), min_value=1, initial=1, help_text=_("1: the first place of these words.")
    )

    class Meta:
        model = Mention
        fields = ("instrument", "passage", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            text, mention = self.instance.passage.text, self.instance
            self.initial["which"] = 1 + len(re.findall(re.escape(mention.words), text[: mention.start]))

    def clean(self) -> dict[str, Any]:
        """Place the words in the passage; refuse what the report does not say there."""
        data: dict[str, Any] = super().clean() or {}
        if not {"passage", "words", "which"} <= data.keys():
            return data
        places = [m.start() for m in re.finditer(re.escape(data["words"]), data["passage"].text)]
        if not places:
            self.add_error("words", _("The passage does not have these words, letter by letter."))
        elif data["which"] > len(places):
            self.add_error("which", _("The passage has these words %s times.") % len(places))
        else:
            self.instance.start = places[data["which"] - 1]
            self.instance.end = self.instance.start + len(data["words"])
        return data
