"""Names in scripts whose vowels are marks are compared with these marks."""

from typing import Any

from django.db import migrations

from consultation.text.names import folded


def fold_anew(apps: Any, schema_editor: Any) -> None:
    organisations = apps.get_model("stakeholders", "Organisation").objects.using(schema_editor.connection.alias)
    for organisation in organisations.only("name", "folded_name").iterator():
        if (name := folded(organisation.name)[:200]) != organisation.folded_name:
            organisations.filter(pk=organisation.pk).update(folded_name=name)


class Migration(migrations.Migration):
    dependencies = [("stakeholders", "0006_groupings")]

    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop, elidable=True)]
