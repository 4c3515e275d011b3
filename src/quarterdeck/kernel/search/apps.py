"""The `search` application."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search over records."""

    name = "quarterdeck.kernel.search"
    label = "search"

    def ready(self) -> None:
        """Follow every change of a record."""
        from quarterdeck.kernel.events import subscribe
        from quarterdeck.kernel.records import Changed
        from quarterdeck.kernel.search.index import on_changed

        subscribe(Changed, on_changed)
