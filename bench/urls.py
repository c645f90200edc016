"""Our addresses, and the peers' beside them."""

from django.urls import include, path

from bench import peers
from consultation.urls import handler400, handler500
from consultation.urls import urlpatterns as ours

__all__ = ["handler400", "handler500", "urlpatterns"]
urlpatterns = [
    *ours,
    path("bench/hello/", peers.hello),
    path("bench/tree/<int:pk>/", peers.tree),
    path("bench/fifty/<int:pk>/", peers.fifty),
    path("bench/list/<int:pk>/", peers.flat_list),
    path("bench/floor/", peers.floor),
    path("bench/report/", peers.bare_report),
    path("comments/", include("django_comments_xtd.urls")),
]
