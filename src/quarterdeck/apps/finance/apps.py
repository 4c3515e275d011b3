"""Starts the app: takes the costs of imported plans into the ledger; puts the money page beside the others."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceConfig(AppConfig):
    """Money of projects."""

    name = "quarterdeck.apps.finance"
    label = "finance"
    verbose_name = _("Money")

    def ready(self) -> None:
        """Follow imports of plans; enter the money page among those of an initiative."""
        from quarterdeck.apps.delivery.events import PlanImported
        from quarterdeck.apps.finance.selectors.page import may_open
        from quarterdeck.apps.portfolio import tabs
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed

        events.subscribe(PlanImported, follow_imports)
        events.subscribe(Changed, follow_undone)
        tabs.add(tabs.Tab("money", _("Money"), lambda record: f"{record.url}money/", may_open, 40))


def follow_imports(event: object) -> None:
    """Post what an imported plan says was spent, at once: an import is no request, and whoever ran it reads on.

    What a failure leaves out is made up for by the daily job.
    """
    from quarterdeck.apps.delivery.events import PlanImported
    from quarterdeck.apps.finance.services import costs_of_plan
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor

    if isinstance(event, PlanImported):
        costs_of_plan(plan_id=event.plan_id, actor=Actor.system(now=clock.now()))


def follow_undone(event: object) -> None:
    """Reverse what an import has posted that was taken back, whichever way; post anew what was brought back."""
    from quarterdeck.apps.finance.selectors.imported import sources_of
    from quarterdeck.apps.finance.services import costs_taken_back
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.records import Changed

    if not isinstance(event, Changed) or event.via != "undo" or event.record_type != "delivery.plan":
        return
    if event.action == "change" and "source" not in event.fields:
        # No import was taken back: the plan is where it came from.
        return
    for key, initiative, source in sources_of(event.record_ids):
        costs_taken_back(plan_id=key, initiative_id=initiative, source=source, actor=Actor.system(now=clock.now()))
