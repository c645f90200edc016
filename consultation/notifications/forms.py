"""How one wants to be told."""

from typing import Any
from zoneinfo import available_timezones

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from consultation.moderation.queue import moderated_by
from consultation.notifications.kinds import How, Kind
from consultation.notifications.models import Preferences
from consultation.silence.models import CHAIRS
from consultation.stakeholders.models import Membership
from consultation.text.forms import FieldsAlone

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_HOURS_OF_THE_DAY = 24


def time_zones() -> list[tuple[str, Any]]:
    """The time zones by region, as a select shows them."""
    names = sorted(available_timezones())
    regions: list[tuple[str, Any]] = [("UTC", "UTC")]
    for region in _REGIONS:
        places = [(n, n.partition("/")[2].replace("_", " ")) for n in names if n.startswith(f"{region}/")]
        regions.append((region, places))
    return regions


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """For each kind: at once, daily or never; the hour of the daily mail and the time zone that it is in.

    What waits for moderation is asked of moderators only, who broke silence of chairs, letters of focal points.
    """

    class Meta:
        model = Preferences
        fields = [*Kind.values, "digest_hour", "time_zone", "follow_own_threads"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[kind] = forms.ChoiceField(
                label=kind.label,
                choices=How.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Select how you want to be told")},
            )
        self.fields["digest_hour"] = forms.TypedChoiceField(
            label=_("Daily mail at"), coerce=int, choices=[(h, f"{h:02}:00") for h in range(_HOURS_OF_THE_DAY)]
        )
        self.fields["time_zone"] = forms.ChoiceField(label=_("In the time zone of"), choices=time_zones)
        self.fields["follow_own_threads"].label = _("Follow the threads that I write in")
        self.helper = FieldsAlone()
        if not moderated_by(self.instance.person).exists():
            del self.fields[Kind.MODERATION]
        if not self.instance.person.offices.filter(role__in=CHAIRS).exists():
            del self.fields[Kind.BREAKING]
        signs = Membership.objects.of(self.instance.person).filter(role=Membership.Role.FOCAL_POINT)
        if not signs.exists():
            del self.fields[Kind.LETTER]
        self.helper.layout = Layout(*(InlineRadios(name) if name in Kind.values else name for name in self.fields))
