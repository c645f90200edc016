from django.db import migrations
from django.db.models import Max


def from_now_on(apps, schema_editor):
    """Nobody is told now of what happened before there were notifications."""
    last = apps.get_model("record", "Entry").objects.aggregate(last=Max("pk"))["last"]
    if last:
        apps.get_model("notifications", "Reader").objects.create(pk=1, up_to=last)


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0001_initial"),
        ("record", "0002_initial"),
    ]

    operations = [migrations.RunPython(from_now_on, migrations.RunPython.noop)]
