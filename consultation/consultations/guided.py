"""The guided form for a consultation: its questions by step, what they default to, and the plan that comes of it."""

import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultation.consultations.actions import Plan
from consultation.consultations.local_times import LocalTimeField, in_zone, local
from consultation.consultations.models import Consultation, Officer
from consultation.consultations.models.consultation import validate_reminder_days
from consultation.record import clock
from consultation.reports.models import Passage, Report
from consultation.stakeholders.models import Organisation, StakeholderGroup, User
from consultation.text.forms import OnceMixin, WrittenField
from consultation.text.numbers import whole

Scope, Access = Consultation.Scope, Consultation.Access
MOST_QUESTIONS, LONGEST_QUESTION, LONGEST_INTRODUCTION = 20, 2_000, 10_000
_EMPTY_LINE = re.compile(r"\n\s*\n")  # what looks empty may hold spaces
_RULES = (
    "comment_scope",
    "position_scope",
    "moderation_mode",
    "moderation_days",
    "appeal_days",
    "flags_needed",
    "contributions_an_hour",
    "summary_access",
)
_OFFICES = {
    "moderators": Officer.Role.MODERATOR,
    "rapporteurs": Officer.Role.RAPPORTEUR,
    "secretariat": Officer.Role.SECRETARIAT,
}


@dataclass(frozen=True)
class Step:
    """One step: its name in addresses, its title, its fields."""

    name: str
    title: Any
    fields: tuple[str, ...]


STEPS = (
    Step("title", _("Report and title"), ("title",)),
    Step("window", _("Window, time zone and place"), ("opens", "closes", "time_zone", "place", "reminders")),
    Step("who", _("Who may take part"), ("access", "groups", "organisations")),
    Step(
        "what",
        _("What can be commented on, and what positions are taken on"),
        ("comment_scope", "comment_kinds", "comment_refs", "position_scope", "position_strands", "position_refs"),
    ),
    Step(
        "rules",
        _("Moderation, and who sees what when"),
        (
            "moderation_mode",
            "moderation_days",
            "appeal_days",
            "flags_needed",
            "contributions_an_hour",
            "summary_access",
        ),
    ),
    Step(
        "words",
        _("Welcome text, guiding questions and officers"),
        ("introduction", "questions", "moderators", "rapporteurs", "secretariat"),
    ),
)


class PeopleField(forms.CharField):
    """People by their e-mail addresses, one in a line."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})

    def clean(self, value: Any) -> list[User]:
        """The accounts of these addresses; names those that have none."""
        addresses = dict.fromkeys(str(super().clean(value)).replace(",", " ").replace(";", " ").lower().split())
        found = {u.email.lower(): u for u in User.objects.filter(email__in=addresses, is_active=True)}
        if missing := [address for address in addresses if address not in found]:
            raise ValidationError(_("No account has this address: %(missing)s"), params={"missing": ", ".join(missing)})
        return [found[address] for address in addresses]


def _many(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def _one(label: Any, choices: Any, initial: str, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, initial=initial, widget=forms.RadioSelect, help_text=help_text
    )


def _number(name: str) -> forms.IntegerField:
    """A whole number with the words and the default of the field of `Consultation`."""
    field: Any = Consultation._meta.get_field(name)
    least = 1 if name == "flags_needed" else 0
    return forms.IntegerField(
        label=capfirst(field.verbose_name),
        help_text=field.help_text,
        initial=field.default,
        min_value=least,
        max_value=365,
    )


def widen(form: forms.Form) -> None:
    """Let texts of many lines use the width of the admin's page."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["class"] = "vLargeTextField"


