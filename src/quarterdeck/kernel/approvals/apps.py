"""The Django app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """A queue of questions for approvers."""

    name = "quarterdeck.kernel.approvals"
    label = "approvals"

    def ready(self) -> None:
        """Declare the kinds of notification, and that approvers see what they are asked."""
        from quarterdeck.kernel.access.actor import Actor
        from quarterdeck.kernel.approvals import kinds  # noqa: F401
        from quarterdeck.kernel.approvals.models import Approval
        from quarterdeck.kernel.approvals.selectors import visible_approvals
        from quarterdeck.kernel.notifications.closing import readable_by

        def readable(actor: Actor, pks: set[int]) -> set[int]:
            return set(visible_approvals(actor).filter(pk__in=pks).values_list("pk", flat=True))

        readable_by(Approval._meta.label_lower, readable)
