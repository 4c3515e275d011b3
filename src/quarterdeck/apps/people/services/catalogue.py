"""Loading what ships ready."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import models, transaction

from quarterdeck.apps.people.catalogue import ACTIVITIES, RIGHTS, ROLES
from quarterdeck.apps.people.models import Activity, RaciDefault, Role
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole
from quarterdeck.kernel.audit.models import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class Installed:
    """How many records of each kind were added."""

    rights: int
    roles: int
    activities: int
    parts: int


@transaction.atomic
def install_catalogue(actor: Actor) -> Installed:
    """Add the shipped access roles, roles, activities and standard responsibilities that are not there yet.

    What is there by the same name or code is left as the organisation has made it; called again, it adds nothing.
    """
    rights = _missing(
        AccessRole.objects.all(),
        ("name",),
        RIGHTS.values(),
        lambda entry: (str(entry.name),),
        lambda entry: AccessRole(
            name=str(entry.name),
            description=str(entry.description),
            permissions=entry.permissions,
            sees=entry.sees,
        ),
    )
    records.save_many(rights, actor=actor)
    by_name = {role.name: role for role in AccessRole.objects.all()}
    places = {entry.code: place for place, entry in enumerate(ROLES, 1)}
    roles = _missing(
        Role.objects.all(),
        ("code",),
        ROLES,
        lambda entry: (entry.code,),
        lambda entry: Role(
            code=entry.code,
            name=str(entry.name),
            kind=entry.kind,
            held_at=entry.held_at,
            single=entry.single,
            purpose=str(entry.purpose),
            responsibilities=str(entry.responsibilities),
            authority=str(entry.authority),
            decision_limits=str(entry.limits),
            access_role=by_name[str(RIGHTS[entry.rights].name)] if entry.rights else None,
            position=places[entry.code],
        ),
    )
    records.save_many(roles, actor=actor)
    activities, parts = _activities(actor)
    return Installed(len(rights), len(roles), activities, parts)


def _activities(actor: Actor) -> tuple[int, int]:
    places = {entry.code: place for place, entry in enumerate(ACTIVITIES, 1)}
    fresh = _missing(
        Activity.objects.all(),
        ("code",),
        ACTIVITIES,
        lambda entry: (entry.code,),
        lambda entry: Activity(
            code=entry.code, name=str(entry.name), group=str(entry.group), position=places[entry.code]
        ),
    )
    records.save_many(fresh, actor=actor)
    # Parts are added only with their activity: one that the organisation took away does not come back.
    added = {activity.code: activity for activity in fresh}
    roles = {role.code: role for role in Role.objects.all()}
    parts = [
        RaciDefault(activity=added[entry.code], role=roles[code], letter=letter)
        for entry in ACTIVITIES
        if entry.code in added
        for code, letter in entry.letters.items()
        if code in roles
    ]
    records.save_many(parts, actor=actor)
    return len(fresh), len(parts)


def _missing(
    rows: models.QuerySet[R],
    fields: tuple[str, ...],
    entries: Iterable[T],
    key: Callable[[T], Hashable],
    build: Callable[[T], R],
) -> list[R]:
    there = set(rows.values_list(*fields))
    return [build(entry) for entry in entries if key(entry) not in there]
