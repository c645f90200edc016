"""Files opened by the programs that people open them with."""

import io
import re
import subprocess
import zipfile
from xml.etree import ElementTree as ET

import docx


def docx_words(content: bytes) -> str:
    """All words of a DOCX in their order, paragraphs and tables, read by python-docx."""
    document = docx.Document(io.BytesIO(content))
    said = []
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            said += [cell.text for row in part.rows for cell in row.cells]
        else:
            said.append(part.text)
    return "\n".join(said)


def docx_parts(content: bytes) -> str:
    """Every part of the package as it is stored, each well-formed: styles, properties, relations too."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(package.read(name))  # noqa: S314 - our own file
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def pdf_words(content: bytes) -> str:
    """The words of a PDF as poppler reads them, with one space between any two."""
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", "-", "-"], input=content, capture_output=True, check=True)
    return one_line(done.stdout.decode())


def pdf_facts(content: bytes) -> dict[str, str]:
    done = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True)
    return {k: v.strip() for k, _, v in (line.partition(":") for line in done.stdout.decode().splitlines())}


def pdf_outline(content: bytes) -> str:
    done = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", "-", ""], input=content, capture_output=True, check=False
    )
    return done.stdout.decode().partition("<outline>")[2]


def unbroken(text: str) -> str:
    """The text without any space: a typesetter breaks lines inside of long words, too."""
    return re.sub(r"\s+", "", text)


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
