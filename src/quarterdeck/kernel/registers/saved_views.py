"""Reading and writing saved views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole
from quarterdeck.kernel.registers.models import SavedView
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Register

#: The key of the view that shows everything.
ALL = "all"


@dataclass(frozen=True)
class Tab:
    """A view as the page offers it: shipped with the register, or saved by someone."""

    key: str
    label: str
    params: Mapping[str, str]
    saved: SavedView | None = None

    @property
    def query(self) -> str:
        """The address's query string that opens it."""
        return f"view={self.key}"


def tabs_for(register: Register[Any], actor: Actor) -> list[Tab]:
    """Return the views offered to the actor: everything, those that ship, those saved. One query.

    The shipped view that opens the list stands first.
    """
    shipped = [Tab(view.name, str(view.label), view.params) for view in register.views]
    at = next((i for i, view in enumerate(register.views) if view.opens), None)
    first = [] if at is None else [shipped.pop(at)]
    tabs = [*first, Tab(ALL, _("All"), {}), *shipped]
    saved = SavedView.objects.filter(register=register.slug).filter(Q(owner=actor.user) | Q(is_shared=True))
    tabs += [Tab(str(view.pk), view.name, view.params, view) for view in saved.select_related("owner")]
    return tabs


def default_tab(tabs: Iterable[Tab], actor: Actor) -> Tab:
    """Return the view to open unasked: one's own default, else that of a role one holds, else the first."""
    offered = list(tabs)
    roles = {right.role for right in actor.rights} if not actor.unlimited else set()
    for tab in offered:
        if tab.saved and tab.saved.is_default and actor.user and tab.saved.owner_id == actor.user.pk:
            return tab
    for tab in offered:
        if tab.saved and tab.saved.is_shared and tab.saved.default_for_id in roles:
            return tab
    return offered[0]


@transaction.atomic
def view_save(
    *,
    register: Register[Any],
    actor: Actor,
    name: str,
    params: Params,
    is_shared: bool = False,
    is_default: bool = False,
    default_for: AccessRole | None = None,
) -> SavedView:
    """Save a list's state under a name, replacing one's own view of that name.

    Raises ValidationError for an empty name or a default for a role without the right to change access roles.
    """
    name = name.strip()
    if actor.read_only:
        raise ValidationError(_("Viewing as someone else changes nothing."))
    if not name or actor.user is None:
        raise ValidationError(_("Give the view a name."))
    if len(name) > 60:
        raise ValidationError(_("A view's name has at most 60 characters."))
    if default_for is not None and not actor.can_everywhere("change", AccessRole._meta.label_lower):
        raise ValidationError(_("Only an administrator sets the default of a role."))
    if is_default:
        SavedView.objects.filter(register=register.slug, owner=actor.user, is_default=True).update(is_default=False)
    if default_for is not None:
        SavedView.objects.filter(register=register.slug, default_for=default_for).update(default_for=None)
    view, _made = SavedView.objects.update_or_create(
        register=register.slug,
        owner=actor.user,
        name=name,
        defaults={
            "params": params.stored(),
            "is_shared": is_shared or default_for is not None,
            "is_default": is_default,
            "default_for": default_for,
        },
        create_defaults={
            "params": params.stored(),
            "is_shared": is_shared or default_for is not None,
            "is_default": is_default,
            "default_for": default_for,
            "created_at": actor.now,
        },
    )
    return view


def view_remove(*, register: Register[Any], actor: Actor, pk: int) -> bool:
    """Remove one's own view; return whether there was one."""
    if actor.read_only:
        return False
    removed, _by_type = SavedView.objects.filter(register=register.slug, owner=actor.user, pk=pk).delete()
    return bool(removed)
