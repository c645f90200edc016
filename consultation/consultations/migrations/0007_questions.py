import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultations", "0006_questions_are_passages")]

    operations = [
        migrations.AlterField(
            model_name="guidingquestion",
            name="passage",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="question",
                to="reports.passage",
                verbose_name="question",
            ),
        ),
        migrations.AlterField(model_name="guidingquestion", name="text", field=models.TextField(default="")),
        migrations.RemoveField(model_name="guidingquestion", name="text"),
        migrations.AddConstraint(
            model_name="guidingquestion",
            constraint=models.UniqueConstraint(fields=("consultation", "order"), name="question_order_once"),
        ),
    ]
