"""Storing the contents of a report: each time an edition; nothing changes under what people have contributed to."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from consultation.record import actions as record
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed
from consultation.reports import rules
from consultation.reports.checks import check
from consultation.reports.comparison import Comparison, compare
from consultation.reports.contents import Contents, contents_of
from consultation.reports.errors import NotStored
from consultation.reports.framework_actions import follow_text
from consultation.reports.models import Edition, Passage, Report, SessionRole

_ASIDE = 10_000_000  # while passages move, their old places are out of the way of the new ones


def require_may_store(actor: Any) -> None:
    """Raise `NotAllowed` unless this person may store reports. None is the operator at the command line."""
    if actor is not None and not rules.may_store_reports(actor):
        raise NotAllowed(_("Only the secretariat can import and load reports."))


def digest_of(report: Report | None) -> str:
    """Names the state of a stored report, so that a preview can be bound to it: the number of its last edition."""
    last = report.editions.order_by("number").last() if report else None
    return f"{report.pk}:{last.number if last else 0}" if report else "new"


@transaction.atomic
def store(
    actor: Any,
    contents: Contents,
    *,
    way: str,
    file_name: str = "",
    sha256: str = "",
    previewed: str | None = None,
    only_new: bool = False,
) -> Report:
    """Make the stored report these contents; the earlier edition is kept. What is there already changes nothing.

    `previewed` is the `digest_of` the report that the person saw. Raises `Invalid` with all problems, `NotStored`
    where a passage with contributions would change or vanish, `Changed` where the preview is old.
    """
    require_may_store(actor)
    return store_unasked(
        actor, contents, way=way, file_name=file_name, sha256=sha256, previewed=previewed, only_new=only_new
    )


def store_unasked(
    actor: Any,
    contents: Contents,
    *,
    way: str,
    file_name: str = "",
    sha256: str = "",
    previewed: str | None = None,
    only_new: bool = False,
) -> Report:
    """The same for a caller whose own rule decided that the actor may, in the caller's transaction."""
    check(contents)
    report = Report.objects.filter(slug=contents.report.slug).first()
    if report is not None:
        record.hold(report)
        report.refresh_from_db()
    if previewed is not None and previewed != digest_of(report):
        raise Changed(_("The report changed since you saw the preview. Nothing was stored; look at it again."))
    old = contents_of(report) if report else None
    if old is not None and only_new and old != contents:
        raise NotStored(_("A report with the slug “%s” is there already. Choose another slug.") % contents.report.slug)
    found = compare(old, contents)
    if report is not None and found.same:
        return report
    if report is not None and old is not None:
        _require_free(report, found)
        if not report.editions.exists():
            _keep(report, old, Edition.Way.FOUND, None)
    report = _write(report, contents)
    gone = follow_text(report)
    _tell(_keep(report, contents, way, actor, file_name=file_name, sha256=sha256), found, gone)
    return report


def _tell(edition: Edition, found: Comparison, gone: list[str]) -> None:
    """What was stored goes on the record: where from, and how many passages it changed."""
    kinds = [change.kind for change in found.passages]
    record.append(
        "report_stored",
        edition.report,
        actor=edition.made_by,
        edition=edition.number,
        way=edition.way,
        file_name=edition.file_name,
        sha256=edition.sha256,
        added=kinds.count("added"),
        removed=kinds.count("removed"),
        changed=kinds.count("changed"),
        mentions_gone=gone,
    )


def _require_free(report: Report, found: Comparison) -> None:
    """Raise `NotStored` where a passage that people have contributed to would be another one, or gone."""
    held = rules.held_refs(report)
    touched = [change.ref for change in found.passages if change.touches_meaning and change.ref in held]
    if touched:
        raise NotStored(
            _("These passages have contributions and would change or vanish: %s. Store the text as a new version.")
            % ", ".join(touched[:20])
        )


def _keep(
    report: Report, contents: Contents, way: str, actor: Any, *, file_name: str = "", sha256: str = ""
) -> Edition:
    return Edition.objects.create(
        report=report,
        number=report.editions.count() + 1,
        way=way,
        contents=asdict(contents),
        file_name=file_name,
        sha256=sha256,
        made_by=actor,
        made_at=clock.now(),
    )


def _write(report: Report | None, contents: Contents) -> Report:
    """The rows of the report, its session record and its passages, each passage kept by its ref."""
    report = report or Report()
    for name, value in vars(contents.report).items():
        setattr(report, name, value)
    report.save()
    report.session_roles.all().delete()
    SessionRole.objects.bulk_create([SessionRole(report=report, **vars(role)) for role in contents.roles])
    report.passages.update(order=F("order") + _ASIDE, parent=None)
    there = {passage.ref: passage for passage in report.passages.all()}
    columns = [name for name in vars(contents.passages[0]) if name not in {"ref", "parent"}]
    new = []
    for fields in contents.passages:
        passage = there.get(fields.ref)
        if passage is None:
            new.append(Passage(report=report, ref=fields.ref, **{name: getattr(fields, name) for name in columns}))
            continue
        for name in columns:
            setattr(passage, name, getattr(fields, name))
    kept = [there[fields.ref] for fields in contents.passages if fields.ref in there]
    Passage.objects.bulk_update(kept, columns, batch_size=100)
    Passage.objects.bulk_create(new, batch_size=100)
    keys = dict(report.passages.values_list("ref", "pk"))
    under = [
        Passage(pk=keys[fields.ref], parent_id=keys[fields.parent]) for fields in contents.passages if fields.parent
    ]
    Passage.objects.bulk_update(under, ["parent"], batch_size=100)
    report.passages.exclude(ref__in=[fields.ref for fields in contents.passages]).delete()
    report.refresh_from_db()
    return report
