"""What the Group PMO answers for: taken over as shipped, given to its specialists, and escalated night by night."""

from __future__ import annotations

import datetime as dt
from typing import Final

from quarterdeck.apps.pmo import services
from quarterdeck.apps.pmo.choices import Function
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.demo.watching import ROUNDS
from quarterdeck.demo.world import World
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes

#: When the office stated what it answers for, in months from now; before the checks of the last year look.
STATED: Final = -10.5
#: owner and deputy of each; who is not named here is owned by the head, with the portfolio manager as deputy.
OWNERS: Final[dict[str, tuple[str, str]]] = {
    Function.SUPPLIER_ENGAGEMENT: ("lombardi", "wasilewski"),
    Function.SUPPLIER_RESPONSIBILITY: ("wasilewski", "lombardi"),
    Function.STOCK: ("lombardi", ""),
    Function.TIMEFRAMES: ("raman", "wasilewski"),
    Function.PLANNING: ("raman", "haddad"),
    Function.COMPETENCE: ("tanabe", "lombardi"),
    Function.RESOURCES: ("tanabe", "raman"),
    Function.BENEFITS: ("hofmann", "deboer"),
    Function.RISK: ("deboer", "hofmann"),
    Function.ISSUES: ("deboer", ""),
    Function.REPORTING: ("herrera", "raman"),
    Function.INFORMATION: ("herrera", "lombardi"),
    Function.FINANCE: ("balogun", "hofmann"),
    Function.SECRETARIAT: ("lombardi", "haddad"),
}
#: The one who left: everything went to the successor in one step, in months from now.
HANDED_OVER: Final = ("herrera", "haddad", -5.2)


def plan(world: World) -> None:
    """Put what the office answers for on the timeline; after each round of the watch, what is due goes up."""
    world.timeline.add(STATED, lambda now: _state(world, now))
    giver, taker, at = HANDED_OVER
    world.timeline.add(at, lambda now: _hand_over(world, giver, taker, now))
    for month in ROUNDS:
        world.timeline.add(month, lambda now: services.escalate(actor=world.system(now)))


def _state(world: World, now: dt.datetime) -> None:
    """Take over both sets that ship for the whole organisation, and name who owns what."""
    actor = world.actor("vandongen", now)
    services.install(
        name="all",
        office=world.offices["GPMO"],
        scope=scopes.root(),
        actor=actor,
        owner=world.people["vandongen"],
        deputy=world.people["wasilewski"],
    )
    rows = list(Accountability.objects.select_related("scope", "office", "owner", "deputy").order_by("pk"))
    for row in rows:
        if row.function in OWNERS:
            owner, deputy = OWNERS[row.function]
            row.owner, row.deputy = world.people[owner], world.people.get(deputy)
        row.review_on = world.day(2.0 if row.function != Function.PROCESSES else 0.5)
    records.save_many(rows, actor=actor, note="Owners and deputies as agreed with the team.")


def _hand_over(world: World, giver: str, taker: str, now: dt.datetime) -> None:
    services.hand_over(
        giver=world.people[giver],
        taker=world.people[taker],
        actor=world.actor("vandongen", now),
        note=f"{world.people[giver].name} leaves; {world.people[taker].name} takes over.",
    )
