"""Starts the app: reckons plans anew after an Undo, enters pages into the navigation, fills slots."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    """Plans of projects."""

    name = "quarterdeck.apps.delivery"
    label = "delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        """Follow what an Undo sets back; enter the pages into the navigation; show the plan on a project's home."""
        from quarterdeck.apps.delivery.pages.dependencies import interfaces_card
        from quarterdeck.apps.delivery.pages.home import plan_card
        from quarterdeck.apps.portfolio import tabs
        from quarterdeck.apps.portfolio.choices import Kind
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed
        from quarterdeck.kernel.ui import nav, slots

        events.subscribe(Changed, follow_plans)
        slots.fill("portfolio.initiative.home", render=plan_card, order=10)
        slots.fill("portfolio.initiative.home", render=interfaces_card, order=20)
        tabs.add(
            tabs.Tab(
                "dependencies",
                _("Dependencies"),
                lambda record: f"{record.url}dependencies/",
                lambda _record, actor: actor.can("view", "delivery.interface"),
                55,
            )
        )
        tabs.add(
            tabs.Tab(
                "plan",
                _("Plan"),
                lambda record: f"{record.url}plan/",
                lambda record, actor: record.kind == Kind.PROJECT and actor.can("view", "delivery.plan"),
                30,
            )
        )
        tabs.add(
            tabs.Tab(
                "deliverables",
                _("Deliverables"),
                lambda record: f"/deliverables/?f.initiative={record.pk}",
                lambda record, actor: record.kind == Kind.PROJECT and actor.can("view", "delivery.deliverable"),
                50,
            )
        )
        nav.register(
            section="delivery",
            item=nav.NavItem(
                key="milestones",
                label=_("Milestones"),
                url="/tasks/?view=milestones",
                icon="milestone",
                visible=lambda actor: actor.can("view", "delivery.task"),
                order=30,
            ),
        )
        nav.register(
            section="needs_you",
            item=nav.NavItem(
                key="my-tasks",
                label=_("My tasks"),
                url_name="delivery-mine",
                icon="check-check",
                visible=lambda actor: actor.can("view", "delivery.task"),
                order=200,
            ),
        )
        nav.register(
            section="delivery",
            item=nav.NavItem(
                key="delivery-import",
                label=_("Import plans"),
                url_name="delivery-import",
                icon="file-up",
                visible=lambda actor: actor.can("add", "delivery.plan"),
                order=90,
            ),
        )


def follow_plans(event: object) -> None:
    """Reckon plans anew whose parts an Undo has set back."""
    from quarterdeck.apps.delivery.services import plans_settle
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.records import Changed

    if not isinstance(event, Changed) or event.via != "undo" or not event.record_type.startswith("delivery."):
        return
    actor = Actor.system(now=clock.now())
    plans_settle(kind=event.record_type, record_ids=event.record_ids, actor=actor)
