"""A new key for the record, signed by the old one."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from consultation.record import clock, keys, sealing
from consultation.record.models import Key


class Command(BaseCommand):
    help = "Make a new key in FILE and let the configured key sign it. Then configure FILE and start again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="where the new private key is written; it must not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            sealing.seal_all()
            old = keys.signing_key()
            if old is None:
                raise CommandError("There is no old key. Set RECORD_KEY_FILE to a new one; nothing has to be signed.")
            keys.write_key(path)
            new = keys.key_from(path.read_text(encoding="ascii"))
        except (keys.KeyProblem, FileExistsError) as problem:
            raise CommandError(f"Not done: {problem}") from problem
        with transaction.atomic():
            identity = sealing.held()
            previous = Key.objects.order_by("-pk").get(public=keys.public_of(old))
            key = Key(public=keys.public_of(new), previous=previous, at=clock.now())
            key.signature = keys.signed(old, sealing.as_key(key, identity.name))
            key.save()
        self.stdout.write(f"The new key is {key}: {key.public}. Publish it with the old one.")
        self.stdout.write(f"Set RECORD_KEY_FILE={path} and start the worker again; until then nothing is signed.")
