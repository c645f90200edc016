"""A report as a file again: fixture (JSON, YAML), Markdown and DOCX. Reading any of them gives the same contents."""

from consultation.reports import fixture_files, word
from consultation.reports.contents import Contents
from consultation.reports.reading import labels

FORMS = {
    "json": "application/json",
    "yaml": "application/yaml",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def export(contents: Contents, form: str) -> bytes:
    """The file of this form (a key of `FORMS`)."""
    if form == "docx":
        return word.write(contents)
    writers = {"json": fixture_files.as_json, "yaml": fixture_files.as_yaml, "md": labels.write}
    return writers[form](contents).encode("utf-8")
