"""Published dispositions as JSON, a few hundred in memory at a time."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser

from consultation.consultations.attribution import Attributions, Origin
from consultation.consultations.models import Consultation
from consultation.dispositions import queries
from consultation.dispositions.models import Disposition, DispositionList
from consultation.record import clock
from consultation.stakeholders.models import Organisation, StakeholderGroup

CHUNK = 500
_VALUES = {
    "comment": "comment__public_id",
    "passage": "comment__passage__ref",
    "code": "comment__passage__code",
    "type": "comment__published__type",
    "has_proposed_wording": "comment__published__proposed_wording",
    "disposition": "published__value",
    "reply": "published__reason",
    "note": "published__note",
    "version": "published__number",
    "published_at": "published__published_at",
}
_WHO = (
    "comment__attribution",
    "comment__organisation",
    "comment__organisation__name",
    "comment__organisation__group",
    "comment__organisation__group__slug",
)


def as_json(consultation: Consultation) -> Iterator[str]:
    """One object: when they were published, the figures by group, and each comment with its disposition."""
    published = DispositionList.objects.filter(consultation=consultation, published_at__isnull=False).first()
    figures = queries.figures_of(consultation)
    head = {
        "consultation": consultation.slug,
        "as_of": clock.written(clock.now()),
        "published_at": clock.written(published.published_at) if published and published.published_at else None,
        "totals": figures.totals.as_dict(),
        "groups": [{"slug": g.slug, "name": g.name, **counts.as_dict()} for g, counts in figures.lines],
    }
    if figures.unattributed.of:
        head["unattributed"] = figures.unattributed.answers
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "dispositions": ['
    separator = "\n"
    for row in _rows(consultation):
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _rows(consultation: Consultation) -> Iterator[dict[str, Any]]:
    """In the order in which the comments were written, chunk by chunk: no query stays open."""
    after, attributions = 0, Attributions(AnonymousUser(), consultation)
    public = Disposition.objects.public().filter(consultation=consultation).order_by("comment__pk")
    while True:
        chunk = list(public.filter(comment__pk__gt=after).values("comment__pk", *_WHO, *_VALUES.values())[:CHUNK])
        for values in chunk:
            row = {name: values[column] for name, column in _VALUES.items()}
            origin = _origin(values, attributions)
            row["organisation"] = origin.organisation.name if origin.organisation else ""
            row["group"] = origin.group.slug if origin.group else ""
            row["attribution"] = origin.level
            row["has_proposed_wording"] = bool(row["has_proposed_wording"])
            row["published_at"] = clock.written(row["published_at"])
            yield row
        if len(chunk) < CHUNK:
            return
        after = chunk[-1]["comment__pk"]


def _origin(values: dict[str, Any], attributions: Attributions) -> Origin:
    attribution, pk, name, group, slug = (values[column] for column in _WHO)
    organisation = Organisation(pk=pk, name=name, group=StakeholderGroup(pk=group, slug=slug))
    return attributions.origin(attribution, organisation)
