"""Every component and state on one page, for those who build: only while DEBUG is on."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consultation.positions.models import Stance
from consultation.stakeholders.models import StakeholderGroup
from consultation.summaries.queries import Counts


class _Sample(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As it stands in the list.", error_messages={"required": "Enter a name"}
    )
    stance = forms.ChoiceField(label="Stance", choices=Stance.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="Explanation", widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label="I have read it")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The style guide."""
    context = {
        "form": _Sample({"words": "Kept as it was typed."}),
        "stances": [*Stance.choices, ("none", "No position")],
        "counts": Counts(endorse=7, reservation=3, cannot_endorse=2, of=19),
        "groups": StakeholderGroup.objects.all(),
    }
    return render(request, "styleguide.html", context)
