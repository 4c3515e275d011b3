"""The pages of administration in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.ui import context, nav


def _administers(actor: Actor) -> bool:
    return actor.unlimited or (actor.user is not None and actor.user.is_administrator and actor.behind is None)


def _sees_roles(actor: Actor) -> bool:
    return _administers(actor) or actor.can("view", "access.accessrole")


def _sees_users(actor: Actor) -> bool:
    return _administers(actor) or actor.can_everywhere("view", "access.user")


def _organisation(actor: Actor) -> dict[str, str]:
    label = Scope.objects.filter(parent__isnull=True).values_list("label", flat=True).first()
    return {"name": label or "Quarterdeck", "note": ""}


def register_pages() -> None:
    """Called once, when the application is ready."""
    pages = (
        nav.NavItem(key="users", label=_("Users"), url_name="users", icon="users", visible=_sees_users, order=10),
        nav.NavItem(key="groups", label=_("Groups"), url_name="groups", icon="users", visible=_sees_users, order=11),
        nav.NavItem(
            key="access",
            label=_("Access"),
            url_name="access_matrix",
            icon="shield-check",
            visible=_sees_roles,
            order=12,
        ),
        nav.NavItem(key="tokens", label=_("API tokens"), url_name="tokens", icon="key-round", order=80),
        nav.NavItem(
            key="administer",
            label=_("Administration log"),
            url_name="administer",
            icon="history",
            visible=_administers,
            order=90,
        ),
    )
    for page in pages:
        nav.register(section="settings", item=page)
    context.provide("organisation", _organisation)
