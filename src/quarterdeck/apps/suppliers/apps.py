"""Starts the app: judges service levels soon after their records change; enters the pages into the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    """Suppliers and contractors."""

    name = "quarterdeck.apps.suppliers"
    label = "suppliers"
    verbose_name = _("Suppliers")

    def ready(self) -> None:
        """Follow changes of service records; enter the ranking into the navigation."""
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed
        from quarterdeck.kernel.ui import nav

        events.subscribe(Changed, follow_records)
        nav.register(
            section="suppliers",
            item=nav.NavItem(
                key="supplier-ranking",
                label=_("Ranking"),
                url_name="suppliers-ranking",
                icon="table-2",
                visible=lambda actor: actor.can("view", "suppliers.supplier"),
                order=15,
            ),
        )


def follow_records(event: object) -> None:
    """Have the levels of changed service records judged anew."""
    from quarterdeck.apps.suppliers.jobs import levels_judged
    from quarterdeck.apps.suppliers.selectors.watching import levels_of
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.jobs.queue import enqueue
    from quarterdeck.kernel.records import Changed

    if not isinstance(event, Changed) or event.record_type != "suppliers.servicerecord":
        return
    actor = Actor.system(now=clock.now())
    for level in levels_of(event.record_ids):
        enqueue(levels_judged, actor=actor, key=f"level:{level}", level_ids=[level])
