"""Reads of access: the matrix of roles, and why someone can or cannot do a thing to a record."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import LEVEL, Actor, allowed
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.access.policy import record_type, row_paths, row_scope, visible
from quarterdeck.kernel.audit.models import Record

#: What can be done to every record; roles may name further actions.
ACTIONS = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class RecordType:
    """A kind of record as the matrix lists it."""

    key: str
    app: str
    app_name: str
    name: str
    field_classes: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """What one role may do to one record type: `given` the usual actions in order, `extra` those beyond."""

    role: AccessRole
    given: tuple[tuple[str, bool], ...]
    extra: tuple[str, ...]
    sees: tuple[tuple[str, bool], ...]

    @property
    def is_full(self) -> bool:
        """All the usual actions are given."""
        return all(on for _action, on in self.given)

    @property
    def is_empty(self) -> bool:
        """None is given."""
        return not self.extra and not any(on for _action, on in self.given)


@dataclass(frozen=True)
class MatrixRow:
    """One record type across the roles."""

    kind: RecordType
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class MatrixGroup:
    """The record types of one app."""

    name: str
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True)
class GrantLine:
    """One grant of a person, as a reason: what it gives, where, and what stands against it."""

    grant: Grant
    reaches: bool
    in_force: bool
    hindrance: str


@dataclass(frozen=True)
class Verdict:
    """Whether an action may be done, and by which grants; when not, `reason` says why."""

    action: str
    allowed: bool
    by: tuple[GrantLine, ...]
    reason: str


@dataclass(frozen=True)
class Explanation:
    """Everything the page "why can X see this?" shows."""

    user: User
    record: Record
    nodes: tuple[Scope, ...]
    whole_organisation: bool
    verdicts: tuple[Verdict, ...]
    classes: tuple[Verdict, ...]
    others: tuple[GrantLine, ...]

    @property
    def can_see(self) -> bool:
        """The verdict on seeing."""
        return self.verdicts[0].allowed


def record_models() -> list[type[Record]]:
    """Return every concrete record model, by app and name."""
    found = [model for model in apps.get_models() if issubclass(model, Record)]
    return sorted(found, key=lambda model: (model._meta.app_config.verbose_name, str(model._meta.verbose_name)))


def record_types() -> list[RecordType]:
    """Return the record types on which permissions can be given; users are one, though not a record."""
    kinds = [_record_type(model, tuple(sorted(set(model.field_classes.values())))) for model in record_models()]
    kinds.append(_record_type(User, ()))
    return sorted(kinds, key=lambda kind: (kind.app_name, kind.name.lower()))


def _record_type(model: type[models.Model], classes: tuple[str, ...]) -> RecordType:
    meta = model._meta
    name = str(meta.verbose_name)
    return RecordType(
        meta.label_lower, meta.app_label, str(meta.app_config.verbose_name), name[:1].upper() + name[1:], classes
    )


def field_classes() -> tuple[str, ...]:
    """Return every class of sensitive field that some record type has."""
    return tuple(sorted({name for model in record_models() for name in model.field_classes.values()}))


def matrix(roles: Iterable[AccessRole], kinds: Iterable[RecordType]) -> list[MatrixGroup]:
    """Return record types by app, each with a cell for every role, in the order given."""
    columns = list(roles)
    groups: dict[str, list[MatrixRow]] = defaultdict(list)
    for kind in kinds:
        groups[kind.app_name].append(MatrixRow(kind, tuple(_cell(role, kind) for role in columns)))
    return [MatrixGroup(name, tuple(rows)) for name, rows in groups.items()]


def _cell(role: AccessRole, kind: RecordType) -> Cell:
    given = allowed(role.permissions, kind.key)
    every = "*" in given
    return Cell(
        role=role,
        given=tuple((action, every or action in given) for action in ACTIONS),
        extra=tuple(sorted(given - set(ACTIONS) - {"*"})),
        sees=tuple((name, name in role.sees) for name in kind.field_classes),
    )


def grants_of(user: User) -> QuerySet[Grant]:
    """Return every grant to a user, own and by group, whatever its dates."""
    groups = user.access_groups.values("pk")
    return Grant.objects.filter(Q(user=user) | Q(group__in=groups)).select_related("role", "scope", "group", "user")


def in_force(grants: QuerySet[Grant], day: dt.date) -> QuerySet[Grant]:
    """Narrow grants to those in force on a day, both ends included."""
    return grants.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day)).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    )


def explain(*, user: User, record: Record, day: dt.date) -> Explanation:
    """Return why a user can, or cannot, do each action on a stored record on a day."""
    kind = record_type(record)
    paths = row_paths(record)
    everywhere = not row_scope(type(record))
    lines = tuple(_line(grant, paths, everywhere, day) for grant in grants_of(user))
    named = {action for line in lines for action in allowed(line.grant.role.permissions, kind)} - {"*"}
    actions = [*ACTIONS, *sorted(named - set(ACTIONS))]
    owner = _owns(user, record)
    verdicts = tuple(_verdict(action, kind, lines, user=user, owner=owner, everywhere=everywhere) for action in actions)
    used = {line.grant.pk for verdict in verdicts for line in verdict.by}
    classes = sorted(set(type(record).field_classes.values()))
    nodes = Scope.objects.filter(path__in=paths) if not everywhere else Scope.objects.none()
    return Explanation(
        user=user,
        record=record,
        nodes=tuple(nodes),
        whole_organisation=everywhere,
        verdicts=verdicts,
        classes=tuple(_class_verdict(name, kind, lines, user) for name in classes),
        others=tuple(line for line in lines if line.grant.pk not in used),
    )


def _line(grant: Grant, paths: tuple[str, ...], everywhere: bool, day: dt.date) -> GrantLine:
    reaches = everywhere or any(path.startswith(grant.scope.path) for path in paths)
    hindrance = ""
    if grant.starts_on and grant.starts_on > day:
        hindrance = _("not in force yet")
    elif grant.ends_on and grant.ends_on < day:
        hindrance = _("ended")
    return GrantLine(grant, reaches, not hindrance, hindrance or ("" if reaches else _("another part of the tree")))


def _owns(user: User, record: Record) -> bool:
    owners: tuple[str, ...] = getattr(type(record), "row_owner", ())
    rows = type(record)._default_manager.filter(pk=record.pk)
    return any(rows.filter(**{name: user.pk}).exists() for name in owners)


def _gives(line: GrantLine, action: str, kind: str) -> bool:
    given = allowed(line.grant.role.permissions, kind)
    return action in given or "*" in given


def _verdict(
    action: str, kind: str, lines: tuple[GrantLine, ...], *, user: User, owner: bool, everywhere: bool
) -> Verdict:
    giving = [line for line in lines if _gives(line, action, kind)]
    by = tuple(line for line in giving if line.reaches and line.in_force)
    if everywhere and action != "view":
        # Reference data belongs to the whole organisation: a right at the root changes it, one below reads it.
        by = tuple(line for line in by if len(line.grant.scope.path) <= LEVEL)
    if not user.is_active:
        return Verdict(action, False, (), _("The account is deactivated."))
    if by:
        return Verdict(action, True, by, "")
    if owner and action == "view":
        return Verdict(action, True, (), _("The record belongs to this person."))
    return Verdict(action, False, (), _reason(giving, everywhere))


def _reason(giving: list[GrantLine], everywhere: bool) -> str:
    if not giving:
        return _("No role of theirs gives this.")
    if not any(line.in_force for line in giving):
        return _("The grant that would give it is not in force.")
    if everywhere:
        return _("It needs a grant at the top of the tree.")
    return _("The grants that give it are at other nodes.")


def _class_verdict(name: str, kind: str, lines: tuple[GrantLine, ...], user: User) -> Verdict:
    giving = [line for line in lines if name in line.grant.role.sees and _gives(line, "view", kind)]
    by = tuple(line for line in giving if line.reaches and line.in_force)
    if by and user.is_active:
        return Verdict(name, True, by, "")
    return Verdict(name, False, (), _reason(giving, everywhere=False))


def find_records(text: str, *, actor: Actor, limit: int = 20) -> list[Record]:
    """Return records that the actor may see whose code is the text or whose name holds it, exact codes first."""
    wanted = text.strip()
    if not wanted:
        return []
    exact: list[Record] = []
    close: list[Record] = []
    for model in record_models():
        names = {field.name for field in model._meta.concrete_fields if isinstance(field, models.CharField)}
        keys = [name for name in ("code", "name", "title", "term") if name in names]
        if not keys or not actor.can("view", record_type(model)):
            continue
        rows = visible(model._default_manager.all(), actor)
        if "code" in keys:
            exact += rows.filter(Q(("code__iexact", wanted)))[:limit]
        condition = Q()
        for key in keys:
            condition |= Q(**{f"{key}__icontains": wanted})
        close += rows.filter(condition).order_by("pk")[:limit]
    found = {(record_type(record), record.pk): record for record in [*exact, *close]}
    return list(found.values())[:limit]
