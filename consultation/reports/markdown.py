"""A report as Markdown, as its source has it, and as JSON."""

from collections.abc import Iterable

from consultation.reports.models import Passage, Report


def to_markdown(report: Report, passages: Iterable[Passage], *, page_breaks: bool = False) -> str:
    """The report's text with its title block, markers and blank lines.

    With `page_breaks` also the breaks that its source has in the middle of sentences and lists: then the result is
    the source to the character; without them it is the source with each broken sentence joined by a space.
    """
    lines = ["", "", report.forum, "", report.title, "", report.date_line, report.place_line]
    for passage in passages:
        if passage.blank_before or (page_breaks and 0 in passage.page_breaks):
            lines.append("")
        lines.append(passage.marker + (_broken(passage) if page_breaks else passage.text))
    return "\n".join(lines)


def to_json(report: Report, passages: Iterable[Passage]) -> dict[str, object]:
    """The report for programs: its title block, its session record and its passages, each with its exact words."""
    return {
        "report": report.slug,
        "language": report.language,
        "forum": report.forum,
        "title": report.title,
        "date": report.date_line,
        "place": report.place_line,
        "session": [
            {"role": line.role, "name": line.name, "capacity": line.capacity} for line in report.session_roles.all()
        ],
        "passages": [passage_to_json(passage) for passage in passages],
    }


def passage_to_json(passage: Passage) -> dict[str, object]:
    """One passage for programs, with its exact words."""
    return {
        "ref": passage.ref,
        "code": passage.code,
        "kind": passage.kind,
        "strand": passage.strand,
        "text": passage.words,
        "markdown": passage.text,
        "editorial_note": passage.editorial_note,
    }


def _broken(passage: Passage) -> str:
    text = passage.text
    for offset in sorted(passage.page_breaks, reverse=True):
        if offset:
            text = text[:offset] + "\n\n" + text[offset + 1 :]
    return text
