"""Every string of the application in every language that is offered: none missing, unsure, stale or broken."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation import to_locale

ROOT = Path(settings.BASE_DIR)
OFFERED = [code for code, _name in settings.LANGUAGES if not code.startswith("en")]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
TAG = re.compile(r"<[^>]*>")
UNTRANSLATED = re.compile(r"\{[%{#].*?[%}#]\}", re.DOTALL)
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
COMMENT = re.compile(r"\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.DOTALL)
SILENT = re.compile(r"<(script|style|svg|code|pre)\b.*?</\1>", re.DOTALL)
MARKS = {"_", "gettext", "gettext_lazy"}
CLASS = re.compile(r"\{%\s*block main_class\s*%\}.*?\{%\s*endblock\s*%\}")
# Formats and units, which are the same in every language.
FORMATS = re.compile(
    r"\b(JSON|CSV|Excel|Markdown|XLSX|DOCX|PDF|Word|Atom|SHA-256|UTC|SVG|YAML|HTML)\b|\(?\.\w+\)?|&\w+;"
)


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> set[tuple[str, str]]:
    """The strings of the source as it is now, read by Django's own makemessages."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("consultation", "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "fr", "--no-location"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    found = polib.pofile(str(copy / "locale" / "fr" / "LC_MESSAGES" / "django.po"))
    return {(entry.msgctxt or "", entry.msgid) for entry in found}


@pytest.mark.parametrize("language", OFFERED)
def test_every_string_has_words_in_this_language(language, extracted):
    entries = {(e.msgctxt or "", e.msgid): e for e in catalogue(language) if not e.obsolete}
    assert extracted - set(entries) == set(), "make messages reads them"
    unsaid = [e.msgid for key, e in entries.items() if key in extracted and (e.fuzzy or not e.translated())]
    assert unsaid == []


@pytest.mark.parametrize("language", OFFERED)
def test_no_placeholder_is_lost_or_made_up(language):
    broken = []
    for entry in catalogue(language):
        said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = {m.group(0) for m in PLACEHOLDER.finditer(entry.msgid_plural or entry.msgid)}
        for words in said:
            got = {m.group(0) for m in PLACEHOLDER.finditer(words)}
            # A form for "one" may say the number in words.
            if words and (got - wanted or (wanted - got and not entry.msgid_plural)):
                broken.append((entry.msgid, words))
    assert broken == []


@pytest.mark.parametrize("language", OFFERED)
def test_markup_stays_as_it_is(language):
    broken = [
        (e.msgid, e.msgstr)
        for e in catalogue(language)
        if e.msgstr and sorted(TAG.findall(e.msgid)) != sorted(TAG.findall(e.msgstr))
    ]
    assert broken == []


@pytest.mark.parametrize("language", OFFERED)
def test_what_is_compiled_is_what_is_written(language):
    written = catalogue(language)
    compiled = polib.mofile(str(ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / "django.mo"))
    said = {e.msgid: (e.msgstr, dict(e.msgstr_plural)) for e in compiled}
    assert said == {e.msgid: (e.msgstr, dict(e.msgstr_plural)) for e in written.translated_entries()}


def test_no_template_says_anything_that_cannot_be_translated():
    said = {}
    for template in (ROOT / "templates").rglob("*.html"):
        source = template.read_text()
        for part in (COMMENT, BLOCK, SILENT, CLASS):
            source = part.sub(" ", source)
        words = FORMATS.sub(" ", TAG.sub(" ", UNTRANSLATED.sub(" ", source)))
        said[template.name] = re.findall(r"[A-Za-z]{2,}", words)
    said.pop("styleguide.html")  # for those who build, in English
    assert len(said) > 50
    assert {name: words for name, words in said.items() if words} == {}


def test_every_marked_string_of_a_module_is_found(extracted):
    """makemessages does not look into f-strings: what is marked only there would stay in English."""
    marked = {
        node.args[0].value
        for module in (ROOT / "consultation").rglob("*.py")
        if "migrations" not in module.parts
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert marked - {msgid for _context, msgid in extracted} == set()


SHOWN = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label", "violation_error_message"}


def test_no_module_shows_anything_that_cannot_be_translated():
    bare = [
        keyword.value.value
        for module in (ROOT / "consultation").rglob("*.py")
        if "migrations" not in module.parts and module.name != "styleguide.py"
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in SHOWN and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    ]
    assert [words for words in bare if re.search(r"[A-Za-z]{2,}", words)] == []
