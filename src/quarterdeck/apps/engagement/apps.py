"""Starts the app: puts stakeholders, contacts and concerns on the pages of initiatives."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementConfig(AppConfig):
    """Stakeholders and what they are told."""

    name = "quarterdeck.apps.engagement"
    label = "engagement"
    verbose_name = _("Engagement")

    def ready(self) -> None:
        """Put what waits on the home of initiatives, the map beside their other pages and in the navigation."""
        from quarterdeck.apps.engagement.pages import stakeholders
        from quarterdeck.apps.portfolio import tabs
        from quarterdeck.kernel.ui import nav, slots

        slots.fill("portfolio.initiative.home", render=stakeholders.card, order=40)
        tabs.add(
            tabs.Tab(
                "stakeholders",
                _("Stakeholders"),
                lambda record: f"{record.url}stakeholders/",
                stakeholders.may_open,
                55,
            )
        )
        nav.register(
            section="engagement",
            item=nav.NavItem(
                key="stakeholder-map",
                label=_("Stakeholder map"),
                url_name="stakeholder-map",
                icon="layout-grid",
                visible=lambda actor: actor.can("view", "engagement.stakeholder"),
                order=10,
            ),
        )
