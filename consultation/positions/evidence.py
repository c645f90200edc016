"""The words that an entry about a position is evidence of: those of the version that it names."""

from consultation.positions.models import PositionVersion
from consultation.record.evidence import Words, number_in
from consultation.record.models import Entry


def words(entries: list[Entry]) -> dict[int, Words]:
    """By the key of the entry. Moderation calls the version of an explanation its revision."""
    named = {
        e.pk: number_in(e, "version" if "version" in e.content else "revision")
        for e in entries
        if "version" in e.content or "revision" in e.content
    }
    versions = PositionVersion.objects.filter(
        position__in={position for position, _n in named.values()}, number__in={n for _p, n in named.values()}
    ).select_related("position", "aligned_with__position")
    found = {(version.position_id, version.number): version for version in versions}
    return {pk: _words(found[name]) for pk, name in named.items() if name in found}


def _words(version: PositionVersion) -> Words:
    return {
        "position": version.position.public_id,
        "stance": version.stance,
        "explanation": version.explanation,
        "aligned_with": version.aligned_with.name if version.aligned_with else "",
    }
