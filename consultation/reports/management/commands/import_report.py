"""A report from a DOCX, Markdown or plain text file, read, shown and stored."""

import uuid
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from consultation.record.errors import Refusal
from consultation.reports import actions, additions
from consultation.reports.checks import check
from consultation.reports.draft import Draft, read_draft
from consultation.reports.reading.files import LARGEST

_SHOWN = 70


class Command(BaseCommand):
    help = "Import a report from FILE (.docx, .md, .txt). Nothing is stored while a doubt is open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show what would be stored, and store nothing")
        parser.add_argument("--accept-doubts", action="store_true", help="confirm all doubts that are listed")
        parser.add_argument("--additions", type=Path, help="YAML: slug, session record, editorial notes")
        for name in ("slug", "language", "title", "forum", "held-on"):
            parser.add_argument(f"--{name}", default="", help=f"the report's {name}, where the file does not say it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            draft, content = self._draft(options)
            self._show(draft, full=options["dry_run"] or options["verbosity"] > 1)
            if options["dry_run"]:
                check(draft.contents())
                self.stdout.write("Nothing was stored (--dry-run).")
                return
            if draft.open_doubts() and not options["accept_doubts"]:
                raise CommandError("Nothing was stored: doubts are open. Look at them; --accept-doubts confirms them.")
            report = self._store(draft, content, options["file"].name)
        except Refusal as refusal:
            raise CommandError(f"Nothing was stored. {refusal.sentence}") from refusal
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}") from error
        self.stdout.write(f"Stored: {report} ({report.slug}), {report.passages.count()} passages.")

    def _draft(self, options: dict[str, Any]) -> tuple[Draft, bytes]:
        with options["file"].open("rb") as file:
            content = file.read(LARGEST + 1)
        self.stdout.write(f"Reading {options['file'].name}: {len(content):,} bytes")
        given = {name: options[name] for name in ("slug", "language", "title", "forum", "held_on")}
        draft = read_draft(options["file"].name, content, **given)
        if options["additions"]:
            additions.add(draft, options["additions"].read_text(encoding="utf-8"))
        return draft, content

    @staticmethod
    @transaction.atomic
    def _store(draft: Draft, content: bytes, name: str) -> Any:
        made = actions.upload(None, name, content, uuid.uuid4())
        draft.confirm_all()
        made = actions.correct(None, made, made.number, draft)
        return actions.store_import(None, made, made.number, draft)

    def _show(self, draft: Draft, *, full: bool) -> None:
        """Passages, characters, differences and doubts."""
        contents = draft.contents()
        for passage in contents.passages if full else []:
            line = passage.text.replace("\n", " ⏎ ")
            cut = line[:_SHOWN] + ("…" if len(line) > _SHOWN else "")
            self.stdout.write(f"{'  ' * passage.depth}{passage.ref:<12} {passage.kind:<15} {passage.code:<10} {cut}")
        for name, value in vars(contents.report).items():
            self.stdout.write(f"{name}: {value}")
        found = draft.fidelity()
        self.stdout.write(
            f"Passages: {len(contents.passages)}. Characters without white space: "
            f"{found.characters_in:,} in, {found.characters_out:,} out."
        )
        for difference in found.differences:
            self.stdout.write(f"  {difference.kind}: {difference.text}")
        for place, doubt in draft.open_doubts():
            self.stdout.write(f"Doubt{f' ({place})' if place else ''}: {doubt.sentence}")
