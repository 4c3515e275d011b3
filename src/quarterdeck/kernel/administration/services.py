"""Writes of access that are records: grants, roles, groups. Nobody gives more than they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Group, Scope, User
from quarterdeck.kernel.access.policy import AccessDenied, record_type
from quarterdeck.kernel.access.services import permissions_cleaned, wider_than_own
from quarterdeck.kernel.audit.models import Change, Record


def grant_add(
    *,
    role: AccessRole,
    scope: Scope,
    actor: Actor,
    user: User | None = None,
    group: Group | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    origin: Record | None = None,
    note: str = "",
) -> Grant:
    """Give a role at a node to one user or one group, between dates that may be open.

    `origin` is the record that brings it about, such as a role assignment; `grants_withdraw` takes it back with it.
    Raises AccessDenied when the role holds more than the actor has at the node, ValidationError when it is given
    there already.
    """
    _require_held(actor, role, scope)
    grant = Grant(role=role, scope=scope, user=user, group=group, starts_on=starts_on, ends_on=ends_on)
    if origin is not None:
        grant.origin_type, grant.origin_id = record_type(origin), origin.pk
    elif user is not None or group is not None:
        _refuse_double(grant)
    records.save(grant, actor=actor, note=note)
    return grant


def _require_held(actor: Actor, role: AccessRole, scope: Scope) -> None:
    if wider_than_own(actor, role, scope.path):
        raise AccessDenied(_("The role “%(role)s” holds more than you have here.") % {"role": role})


def _refuse_double(grant: Grant) -> None:
    same = Grant.objects.filter(user=grant.user, group=grant.group, role=grant.role, scope=grant.scope, origin_type="")
    for other in same:
        starts = grant.starts_on or dt.date.min
        ends = grant.ends_on or dt.date.max
        if (other.starts_on or dt.date.min) <= ends and starts <= (other.ends_on or dt.date.max):
            raise ValidationError(_("This role is given here already for some of these days."))


def grant_end(*, grant: Grant, actor: Actor, on: dt.date | None = None, note: str = "") -> None:
    """Let a grant end with the day before `on` (today by default), so that it no longer holds on that day.

    One that would then never have held is removed; its history stays.
    """
    last = (on or actor.today) - dt.timedelta(days=1)
    if grant.starts_on is not None and grant.starts_on > last:
        records.delete(grant, actor=actor, note=note)
    elif grant.ends_on is None or grant.ends_on > last:
        grant.ends_on = last
        records.save(grant, actor=actor, note=note)


@transaction.atomic
def grants_withdraw(*, origin: Record, actor: Actor, on: dt.date | None = None, note: str = "") -> int:
    """End every grant that a record brought about; return how many there were."""
    found = list(Grant.objects.filter(origin_type=record_type(origin), origin_id=origin.pk))
    for grant in found:
        grant_end(grant=grant, actor=actor, on=on, note=note)
    return len(found)


def _require_administrator(actor: Actor, what: str) -> None:
    if not actor.unlimited or actor.read_only:
        raise AccessDenied(what)


def role_save(*, role: AccessRole, actor: Actor, note: str = "") -> Change | None:
    """Create or change a role; only an elevated administrator, since its holders gain what it gains."""
    _require_administrator(actor, _("Only an elevated administrator changes roles."))
    role.permissions = permissions_cleaned(role.permissions)
    role.sees = sorted(set(role.sees))
    return records.save(role, actor=actor, note=note)


def role_delete(*, role: AccessRole, actor: Actor) -> Change:
    """Remove a role that nobody holds; raises records.InUse otherwise."""
    _require_administrator(actor, _("Only an elevated administrator changes roles."))
    return records.delete(role, actor=actor)


def group_save(*, group: Group, members: Iterable[User], actor: Actor, note: str = "") -> Change | None:
    """Create or change a group and its members; only an elevated administrator, since members gain its grants."""
    _require_administrator(actor, _("Only an elevated administrator changes groups."))
    return records.save(group, actor=actor, note=note, many={"members": [user.pk for user in members]})


@transaction.atomic
def groups_of_user_set(*, user: User, groups: Iterable[Group], actor: Actor, note: str = "") -> None:
    """Make a user a member of exactly these groups."""
    _require_administrator(actor, _("Only an elevated administrator changes groups."))
    wanted = {group.pk for group in groups}
    touched = Group.objects.filter(pk__in=wanted ^ set(user.access_groups.values_list("pk", flat=True)))
    for group in touched:
        members = set(group.members.values_list("pk", flat=True))
        members = members | {user.pk} if group.pk in wanted else members - {user.pk}
        records.save(group, actor=actor, note=note, many={"members": members})
