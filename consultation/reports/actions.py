"""Every change of a report: storing what a file holds, correcting an import."""

import hashlib
import re
import uuid
from dataclasses import asdict
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.record import actions as record
from consultation.record import clock
from consultation.record.errors import Changed, NotAllowed
from consultation.reports import fixture_files, rules
from consultation.reports.checks import check
from consultation.reports.comparison import Comparison, compare
from consultation.reports.contents import Contents, contents_of, from_dict
from consultation.reports.draft import Draft, read_draft
from consultation.reports.errors import NotStored
from consultation.reports.framework_actions import follow_text
from consultation.reports.models import Edition, Import, Passage, PassageMatch, Report, SessionRole

_ASIDE = 10_000_000  # while passages move, their old places are out of the way of the new ones
_VERSION = re.compile(r"-v\d+$", re.ASCII)
_STEM = 70  # of the 80 characters of a slug


def require_may_store(actor: Any) -> None:
    """Raise `NotAllowed` unless this person may store reports. None is the operator at the command line."""
    if actor is not None and not rules.may_store_reports(actor):
        raise NotAllowed(_("Only the secretariat can import and load reports."))


def digest_of(report: Report | None) -> str:
    """Names the state of a stored report, so that a preview can be bound to it: the number of its last edition."""
    last = report.editions.order_by("number").last() if report else None
    return f"{report.pk}:{last.number if last else 0}" if report else "new"


def upload(actor: Any, file_name: str, content: bytes, submission_id: uuid.UUID, **given: str) -> Import:
    """Keep a file and its draft, to be looked at. Raises `Unreadable`, and `NotStored` for a file stored before.

    The file is read before the transaction: nobody's writing waits for a large one.
    """
    require_may_store(actor)
    return _uploaded(actor, read_draft(file_name, content, **given), content, submission_id)


@transaction.atomic
def _uploaded(actor: Any, draft: Draft, content: bytes, submission_id: uuid.UUID) -> Import:
    again = Import.objects.filter(submission_id=submission_id).first()
    if again is not None:
        return again
    before = Import.objects.filter(sha256=draft.sha256, report__isnull=False).select_related("report").first()
    if before is not None:
        raise NotStored(_("This file was already imported as “%s”.") % before.report)
    made = Import.objects.create(
        file_name=draft.file_name,
        sha256=draft.sha256,
        content=content,
        draft=draft.as_json(),
        made_by=actor,
        made_at=clock.now(),
        submission_id=submission_id,
    )
    record.append("report_uploaded", made, actor=actor, file_name=made.file_name, sha256=made.sha256)
    return made


@transaction.atomic
def correct(actor: Any, made: Import, number: int, draft: Draft) -> Import:
    """Replace the draft of an import by a corrected one, made on the state with this number."""
    require_may_store(actor)
    held = _held(made)
    if held.report_id is not None:
        raise NotStored(_("This import is stored already. Correct the report by a new edition."))
    if held.number != number:
        raise Changed(_("Somebody corrected this draft since. Nothing was changed; look at it again."))
    held.draft = draft.as_json()
    held.number += 1
    held.save(update_fields=["draft", "number"])
    record.append("report_draft_corrected", held, actor=actor, number=held.number)
    return held


@transaction.atomic
def store_import(actor: Any, made: Import, number: int, draft: Draft) -> Report:
    """Store the draft of an import as a report, once. Raises `NotStored` while a doubt is open, `Invalid`."""
    require_may_store(actor)
    held = _held(made)
    if held.report is not None:
        return held.report
    if held.number != number:
        raise Changed(_("Somebody corrected this draft since. Nothing was stored; look at it again."))
    if Import.objects.filter(sha256=held.sha256, report__isnull=False).exists():
        raise NotStored(_("This file was already imported."))
    if doubts := draft.open_doubts():
        raise NotStored(
            ngettext("%s doubt is not confirmed.", "%s doubts are not confirmed.", len(doubts)) % len(doubts)
        )
    report = store(
        actor, draft.contents(), way=Edition.Way.IMPORT, file_name=held.file_name, sha256=held.sha256, only_new=True
    )
    held.report, held.stored_at = report, clock.now()
    held.save(update_fields=["report", "stored_at"])
    return report


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
    return _stored(actor, contents, way=way, file_name=file_name, sha256=sha256, previewed=previewed, only_new=only_new)


@transaction.atomic
def store_next_version(drafter: Any, contents: Contents, earlier: Report, pairs: dict[str, str]) -> Report:
    """Store what was drafted in the application as the next version of `earlier`; `pairs` as in `confirm_version`.

    In the transaction of a caller whose own rule decided that the drafter may. Raises `Invalid`, `NotStored`.
    """
    report = _stored(drafter, contents, way=Edition.Way.DRAFTED, only_new=True)
    return _confirmed(drafter, report, earlier, pairs)


def next_slug(earlier: Report) -> str:
    """A slug for the next version of a report that no report has yet."""
    stem = _VERSION.sub("", earlier.slug)[:_STEM]
    taken = set(Report.objects.filter(slug__startswith=f"{stem}-v").values_list("slug", flat=True))
    return next(slug for number in count(2) if (slug := f"{stem}-v{number}") not in taken)


def _stored(
    actor: Any,
    contents: Contents,
    *,
    way: str,
    file_name: str = "",
    sha256: str = "",
    previewed: str | None = None,
    only_new: bool = False,
) -> Report:
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
    edition = _keep(report, contents, way, actor, file_name=file_name, sha256=sha256)
    kinds = [change.kind for change in found.passages]
    record.append(
        "report_stored",
        report,
        actor=actor,
        edition=edition.number,
        way=way,
        file_name=file_name,
        sha256=sha256,
        added=kinds.count("added"),
        removed=kinds.count("removed"),
        changed=kinds.count("changed"),
        mentions_gone=gone,
    )
    return report


def _held(made: Import) -> Import:
    record.hold(made)
    return Import.objects.select_related("report").get(pk=made.pk)


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


def upload_fixture(actor: Any, file_name: str, content: bytes, submission_id: uuid.UUID) -> Import:
    """Keep a fixture that was checked in full, to be previewed. Raises `Unreadable`, `Invalid`."""
    require_may_store(actor)
    contents = fixture_files.read(file_name, content)
    check(contents)
    return _fixture_uploaded(actor, file_name, contents, content, submission_id)


@transaction.atomic
def _fixture_uploaded(
    actor: Any, file_name: str, contents: Contents, content: bytes, submission_id: uuid.UUID
) -> Import:
    again = Import.objects.filter(submission_id=submission_id).first()
    if again is not None:
        return again
    made = Import.objects.create(
        file_name=file_name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        draft={"fixture": asdict(contents)},
        made_by=actor,
        made_at=clock.now(),
        submission_id=submission_id,
    )
    record.append("report_uploaded", made, actor=actor, file_name=made.file_name, sha256=made.sha256)
    return made


@transaction.atomic
def store_fixture(actor: Any, made: Import, previewed: str) -> Report:
    """Store a fixture as it was previewed; a second time changes nothing."""
    require_may_store(actor)
    held = _held(made)
    contents = from_dict(held.draft["fixture"])
    if held.stored_at is not None:
        return Report.objects.get(slug=contents.report.slug)
    report = store(
        actor,
        contents,
        way=Edition.Way.FIXTURE,
        file_name=held.file_name,
        sha256=held.sha256,
        previewed=previewed,
    )
    held.stored_at = clock.now()
    held.save(update_fields=["stored_at"])
    return report


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
