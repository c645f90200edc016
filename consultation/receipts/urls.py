from django.urls import path

from consultation.receipts import views

urlpatterns = [
    path("delegation/<slug:organisation>/receipts/", views.receipts, name="receipts"),
    path("delegation/<slug:organisation>/receipts.csv", views.receipts_csv, name="receipts_csv"),
    path("receipts/<slug:code>/", views.receipt, name="receipt"),
    path("receipts/<slug:code>.json", views.receipt_json, name="receipt_json"),
]
