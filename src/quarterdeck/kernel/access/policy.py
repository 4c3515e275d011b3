"""From an actor's rights to rows: the one subquery that limits every read and every write."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import LEVEL, Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record

R = TypeVar("R", bound=models.Model)
#: Keys asked for at once: a database takes only so many values in one statement.
KEYS = 10_000


class AccessDenied(PermissionDenied):
    """The actor may not do this; the text says what and is safe to show."""


def record_type(model: type[models.Model] | models.Model) -> str:
    """Return the name by which permissions, history and links know a model: `app.model`."""
    return model._meta.label_lower


def scopes_below(paths: Iterable[str]) -> QuerySet[Scope]:
    """Return the scopes at and below the given paths, as a range on the index of `path`."""
    return Scope.objects.filter(below(paths))


def below(paths: Iterable[str], prefix: str = "") -> Q:
    """Return the condition that `<prefix>path` is at or below one of the paths."""
    condition = Q(pk__in=())
    for path in paths:
        condition |= Q(**{f"{prefix}path__gte": path, f"{prefix}path__lt": path + "g"})
    return condition


def row_scope(model: type[models.Model]) -> tuple[str, ...]:
    """Return the ORM paths by which rows of a model are governed; every record states them."""
    scope: tuple[str, ...] = getattr(model, "row_scope")  # noqa: B009  attribute of Record, checked at start-up
    return scope


def visible(rows: QuerySet[R], actor: Actor, action: str = "view") -> QuerySet[R]:
    """Return the rows on which the actor may do the action.

    Reference data (empty `row_scope`) is read by whoever may view it anywhere and written by whoever may at the root.
    A model may name `row_owner`, ORM paths to the user to whom a row belongs and who may always view it.
    """
    model = rows.model
    paths = actor.paths(action, record_type(model))
    if paths == ("",) or all_below(model, paths):
        return rows
    if not row_scope(model):
        open_ = bool(paths) if action == "view" else actor.can_everywhere(action, record_type(model))
        return rows if open_ else rows.none()
    condition = governed(model, paths) if paths else Q()
    owners: tuple[str, ...] = getattr(model, "row_owner", ())
    if owners and action == "view" and actor.user is not None and actor.limits is None:
        for name in owners:
            condition |= Q(**{name: actor.user.pk})
    return rows.filter(condition) if condition else rows.none()


def governed(model: type[models.Model], paths: Iterable[str]) -> Q:
    """Return the condition that a node at or below one of the paths governs a row."""
    nodes = scopes_below(paths).values("pk")
    condition = Q()
    for name in row_scope(model):
        condition |= Q(**{f"{name}__in": nodes})
    return condition


def all_below(model: type[models.Model], paths: Iterable[str]) -> bool:
    """Tell whether the paths hold the root and every row has a node, so that nothing is left out.

    Then no range of nodes is read, and an index can give the order of a list.
    """
    return any(len(path) == LEVEL for path in paths) and any(_always_set(model, name) for name in row_scope(model))


@lru_cache(maxsize=512)
def _always_set(model: type[models.Model], path: str) -> bool:
    """Tell whether a path of foreign keys leads somewhere from every row."""
    current: Any = model
    for name in path.split("__"):
        field = current._meta.get_field(name)
        if not isinstance(field, models.ForeignKey) or field.null:
            return False
        current = field.related_model
    return True


def open_on_all(actor: Actor, field_class: str, model: type[models.Model], *, past: bool = False) -> bool | None:
    """Tell whether a sensitive class is open on every row that the actor sees (True), on none (False), on some (None).

    `Actor.sees_on_all` knows roles only; this counts in the rows seen as one's own by `row_owner`, in one query where
    there may be such. Of the `past` it asks nothing, since what was one's own then may be another's now: on some.
    """
    found = actor.sees_on_all(field_class, record_type(model))
    owners: tuple[str, ...] = getattr(model, "row_owner", ())
    if found is not True or not owners or not row_scope(model) or actor.user is None or actor.limits is not None:
        return found
    openings = actor.openings(field_class, record_type(model))
    if openings == ("",) or all_below(model, openings):
        return True
    if past:
        return None
    own = Q()
    for name in owners:
        own |= Q(**{name: actor.user.pk})
    return None if model._default_manager.filter(own).exclude(governed(model, openings)).exists() else True


def reachable(actor: Actor, scope: Scope) -> bool:
    """Tell whether a node may be picked and named: one at, below or above a grant. It shows what the grants show."""
    if actor.unlimited:
        return True
    return any(scope.path.startswith(right.path) or right.path.startswith(scope.path) for right in actor.rights)


def may_somewhere(actor: Actor, action: str, model: type[models.Model]) -> bool:
    """Tell whether there may be rows of a model on which the actor may do the action: whether to offer it at all.

    Reference data is written by whoever may at the root, so that a right further down does not open it.
    """
    if action == "view" or row_scope(model):
        return actor.can(action, record_type(model))
    return actor.can_everywhere(action, record_type(model))


def under(rows: QuerySet[R], scope: Scope | None) -> QuerySet[R]:
    """Return the rows governed by a node or one below it; reference data is not narrowed."""
    if scope is None or not row_scope(rows.model) or all_below(rows.model, (scope.path,)):
        return rows
    return rows.filter(governed(rows.model, (scope.path,)))


def may(actor: Actor, action: str, record: Record) -> bool:
    """Tell whether the actor may do the action on this stored record."""
    if actor.paths(action, record_type(record)) == ("",):
        return True
    rows: QuerySet[Record] = type(record)._default_manager.filter(pk=record.pk)
    return visible(rows, actor, action).exists()


def may_at(actor: Actor, action: str, record: Record) -> bool:
    """Tell what `may` tells of an action other than viewing, by the nodes that were read with the record: no query."""
    kind = record_type(record)
    if not row_scope(type(record)) or actor.paths(action, kind) == ("",):
        return actor.can_everywhere(action, kind)
    return any(actor.can(action, kind, path) for path in row_paths(record))


def require(actor: Actor, action: str, records: Iterable[Record]) -> None:
    """Refuse unless the actor may do the action on every one of these stored records of one model.

    Raises AccessDenied with a text that names the action but none of the records.
    """
    kept = list(records)
    if not kept:
        return
    model = type(kept[0])
    if actor.paths(action, record_type(model)) == ("",):
        return
    pks = list({record.pk for record in kept})
    for start in range(0, len(pks), KEYS):
        asked = pks[start : start + KEYS]
        rows: QuerySet[Record] = model._default_manager.filter(pk__in=asked)
        if visible(rows, actor, action).count() != len(asked):
            raise AccessDenied(refusal(action, model))


def refusal(action: str, model: type[models.Model]) -> str:
    """Return the sentence for a refused action."""
    words = {"add": _("add"), "change": _("change"), "delete": _("remove"), "view": _("see")}
    return _("Your roles do not let you %(action)s this %(kind)s here.") % {
        "action": words.get(action, action),
        "kind": model._meta.verbose_name,
    }


def row_paths(record: Record) -> tuple[str, ...]:
    """Return the paths of the scopes that govern a record, following its relations; for sensitive fields."""
    found: list[str] = []
    for name in row_scope(type(record)):
        value: object = record
        for part in name.split("__"):
            value = getattr(value, part, None)
        if isinstance(value, Scope):
            found.append(value.path)
    return tuple(found) if row_scope(type(record)) else ("",)
