"""What a person typed before they had to sign in is kept in their session and given back to the form once."""

import re
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from consultation.record.errors import TooMany
from consultation.throttling import limits

_KEPT = "kept_text"
_INVITATION = "kept_invitation"
_FIELDS = (
    *("body", "type", "proposed_wording", "parent", "attribution"),
    *("stance", "explanation", "capacity", "submission_id"),
)
_FIELDS_OF_LATER_ROOMS = re.compile(
    r"introduction|what|by_when|indicator|responsible|status|words|word|objection|disclosure",
    re.ASCII,
)
_LIMIT = 100_000  # bytes of all fields together: who has no account fills no disk with them


def keep_and_sign_in(request: HttpRequest, back: str, names: Iterable[str] = _FIELDS) -> HttpResponseRedirect:
    """To the sign-in page and from there to `back`, where `kept` gives the typed text of these fields to the form."""
    if request.method == "POST":
        typed = {name: request.POST[name] for name in _kept_fields(request, names)}
        if may_keep(request, typed.values()):
            request.session[_KEPT] = {"for": back, "typed": typed}
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def may_keep(request: HttpRequest, words: Iterable[str]) -> bool:
    """Whether the session takes these words beside what it keeps already; where not, the next page says so."""
    before = request.session.get(_KEPT, {}).get("typed", {}).values()
    size = sum(len(text.encode(errors="replace")) for text in (*before, *words))
    try:
        limits.spend(request, "kept")
    except TooMany:
        size = _LIMIT + 1
    if size > _LIMIT:
        messages.warning(
            request,
            _(
                "What you typed is not kept while you sign in: it is too long, or much was kept for your network "
                "lately. Go back and copy it, then sign in."
            ),
        )
    return size <= _LIMIT


def _kept_fields(request: HttpRequest, names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [name for name in request.POST if name in wanted or _FIELDS_OF_LATER_ROOMS.fullmatch(name)]


def kept(request: HttpRequest) -> dict[str, str]:
    """The fields kept for this page, once; empty where nothing was kept."""
    stored = request.session.get(_KEPT)
    if not stored or stored["for"].partition("#")[0] != request.get_full_path():
        return {}
    del request.session[_KEPT]
    return dict(stored["typed"])


def kept_fields(request: HttpRequest) -> list[str]:
    """The names of the fields that this session keeps to fill them again."""
    return list(request.session.get(_KEPT, {}).get("typed", {}))


def keep_invitation(request: HttpRequest) -> None:
    """Remember the address of the invitation that the person opened, until they have an account."""
    request.session[_INVITATION] = request.path


def kept_invitation(request: HttpRequest) -> str:
    """The address of the invitation that this session opened before it had an account, or nothing."""
    return str(request.session.get(_INVITATION, ""))
