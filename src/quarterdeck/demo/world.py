"""What has been built so far, by short names, and who acts in it."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from quarterdeck.apps.organisation.models import Currency, Office, OrganisationUnit, WorkCalendar
from quarterdeck.apps.people.models import Person, Role
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.timeline import Timeline
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User

#: The same demo every time: chance is drawn from this number only.
SEED = 20_417


@dataclass
class World:
    """The organisation as far as it stands; builders fill it while the timeline runs."""

    timeline: Timeline
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311  no secret is drawn
    calendars: dict[str, WorkCalendar] = field(default_factory=dict)
    currencies: dict[str, Currency] = field(default_factory=dict)
    units: dict[str, OrganisationUnit] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    initiatives: dict[str, Initiative] = field(default_factory=dict)
    #: Whether the PMO has its head: from then on it is the head, not the system, who gives roles.
    has_head: bool = False
    #: leaver -> who has taken over
    heirs: dict[str, str] = field(default_factory=dict)

    def now_in_charge(self, key: str) -> str:
        """Return who does today's work of a person: the heir of one who has left."""
        return self.heirs.get(key, key)

    def actor(self, key: str, now: dt.datetime) -> Actor:
        """Return a person of the organisation acting at a moment with the rights that he or she has then."""
        return Actor(user=self.users[key], now=now)

    def system(self, now: dt.datetime) -> Actor:
        """Return whoever sets the system up, at a moment."""
        return Actor.system(now=now)

    def day(self, months: float) -> dt.date:
        """Return the date that many months from today."""
        return self.timeline.day(months)
