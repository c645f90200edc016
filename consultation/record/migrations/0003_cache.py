"""The table of the shared cache, made here so that `migrate` is all that an installation needs."""

from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("record", "0002_initial")]
    operations = [migrations.RunPython(make_cache_table, migrations.RunPython.noop)]
