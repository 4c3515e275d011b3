"""The Django application of access."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may see and do what, where."""

    name = "quarterdeck.kernel.access"
    label = "access"

    def ready(self) -> None:
        """Load the system checks."""
        from quarterdeck.kernel.access import checks  # noqa: F401  registers the system checks
