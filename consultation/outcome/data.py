"""The data that a document is made from, and their fingerprint. Every figure comes from `summaries.queries`."""

import hashlib
import json
from collections import Counter
from typing import Any

from django.db.models import Count, F
from django.utils.translation import gettext as _

from consultation.consultations.attribution import Origin
from consultation.consultations.models import Consultation
from consultation.discussion.models import Comment, CommentRevision, Support
from consultation.outcome.silences import silences_of
from consultation.positions.disclosure import public_attributions
from consultation.positions.models import Capacity, Position, PositionVersion
from consultation.record.errors import Changed
from consultation.summaries import queries
from consultation.text.markdown import plain

Data = dict[str, Any]
FORMAT = "consultation-outcome/1"
ATTEMPTS = 3


def data_of(consultation: Consultation) -> Data:
    """The summary, each counted position with its published explanation, and the published proposed wordings.

    Without the instant of reading: the same state gives the same data. The counts and the positions are read one
    after the other; where a signature falls between them they are read again, at last refused with `Changed`.
    """
    for _attempt in range(ATTEMPTS):
        summary = queries.as_json(queries.summary_of(consultation))
        summary.pop("as_of")
        positions = _positions(consultation)
        if _agree(summary, positions):
            return {
                "format": FORMAT,
                "consultation": _consultation(consultation),
                "summary": summary,
                "positions": positions,
                "wordings": _wordings(consultation),
                # Only where there are any, so that data without them stay as they were.
                **({"silences": silences} if (silences := silences_of(consultation)) else {}),
            }
    raise Changed(_("Positions are being signed at this moment. Try again."))


def canonical(data: Data) -> bytes:
    """The bytes that the fingerprint is taken of: JSON in UTF-8, keys sorted, without white space."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(content: bytes) -> str:
    """SHA-256 in hexadecimal digits, as `sha256sum` prints it."""
    return hashlib.sha256(content).hexdigest()


def _consultation(consultation: Consultation) -> Data:
    report = consultation.report
    return {
        "slug": consultation.slug,
        "title": consultation.title,
        "opens_at": consultation.opens_at.isoformat(),
        "closes_at": consultation.closes_at.isoformat(),
        "report": {
            "slug": report.slug,
            "forum": report.forum,
            "title": report.title,
            "date_line": report.date_line,
            "place_line": report.place_line,
            "language": report.language,
        },
    }


def _positions(consultation: Consultation) -> list[Data]:
    """The standing positions as the public is told of them; those without a name last, in no telling order."""
    standing = (
        PositionVersion.objects.filter(pk__in=Position.objects.standing(consultation).order_by().values("signed"))
        .select_related(
            "position__recommendation", "position__organisation__group", "aligned_with__position__organisation"
        )
        .order_by(
            "position__recommendation__order", "position__organisation__group__order", "position__organisation__name"
        )
    )
    attributions = public_attributions(consultation)
    told = [(version, origin) for version in standing if (origin := attributions.of_version(version))]
    named = [pair for pair in told if pair[1].organisation]
    nameless = [pair for pair in told if not pair[1].organisation]
    nameless.sort(key=lambda pair: (pair[0].position.recommendation.order, pair[0].position.public_id))
    return [_position(*pair) for pair in (*named, *nameless)]


def _position(version: PositionVersion, origin: Origin) -> Data:
    organisation, group, at = origin.organisation, origin.group, version.signed_at
    return {
        "ref": version.position.recommendation.ref,
        "organisation": organisation.name if organisation else "",
        "organisation_slug": organisation.slug if organisation else "",
        "group": group.slug if group else "",
        "capacity": version.capacity,
        "stance": version.stance,
        # Which version and when could be told from what else was signed at that time.
        "version": version.number if organisation else 0,
        "signed_at": at.isoformat() if at and organisation else "",
        # A joint statement is said in the words of the organisation that made it.
        "words_of": version.aligned_with.position.organisation.name if version.aligned_with else "",
        "explanation": version.statement.explanation if version.statement.is_published else "",
    }


def _wordings(consultation: Consultation) -> list[Data]:
    published = (
        consultation.comments.filter(state=Comment.State.PUBLISHED, published__isnull=False)
        .exclude(published__proposed_wording="")
        .select_related("passage", "organisation__group", "published")
        .order_by("passage__order", "created_at", "pk")
    )
    supports, attributions = _supports(consultation), public_attributions(consultation)
    return [
        _wording(comment, comment.published, attributions.of(comment), supports.get(comment.pk, {}))
        for comment in published
        if comment.published
    ]


def _wording(comment: Comment, revision: CommentRevision, origin: Origin, support: dict[str, int]) -> Data:
    organisation, group = origin.organisation, origin.group
    return {
        "comment": comment.public_id,
        "ref": comment.passage.ref,
        "code": comment.passage.code or comment.passage.words,
        "organisation": organisation.name if organisation else "",
        "group": group.slug if group else "",
        "group_name": group.name if group else "",
        "quote": plain(revision.quote),
        "wording": revision.proposed_wording,
        "body": revision.body,
        "written_at": comment.created_at.isoformat() if organisation else comment.created_at.date().isoformat(),
        # The organisations that support exactly these words, by the name of their group; where nobody is told whose
        # words they are, only how many: nobody supports their own.
        "support": support if organisation or not support else {"": sum(support.values())},
        # Only where it came after closing, so that data without it stay as they were.
        **({"late": True} if revision.late else {}),
    }


def _supports(consultation: Consultation) -> dict[int, dict[str, int]]:
    """By the key of the comment: how many approved organisations of each group support its published wording."""
    rows = (
        Support.objects.filter(
            comment__consultation=consultation,
            revision=F("comment__published"),
            withdrawn_at=None,
            organisation__in=consultation.participants().order_by().values("pk"),
        )
        .values_list("comment", "organisation__group__name")
        .annotate(n=Count("pk"))
        .order_by("comment", "organisation__group__order")
    )
    found: dict[int, dict[str, int]] = {}
    for comment, group, number in rows:
        found.setdefault(comment, {})[group] = number
    return found


def _agree(summary: Data, positions: list[Data]) -> bool:
    """Whether the positions listed give the counts of the summary."""
    found = Counter((p["ref"], p["group"], p["stance"]) for p in positions if p["capacity"] != Capacity.EXPERT)
    told = {
        (r["ref"], group, stance): number
        for r in summary["recommendations"]
        for group, counts in (*r["by_group"].items(), ("", r["unattributed"]))
        for stance, number in counts.items()
        if stance != "no_position" and number
    }
    return dict(found) == told
