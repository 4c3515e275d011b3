"""Starts the app: keeps access nodes in line with units whichever way these are written."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    """Units, offices, calendars, fiscal years, currencies."""

    name = "quarterdeck.apps.organisation"
    label = "organisation"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        """Follow changes of units."""
        from quarterdeck.kernel import events
        from quarterdeck.kernel.records import Changed

        events.subscribe(Changed, follow_units)


def follow_units(event: object) -> None:
    """Align the access nodes of units that an Undo, an import or a bulk edit has renamed or moved."""
    from quarterdeck.apps.organisation.models import OrganisationUnit
    from quarterdeck.apps.organisation.services import unit_scopes_align
    from quarterdeck.kernel.records import Changed

    if (
        isinstance(event, Changed)
        and event.record_type == OrganisationUnit._meta.label_lower
        and event.action != "delete"
    ):
        unit_scopes_align(unit_ids=event.record_ids)
