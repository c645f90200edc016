"""The schema of a report: every rule that its contents must keep, wherever they come from."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, time
from typing import Any, get_type_hints

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields
from consultation.reports.errors import Invalid, Problem
from consultation.reports.models import Passage, Report, SessionRole
from consultation.text.characters import is_blank

MOST_PASSAGES = 10_000
LONGEST_PASSAGE = 100_000
_ALLOWED = "\n\t"


def check(contents: Contents) -> None:
    """Raise `Invalid` with all problems and their places unless this is a report that can be stored."""
    problems = list(_of_types(contents))
    if not problems:
        problems = [*_of_title_block(contents.report), *_of_roles(contents.roles), *_of_passages(contents.passages)]
    if problems:
        raise Invalid(problems)


def _of_types(contents: Contents) -> Iterator[Problem]:
    rows: list[ReportFields | RoleFields | PassageFields] = [contents.report, *contents.roles, *contents.passages]
    for row in rows:
        hints = get_type_hints(type(row))
        for column in fields(row):
            value = getattr(row, column.name)
            if not is_of_type(value, hints[column.name]):
                yield Problem(said(row), _("“%s” has a value of a wrong type.") % column.name)


def is_of_type(value: Any, hint: Any) -> bool:
    """Whether a value that came from a file is of the type that a field has."""
    if hint is int:
        return type(value) is int
    if hint == list[int]:
        return isinstance(value, list) and all(type(n) is int for n in value)
    return isinstance(value, hint)


def said(row: ReportFields | RoleFields | PassageFields) -> str:
    """Where a row stands, for people."""
    if isinstance(row, ReportFields):
        return _("title block")
    if isinstance(row, RoleFields):
        return _("session record, line %s") % row.order
    return _("passage %s") % (row.ref or row.order)


def _of_title_block(report: ReportFields) -> Iterator[Problem]:
    place = said(report)
    yield from _of_model(Report(**vars(report)), place)
    for name, kind in (("held_on", date), ("starts_at", time), ("ends_at", time)):
        value = getattr(report, name)
        if value is not None and not _is_iso(value, kind):
            yield Problem(place, _("“%s” is not a date or time as ISO 8601 writes it.") % name)
    for name in ("forum", "title", "date_line", "place_line"):
        yield from _of_line(getattr(report, name), name, place)


def _is_iso(value: str, kind: type[date] | type[time]) -> bool:
    try:
        return kind.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _of_roles(roles: list[RoleFields]) -> Iterator[Problem]:
    orders = [role.order for role in roles]
    if len(set(orders)) < len(orders):
        yield Problem(_("session record"), _("Two lines have the same order."))
    for role in roles:
        yield from _of_model(SessionRole(**vars(role)), said(role))
        for name in ("name", "capacity"):
            yield from _of_line(getattr(role, name), name, said(role))


def _of_passages(passages: list[PassageFields]) -> Iterator[Problem]:
    if not passages:
        yield Problem("", _("The report has no passage."))
    if len(passages) > MOST_PASSAGES:
        yield Problem("", _("The report has more than %s passages.") % f"{MOST_PASSAGES:,}")
        return
    before: dict[str, PassageFields] = {}
    for number, passage in enumerate(passages, 1):
        place = said(passage)
        if passage.order != number:
            order = {"was": passage.order, "is": number}
            yield Problem(place, _("Its order is %(was)s; it stands in place %(is)s.") % order)
        if passage.ref in before:
            yield Problem(place, _("The ref is there twice."))
        yield from _of_tree(passage, before)
        yield from _of_model(Passage(**{**vars(passage), "parent": None}), place)
        yield from _of_text(passage)
        before[passage.ref] = passage


def _of_tree(passage: PassageFields, before: dict[str, PassageFields]) -> Iterator[Problem]:
    """A parent stands before its children: so there can be no cycle."""
    parent = before.get(passage.parent) if passage.parent else None
    if passage.parent and parent is None:
        yield Problem(said(passage), _("It stands under “%s”, which does not stand before it.") % passage.parent)
    elif passage.depth != (parent.depth + 1 if parent else 0):
        yield Problem(said(passage), _("Its depth is not that of its place in the tree."))


def _of_text(passage: PassageFields) -> Iterator[Problem]:
    place, text = said(passage), passage.text
    if passage.kind == Passage.Kind.QUESTION or passage.ref.startswith("question-"):
        yield Problem(place, _("Guiding questions belong to a consultation, not to a report."))
    if (passage.kind == Passage.Kind.RECOMMENDATION) != bool(passage.strand):
        yield Problem(place, _("A recommendation is political, practical or general, and nothing else is."))
    if len(text) > LONGEST_PASSAGE:
        yield Problem(place, _("The text has more than %s characters.") % f"{LONGEST_PASSAGE:,}")
    if is_blank(text):
        yield Problem(place, _("The text is empty."))
    if not is_text(text) or not is_text(passage.editorial_note):
        yield Problem(place, _("The text holds control characters."))
    yield from _of_line(passage.marker, "marker", place)
    yield from _of_line(passage.code, "code", place)
    breaks = passage.page_breaks
    if breaks != sorted(set(breaks)) or any(not _is_break(text, offset) for offset in breaks):
        yield Problem(place, _("A page break stands where the text has no space."))


def _is_break(text: str, offset: int) -> bool:
    return offset == 0 or (0 < offset < len(text) and text[offset] == " ")


def is_text(words: str) -> bool:
    """Whether there is no control character in it."""
    return all(c in _ALLOWED or c.isprintable() or not _is_control(c) for c in words)


def _is_control(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000  # noqa: PLR2004 - C0, C1, surrogates


def _of_line(words: str, name: str, place: str) -> Iterator[Problem]:
    if "\n" in words or not is_text(words):
        yield Problem(place, _("“%s” must be one line without control characters.") % name)


def _of_model(row: models.Model, place: str) -> Iterator[Problem]:
    """What the tables themselves say: lengths, choices, forms of refs, dates and languages."""
    try:
        row.clean_fields(exclude={"report", "parent", "id", "page_breaks"})
        row.clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            for message in messages:
                yield Problem(place, f"“{name}”: {message}")
