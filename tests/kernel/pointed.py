"""Records for tests of what hangs on any record: a grant stands for a record with a node."""

from __future__ import annotations

import datetime as dt

from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor, Right
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User

NOW = dt.datetime(2026, 3, 17, 9, 30, tzinfo=dt.UTC)
GRANT = "access.grant"


def system() -> Actor:
    return Actor.system(now=NOW)


def node(label: str, parent: Scope | None = None) -> Scope:
    return scopes.scope_add(parent=parent or scopes.root(), kind="unit", label=label)


def user(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", name=name)


def record_at(scope: Scope, name: str = "Record") -> Grant:
    """Return a stored record governed by a node; its text begins with the name."""
    role, _made = AccessRole.objects.get_or_create(name="Reader")
    grant = Grant(user=user(f"{name}{User.objects.count()}"), role=role, scope=scope)
    records.save(grant, actor=system())
    return grant


def member(scope: Scope, name: str = "Ada", actions: tuple[str, ...] = ("view", "change")) -> Actor:
    """Return an actor who may do the actions on every kind of record at a node and below."""
    given = (Right(scope.path, {"*": actions}, frozenset()),)
    return Actor(user=user(name), now=NOW, _given=given)


def stranger() -> Actor:
    return Actor(user=user("Stranger"), now=NOW, _given=())
