from django.urls import path

from consultation.summaries import breakdown_views, framework_views, views

urlpatterns = [
    path("consultations/<slug:slug>/report/", views.report, name="report"),
    path("consultations/<slug:slug>/report.json", views.report_json, name="report_json"),
    path("consultations/<slug:slug>/report.md", views.report_markdown, name="report_markdown"),
    path("consultations/<slug:slug>/recommendations/", views.recommendations, name="recommendations"),
    path("consultations/<slug:slug>/passages/<slug:ref>/", views.passage, name="passage"),
    path("consultations/<slug:slug>/passages/<slug:ref>/explanations/", views.explanations, name="explanations"),
    path("consultations/<slug:slug>/breakdown/", breakdown_views.breakdown, name="breakdown"),
    path("consultations/<slug:slug>/breakdown.json", breakdown_views.breakdown_json, name="breakdown_json"),
    path("consultations/<slug:slug>/breakdown.csv", breakdown_views.breakdown_csv, name="breakdown_csv"),
    path("consultations/<slug:slug>/frameworks/", framework_views.frameworks, name="frameworks"),
    path("consultations/<slug:slug>/summary/", views.summary, name="summary"),
    path("consultations/<slug:slug>/summary.json", views.summary_json, name="summary_json"),
    path("consultations/<slug:slug>/summary.schema.json", views.summary_schema, name="summary_schema"),
    path("consultations/<slug:slug>/summary.csv", views.summary_csv, name="summary_csv"),
    path("consultations/<slug:slug>/summary.xlsx", views.summary_xlsx, name="summary_xlsx"),
]
