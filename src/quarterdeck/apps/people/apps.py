"""Starts the app: keeps access grants in line with role assignments whichever way these are written."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Persons, roles, skills, qualifications, absences."""

    name = "quarterdeck.apps.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Follow changes of persons, roles and assignments."""
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed

        events.subscribe(Changed, follow_grants)


def follow_grants(event: object) -> None:
    """Align the grants that spring from assignments, after an Undo or a bulk edit too."""
    from quarterdeck.apps.people.services.grants import grants_follow
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.records import Changed

    if isinstance(event, Changed):
        actor = Actor.system(now=clock.now())
        grants_follow(record_type=event.record_type, record_ids=event.record_ids, fields=event.fields, actor=actor)
