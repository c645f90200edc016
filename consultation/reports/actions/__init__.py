"""Every change of a report: storing what a file holds, correcting an import, making it a version of another."""

from consultation.reports.actions.files import correct, store_fixture, store_import, upload, upload_fixture
from consultation.reports.actions.storing import digest_of, require_may_store, store
from consultation.reports.actions.versions import confirm_version, next_slug, store_next_version

__all__ = [
    "confirm_version",
    "correct",
    "digest_of",
    "next_slug",
    "require_may_store",
    "store",
    "store_fixture",
    "store_import",
    "store_next_version",
    "upload",
    "upload_fixture",
]
