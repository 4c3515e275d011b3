"""What the forms of the office offer."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo.choices import State
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import record_type, scopes_below, visible


def people(actor: Actor) -> QuerySet[Person]:
    """Return the people whom the actor may see and who have not left."""
    here = Q(ends_on__isnull=True) | Q(ends_on__gte=actor.today)
    return visible(Person.objects.all(), actor).filter(here).order_by("sort_name", "name")


def holders(actor: Actor) -> QuerySet[Person]:
    """Return the people, left or not, who own or are deputy of something not ended that the actor may see."""
    rows = visible(Accountability.objects.all(), actor).exclude(state=State.ENDED)
    holding = Q(pk__in=rows.values("owner")) | Q(pk__in=rows.values("deputy"))
    return visible(Person.objects.all(), actor).filter(holding).order_by("sort_name", "name")


def offices(actor: Actor) -> QuerySet[Office]:
    """Return the offices that the actor may see."""
    return visible(Office.objects.all(), actor).order_by("name")


def nodes(actor: Actor) -> QuerySet[Scope]:
    """Return the nodes at which the actor may state what an office answers for."""
    return scopes_below(actor.paths("add", record_type(Accountability))).filter(is_removed=False).order_by("path")


def held_by(person: Person, actor: Actor) -> list[Accountability]:
    """Return what a person owns or is deputy of and has not ended, as far as the actor sees it."""
    rows = visible(Accountability.objects.all(), actor).exclude(state=State.ENDED)
    found = rows.filter(Q(owner=person) | Q(deputy=person)).select_related("scope", "owner", "deputy", "office")
    return list(found)
