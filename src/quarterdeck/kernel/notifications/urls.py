"""Addresses of the notification pages; included at `/notifications/`."""

from typing import Any

from django.urls import path

from quarterdeck.kernel.notifications import pages

app_name = "notifications"

_views: list[tuple[str, Any, str]] = [
    ("", pages.notification_list, "list"),
    ("bell", pages.bell, "bell"),
    ("read", pages.notifications_read, "read_all"),
    ("preferences", pages.preferences, "preferences"),
    ("following", pages.following, "following"),
    ("following/<int:pk>/end", pages.following_end, "unfollow"),
    ("<int:pk>/", pages.notification_open, "open"),
    ("<int:pk>/read", pages.notification_read, "read"),
]
urlpatterns = [path(route, view, name=name) for route, view, name in _views]
