"""Packs of a delegation: made, downloaded, sent back, shown as a difference, saved as drafts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.offline import actions
from consultation.offline.comparing import Comparison
from consultation.offline.content import Content
from consultation.offline.errors import BadPack, LinesChanged
from consultation.offline.formats import FORMATS, LIMITS
from consultation.offline.forms import MOST_LINES, FileForm, PackForm, SaveForm, shown_rows
from consultation.offline.lines import CONFLICT, REFUSED
from consultation.offline.models import Pack
from consultation.offline.reading import pack_named, read_pack
from consultation.positions.views.grid import membership_named
from consultation.record.errors import AlreadySent
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.text.archives import BadArchive
from consultation.text.uploads import UpTo, bounded


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offline(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """Make a pack of one's delegation and download it; send one back."""
    consultation = visible(request, slug)
    membership = membership_named(request, consultation, organisation)
    form = PackForm(request.POST or None)
    if form.is_valid():
        content = actions.make_pack(
            request.user,
            consultation,
            membership.organisation,
            form.cleaned_data["kind"],
            form.cleaned_data["submission_id"],
        )
        return file_of(content)
    return _page(request, membership, consultation, form=form, status=422 if form.errors else 200)


@never_cache
@require_POST
@bounded(LIMITS.packed)
def read(request: HttpRequest, organisation: str, slug: str, *, limit: UpTo) -> HttpResponse:
    """A filled pack: what it would change, or why nothing of it is taken."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("offline", args=[organisation, slug]))
    membership = membership_named(request, consultation, organisation)
    consultation_rules.require_taking(request.user, consultation, membership.organisation)
    form = FileForm(request.POST, request.FILES)
    try:
        if limit.too_large:
            raise BadPack(BadArchive("packed", LIMITS).sentence)
        if not form.is_valid():
            raise BadPack(form.errors["file"][0])
        sent = form.cleaned_data["file"]
        pack, written = read_pack(sent.file, sent.name, consultation, membership.organisation)
    except BadPack as bad:
        return _page(request, membership, consultation, problem=bad.sentence, status=422)
    comparison = Comparison(pack, request.user, written)
    if not comparison.changing:
        messages.info(request, _("The file says what is here already. There is nothing to save."))
        return redirect("offline", organisation, slug)
    return _differences(request, membership, comparison)


@login_required
@never_cache
@require_POST
def save(request: HttpRequest, organisation: str, slug: str) -> HttpResponse:
    """Save what was chosen of a filled pack as drafts, all of it or nothing."""
    consultation = visible(request, slug)
    membership = membership_named(request, consultation, organisation)
    consultation_rules.require_taking(request.user, consultation, membership.organisation)
    form = SaveForm(request.POST)
    try:
        number = form.cleaned_data["pack"] if form.is_valid() else ""
        pack = pack_named(number, consultation, membership.organisation)
    except BadPack as bad:
        return _page(request, membership, consultation, problem=bad.sentence, status=422)
    comparison = Comparison(pack, request.user, shown_rows(request.POST))
    for line in comparison.lines:
        line.take = request.POST.get(f"{line.written.name}-take", "")
    taken = [line for line in comparison.to_take if line.take == "file"]
    before = actions.saved_by(pack, form.cleaned_data["submission_id"])
    if before and not taken:  # what this form saved is here
        return _saved(request, membership, consultation, before)
    open_choices = [line for line in comparison.lines if line.status == CONFLICT and not line.take]
    if open_choices or any(line.status == REFUSED and line.take for line in comparison.lines):
        return _differences(request, membership, comparison, status=422, asked=True)
    if before or any(request.POST.get(f"{line.written.name}-seen") != str(line.mark) for line in taken):
        sentence = AlreadySent().sentence if before else _moved()
        return _differences(request, membership, comparison, status=409, sentence=sentence)
    try:
        once = form.cleaned_data["submission_id"]
        saved = actions.save_lines(request.user, pack, taken, once) if taken else actions.Saved()
    except LinesChanged as changed:
        fresh = Comparison(pack, request.user, shown_rows(request.POST))
        return _differences(request, membership, fresh, status=409, sentence=changed.sentence)
    return _saved(request, membership, consultation, saved)


def file_of(content: Content) -> HttpResponse:
    """The pack as a file to keep."""
    kind = Pack.Kind(content.pack.kind)
    return HttpResponse(
        FORMATS[kind].write(content),
        content_type=FORMATS[kind].media_type,
        headers={"Content-Disposition": f'attachment; filename="{content.pack.number}.{kind}"'},
    )


def _moved() -> str:
    return _("Something was changed here while you were looking. Nothing was saved. Look again and save once more.")


def _page(
    request: HttpRequest, membership: Membership, consultation: Consultation, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "consultation": consultation,
        "membership": membership,
        "form": PackForm(),
        "may_write": consultation_rules.may_write_now(request.user, consultation),
        "tab": "recommendations",
        **more,
    }
    return render(request, "offline/offline.html", context, status=status)


def _differences(
    request: HttpRequest, membership: Membership, comparison: Comparison, *, status: int = 200, **more: Any
) -> HttpResponse:
    lines = comparison.changing
    context = {
        "consultation": comparison.consultation,
        "membership": membership,
        "comparison": comparison,
        "lines": lines[:MOST_LINES],
        "more_lines": max(len(lines) - MOST_LINES, 0),
        "can_save": bool(comparison.to_take),
        "form": SaveForm(initial={"pack": comparison.pack.number}),
        "tab": "recommendations",
        **more,
    }
    return render(request, "offline/differences.html", context, status=status)


def _saved(
    request: HttpRequest, membership: Membership, consultation: Consultation, saved: actions.Saved
) -> HttpResponse:
    if not saved.number:
        messages.info(request, _("Nothing was chosen that is not here already, so nothing was saved."))
        return redirect("offline", membership.organisation.slug, consultation.slug)
    sentence = ngettext("%d draft is saved.", "%d drafts are saved.", saved.number) % saved.number
    if saved.positions and stakeholder_rules.may_sign(request.user, membership):
        messages.success(request, sentence)
        return redirect("sign_several", membership.organisation.slug, consultation.slug)
    waits = _("Nothing counts until a focal point has signed.")
    messages.success(request, f"{sentence} {waits}" if saved.positions else sentence)
    return redirect("delegation")
