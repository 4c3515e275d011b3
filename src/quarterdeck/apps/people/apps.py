"""Starts the app: keeps access grants in line with role assignments whichever way these are written."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Persons, roles, skills, qualifications, absences."""

    name = "quarterdeck.apps.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Follow changes of persons, roles and assignments; enter the pages into the navigation."""
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed
        from quarterdeck.kernel.ui import nav

        events.subscribe(Changed, follow_grants)
        nav.register(
            section="people",
            item=nav.NavItem(
                key="org-chart",
                label=_("Organisation chart"),
                url_name="people-chart",
                icon="network",
                visible=lambda actor: actor.can("view", "organisation.organisationunit"),
                order=15,
            ),
        )
        nav.register(
            section="people",
            item=nav.NavItem(
                key="raci",
                label=_("Responsibilities"),
                url_name="people-raci",
                icon="table-2",
                visible=lambda actor: actor.can("view", "people.racientry"),
                order=35,
            ),
        )


def follow_grants(event: object) -> None:
    """Align the grants that spring from assignments, after an Undo or a bulk edit too."""
    from quarterdeck.apps.people.services.grants import grants_follow
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.records import Changed

    if isinstance(event, Changed):
        actor = Actor.system(now=clock.now())
        grants_follow(record_type=event.record_type, record_ids=event.record_ids, fields=event.fields, actor=actor)
