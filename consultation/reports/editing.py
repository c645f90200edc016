"""What the secretariat edits of a stored report: title block, session record, editorial notes; each a new edition."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from consultation.record import actions as record
from consultation.reports.actions import require_may_store, store
from consultation.reports.contents import ReportFields, RoleFields, contents_of
from consultation.reports.models import Edition, Passage, Report


@transaction.atomic
def edit(actor: Any, report: Report, title_block: ReportFields, roles: list[RoleFields]) -> Report:
    """Give a stored report another title block and session record; its passages and its slug stay. Raises `Invalid`."""
    require_may_store(actor)
    record.hold(report)
    contents = contents_of(Report.objects.get(pk=report.pk))
    title_block = replace(title_block, slug=contents.report.slug)
    lines = [replace(role, order=number) for number, role in enumerate(sorted(roles, key=lambda r: r.order), 1)]
    return store(actor, replace(contents, report=title_block, roles=lines), way=Edition.Way.EDITED)


@transaction.atomic
def write_note(actor: Any, passage: Passage, note: str) -> Passage:
    """Set the editorial note beside a passage of a report. Raises `Invalid`."""
    require_may_store(actor)
    report = Report.objects.get(passages=passage)
    record.hold(report)
    contents = contents_of(report)
    contents.by_ref[passage.ref].editorial_note = note
    store(actor, contents, way=Edition.Way.EDITED)
    passage.refresh_from_db()
    return passage
