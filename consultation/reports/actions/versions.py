"""Versions of a report: each the next of one before, with the passages that a person confirmed to be the same."""

import re
from itertools import count
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultation.record import actions as record
from consultation.reports.actions.storing import require_may_store, store_unasked
from consultation.reports.contents import Contents
from consultation.reports.errors import NotStored
from consultation.reports.models import Edition, PassageMatch, Report

_VERSION = re.compile(r"-v\d+$", re.ASCII)
_STEM = 70  # of the 80 characters of a slug


@transaction.atomic
def store_next_version(drafter: Any, contents: Contents, earlier: Report, pairs: dict[str, str]) -> Report:
    """Store what was drafted in the application as the next version of `earlier`; `pairs` as in `confirm_version`.

    In the transaction of a caller whose own rule decided that the drafter may. Raises `Invalid`, `NotStored`.
    """
    report = store_unasked(drafter, contents, way=Edition.Way.DRAFTED, only_new=True)
    return _confirmed(drafter, report, earlier, pairs)


def next_slug(earlier: Report) -> str:
    """A slug for the next version of a report that no report has yet."""
    stem = _VERSION.sub("", earlier.slug)[:_STEM]
    taken = set(Report.objects.filter(slug__startswith=f"{stem}-v").values_list("slug", flat=True))
    return next(slug for number in count(2) if (slug := f"{stem}-v{number}") not in taken)


@transaction.atomic
def confirm_version(actor: Any, newer: Report, earlier: Report, pairs: dict[str, str]) -> Report:
    """Make a report the newer version of another; `pairs` are the refs, newer to earlier, that a person confirmed.

    Comments stay on the earlier passages and positions stay with them: nothing carries over. Done twice with the
    same pairs it changes nothing. Raises `NotStored`.
    """
    require_may_store(actor)
    return _confirmed(actor, newer, earlier, pairs)


def _confirmed(actor: Any, newer: Report, earlier: Report, pairs: dict[str, str]) -> Report:
    for report in sorted((newer, earlier), key=lambda r: r.pk):
        record.hold(report)
    newer.refresh_from_db()
    earlier.refresh_from_db()
    _require_line(newer, earlier)
    new, old = ({p.ref: p for p in report.passages.all()} for report in (newer, earlier))
    if set(pairs) - set(new) or set(pairs.values()) - set(old) or len(set(pairs.values())) < len(pairs):
        raise NotStored(_("A passage is not there, or was matched twice."))
    there = PassageMatch.objects.filter(passage__report=newer)
    if newer.previous_id and dict(there.values_list("passage__ref", "earlier__ref")) == pairs:
        return newer
    there.delete()
    PassageMatch.objects.bulk_create(
        [
            PassageMatch(passage=new[ref], earlier=old[was], same_words=new[ref].text == old[was].text)
            for ref, was in pairs.items()
        ]
    )
    newer.previous = earlier
    newer.save(update_fields=["previous"])
    record.append("report_version_confirmed", newer, actor=actor, earlier=earlier.slug, matches=pairs)
    return newer


def _require_line(newer: Report, earlier: Report) -> None:
    """Versions stand in one line: no report is its own earlier version, and none has two."""
    if newer.previous_id not in {None, earlier.pk}:
        raise NotStored(_("“%s” has another earlier version already.") % newer)
    seen: Report | None = earlier
    while seen is not None:  # the line ends with the first version
        if seen.pk == newer.pk:
            raise NotStored(_("A report cannot be an earlier version of itself."))
        seen = seen.previous
