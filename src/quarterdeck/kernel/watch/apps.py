"""The Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WatchConfig(AppConfig):
    """Checks that find exceptions."""

    name = "quarterdeck.kernel.watch"
    label = "watch"

    def ready(self) -> None:
        """Import the `watch` module of every app, schedule what they declare, and listen to what changes."""
        from quarterdeck.kernel import events
        from quarterdeck.kernel.jobs.registry import schedule
        from quarterdeck.kernel.records import delete
        from quarterdeck.kernel.records.events import Changed
        from quarterdeck.kernel.records.rules import enter
        from quarterdeck.kernel.watch.checks import checks
        from quarterdeck.kernel.watch.jobs import after_change, evaluate_check
        from quarterdeck.kernel.watch.models import Handling
        from quarterdeck.kernel.watch.services import written

        enter(Handling, write=written, remove=delete)
        autodiscover_modules("watch")
        for check in checks.values():
            schedule(f"check:{check.name}", evaluate_check, at=check.schedule, arguments={"check": check.name})
        events.subscribe(Changed, after_change)
