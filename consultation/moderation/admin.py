"""Moderation in the admin: the same decisions by the same action as in the queue, for people who prefer it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultation.discussion.models import Comment, CommentRevision
from consultation.moderation import actions, queue, rules
from consultation.moderation.actions import Verdict
from consultation.moderation.forms import DecisionForm
from consultation.moderation.kinds import KINDS
from consultation.moderation.models import Appeal, Decision, Flag, StatementTemplate
from consultation.positions.models import PositionVersion
from consultation.practices.models import Practice, RevisionState, State
from consultation.record.admin import ReadOnlyAdmin, RecordedAdmin
from consultation.record.errors import Refusal


class CommentDecisionForm(DecisionForm, forms.ModelForm):  # type: ignore[type-arg]
    """Binds the decision to the newest revision that was submitted: the one that the page shows."""

    class Meta:
        model = Comment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        submitted = self.instance.revisions.exclude(state=CommentRevision.State.DRAFT).order_by("-number").first()
        self.fields["revision"].initial = submitted.number if submitted else 0


class PracticeDecisionForm(DecisionForm, forms.ModelForm):  # type: ignore[type-arg]
    """Binds the decision to the newest revision that was submitted: the one that the page shows."""

    class Meta:
        model = Practice
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        submitted = submitted_words(self.instance)
        self.fields["revision"].initial = submitted.number if submitted else 0


def submitted_words(practice: Practice) -> Any:
    """The newest revision that was submitted, or None."""
    return practice.revisions.exclude(state=RevisionState.DRAFT).order_by("-number").first()


class ExplanationDecisionForm(DecisionForm, forms.ModelForm):  # type: ignore[type-arg]
    """Binds the decision to the version that the page shows."""

    class Meta:
        model = PositionVersion
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.instance.number


class DecisionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows what was submitted in the consultations that the person moderates; saving takes a decision."""

    actions = ["publish_selected"]
    shown: tuple[str, ...] = ()
    kind = KINDS[queue.COMMENT]

    def item_id(self, row: Any) -> str:
        """The queue's name of this row, which is a thing or its words."""
        return self.kind.id_of(row if isinstance(row, self.kind.things) else self.kind.thing_of(row))

    def has_module_permission(self, request: Any) -> bool:
        return queue.moderated_by(request.user).exists()

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        item = queue.find(self.item_id(obj), request.user) if obj else None
        own = item is not None and rules.is_own(request.user, item.organisation, item.author)
        return self.has_module_permission(request) and not own

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        """What was submitted, and the questions of the decision for those who may take it."""
        questions = ("decision", "reason", "statement", "revision", "submission_id")
        return (*self.shown, *questions) if self.has_change_permission(request, obj) else self.shown

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The decision form as it is: none of the row's own fields can be edited."""
        return self.form

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Take the decision; nothing else of the row is changed."""
        data = form.cleaned_data
        actions.decide(request.user, self.item_id(obj), data["revision"], form.verdict, data["submission_id"])

    @admin.action(description=gettext_lazy("Publish the selected ones"))
    def publish_selected(self, request: Any, queryset: "QuerySet[Any]") -> None:
        """Publish each one that waits; says which could not be published and why."""
        for thing in queryset:
            item = queue.find(self.item_id(thing), request.user)
            if item is None:
                continue
            try:
                actions.decide(request.user, item.id, item.number, Verdict(Decision.Kind.PUBLISH), uuid4())
            except Refusal as refusal:
                messages.error(request, f"{thing}: {refusal.sentence}")
            else:
                messages.success(request, _("Published: %s") % thing)


@admin.register(Comment)
class CommentAdmin(DecisionAdmin):
    form = CommentDecisionForm
    list_display = ("passage", "organisation", "state", "body", "state_at")
    list_filter = ("state", "consultation", "organisation__group")
    list_select_related = ("passage", "organisation", "latest")
    shown = ("consultation", "passage", "organisation", "author", "state", "body", "proposed_wording")
    readonly_fields = shown

    def get_queryset(self, request: Any) -> "QuerySet[Comment]":
        moderated = super().get_queryset(request).filter(consultation__in=queue.moderated_by(request.user))
        return moderated.exclude(state__in=[Comment.State.DRAFT, Comment.State.WITHDRAWN])

    @admin.display(description=gettext_lazy("comment"))
    def body(self, comment: Comment) -> str:
        return comment.latest.body if comment.latest else ""

    @admin.display(description=gettext_lazy("proposed wording"))
    def proposed_wording(self, comment: Comment) -> str:
        return comment.latest.proposed_wording if comment.latest else ""


@admin.register(Practice)
class PracticeAdmin(DecisionAdmin):
    form = PracticeDecisionForm
    kind = KINDS[queue.PRACTICE]
    list_display = ("public_id", "organisation", "state", "state_at")
    list_filter = ("state", "consultation", "organisation__group")
    list_select_related = ("organisation",)
    shown = ("consultation", "organisation", "author", "state", "text")
    readonly_fields = shown

    def get_queryset(self, request: Any) -> "QuerySet[Practice]":
        moderated = super().get_queryset(request).filter(consultation__in=queue.moderated_by(request.user))
        return moderated.exclude(state__in=[State.DRAFT, State.WITHDRAWN])

    @admin.display(description=gettext_lazy("practice"))
    def text(self, practice: Practice) -> str:
        words = submitted_words(practice)
        return words.text if words else ""


@admin.register(PositionVersion)
class ExplanationAdmin(DecisionAdmin):
    form = ExplanationDecisionForm
    kind = KINDS[queue.EXPLANATION]
    list_display = ("position", "stance", "explanation_state", "explanation", "signed_at")
    list_filter = ("explanation_state", "position__consultation")
    list_select_related = ("position__recommendation", "position__organisation")
    shown = ("position", "stance", "explanation", "explanation_state", "drafted_by", "signed_by", "signed_at")
    readonly_fields = shown

    def get_queryset(self, request: Any) -> "QuerySet[PositionVersion]":
        moderated = super().get_queryset(request).filter(position__consultation__in=queue.moderated_by(request.user))
        signed = moderated.filter(state=PositionVersion.State.SIGNED)
        return signed.exclude(explanation_state=PositionVersion.Explanation.NONE)


@admin.register(Decision)
class DecisionListAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "reason", "moderator", "consultation")
    list_filter = ("kind", "reason", "consultation")
    list_select_related = ("moderator", "consultation")


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    list_display = ("at", "reason", "organisation", "consultation", "settled")
    list_filter = ("reason", "consultation", ("settled", admin.EmptyFieldListFilter))
    list_select_related = ("organisation", "consultation", "settled")


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    list_display = ("at", "decision", "author", "settled")
    list_select_related = ("decision", "author", "settled")


@admin.register(StatementTemplate)
class StatementTemplateAdmin(RecordedAdmin):
    list_display = ("text", "reason", "consultation", "order")
    list_filter = ("reason", "consultation")
