"""A small tree, and shorthand for actors, roles and grants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Group, Scope, User

NOW = dt.datetime(2026, 3, 17, 9, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 17)
DAY = dt.timedelta(days=1)


@dataclass
class Tree:
    """Root, with north (which holds spine) and south."""

    root: Scope
    north: Scope
    spine: Scope
    south: Scope


@pytest.fixture
def tree(db: None) -> Tree:
    root = scopes.root()
    north = scopes.scope_add(parent=root, kind="portfolio", label="North")
    spine = scopes.scope_add(parent=north, kind="project", label="Spine")
    south = scopes.scope_add(parent=root, kind="portfolio", label="South")
    return Tree(root, north, spine, south)


@pytest.fixture
def amara(db: None) -> User:
    return User.objects.create_user("amara@example.org", "correct horse battery", name="Amara Okafor")


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada@example.org", "correct horse battery", name="Ada Admin")


def actor(user: User, now: dt.datetime = NOW) -> Actor:
    """The user, at a moment, with the grants as stored now."""
    return Actor(user=User.objects.get(pk=user.pk), now=now)


def system() -> Actor:
    return Actor.system(now=NOW)


def role(
    name: str = "Editor", permissions: dict[str, list[str]] | None = None, sees: list[str] | None = None
) -> AccessRole:
    given = {"access.grant": ["view"]} if permissions is None else permissions
    return AccessRole.objects.create(name=name, permissions=given, sees=sees or [])


GrantMaker = Callable[..., Grant]


def grant(
    to: User | Group, role: AccessRole, scope: Scope, starts: dt.date | None = None, ends: dt.date | None = None
) -> Grant:
    """A stored grant, without the services."""
    owner = {"user": to} if isinstance(to, User) else {"group": to}
    return Grant.objects.create(role=role, scope=scope, starts_on=starts, ends_on=ends, **owner)
