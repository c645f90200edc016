"""The form of a practice: whole when it is submitted; a draft only needs a title."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from consultation.practices.actions import Description
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.stakeholders.forms import NameField, offer_organisations
from consultation.stakeholders.models import Membership
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField, filled, require_known_action

LIMIT = settings.PRACTICE_MAX_CHARACTERS
SHORT = 1_000
FIRST_YEAR = 1900
_OPTION = 90

# What a draft may leave open and what is submitted says; each with the sentence that asks for it.
NEEDED: dict[str, Promise | str] = {
    "summary": _("Enter what was done"),
    "place": _("Enter where it was done"),
    "year": _("Enter since which year"),
    "results": _("Enter the results"),
    "source": _("Enter the source of the results"),
    "recommendations": _("Select at least one recommendation"),
}


class RecommendationsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Recommendations by their codes and first words."""

    def label_from_instance(self, obj: Passage) -> str:
        return f"{obj.code} – {Truncator(obj.words).chars(_OPTION)}"


class PracticeForm(OnceMixin):
    """What an organisation did, where, since when, with whom, and with what result."""

    title = NameField(label=_("Title"), max_length=200, error_messages={"required": _("Enter a title")})
    summary = WrittenField(
        label=_("What was done"),
        limit=LIMIT,
        rows=6,
        required=False,
        help_text=filled(
            _("For whom, and how. Up to %(limit)s characters; *emphasis*, lists and links are kept."),
            limit=f"{LIMIT:,}",
        ),
    )
    place = NameField(
        label=_("Where"), max_length=200, required=False, help_text=_("For example a city, a region, a border.")
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries (optional)"),
        choices=lambda: list(countries),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("More than one: hold Ctrl, or Cmd on a Mac."),
    )
    year = forms.IntegerField(
        label=_("Since which year"),
        required=False,
        min_value=FIRST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Enter a year such as 2015")},
    )
    partners = WrittenField(
        label=_("With whom (optional)"),
        limit=SHORT,
        rows=2,
        required=False,
        help_text=_("Partners: organisations and offices, not persons."),
    )
    results = WrittenField(
        label=_("Results"), limit=LIMIT, rows=4, required=False, help_text=_("With figures where there are any.")
    )
    source = WrittenField(
        label=_("Source of the results"),
        limit=SHORT,
        rows=2,
        required=False,
        help_text=_("Where a reader finds the figures: a report, a page, an evaluation."),
    )
    recommendations = RecommendationsField(
        label=_("Recommendations that it shows at work"),
        queryset=Passage.objects.none(),
        to_field_name="ref",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Select recommendations of this report")},
    )

    def __init__(
        self, *args: Any, recommendations: Any, memberships: list[Membership], submits: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.submits = submits
        self.fields["recommendations"].queryset = recommendations  # type: ignore[attr-defined]  # a choice field
        offer_organisations(self, memberships)
        self.helper = FieldsAlone()
        first = ["organisation"] if "organisation" in self.fields else []
        self.helper.layout = Layout(*first, "submission_id", *Description.__dataclass_fields__)

    def clean_year(self) -> int | None:
        """A year that has begun."""
        year: int | None = self.cleaned_data["year"]
        if year and year > clock.now().year:
            raise forms.ValidationError(_("Enter a year that is not to come"))
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        require_known_action(self.data)
        if self.submits:
            for name, sentence in NEEDED.items():
                if name not in self.errors and not data.get(name):
                    self.add_error(name, str(sentence))
        return data

    @property
    def said(self) -> Description:
        """What the author says, once the form is valid."""
        data = {name: self.cleaned_data[name] for name in Description.__dataclass_fields__}
        data["countries"] = tuple(sorted(data["countries"]))
        data["recommendations"] = tuple(p.pk for p in data["recommendations"].order_by("order"))
        return Description(**data)