class GuidedForm(OnceMixin):
    """Everything that a consultation on one report needs."""

    title = WrittenField(
        label=_("Title"), limit=300, missing=_("Enter a title"), widget=forms.TextInput(attrs={"size": 80})
    )
    opens = LocalTimeField(label=_("Opens"), error_messages={"required": _("Enter when it opens")})
    closes = LocalTimeField(
        label=_("Closes"),
        error_messages={"required": _("Enter when it closes")},
        help_text=_("What comes at this instant or later does not count."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(n, n) for n in sorted(available_timezones())], initial="Europe/Zurich"
    )
    place = WrittenField(
        label=_("Place"),
        limit=60,
        missing=_("Enter the place that is named beside times"),
        initial="Geneva",
        widget=forms.TextInput,
        help_text=_("Named beside every time: (Geneva, UTC+01:00)."),
    )
    reminders = forms.CharField(
        label=_("Reminders, days before closing"),
        required=False,
        initial="7, 1",
        max_length=100,
        help_text=_("Delegations with drafts, and followers, are told once at each distance. Empty: never."),
    )
    access = _one(_("Who may take part"), Access.choices, Access.INVITATION)
    groups = forms.ModelMultipleChoiceField(
        label=_("Chosen groups"),
        queryset=StakeholderGroup.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organisations = forms.ModelMultipleChoiceField(
        label=_("Invited organisations"),
        queryset=Organisation.objects.filter(state=Organisation.State.APPROVED).order_by("name"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("Several with Ctrl or ⌘. More can be invited later."),
    )
    comment_scope = _one(_("What can be commented on"), Scope.choices, Scope.ALL)
    comment_kinds = _many(_("Kinds of passage"), Passage.REPORT_KINDS, _("Only where kinds are chosen above."))
    comment_refs = _many(_("Passages"), (), _("Only where passages are chosen above."))
    position_scope = _one(
        _("What positions are taken on"),
        [
            (Scope.ALL, _("All recommendations")),
            (Scope.KINDS, _("Recommendations of chosen kinds")),
            (Scope.PASSAGES, _("Chosen recommendations")),
            (Scope.NONE, _("None")),
        ],
        Scope.ALL,
    )
    position_strands = _many(_("Kinds of recommendation"), Passage.Strand.choices)
    position_refs = _many(_("Recommendations"), ())
    moderation_mode = _one(_("Moderation"), Consultation.ModerationMode.choices, Consultation.ModerationMode.BEFORE)
    moderation_days = _number("moderation_days")
    appeal_days = _number("appeal_days")
    flags_needed = _number("flags_needed")
    contributions_an_hour = _number("contributions_an_hour")
    summary_access = _one(
        _("Who sees others’ positions until closing"),
        Consultation.SummaryAccess.choices,
        Consultation.SummaryAccess.EVERYBODY,
        _("After closing everybody sees them."),
    )
    introduction = WrittenField(label=_("Welcome text"), limit=LONGEST_INTRODUCTION, required=False)
    questions = WrittenField(
        label=_("Guiding questions"),
        limit=MOST_QUESTIONS * LONGEST_QUESTION,
        required=False,
        help_text=_("An empty line between one question and the next. Each gets a thread of its own."),
    )
    moderators = PeopleField(label=_("Moderators"), required=False, help_text=_("E-mail addresses, one in a line."))
    rapporteurs = PeopleField(label=_("Rapporteurs"), required=False)
    secretariat = PeopleField(
        label=_("Secretariat of this consultation"),
        required=False,
        help_text=_("They change its window, give access codes and prepare its next round."),
    )

    def __init__(
        self, data: Any = None, *, report: Report, previous: Consultation | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, initial=initial_of(previous, report) if previous else None, **kwargs)
        self.report, self.previous = report, previous
        widen(self)
        passages = list(report.passages.order_by("order"))
        self._choices("comment_refs", passages)
        self._choices("position_refs", [p for p in passages if p.takes_positions])

    def _choices(self, name: str, passages: list[Passage]) -> None:
        field: Any = self.fields[name]
        field.choices = [(p.ref, f"{p.code or p.get_kind_display()} – {p.words[:80]}") for p in passages]

    def clean_reminders(self) -> list[int]:
        words = self.cleaned_data["reminders"].replace(",", " ").split()
        days = sorted({whole(w, digits=3, else_=-1) for w in words}, reverse=True)
        if -1 in days:
            raise ValidationError(_("Enter whole numbers of days, such as 7, 1."))
        validate_reminder_days(days)
        return days

    def clean_questions(self) -> list[str]:
        blocks = [block.strip() for block in _EMPTY_LINE.split(self.cleaned_data["questions"])]
        questions = [block for block in blocks if block]
        if len(questions) > MOST_QUESTIONS or any(len(q) > LONGEST_QUESTION for q in questions):
            raise ValidationError(
                _("Ask at most %(most)d questions, each of at most %(long)d characters."),
                params={"most": MOST_QUESTIONS, "long": LONGEST_QUESTION},
            )
        return questions

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        zone = ZoneInfo(data.get("time_zone") or "UTC")
        for name in ("opens", "closes"):
            if data.get(name):
                try:
                    data[name] = in_zone(data[name], zone)
                except ValidationError as error:
                    self.add_error(name, error)
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("The closing must be after the opening."))
        elif closes and closes <= clock.now():
            self.add_error("closes", _("The closing must be in the future."))
        if data.get("access") == Access.GROUPS and not data.get("groups"):
            self.add_error("groups", _("Choose at least one group"))
        self._needs(data, "comment_scope", "comment_kinds", "comment_refs")
        self._needs(data, "position_scope", "position_strands", "position_refs")
        return data

    def _needs(self, data: dict[str, Any], scope: str, kinds: str, refs: str) -> None:
        for chosen, name in ((Scope.KINDS, kinds), (Scope.PASSAGES, refs)):
            if data.get(scope) == chosen and name in data and not data[name]:
                self.add_error(name, _("Choose at least one"))

    def plan(self, *, announced: bool) -> Plan:
        """What to create, once the form is valid."""
        data = self.cleaned_data
        rules = {name: data[name] for name in _RULES}
        rules["comment_on"] = self._chosen("comment_scope", "comment_kinds", "comment_refs")
        rules["position_on"] = self._chosen("position_scope", "position_strands", "position_refs")
        rules["reminder_days"] = data["reminders"]
        return Plan(
            report=self.report,
            title=data["title"],
            opens_at=data["opens"],
            closes_at=data["closes"],
            time_zone=data["time_zone"],
            place=data["place"],
            access=data["access"],
            announced=announced,
            introduction=data["introduction"],
            rules=rules,
            groups=tuple(data["groups"]) if data["access"] == Access.GROUPS else (),
            organisations=tuple(data["organisations"]),
            officers=tuple((user, role) for name, role in _OFFICES.items() for user in data[name]),
            questions=tuple(data["questions"]),
            previous=self.previous,
        )

    def _chosen(self, scope: str, kinds: str, refs: str) -> list[str]:
        """The kinds or refs that the scope asks for; none where it asks for neither."""
        names = {Scope.KINDS.value: kinds, Scope.PASSAGES.value: refs}
        name = names.get(self.cleaned_data[scope])
        return list(self.cleaned_data[name]) if name else []


def initial_of(previous: Consultation, report: Report) -> dict[str, Any]:
    """The answers for a next round: everything of the earlier one but its window. Refs follow the passages where the
    report is a newer version of its text.
    """
    refs = _refs_in(report, previous)
    people = {role: [] for role in _OFFICES.values()}  # type: dict[str, list[str]]
    for officer in previous.officers.select_related("user").order_by("pk"):
        people[officer.role].append(officer.user.email)
    questions = previous.guiding_questions.select_related("passage").order_by("order")
    by_kind = {
        "comment_kinds": (previous.comment_scope, Scope.KINDS, previous.comment_on),
        "position_strands": (previous.position_scope, Scope.KINDS, previous.position_on),
        "comment_refs": (previous.comment_scope, Scope.PASSAGES, _following(previous.comment_on, refs)),
        "position_refs": (previous.position_scope, Scope.PASSAGES, _following(previous.position_on, refs)),
    }
    return {
        **{name: getattr(previous, name) for name in _RULES},
        **{name: chosen if scope == wanted else [] for name, (scope, wanted, chosen) in by_kind.items()},
        "title": previous.title,
        "time_zone": previous.time_zone,
        "place": previous.place,
        "reminders": ", ".join(str(days) for days in previous.reminder_days),
        "access": previous.access,
        "groups": list(previous.open_to_groups.values_list("pk", flat=True)),
        "organisations": list(previous.organisations.values_list("pk", flat=True)),
        "introduction": previous.introduction,
        "questions": "\n\n".join(question.text for question in questions),
        **{name: "\n".join(people[role]) for name, role in _OFFICES.items()},
    }


def _refs_in(report: Report, previous: Consultation) -> dict[str, str] | None:
    """Which ref of the newer version a ref of the earlier one has, over all versions between: none of a report that is
    no version of it; None where it is the same version.
    """
    if report.pk == previous.report_id:
        return None
    steps, newer = [], report
    while newer.pk != previous.report_id and newer.previous is not None:
        steps.append(dict(newer.passages.filter(earlier__isnull=False).values_list("earlier__earlier__ref", "ref")))
        newer = newer.previous
    if newer.pk != previous.report_id:
        return {}
    refs = steps.pop()
    while steps:
        later = steps.pop()
        refs = {ref: later[between] for ref, between in refs.items() if between in later}
    return refs


def _following(chosen: list[str], refs: dict[str, str] | None) -> list[str]:
    """The chosen passages in the newer text; one that it has no more is not another that has its ref there."""
    return chosen if refs is None else [refs[ref] for ref in chosen if ref in refs]


def shown_window(consultation: Consultation) -> dict[str, Any]:
    """The window as the clock of its place shows it."""
    zone = consultation.zone
    return {"opens": local(consultation.opens_at, zone), "closes": local(consultation.closes_at, zone)}
