"""Starts the app: puts risks, issues and what follows from them on the pages of initiatives."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    """Risks, issues, assumptions, decisions and actions."""

    name = "quarterdeck.apps.governance"
    label = "governance"
    verbose_name = _("Governance")

    def ready(self) -> None:
        """Put what is open on the home of initiatives, its page beside the others, the weighing beside a risk."""
        from quarterdeck.apps.governance.pages import raid, weighing
        from quarterdeck.apps.portfolio import tabs
        from quarterdeck.kernel.ui import nav, slots

        slots.fill("portfolio.initiative.home", render=raid.card, order=20)
        slots.fill("governance.risk.top", render=weighing.card)
        slots.fill("governance.risk.side", render=weighing.side)
        tabs.add(tabs.Tab("raid", _("RAID"), lambda record: f"{record.url}raid/", raid.may_open, 35))
        nav.register(
            section="governance",
            item=nav.NavItem(
                key="risk-heat-map",
                label=_("Heat map"),
                url_name="risk-heat-map",
                icon="layout-grid",
                visible=lambda actor: actor.can("view", "governance.risk"),
                order=10,
            ),
        )
