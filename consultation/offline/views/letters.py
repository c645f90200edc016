"""Letters: entered by the secretariat, confirmed or refused by the focal point."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.offline import actions, rules
from consultation.offline import fields as f
from consultation.offline.comparing import Comparison
from consultation.offline.content import passages_of
from consultation.offline.errors import BadPack
from consultation.offline.formats import LIMITS
from consultation.offline.forms import LetterForm, PackForm, RefuseForm, rows_to_type, typed
from consultation.offline.letters import lines_of, seen_in
from consultation.offline.models import Letter, Pack, ScanContent
from consultation.offline.reading import read_pack
from consultation.offline.scans import LIMIT
from consultation.offline.views.packs import file_of
from consultation.stakeholders.models import Organisation
from consultation.text.archives import BadArchive
from consultation.text.forms import posted
from consultation.text.uploads import UpTo, bounded

ON_A_PAGE = 50


@login_required
@never_cache
@require_safe
def letters(request: HttpRequest, slug: str) -> HttpResponse:
    """For the secretariat: what it entered, and for whom it can enter something."""
    consultation = visible(request, slug)
    consultation_rules.require_secretariat(request.user, consultation)
    page = Paginator(consultation.letters.for_display(), ON_A_PAGE).get_page(request.GET.get("page"))
    participants = Paginator(consultation.participants().order_by("name", "pk"), ON_A_PAGE)
    context = {
        "consultation": consultation,
        "page": page,
        "organisations": participants.get_page(request.GET.get("organisations")),
    }
    return render(request, "offline/letters.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@bounded(LIMIT)
def enter(request: HttpRequest, slug: str, organisation: str, *, limit: UpTo) -> HttpResponse:
    """Enter what an organisation sent on paper, with the scan."""
    consultation = visible(request, slug)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    consultation_rules.require_secretariat(request.user, consultation)
    named = get_object_or_404(consultation.participants(), slug=organisation)
    rules.require_may_enter(request.user, consultation, named)
    if request.method != "POST":
        return _enter_page(request, consultation, named, LetterForm())
    form = LetterForm(request.POST, request.FILES)
    good = form.is_valid()
    if limit.too_large:
        form.errors.pop("scan", None)
        form.add_error("scan", _("The scan is too large. The limit is 10 MB."))
        good = False
    comparison = _compared(request, consultation, named, form)
    lines = comparison.to_take if comparison else []
    refused = [line for line in comparison.lines if line.errors] if comparison else []
    if good and comparison and not lines and not refused:
        form.add_error("file", _("The letter has no position and no comment. Enter at least one."))
    if form.errors or refused:
        return _enter_page(request, consultation, named, form, refused=refused, status=422)
    data = form.cleaned_data
    made = actions.enter_letter(
        request.user,
        consultation,
        named,
        lines,
        data["scan"],
        submission_id=data["submission_id"],
        note=data["note"],
    )
    messages.success(request, _("The letter is entered. It counts only when a focal point has confirmed it."))
    return redirect("letter", slug, made.public_id)


def _compared(
    request: HttpRequest, consultation: Consultation, organisation: Organisation, form: LetterForm
) -> Comparison | None:
    """What the filled pack and the typed lines say; None where the file cannot be read, with the error in the form."""
    pack, written = Pack(consultation=consultation, organisation=organisation), typed(request.POST)
    sent = form.cleaned_data.get("file")
    if sent:
        try:
            if sent.size > LIMITS.packed:
                raise BadPack(BadArchive("packed", LIMITS).sentence)
            pack, read = read_pack(sent.file, sent.name, consultation, organisation)
            written = [*read, *written]
        except BadPack as bad:
            form.add_error("file", bad.sentence)
            return None
    return Comparison(pack, request.user, written, drafts=False)


def _enter_page(
    request: HttpRequest,
    consultation: Consultation,
    organisation: Organisation,
    form: LetterForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    passages = [
        (p.ref, p.code or p.ref, p.words[:60])
        for p in passages_of(consultation)
        if consultation.takes_positions_on(p) or consultation.takes_comments_on(p)
    ]
    context = {
        "consultation": consultation,
        "organisation": organisation,
        "form": form,
        "pack_form": PackForm(),
        "rows": rows_to_type(posted(request), request.GET.get("rows", "")),
        "passages": passages,
        "choices": {number: [(c.value, c.label) for c in choices] for number, choices in f.CHOICES.items()},
        **more,
    }
    return render(request, "offline/enter.html", context, status=status)


@login_required
@never_cache
@require_POST
def blank_pack(request: HttpRequest, slug: str, organisation: str) -> HttpResponse:
    """An empty pack for an organisation, for the secretariat to send or to fill in from a letter."""
    consultation = visible(request, slug)
    consultation_rules.require_secretariat(request.user, consultation)
    named = get_object_or_404(consultation.participants(), slug=organisation)
    form = PackForm(request.POST)
    if not form.is_valid():
        return _enter_page(request, consultation, named, LetterForm(), status=422, pack_form=form)
    content = actions.make_pack(
        request.user, consultation, named, form.cleaned_data["kind"], form.cleaned_data["submission_id"], blank=True
    )
    return file_of(content)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One letter: its lines beside what is here, its scan; for the focal point to confirm or to refuse."""
    found = _letter(request, slug, public_id)
    form = RefuseForm(request.POST if request.POST.get("action") == "refuse" else None)
    if request.method == "POST" and not form.errors and (sentence := _decided(request, found, form)):
        messages.success(request, sentence)
        return redirect("letter", slug, public_id)
    context = {
        "consultation": found.consultation,
        "letter": found,
        "lines": lines_of(found, request.user),
        "form": form,
        "may_decide": rules.may_decide(request.user, found),
        "may_take_back": rules.may_take_back(request.user, found),
        "manages": consultation_rules.may_manage(request.user, found.consultation),
    }
    return render(request, "offline/letter.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, letter: Letter, form: RefuseForm) -> str:
    """What was done with it; "" where the form asks for nothing that can be done."""
    action = request.POST.get("action")
    if action == "confirm":
        actions.confirm_letter(request.user, letter, seen_in(request.POST, letter))
        return _("The letter is confirmed: its positions are signed and its comments submitted, in your name.")
    if action == "refuse" and form.is_valid():
        actions.refuse_letter(request.user, letter, form.cleaned_data["reason"])
        return _("The letter is refused. Nothing of it stands.")
    if action == "take_back":
        actions.take_back_letter(request.user, letter)
        return _("The letter is taken back. Nothing of it stands.")
    return ""


@login_required
@never_cache
@require_safe
def scan(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The scan, for the delegation and the secretariat."""
    found = _letter(request, slug, public_id)
    held = get_object_or_404(ScanContent.objects.select_related("scan"), scan__letter=found)
    kind = held.scan.media_type
    ending = kind.rpartition("/")[2]
    return HttpResponse(
        bytes(held.content),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="letter-{found.public_id}.{ending}"'},
    )


def _letter(request: HttpRequest, slug: str, public_id: str) -> Letter:
    consultation = visible(request, slug)
    mine = consultation.letters.visible_to(request.user).for_display()
    return get_object_or_404(mine, public_id=public_id)
