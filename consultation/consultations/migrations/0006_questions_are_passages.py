"""Each guiding question becomes a passage without a report, numbered from 1 within its consultation."""

from itertools import groupby
from typing import Any

from django.db import migrations


def make_passages(apps: Any, _schema_editor: Any) -> None:
    passage = apps.get_model("reports", "Passage")
    questions = apps.get_model("consultations", "GuidingQuestion").objects.order_by("consultation", "order", "pk")
    for _consultation, together in groupby(questions, key=lambda question: question.consultation_id):
        for number, question in enumerate(together, start=1):
            question.order = number
            question.passage = passage.objects.create(
                kind="question", ref=f"question-{number}", code=f"Q{number}", order=number, text=question.text
            )
            question.save()


def keep_texts(apps: Any, _schema_editor: Any) -> None:
    for question in apps.get_model("consultations", "GuidingQuestion").objects.select_related("passage"):
        question.text = question.passage.text
        question.save()


class Migration(migrations.Migration):
    dependencies = [("consultations", "0005_rounds")]

    operations = [migrations.RunPython(make_passages, keep_texts)]
