"""A fictional report with notes wherever a report can have them, in no good order."""

from consultation.reports.contents import Contents, PassageFields, ReportFields, RoleFields


def _note(ref, name, text):
    return PassageFields(ref, f"Note {name}", "note", "", None, 0, 0, text, "", f"[^{name}]: ")


def _passage(ref, kind, text, marker="", strand=""):
    return PassageFields(ref, "", kind, strand, None, 0, 0, text, "", marker)


WITH_LINK = "One[^2] and **bold[^3] more** and [a link[^4]](https://example.org/a) again[^2]."
TWO = "Two with **bold**, *italics* and [a link](https://example.org/note). See [^3]."


def noted():
    """Notes of the title, several in one passage, in a table, used twice, out of order, with marks, and of nobody."""
    passages = [
        _note("n9", "z9", "Nobody refers to it. See [^2]."),
        _passage("p1", "paragraph", WITH_LINK, "1. "),
        _note("n2", "2", TWO),
        _passage("p2", "paragraph", "[^5]"),
        _passage("p3", "paragraph", "Not noted: [^nothing] and [^1](https://example.org/b)."),
        _passage("t1", "table", "Year | Level\n2024 | Estimated[^6][^a]"),
        _passage("r1", "recommendation", "Measure[^7].", "- ", "general"),
        _note("n1", "1", "Of the title."),
        _note("n3", "3", "Three."),
        _note("n4", "4", "4 begins with a number."),
        _note("n5", "5", "*All in italics*"),
        _note("n6", "6", "Six\nin two lines."),
        _note("n7", "a", "a a priori."),
        _note("n8", "7", "Seven."),
        _note("n10", "7", "Seven again."),
        _note("n11", "f", "Of the forum."),
    ]
    for order, passage in enumerate(passages, 1):
        passage.order = order
    block = ReportFields("noted", "en", "Sample forum[^f]", "Sample report[^1]", "12 March 2025", "Hall", "2025-03-12")
    return Contents(block, [RoleFields("chair", "A. Sample", "Chair", 1)], passages)
