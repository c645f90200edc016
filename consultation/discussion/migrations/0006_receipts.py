from django.db import migrations, models

import consultation.record.ids


def give_numbers(apps, schema_editor):
    """Each row that is there gets a number of its own."""
    model = apps.get_model("discussion", "Comment")
    for key in model.objects.order_by("pk").values_list("pk", flat=True).iterator():
        model.objects.filter(pk=key).update(receipt=consultation.record.ids.new_receipt())


class Migration(migrations.Migration):
    dependencies = [("discussion", "0005_late")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="receipt",
            field=models.CharField(editable=False, max_length=16, null=True, verbose_name="private number"),
        ),
        migrations.RunPython(give_numbers, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="comment",
            name="receipt",
            field=models.CharField(
                default=consultation.record.ids.new_receipt,
                editable=False,
                max_length=16,
                unique=True,
                verbose_name="private number",
            ),
        ),
    ]
