"""The comment form."""

from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultation.consultations.attribution import Attribution, from_here
from consultation.consultations.forms import ATTRIBUTION_HINT, MEANINGS, offer_attributions
from consultation.discussion import rules
from consultation.discussion.actions import Words
from consultation.discussion.models import Comment, CommentRevision
from consultation.reports.models import Passage
from consultation.stakeholders.forms import offer_organisations
from consultation.stakeholders.models import Membership
from consultation.text.forms import FieldsAlone, OnceMixin, WrittenField, filled, require_known_action

LIMIT = settings.COMMENT_MAX_CHARACTERS


class CommentForm(OnceMixin):
    """A comment on a passage or a reply to one, in the name of one of the person's organisations."""

    body = WrittenField(
        label=_("Your comment"),
        limit=LIMIT,
        missing=_("Enter your comment"),
        help_text=filled(
            _("Up to %(limit)s characters. *emphasis*, lists, > quotations and links are kept."), limit=f"{LIMIT:,}"
        ),
    )
    type = forms.ChoiceField(
        label=_("Type"), choices=CommentRevision.Type.choices, initial=CommentRevision.Type.SUBSTANTIVE, required=False
    )
    proposed_wording = WrittenField(
        label=_("Proposed wording (optional)"),
        limit=LIMIT,
        rows=4,
        required=False,
        help_text=_("Other words for the whole passage. Readers see the difference from the report, word by word."),
    )
    attribution = forms.ChoiceField(label=_("How it is shown"), required=False, help_text=ATTRIBUTION_HINT)
    parent = forms.CharField(widget=forms.HiddenInput, required=False)
    shared = forms.BooleanField(
        label=_("Share the draft with my delegation"),
        required=False,
        help_text=_("Colleagues can read and edit it until it is submitted."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self,
        *args: Any,
        passage: Passage,
        memberships: list[Membership],
        comments: Any = None,
        may_share: bool = True,
        attributions: list[Attribution] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.passage = passage
        self.comments = comments
        if passage.is_question:  # it is answered; there is no text to word otherwise
            del self.fields["proposed_wording"]
            self.fields["body"].label = _("Your answer")
        offer_attributions(self, attributions or [])
        offer_organisations(self, memberships)
        self.helper = FieldsAlone()
        self.helper.layout = Layout(
            *(["organisation"] if "organisation" in self.fields else []),
            "submission_id",
            "parent",
            "body",
            "type",
            *([] if passage.is_question else [Field("proposed_wording", css_class="rtext")]),
            *(["attribution"] if "attribution" in self.fields else []),
            *(["shared"] if may_share else []),
            "version",
        )
        if not may_share:
            del self.fields["shared"]

    def clean(self) -> dict[str, Any]:
        """Without a button it is submitted; with one that is not ours nothing is guessed."""
        require_known_action(self.data)
        return super().clean() or self.cleaned_data

    def clean_type(self) -> str:
        return str(self.cleaned_data["type"] or CommentRevision.Type.SUBSTANTIVE)

    def clean_proposed_wording(self) -> str:
        wording: str = self.cleaned_data["proposed_wording"]
        if wording and wording in {self.passage.text, self.passage.words}:
            raise ValidationError(_("Change the wording or remove it. It is the same as the report's."))
        return wording

    def clean_parent(self) -> Comment | None:
        """The comment that is answered: published, on this passage, in this consultation."""
        public_id = self.cleaned_data["parent"]
        if not public_id:
            return None
        found = (
            self.comments.filter(public_id=public_id, passage=self.passage) if self.comments else Comment.objects.none()
        )
        parent: Comment | None = found.first()
        if parent is None or not rules.may_reply_to(parent):
            raise ValidationError(_("The comment that you answer is not published on this passage."))
        return parent

    @property
    def words(self) -> Words:
        """What the author wrote, once the form is valid."""
        data = self.cleaned_data
        return Words(data["body"], data["type"], data.get("proposed_wording", ""))

    @property
    def chosen_attribution(self) -> str | None:
        """How it is to be shown; None where that was not asked, or not answered."""
        return self.cleaned_data.get("attribution") or None


class AttributionForm(forms.Form):
    """Telling more of who says a comment that was submitted."""

    attribution = forms.ChoiceField(
        label=_("How it is shown from now on"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Select how it is shown")},
    )

    def __init__(self, data: Any, comment: Comment) -> None:
        super().__init__(data)
        choices: Any = self.fields["attribution"]
        choices.choices = [(a.value, MEANINGS[a]) for a in reversed(from_here(comment.attribution)[1:])]
