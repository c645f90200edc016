"""What addresses of the API ask and take, and the forms of tokens and webhooks."""

import ipaddress
import json
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.api.answers import BadRequest, invalid
from consultation.api.models import Event, Scope
from consultation.consultations.models import Consultation
from consultation.discussion.models import CommentRevision
from consultation.positions.models import Stance
from consultation.record import clock
from consultation.reports.models import Passage
from consultation.stakeholders.forms import NameField
from consultation.text.forms import FieldsAlone, OnceMixin

MOST, USUAL = 100, 50
_LONGEST_URL = 500


class PageQuery(forms.Form):
    """Which page of a list: at most `limit`, `after` a place that the page before names."""

    limit = forms.RegexField(r"^[0-9]{1,3}$", required=False)
    after = forms.RegexField(r"^[-a-zA-Z0-9_]{1,80}$", required=False)

    def clean_limit(self) -> int:
        limit = int(self.cleaned_data["limit"] or USUAL)
        if not 1 <= limit <= MOST:
            raise ValidationError(_("Between 1 and %d.") % MOST)
        return limit


class PassageQuery(PageQuery):
    kind = forms.ChoiceField(choices=Passage.Kind.choices, required=False)


class CommentQuery(PageQuery):
    """`since` is an instant or a day; what does not name its organisation is found by the day alone."""

    passage = forms.SlugField(max_length=20, required=False)
    group = forms.SlugField(max_length=50, required=False)
    type = forms.ChoiceField(choices=CommentRevision.Type.choices, required=False)
    since = forms.CharField(max_length=40, required=False)

    def clean_since(self) -> Any:
        text = self.cleaned_data["since"].strip()
        if not text:
            return None
        try:
            day = parse_date(text)
            instant = parse_datetime(f"{day.isoformat()}T00:00:00Z" if day else text)
        except ValueError:
            instant = None
        if instant is None or is_naive(instant) or instant.year not in clock.YEARS:
            raise ValidationError(_("A day as 2026-11-24, or an instant with its zone as 2026-11-24T10:00:00Z."))
        return instant.astimezone(UTC)  # PostgreSQL knows no zone sixteen hours away


class PositionQuery(PageQuery):
    ref = forms.SlugField(max_length=20, required=False)
    group = forms.SlugField(max_length=50, required=False)
    stance = forms.ChoiceField(choices=Stance.choices, required=False)


def asked(request: HttpRequest, form: type[forms.Form] = forms.Form) -> dict[str, Any]:
    """What the address asks, clean. Raises `BadRequest` for what is unknown, wrong, or there twice."""
    known = form.base_fields
    wrong = {name: [_("This address does not know this parameter.")] for name in request.GET if name not in known}
    wrong |= {name: [_("Once only.")] for name, values in request.GET.lists() if len(values) > 1}
    # What is there but empty asks for nothing.
    wrong |= {name: [_("Leave it out, or give a value.")] for name, value in request.GET.items() if not value}
    bound = form(request.GET)
    if not bound.is_valid():
        wrong |= {str(name): [str(error) for error in errors] for name, errors in bound.errors.items()}
    if wrong:
        raise invalid(wrong)
    return bound.cleaned_data


def sent(request: HttpRequest, **members: tuple[type, ...]) -> dict[str, Any]:
    """The members of the JSON object that was sent. Raises `BadRequest` for anything else."""
    if request.content_type != "application/json":
        raise BadRequest(415, _("Send JSON, as application/json."))
    try:
        data = json.loads(request.body)
        json.dumps(data, ensure_ascii=False).encode()  # halves of characters are no text
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, _("The request holds no JSON that can be read.")) from error
    if not isinstance(data, dict):
        raise BadRequest(422, _("Send one JSON object."))
    wrong = {str(name)[:80]: [_("This address does not know this member.")] for name in data if name not in members}
    wrong |= {
        name: [_("Not of the right type.")]
        for name, types in members.items()
        if name in data and type(data[name]) not in types
    }
    if wrong:
        raise invalid(wrong)
    return data


class TokenForm(OnceMixin):
    """A token for a program."""

    name = NameField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        help_text=gettext_lazy("For example the program that uses it."),
        error_messages={"required": gettext_lazy("Enter what it is for")},
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Select what it may do")},
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends after"),
        coerce=int,
        choices=lambda: [(days, _("%(days)d days") % {"days": days}) for days in settings.API_TOKEN_DAYS],
        initial=90,
        error_messages={"required": gettext_lazy("Select when it ends")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsAlone()


class WebhookForm(OnceMixin):
    """An address that is told of events."""

    consultation = forms.ModelChoiceField(
        label=gettext_lazy("Consultation"),
        queryset=Consultation.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={"required": gettext_lazy("Select a consultation")},
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=_LONGEST_URL,
        help_text=gettext_lazy("An https:// address on the public internet."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the address")},
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        choices=Event.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Select what it is told of")},
    )

    def __init__(self, *args: Any, consultations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consultation"]
        field.queryset = consultations
        self.helper = FieldsAlone()

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if not is_possible_address(url):
            raise ValidationError(_("Enter an address that begins with https:// and names a host on the internet."))
        return url


def is_possible_address(url: str) -> bool:
    """Whether webhooks can be sent there as far as the letters tell; what the name leads to is asked when sending."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or parts.username or parts.password:
        return False
    plain = settings.WEBHOOKS_TO_LOOPBACK and parts.scheme == "http"
    return bool(host) and (parts.scheme == "https" or plain) and not parts.fragment and _is_outside(host)


def _is_outside(host: str) -> bool:
    """A name with a dot, or an address of the public internet; on this machine where that is let."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".") or (settings.WEBHOOKS_TO_LOOPBACK and host == "localhost")
    return address.is_global or (settings.WEBHOOKS_TO_LOOPBACK and address.is_loopback)
