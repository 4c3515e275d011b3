"""Index every searched record anew: after a restore, or when a kind of record is searched for the first time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from quarterdeck.kernel.search.index import rebuild


class Command(BaseCommand):
    """`search_rebuild`: the index from the records."""

    help = "Index every searched record anew. Safe at any time; search goes on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how many records were indexed."""
        self.stdout.write(f"{rebuild()} records indexed.")
