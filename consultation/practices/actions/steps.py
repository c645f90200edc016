"""Steps that the changes to a practice share; each inside the transaction of the change."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from consultation.discussion.rules import TRANSITIONS
from consultation.practices.models import Practice, PracticeRevision, Related, RevisionState, State
from consultation.record import clock
from consultation.record.actions import append, hold
from consultation.record.errors import Changed
from consultation.reports.models import Passage


@dataclass(frozen=True)
class Description:
    """What an author says of a practice. `countries` are ISO 3166 codes, `recommendations` keys of passages."""

    title: str
    summary: str = ""
    place: str = ""
    countries: tuple[str, ...] = ()
    year: int | None = None
    partners: str = ""
    results: str = ""
    source: str = ""
    recommendations: tuple[int, ...] = ()


def description_of(revision: PracticeRevision) -> Description:
    """What a revision says."""
    related = revision.recommendations.order_by("order")
    return Description(
        title=revision.title,
        summary=revision.summary,
        place=revision.place,
        countries=tuple(country.code for country in revision.countries),
        year=revision.year,
        partners=revision.partners,
        results=revision.results,
        source=revision.source,
        recommendations=tuple(related.values_list("pk", flat=True)),
    )


def unsaved(said: Description) -> PracticeRevision:
    """A revision that says this but for its recommendations, to be shown and not stored."""
    fields = asdict(said)
    del fields["recommendations"]
    return PracticeRevision(**{**fields, "countries": list(said.countries)})


def held(practice: Practice) -> Practice:
    """The practice, held until the transaction ends and read again."""
    hold(practice)
    joined = Practice.objects.select_related("consultation", "latest", "published", "organisation", "author")
    return joined.get(pk=practice.pk)


def move(practice: Practice, state: "State") -> Practice:
    """Bring the practice into this state. Raises `Changed` where the table of states does not let it."""
    if state not in TRANSITIONS[practice.state]:
        raise Changed(
            _("This practice is now “%(state)s”; what you asked for is no longer possible.")
            % {"state": practice.get_state_display().lower()}
        )
    practice.state, practice.state_at = state, clock.now()
    practice.save(update_fields=["state", "state_at"])
    return practice


def add_revision(practice: Practice, author: Any, said: Description, state: "RevisionState") -> PracticeRevision:
    """A further revision of the practice, which becomes its latest."""
    last = practice.revisions.order_by("-number").first()
    revision = PracticeRevision(practice=practice, number=last.number + 1 if last else 1, created_by=author)
    fill(revision, said, state)
    practice.latest = revision
    practice.save(update_fields=["latest"])
    return revision


def fill(revision: PracticeRevision, said: Description, state: "RevisionState") -> None:
    """Let a new revision or a draft say this. Recommendations of another report are left out."""
    fields = asdict(said)
    chosen = fields.pop("recommendations")
    for name, value in fields.items():
        setattr(revision, name, list(value) if name == "countries" else value)
    revision.state, revision.created_at = state, clock.now()
    revision.save()
    Related.objects.filter(revision=revision).delete()
    there = revision.practice.consultation.recommendations().filter(pk__in=chosen)
    Related.objects.bulk_create(Related(revision=revision, recommendation=passage) for passage in there)


def first_related(practice: Practice) -> Passage | None:
    """The first recommendation that the newest submitted words name, in the report's order; a draft may name none."""
    words = practice.submitted or practice.latest
    return words.recommendations.order_by("order").first() if words else None


def tell(kind: str, practice: Practice, author: Any) -> None:
    """The entry in the record of a change to this practice."""
    assert practice.latest is not None  # noqa: S101 - every practice is made with its first revision
    related = practice.latest.recommendations.order_by("order").first()
    append(
        kind,
        practice,
        actor=author,
        consultation=practice.consultation.slug,
        passage=related.ref if related else "",
        organisation=practice.organisation_id,
        revision=practice.latest.number,
        state=practice.state,
    )
