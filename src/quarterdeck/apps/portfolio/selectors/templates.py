"""What one may make from a template, and where."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from quarterdeck.apps.portfolio.choices import BELOW, ENDED, Kind
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate, TemplatePart, TemplateRole
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type, visible


def no_initiatives() -> QuerySet[Initiative]:
    """Return no rows: what a form offers before it knows who asks."""
    return Initiative.objects.none()


def parents_for(kind: Kind, actor: Actor) -> QuerySet[Initiative]:
    """Return the open initiatives of which one of this kind can be part, where the actor may add one."""
    kinds = [above for above, below in BELOW.items() if kind in below]
    rows = visible(Initiative.objects.filter(kind__in=kinds).exclude(state__in=ENDED), actor)
    added = record_type(Initiative)
    at = [pk for pk, path in rows.values_list("pk", "scope__path") if actor.can("add", added, path)]
    return Initiative.objects.filter(pk__in=at).order_by("code")


def templates_in_use(actor: Actor) -> QuerySet[InitiativeTemplate]:
    """Return the templates in use that the actor may see, with their roles and parts."""
    return visible(InitiativeTemplate.objects.filter(is_active=True), actor).prefetch_related(
        Prefetch("roles", TemplateRole.objects.select_related("role")), Prefetch("parts", TemplatePart.objects.all())
    )
