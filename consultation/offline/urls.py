from django.urls import path

from consultation.offline.views import letters, packs

OWN = "delegation/<slug:organisation>/<slug:slug>/offline"
LETTERS = "consultations/<slug:slug>/letters"

urlpatterns = [
    path(f"{OWN}/", packs.offline, name="offline"),
    path(f"{OWN}/read/", packs.read, name="offline_read"),
    path(f"{OWN}/save/", packs.save, name="offline_save"),
    path(f"{LETTERS}/", letters.letters, name="letters"),
    path(f"{LETTERS}/for/<slug:organisation>/", letters.enter, name="enter_letter"),
    path(f"{LETTERS}/for/<slug:organisation>/pack/", letters.blank_pack, name="blank_pack"),
    path(f"{LETTERS}/<slug:public_id>/", letters.letter, name="letter"),
    path(f"{LETTERS}/<slug:public_id>/scan/", letters.scan, name="letter_scan"),
]
