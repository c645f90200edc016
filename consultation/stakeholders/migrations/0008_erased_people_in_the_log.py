"""The admin's log called people who were erased or deleted by the name that they had."""

from typing import Any

from django.db import migrations


def forget(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    people = apps.get_model("stakeholders", "User").objects.using(alias)
    lines = apps.get_model("admin", "LogEntry").objects.using(alias)
    about = lines.filter(content_type__app_label="stakeholders", content_type__model="user")
    there = {str(pk) for pk in people.filter(erased_at=None).values_list("pk", flat=True)}
    for pk in set(about.values_list("object_id", flat=True)) - there:
        about.filter(object_id=pk).update(object_repr=f"erased-{pk}")


class Migration(migrations.Migration):
    dependencies = [
        ("stakeholders", "0007_names_with_their_signs"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
