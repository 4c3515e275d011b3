"""Starts the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Assessments, dashboards and reports."""

    name = "quarterdeck.apps.reporting"
    label = "reporting"
    verbose_name = _("Reporting")

    def ready(self) -> None:
        """Assess anew what has changed; put health on the home of initiatives, the dashboard beside it."""
        from quarterdeck.apps.delivery.events import PlanTakenBack
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed

        events.subscribe(Changed, follow_changes)
        events.subscribe(PlanTakenBack, follow_taken_back)
        self._health()
        self._reports()

    def _health(self) -> None:
        """Put health beside the name of an initiative and on its home, the dashboard beside the map."""
        from quarterdeck.apps.portfolio import tabs
        from quarterdeck.apps.portfolio.choices import Kind
        from quarterdeck.apps.reporting.pages.health import health_badge, health_card
        from quarterdeck.kernel.ui import nav, slots

        slots.fill("portfolio.initiative.name", render=health_badge)
        slots.fill("portfolio.initiative.top", render=health_card)
        tabs.add(
            tabs.Tab(
                "dashboard",
                _("Dashboard"),
                lambda record: f"{record.url}dashboard/",
                lambda record, _actor: record.kind != Kind.PROJECT,
                15,
            )
        )
        nav.register(
            section="portfolio",
            item=nav.NavItem(
                key="portfolio-dashboard",
                label=_("Dashboard"),
                url_name="portfolio-dashboard",
                icon="layout-dashboard",
                visible=lambda actor: actor.can("view", "portfolio.initiative"),
                order=5,
            ),
        )

    def _reports(self) -> None:
        """Put status reports and packs beside the other pages of initiatives."""
        from quarterdeck.apps.portfolio import tabs
        from quarterdeck.apps.reporting.pages.reports import report_card
        from quarterdeck.kernel.ui import slots

        slots.fill("portfolio.initiative.home", render=report_card, order=30)
        sees = "reporting.statusreport"
        tabs.add(
            tabs.Tab(
                "reports",
                _("Reports"),
                lambda record: f"{record.url}reports/",
                lambda record, actor: actor.can("view", sees, record.scope.path),
                60,
            )
        )
        tabs.add(
            tabs.Tab(
                "pack",
                _("Board pack"),
                lambda record: f"{record.url}pack/",
                lambda record, actor: actor.can("view", sees, record.scope.path),
                65,
            )
        )


def follow_changes(event: object) -> None:
    """Queue the assessment of what a change concerns."""
    from quarterdeck.apps.reporting.jobs import after_change
    from quarterdeck.kernel.records import Changed

    if isinstance(event, Changed):
        after_change(event)


def follow_taken_back(event: object) -> None:
    """Queue the assessment of a project whose plan may be gone, which no change of the plan could name."""
    from quarterdeck.apps.delivery.events import PlanTakenBack
    from quarterdeck.apps.reporting.jobs import assess_soon

    if isinstance(event, PlanTakenBack):
        assess_soon([event.initiative_id])
