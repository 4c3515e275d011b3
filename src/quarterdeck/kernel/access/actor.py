"""The actor: who acts, when, by which way, and with which rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.models import Grant, User

#: Digits that one level of the tree takes in `Scope.path`.
LEVEL = 6
READING = frozenset({"view"})


def allowed(permissions: Mapping[str, Iterable[str]], record_type: str) -> frozenset[str]:
    """Return the actions that a permission mapping gives on a record type; keys are `app.model`, `app.*` or `*`."""
    app = record_type.partition(".")[0]
    given: set[str] = set()
    for key in ("*", f"{app}.*", record_type):
        given.update(permissions.get(key, ()))
    return frozenset(given)


@dataclass(frozen=True)
class Right:
    """One grant in force, as plain values: the node's path, what may be done at it and below, what is seen there."""

    path: str
    permissions: Mapping[str, Iterable[str]]
    sees: frozenset[str]
    role: int = 0

    def gives(self, action: str, record_type: str) -> bool:
        """Tell whether this right covers an action on a record type."""
        actions = allowed(self.permissions, record_type)
        return action in actions or "*" in actions


def shortest(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that are not below another of them, in order."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


@dataclass(frozen=True)
class Actor:
    """Who acts (a user, or the system by name), at which moment, by which way, and how far.

    `now` is the only clock that services know. `unlimited` is the system itself or an elevated administrator.
    `limits` are an API token's permissions; `read_only` refuses every write (viewing as someone, a past date).
    """

    user: User | None
    now: dt.datetime
    via: str = "form"
    label: str = ""
    unlimited: bool = False
    read_only: bool = False
    limits: Mapping[str, Iterable[str]] | None = None
    behind: User | None = None
    batch: Any = None
    _given: tuple[Right, ...] | None = field(default=None, repr=False)

    @classmethod
    def system(cls, *, now: dt.datetime, label: str = "Quarterdeck", via: str = "system") -> Actor:
        """Return the system acting by itself, with every right."""
        return cls(user=None, now=now, via=via, label=label, unlimited=True)

    @property
    def today(self) -> dt.date:
        """The calendar date of `now` in the current time zone."""
        return clock.local_date(self.now)

    @property
    def name(self) -> str:
        """The name that history shows; an administrator acting as someone is named too."""
        name = str(self.user) if self.user else self.label
        return gettext("%(name)s, by %(admin)s") % {"name": name, "admin": self.behind} if self.behind else name

    def at(self, now: dt.datetime, via: str | None = None) -> Actor:
        """Return the same actor at another moment."""
        return replace(self, now=now, via=via or self.via)

    def by(self, via: str, batch: Any = None) -> Actor:
        """Return the same actor by another way (`bulk`, `import`), optionally grouping what follows for one Undo."""
        return replace(self, via=via, batch=batch or self.batch)

    @cached_property
    def rights(self) -> tuple[Right, ...]:
        """The grants in force on `today`, read once."""
        if self._given is not None:
            return self._given
        if self.user is None or not self.user.is_active:
            return ()
        today = self.today
        grants = (
            Grant.objects.filter(Q(user=self.user) | Q(group__in=self.user.access_groups.values("pk")))
            .filter(Q(starts_on__isnull=True) | Q(starts_on__lte=today))
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
            .values_list("scope__path", "role__permissions", "role__sees", "role_id")
        )
        return tuple(Right(path, permissions, frozenset(sees), role) for path, permissions, sees, role in grants)

    def paths(self, action: str, record_type: str) -> tuple[str, ...]:
        """Return the topmost paths at and below which the action may be done; `("",)` stands for everywhere."""
        if self.limits is not None:
            limits = allowed(self.limits, record_type)
            if action not in limits and "*" not in limits:
                return ()
        if self.read_only and action not in READING:
            return ()
        if self.unlimited:
            return ("",)
        return shortest(right.path for right in self.rights if right.gives(action, record_type))

    def can(self, action: str, record_type: str, path: str | None = None) -> bool:
        """Tell whether the action may be done somewhere, or at the node with `path`."""
        paths = self.paths(action, record_type)
        return bool(paths) if path is None else any(path.startswith(p) for p in paths)

    def can_everywhere(self, action: str, record_type: str) -> bool:
        """Tell whether the action may be done at the root: what reference data asks of its editors."""
        return any(len(path) <= LEVEL for path in self.paths(action, record_type))

    def sees(self, field_class: str, record_type: str, row_paths: Iterable[str]) -> bool:
        """Tell whether fields of a sensitive class are open on a row governed by any of `row_paths`."""
        if self.unlimited:
            return True
        openings = [
            right.path for right in self.rights if field_class in right.sees and right.gives("view", record_type)
        ]
        return any(path.startswith(opening) for path in row_paths for opening in openings)

    def openings(self, field_class: str, record_type: str) -> tuple[str, ...]:
        """Return the topmost paths at and below which a sensitive class is open; `("",)` stands for everywhere."""
        if self.unlimited:
            return ("",)
        return shortest(
            right.path for right in self.rights if field_class in right.sees and right.gives("view", record_type)
        )

    def sees_on_all(self, field_class: str, record_type: str) -> bool | None:
        """Tell whether a sensitive class is open on every visible row (True), on none (False) or on some (None)."""
        if self.unlimited:
            return True
        openings = self.openings(field_class, record_type)
        if not openings:
            return False
        covered = all(any(path.startswith(o) for o in openings) for path in self.paths("view", record_type))
        return True if covered else None
