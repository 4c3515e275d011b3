"""The Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Work done apart from requests."""

    name = "quarterdeck.kernel.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import the `jobs` module of every app, so that each process knows every job and schedule."""
        from quarterdeck.kernel.jobs import running, tasks

        tasks.run_with(running.claim_and_run)
        autodiscover_modules("jobs")
