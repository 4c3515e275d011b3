"""Starts the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PmoConfig(AppConfig):
    """What the office answers for."""

    name = "quarterdeck.apps.pmo"
    label = "pmo"
    verbose_name = _("The PMO")

    def ready(self) -> None:
        """State which checks serve which function; enter the front door; mark what has been escalated."""
        from quarterdeck.apps.pmo.catalogue import TAKES
        from quarterdeck.apps.pmo.pages.answers import answer
        from quarterdeck.apps.pmo.pages.marks import escalation_marks
        from quarterdeck.kernel.needs.answering import answering
        from quarterdeck.kernel.needs.exceptions import remark
        from quarterdeck.kernel.ui import nav
        from quarterdeck.kernel.watch.functions import Served, declare

        for function, takes in TAKES.items():
            declare(Served(function.value, function.label, takes))
        remark(escalation_marks)
        answering(answer)
        nav.register(
            section="pmo",
            item=nav.NavItem(
                key="pmo",
                label=_("Accountabilities"),
                url_name="pmo-board",
                icon="shield-check",
                visible=lambda actor: actor.can("view", "pmo.accountability"),
                order=5,
            ),
        )
