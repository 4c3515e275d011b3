"""The `files` application."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files on any record."""

    name = "quarterdeck.kernel.files"
    label = "files"
