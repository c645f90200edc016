from django.urls import path

from consultation.record import public_views, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("record/", public_views.record, name="record"),
    path("record/heads.json", public_views.heads_json, name="record_heads"),
    path("record/consistency.json", public_views.consistency_json, name="record_consistency"),
    path("record/verify.py", public_views.verify_py, name="record_verify"),
]
