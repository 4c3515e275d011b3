"""Starts the app: keeps access nodes in line with initiatives whichever way these are written."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    """The tree of initiatives."""

    name = "quarterdeck.apps.portfolio"
    label = "portfolio"
    verbose_name = _("Portfolio")

    def ready(self) -> None:
        """Follow changes of initiatives; enter the pages into the navigation."""
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed
        from quarterdeck.kernel.ui import nav

        events.subscribe(Changed, follow_initiatives)
        nav.register(
            section="portfolio",
            item=nav.NavItem(
                key="portfolio-map",
                label=_("Map"),
                url_name="portfolio-map",
                icon="map",
                visible=lambda actor: actor.can("view", "portfolio.initiative"),
                order=10,
            ),
        )
        nav.register(
            section="portfolio",
            item=nav.NavItem(
                key="portfolio-from-template",
                label=_("New from template"),
                url_name="portfolio-from-template",
                icon="copy-plus",
                visible=lambda actor: actor.can("add", "portfolio.initiative"),
                order=30,
            ),
        )


def follow_initiatives(event: object) -> None:
    """Align the access nodes of initiatives that an Undo has renamed or moved."""
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.apps.portfolio.services import initiative_scopes_align
    from quarterdeck.kernel.records import Changed

    if not isinstance(event, Changed) or event.record_type != Initiative._meta.label_lower or event.action == "delete":
        return
    if event.via == "undo":
        initiative_scopes_align(initiative_ids=event.record_ids)
