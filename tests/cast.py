"""The cast of five whom every register and endpoint meets, and the two places between which rights end.

| persona | may |
|---|---|
| anonymous | nothing; has not signed in |
| stranger | sign in; holds no role anywhere |
| reader | view everything at North and below, without money and personal facts |
| editor | view, add, change and remove everything at North and below, money and personal facts too |
| administrator | everything, while an elevation lasts |

North is a division and a portfolio of its own, and the rights are given at both. A record made at North bears the word
Marigold in every text, one made at South the word Zanzibar: whoever reads Zanzibar and is not an administrator has
found a leak.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.conf import settings
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access import services
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.middleware import ELEVATION
from quarterdeck.kernel.access.models import AccessRole, Elevation, Grant, User
from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers import for_model
from tests.factories import Factory, Place

R = TypeVar("R", bound=Record)
ANONYMOUS: Final = "anonymous"
STRANGER: Final = "stranger"
READER: Final = "reader"
EDITOR: Final = "editor"
ADMINISTRATOR: Final = "administrator"
PERSONAS: Final = (ANONYMOUS, STRANGER, READER, EDITOR, ADMINISTRATOR)
INSIDE: Final = "Marigold"
OUTSIDE: Final = "Zanzibar"


@dataclass(frozen=True)
class Cast:
    """Two places, a factory at each, and the users."""

    north: Factory
    south: Factory
    users: dict[str, User]
    sessions: dict[str, str] = field(default_factory=dict)
    """Keys of the sessions that `sign_in` has begun, by persona."""

    def sign_in(self) -> None:
        """Sign everyone in once: browsers of theirs then go on with that session."""
        self.sessions.update(
            {name: self.client(name).cookies[settings.SESSION_COOKIE_NAME].value for name in self.users}
        )

    def client(self, persona: str) -> Client:
        """Return a browser in which the persona has signed in; that of the administrator is elevated."""
        client = Client()
        if persona == ANONYMOUS:
            return client
        if persona in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[persona]
            return client
        user = self.users[persona]
        client.force_login(user)
        if persona == ADMINISTRATOR:
            started = services.elevation_start(
                user=user, kind=Elevation.Kind.ADMINISTER, reason="Contract tests", now=clock.now()
            )
            session = client.session
            session[ELEVATION] = started.pk
            session.save()
        return client

    def actor(self, persona: str) -> Actor:
        """Return the persona as services know it."""
        user = User.objects.get(pk=self.users[persona].pk) if persona in self.users else None
        return Actor(user=user, now=clock.now(), unlimited=persona == ADMINISTRATOR)


def assemble() -> Cast:
    """Make the places and the users; needs a database."""
    system = Actor.system(now=clock.now() - dt.timedelta(days=1))
    numbers = itertools.count(1)
    top = _unit("TOP", "Enterprise", None, system)
    north = _place("NORTH", INSIDE, top, system)
    south = _place("SOUTH", OUTSIDE, top, system)
    names = (STRANGER, READER, EDITOR, ADMINISTRATOR)
    users = {
        name: User.objects.create_user(f"{name}@example.org", name=name.title(), is_administrator=name == ADMINISTRATOR)
        for name in names
    }
    rights: dict[str, tuple[list[str], list[str]]] = {
        READER: (["view"], []),
        EDITOR: (["view", "add", "change", "delete"], ["money", "personal"]),
    }
    for name, (actions, sees) in rights.items():
        role = AccessRole(name=f"{name} of the cast", permissions={"*": actions}, sees=sees)
        records.save(role, actor=system)
        for home in north.homes:
            records.save(Grant(user=users[name], role=role, scope=home.scope), actor=system)
    return Cast(Factory(system, north, numbers), Factory(system, south, numbers), users)


def _place(code: str, word: str, above: OrganisationUnit, actor: Actor) -> Place:
    """Make a division and a portfolio of its own, which stands at the top of the tree of initiatives."""
    unit = _unit(code, f"{word} {code.title()}", above, actor)
    portfolio = Initiative(code=f"{code}-1", name=f"{word} Portfolio", kind="portfolio", unit=unit)
    return Place((unit, _written(portfolio, actor)), word)


def _unit(code: str, name: str, parent: Any, actor: Actor) -> OrganisationUnit:
    unit = OrganisationUnit(code=code, name=name, kind="division" if parent else "enterprise", parent=parent)
    return _written(unit, actor)


def _written(record: R, actor: Actor) -> R:
    register = for_model(type(record))
    assert register is not None
    register.write(record, actor=actor)
    return record
