"""Let the database refuse every change of the record, and say which entries are older than leaves are.

Those get their leaves afterwards, in batches, from the worker or `manage.py seal_record`.
"""

from django.db import migrations
from django.db.models import Max

from consultation.record import triggers


def begin(apps, schema_editor):
    triggers.make(schema_editor.connection)
    last = apps.get_model("record", "Entry").objects.aggregate(last=Max("pk"))["last"]
    apps.get_model("record", "Identity").objects.create(pk=1, before=last or 0)


def end(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("record", "0004_seals")]
    operations = [migrations.RunPython(begin, end)]
