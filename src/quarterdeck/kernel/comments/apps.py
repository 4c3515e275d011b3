"""The `comments` application."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """Comments on any record."""

    name = "quarterdeck.kernel.comments"
    label = "comments"
