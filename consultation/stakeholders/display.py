"""How a person wants to see the application: its language and theme. Kept in cookies, so that it needs no account."""

from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.record import clock
from consultation.stakeholders import actions
from consultation.text.forms import posted

THEME_COOKIE = "theme"
_YEAR = 365 * 24 * 60 * 60


class Theme(models.TextChoices):
    DEVICE = "device", _("As on my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


@cache
def languages() -> list[tuple[str, str]]:
    """The languages of the interface, each by its own name."""
    named = ((code, get_language_info(code.partition("-")[0])["name_local"]) for code, _name in settings.LANGUAGES)
    return [(code, name[:1].upper() + name[1:]) for code, name in named]


class DisplayForm(forms.Form):
    """Language and theme."""

    language = forms.ChoiceField(label=_("Language"), choices=languages, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, widget=forms.RadioSelect)


def theme_of(request: HttpRequest) -> str:
    """The theme that the reader chose; as on the device where they did not."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in Theme.values else Theme.DEVICE


def masthead(request: HttpRequest) -> dict[str, Any]:
    """What every page needs to look as the reader chose, and the day that stands on what is printed."""
    return {"theme": theme_of(request), "languages": languages(), "today": clock.now()}


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What each role does here, step by step."""
    return render(request, "stakeholders/help.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Choose language and theme, then go back to the page that one came from."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})):
        back = ""
    asked = request.GET.get("language")
    offered = asked if asked in dict(languages()) else get_language()
    form = DisplayForm(posted(request), initial={"language": offered, "theme": theme_of(request)})
    if not form.is_valid():
        context = {"form": form, "next": back}
        # A link in one's own language leads to a page that one can read.
        with override(offered):
            return render(request, "stakeholders/display.html", context, status=422 if form.errors else 200)
    language, theme = form.cleaned_data["language"], form.cleaned_data["theme"]
    if request.user.is_authenticated:
        actions.choose_language(request.user, language)
    response = redirect(back or "home")
    keep: dict[str, Any] = {"max_age": _YEAR, "samesite": "Lax", "secure": settings.HTTPS}
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **keep)
    response.set_cookie(THEME_COOKIE, theme, **keep)
    return response
