"""Writing, changing and withdrawing comments. The thread itself is shown on the passage's page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.consultations import rules as consultation_rules
from consultation.consultations.models import Consultation
from consultation.consultations.views import visible
from consultation.discussion import actions
from consultation.discussion.forms import CommentForm
from consultation.discussion.models import Comment
from consultation.record.errors import NotAllowed
from consultation.reports.models import Passage
from consultation.stakeholders.models import Membership
from consultation.stakeholders.signing_in import keep_and_sign_in, kept

SAVED = {
    Comment.State.PENDING: _("Your comment is waiting for a moderator. You can still edit it."),
    Comment.State.DRAFT: _("Your draft is saved. Only you see it."),
    Comment.State.PUBLISHED: _("Your edit is waiting for a moderator. The published version stays until then."),
}


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str, ref: str) -> HttpResponse:
    """A comment on a passage; `?parent=` names the comment that is answered."""
    consultation = visible(request, slug)
    passage = get_object_or_404(consultation.passages(), ref=ref)
    if not request.user.is_authenticated:
        return keep_and_sign_in(request, reverse("add_comment", args=[slug, ref]))
    form = comment_form(request, consultation, passage)
    if request.method == "POST" and form.is_valid() and request.POST.get("action") != "preview":
        comment = actions.write_comment(
            request.user,
            consultation,
            passage,
            form.words,
            form.cleaned_data["submission_id"],
            submit=request.POST.get("action") != "draft",
            parent=form.cleaned_data["parent"],
            organisation_id=form.organisation_id,
        )
        return _saved(request, comment)
    return _form_page(request, form, consultation, passage)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """New words for one's own comment."""
    comment = _own(request, slug, public_id)
    memberships = [m for m in Membership.objects.of(request.user) if m.organisation_id == comment.organisation_id]
    latest = comment.latest
    initial = {"body": latest.body, "type": latest.type, "proposed_wording": latest.proposed_wording} if latest else {}
    form = CommentForm(request.POST or None, initial=initial, passage=comment.passage, memberships=memberships)
    if form.is_valid() and request.POST.get("action") != "preview":
        submit = request.POST.get("action") != "draft"
        return _saved(request, actions.revise_comment(request.user, comment, form.words, submit=submit))
    return _form_page(request, form, comment.consultation, comment.passage, comment=comment)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The author takes the comment back."""
    comment = actions.withdraw_comment(request.user, _own(request, slug, public_id))
    messages.success(request, _("Your comment is withdrawn."))
    return redirect("passage", slug, comment.passage.ref)


@require_safe
def permalink(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """To the comment in its thread, for those who may see it; else 404."""
    consultation = visible(request, slug)
    comments = consultation.comments.visible_to(request.user).select_related("passage")
    return redirect(comment_url(get_object_or_404(comments, public_id=public_id), consultation))


def comment_form(request: HttpRequest, consultation: Consultation, passage: Passage) -> CommentForm:
    """The form for a new comment on a passage: bound to what was sent, else with what was kept before signing in."""
    sent = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {"parent": request.GET.get("parent", ""), **kept(request)}
    if request.GET.get("wording"):
        initial["proposed_wording"] = passage.words
    return CommentForm(
        sent,
        initial=initial,
        passage=passage,
        memberships=consultation_rules.memberships_taking_part(request.user, consultation),
        comments=consultation.comments,
    )


def comment_url(comment: Comment, consultation: Consultation) -> str:
    """The address of a comment in its thread."""
    return reverse("passage", args=[consultation.slug, comment.passage.ref]) + f"#c-{comment.public_id}"


def _own(request: HttpRequest, slug: str, public_id: str) -> Comment:
    consultation = visible(request, slug)
    comments = consultation.comments.visible_to(request.user).for_display()
    comment = get_object_or_404(comments, public_id=public_id)
    if comment.author_id != request.user.pk:
        raise NotAllowed(_("Only its author can change or withdraw a comment."))
    return comment


def _saved(request: HttpRequest, comment: Comment) -> HttpResponse:
    messages.success(request, SAVED.get(Comment.State(comment.state), SAVED[Comment.State.PENDING]))
    return redirect(comment_url(comment, comment.consultation))


def _form_page(
    request: HttpRequest,
    form: CommentForm,
    consultation: Consultation,
    passage: Passage,
    comment: Comment | None = None,
) -> HttpResponse:
    """The form on a page of its own; 403 and 409 before anything is typed in vain, 422 with the errors."""
    membership = consultation_rules.membership_for(
        request.user, consultation, comment.organisation_id if comment else None, to_submit=False
    )
    if not (request.method == "POST" and request.POST.get("action") == "draft"):
        consultation_rules.require_open(consultation)
    parents = consultation.comments.public().for_display().filter(passage=passage)
    context = {
        "consultation": consultation,
        "passage": passage,
        "comment": comment,
        "form": form,
        "membership": membership,
        "parent": parents.filter(public_id=form["parent"].value() or "").first(),
        "preview": form.words if form.is_bound and form.is_valid() else None,
        "tab": "report",
    }
    return render(request, "discussion/form.html", context, status=422 if form.errors else 200)
