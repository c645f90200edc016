"""Writing: comments, drafts, edits, withdrawals and the support of proposed wordings."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from consultation.consultations import rules as consultation_rules
from consultation.consultations.attribution import FINER, Attribution, from_here
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.discussion import actions, rules
from consultation.discussion.errors import DraftChanged
from consultation.discussion.forms import AttributionForm, CommentForm
from consultation.discussion.models import Comment, CommentRevision
from consultation.record import clock
from consultation.record.errors import NotAllowed
from consultation.record.receipts import confirmed
from consultation.reports.models import Passage
from consultation.stakeholders import rules as stakeholder_rules
from consultation.stakeholders.models import Membership
from consultation.stakeholders.signing_in import keep_and_sign_in, kept
from consultation.text.forms import posted
from consultation.text.numbers import whole

_QUOTED = 1_000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """A comment on a passage; `?parent=` names the comment that is answered, `?quote=1` begins with its words."""
    consultation = visible(request, slug)
    passage = get_object_or_404(consultation.named(ref))
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, reverse("add_comment", args=[slug, ref]))
    named = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    form = comment_form(request, consultation, passage)
    if request.method != "POST" or request.POST.get("action") == "preview" or not form.is_valid():
        return _form_page(request, form, consultation, passage, named=named)
    try:
        comment = actions.write_comment(
            request.user,
            consultation,
            passage,
            form.words,
            form.cleaned_data["submission_id"],
            submit=_submits(request),
            parent=form.cleaned_data["parent"],
            organisation_id=named,
            shared=bool(form.cleaned_data.get("shared")),
            seen=form.cleaned_data["version"],
            attribution=form.chosen_attribution or Attribution.NAMED,
        )
    except DraftChanged as changed:
        return _form_page(request, form, consultation, passage, named=named, changed=changed)
    return _saved(request, comment)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """New words for one's own comment, or for a draft that a colleague shares."""
    comment = _revisable(request, slug, public_id)
    draft = comment.draft
    form = _edit_form(request, comment, draft)
    if request.method != "POST" or request.POST.get("action") == "preview" or not form.is_valid():
        return _form_page(request, form, comment.consultation, comment.passage, comment=comment, draft=draft)
    try:
        revised = actions.revise_comment(
            request.user,
            comment,
            form.words,
            submit=_submits(request),
            shared=form.cleaned_data.get("shared"),
            seen=form.cleaned_data["version"],
            attribution=form.chosen_attribution,
        )
    except DraftChanged as changed:
        return _form_page(request, form, comment.consultation, comment.passage, comment=comment, changed=changed)
    return _saved(request, revised)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attribution(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The author tells more of who says a comment."""
    comment = _revisable(request, slug, public_id)
    if not rules.may_attribute(request.user, comment):
        raise NotAllowed(
            _("Only its author can tell more of who says a comment, and only while there is more to tell.")
        )
    consultation_rules.require_open(comment.consultation)
    form = AttributionForm(posted(request), comment)
    if form.is_valid():
        actions.attribute_comment(request.user, comment, form.cleaned_data["attribution"])
        messages.success(request, _("Your comment is shown so from now on."))
        return redirect(comment_url(comment, comment.consultation))
    context = {"consultation": comment.consultation, "passage": comment.passage, "comment": comment, "form": form}
    return render(request, "discussion/attribution.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The author takes the comment back."""
    comment = actions.withdraw_comment(request.user, _revisable(request, slug, public_id))
    messages.success(request, confirmed(_("Your comment is withdrawn."), comment, request.user))
    return redirect("passage", slug, comment.passage.ref)


@login_required
@require_POST
def support(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Support a proposed wording in the revision that was read, or take the support back: `action` = withdraw."""
    consultation = visible(request, slug)
    comment = get_object_or_404(consultation.comments.public().for_display(), public_id=public_id)
    organisation_id = stakeholder_rules.organisation_named(request.user, request.POST.get("organisation"))
    if request.POST.get("action") == "withdraw":
        actions.withdraw_support(request.user, comment, organisation_id)
        messages.success(request, confirmed(_("The support is withdrawn."), comment, request.user))
    else:
        number = request.POST.get("revision", "")
        actions.support(request.user, comment, whole(number), organisation_id)
        messages.success(request, confirmed(_("Your organisation supports this wording."), comment, request.user))
    return redirect("proposals", slug, comment.passage.ref)


def comment_form(
    request: HttpRequest, consultation: Consultation, passage: Passage, memberships: list[Membership] | None = None
) -> CommentForm:
    """The form for a new comment on a passage: bound to what was sent, else with what was kept before signing in.

    The reader's memberships that take part are looked up where they are not given.
    """
    sent = posted(request)
    initial: dict[str, Any] = {"parent": request.GET.get("parent", "")}
    if request.GET.get("wording"):
        initial["proposed_wording"] = passage.words
    if request.GET.get("quote"):
        initial["body"] = _quotation(consultation, passage, initial["parent"])
    if memberships is None:
        memberships = consultation_rules.memberships_taking_part(request.user, consultation)
    return CommentForm(
        sent,
        initial={**initial, **kept(request)},
        passage=passage,
        memberships=memberships,
        comments=consultation.comments,
        attributions=list(Attribution) if consultation.attribution_choice and not consultation.has_ended else None,
    )


def comment_url(comment: Comment, consultation: Consultation) -> str:
    """The address of a comment in its thread."""
    return reverse("comment", args=[consultation.slug, comment.public_id])


def _quotation(consultation: Consultation, passage: Passage, public_id: str) -> str:
    """The published words of a comment as a Markdown quotation, to answer them."""
    parents = consultation.comments.filter(passage=passage, public_id=public_id, state=Comment.State.PUBLISHED)
    body = parents.values_list("published__body", flat=True).first()
    if not body:
        return ""
    quoted = "\n".join(f"> {line}".rstrip() for line in body[:_QUOTED].splitlines())
    return f"{quoted}\n\n"


def _submits(request: HttpRequest) -> bool:
    return request.POST.get("action") != "draft"


def _edit_form(request: HttpRequest, comment: Comment, draft: CommentRevision | None) -> CommentForm:
    """With the words of the draft, else with those that were submitted last."""
    begun = draft or comment.latest
    assert begun is not None  # noqa: S101 - every comment is made with its first revision
    return CommentForm(
        posted(request),
        initial={
            "body": begun.body,
            "type": begun.type,
            "proposed_wording": begun.proposed_wording,
            "shared": comment.shared,
            "attribution": comment.attribution,
            "version": begun.saves,
        },
        passage=comment.passage,
        memberships=[m for m in Membership.objects.of(request.user) if m.organisation_id == comment.organisation_id],
        may_share=comment.state == Comment.State.DRAFT and comment.author_id == request.user.pk,
        attributions=_attributions(comment),
    )


def _attributions(comment: Comment) -> list[Attribution]:
    """What can be chosen with new words: of a draft all; after closing, when what comes is named, the name too."""
    if not comment.consultation.attribution_choice:
        return []
    if comment.state == Comment.State.DRAFT:
        return list(FINER)
    return from_here(comment.attribution) if comment.consultation.has_ended else []


def _revisable(request: HttpRequest, slug: str, public_id: str) -> Comment:
    consultation = visible(request, slug)
    comments = consultation.comments.visible_to(request.user).for_display()
    comment = get_object_or_404(comments, public_id=public_id)
    if comment.author_id != request.user.pk and not rules.may_revise(request.user, comment):
        raise NotAllowed(_("Only its author can change or withdraw a comment."))
    return comment


def _saved(request: HttpRequest, comment: Comment) -> HttpResponse:
    """To the comment in its thread; a line beside the form where it is saved while typing."""
    if request.headers.get("HX-Request"):
        saved = comment.draft or comment.latest
        context = {
            "consultation": comment.consultation,
            "now": clock.now(),
            "saves": saved.saves if saved else 0,
            "length": len(saved.body) if saved else 0,
            "limit": settings.COMMENT_MAX_CHARACTERS,
        }
        return render(request, "discussion/_saved.html", context)
    submitted = _submits(request)
    sentence = confirmed(_submitted_said(comment), comment, request.user) if submitted else _draft_said(comment)
    messages.success(request, sentence)
    return redirect(comment_url(comment, comment.consultation))


def _submitted_said(comment: Comment) -> str:
    if comment.state != Comment.State.PUBLISHED:
        return _("Your comment is waiting for a moderator. You can still edit it.")
    if comment.edit_is_pending:
        return _("Your edit is waiting for a moderator. The published version stays until then.")
    return _("Your comment is published.")


def _draft_said(comment: Comment) -> str:
    """What became of a draft, and of what was submitted before it."""
    if comment.state == Comment.State.PENDING or comment.edit_is_pending:
        return _("Your draft is saved. What you submitted goes on waiting for a moderator.")
    if comment.state == Comment.State.PUBLISHED:
        return _("Your draft is saved. The published version stays.")
    return _("Your draft is saved.")


def _form_page(
    request: HttpRequest,
    form: CommentForm,
    consultation: Consultation,
    passage: Passage,
    *,
    named: int | None = None,
    comment: Comment | None = None,
    draft: CommentRevision | None = None,
    changed: DraftChanged | None = None,
) -> HttpResponse:
    """The form on a page of its own; 403 and 409 before anything is typed in vain, 422 with the errors."""
    membership = consultation_rules.membership_for(
        request.user, consultation, comment.organisation_id if comment else named, to_submit=False
    )
    status = 409 if changed else 422 if form.errors else 200
    if request.headers.get("HX-Request"):
        told = {"changed": changed, "errors": form.errors}
        return render(request, "discussion/_not_saved.html", told, status=status)
    consultation_rules.require_commented(consultation, passage)
    if not (request.method == "POST" and not _submits(request)):
        consultation_rules.require_taking(request.user, consultation, membership.organisation)
    if changed:  # What is sent next is a decision on both texts.
        sent = request.POST.copy()
        sent["version"] = str(changed.draft.saves)
        form.data = sent
    parents = consultation.comments.public().for_display().filter(passage=passage)
    context = {
        "consultation": consultation,
        "passage": passage,
        "comment": comment,
        "begun": draft if comment and comment.state != Comment.State.DRAFT else None,
        "form": form,
        "changed": changed,
        "membership": membership,
        "parent": parents.filter(public_id=form["parent"].value() or "").first(),
        "preview": form.words if form.is_bound and form.is_valid() and not changed else None,
        "tab": "overview" if passage.is_question else "report",
    }
    return render(request, "discussion/form.html", context, status=status)
