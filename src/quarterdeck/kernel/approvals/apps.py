"""The Django app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """A queue of questions for approvers."""

    name = "quarterdeck.kernel.approvals"
    label = "approvals"

    def ready(self) -> None:
        """Declare the kinds of notification."""
        from quarterdeck.kernel.approvals import kinds  # noqa: F401
