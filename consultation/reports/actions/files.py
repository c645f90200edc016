"""Files that become reports: uploaded, corrected, stored once."""

import hashlib
import uuid
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultation.record import actions as record
from consultation.record import clock
from consultation.record.errors import AlreadySent, Changed
from consultation.reports import fixture_files
from consultation.reports.actions.storing import require_may_store, store
from consultation.reports.checks import check
from consultation.reports.contents import contents_of, from_dict
from consultation.reports.draft import Draft, read_draft
from consultation.reports.errors import NotStored
from consultation.reports.models import Edition, Import, Report


def upload(actor: Any, file_name: str, content: bytes, submission_id: uuid.UUID, **given: str) -> Import:
    """Keep a file and its draft, to be looked at. Raises `Unreadable`, and `NotStored` for a file stored before.

    The file is read before the transaction: nobody's writing waits for a large one.
    """
    require_may_store(actor)
    draft = read_draft(file_name, content, **given)
    return _uploaded(actor, draft.file_name, content, draft.as_json(), submission_id, only_new=True)


@transaction.atomic
def _uploaded(
    actor: Any,
    file_name: str,
    content: bytes,
    draft: dict[str, Any],
    submission_id: uuid.UUID,
    *,
    only_new: bool = False,
) -> Import:
    """Keep the file with what was read of it; `only_new`: not where its report is stored already."""
    again = Import.objects.filter(submission_id=submission_id).first()
    sha256 = hashlib.sha256(content).hexdigest()
    if again is not None:
        if again.sha256 != sha256:
            raise AlreadySent
        return again
    stored = Import.objects.filter(sha256=sha256, report__isnull=False).select_related("report")
    if only_new and (before := stored.first()):
        raise NotStored(_("This file was already imported as “%s”.") % before.report)
    made = Import.objects.create(
        file_name=file_name,
        sha256=sha256,
        content=content,
        draft=draft,
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


def _held(made: Import) -> Import:
    record.hold(made)
    return Import.objects.select_related("report").get(pk=made.pk)


def upload_fixture(actor: Any, file_name: str, content: bytes, submission_id: uuid.UUID) -> Import:
    """Keep a fixture that was checked in full, to be previewed. Raises `Unreadable`, `Invalid`."""
    require_may_store(actor)
    contents = fixture_files.read(file_name, content)
    check(contents)
    return _uploaded(actor, file_name[:200], content, {"fixture": asdict(contents)}, submission_id)


@transaction.atomic
def store_fixture(actor: Any, made: Import, previewed: str) -> Report:
    """Store a fixture as it was previewed; a second time changes nothing while the report is still as it says."""
    require_may_store(actor)
    held = _held(made)
    contents = from_dict(held.draft["fixture"])
    if held.stored_at is not None:
        report = Report.objects.get(slug=contents.report.slug)
        if contents_of(report) == contents:
            return report
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
