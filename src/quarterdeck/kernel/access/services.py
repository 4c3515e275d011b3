"""Writes of access that are no records: users, API tokens, elevations. Users leave a Change behind like any record."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, ApiToken, Elevation, User
from quarterdeck.kernel.access.policy import AccessDenied, refusal
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.audit.states import difference

#: How long an elevation lasts unless asked otherwise, and at most.
ELEVATION_MINUTES = 30
ELEVATION_MOST_MINUTES = 240
#: An API token lasts at most this long.
TOKEN_MOST = dt.timedelta(days=366)
TOKEN_PREFIX = "qd"  # noqa: S105  the kind that begins every token, no secret
USER_FIELDS = ("email", "name", "is_active", "is_administrator")


def _user_state(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in USER_FIELDS}


def _log_user(user: User, before: dict[str, Any], *, actor: Actor, note: str) -> Change | None:
    after = _user_state(user)
    old, new = difference(before, after)
    if not old and not new:
        return None
    action = Action.CHANGE if before else Action.CREATE
    return user_told(user, actor=actor, before=old, after=new, note=note, action=action)


def user_told(
    user: User,
    *,
    actor: Actor,
    before: dict[str, Any],
    after: dict[str, Any],
    note: str = "",
    action: Action = Action.CHANGE,
) -> Change:
    """Leave a Change about a user; also of what is no field of the user, such as a second factor taken away."""
    return Change.objects.create(
        at=actor.now,
        actor=actor.user,
        actor_label=actor.name[:200],
        via=actor.via,
        note=note,
        batch=actor.batch or uuid.uuid4(),
        action=action,
        record_type=User._meta.label_lower,
        record_id=user.pk,
        label=str(user)[:300],
        version=1,
        before=before,
        after=after,
        state=_user_state(user),
    )


def _require_user(action: str, actor: Actor) -> None:
    if not actor.can_everywhere(action, User._meta.label_lower):
        raise AccessDenied(refusal(action, User))


@transaction.atomic
def user_add(
    *, email: str, name: str, actor: Actor, password: str | None = None, is_administrator: bool = False, note: str = ""
) -> User:
    """Add a user, without a password unless one is given. Raises ValidationError for a taken or malformed address."""
    _require_user("add", actor)
    if is_administrator and not actor.unlimited:
        raise AccessDenied(_("Only an administrator makes an administrator."))
    address = User.objects.normalize_email(email).lower()
    user = User(email=address, name=name.strip(), is_administrator=is_administrator)
    user.set_password(password)
    user.full_clean()
    user.save(force_insert=True)
    _log_user(user, {}, actor=actor, note=note)
    return user


@transaction.atomic
def user_change(
    *,
    user: User,
    actor: Actor,
    name: str | None = None,
    is_active: bool | None = None,
    is_administrator: bool | None = None,
    note: str = "",
) -> Change | None:
    """Change what is given; return the Change, or None when nothing differs. The last administrator stays."""
    _require_user("change", actor)
    stored = User.objects.select_for_update().get(pk=user.pk)
    before = _user_state(stored)
    if stored.is_administrator and not actor.unlimited:
        raise AccessDenied(_("Only an administrator changes an administrator."))
    if is_administrator is not None and is_administrator != stored.is_administrator and not actor.unlimited:
        raise AccessDenied(_("Only an administrator makes an administrator."))
    wanted = {"name": name, "is_active": is_active, "is_administrator": is_administrator}
    for field, value in wanted.items():
        if value is not None:
            setattr(stored, field, value)
    if before["is_administrator"] and before["is_active"] and not (stored.is_administrator and stored.is_active):
        # Both rows are locked, so that two administrators cannot remove each other at once.
        others = User.objects.select_for_update().filter(is_administrator=True, is_active=True).exclude(pk=stored.pk)
        if not list(others):
            raise ValidationError(_("This is the last administrator; make another one first."))
    stored.full_clean()
    stored.save(update_fields=list(wanted))
    if not stored.is_active:
        ApiToken.objects.filter(user=stored, revoked_at__isnull=True).update(revoked_at=actor.now)
        Elevation.objects.filter(user=stored, ended_at__isnull=True).update(ended_at=actor.now)
    user.name, user.is_active, user.is_administrator = stored.name, stored.is_active, stored.is_administrator
    return _log_user(stored, before, actor=actor, note=note)


def digest(secret: str) -> str:
    """Return what is stored of a token's secret. The secret is random, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def permissions_cleaned(permissions: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return permissions in their one form: sorted, no empty entries. Raises ValidationError for a malformed key."""
    cleaned: dict[str, list[str]] = {}
    for key, actions in permissions.items():
        app, _dot, model = key.partition(".")
        if key != "*" and not (app.isidentifier() and (model == "*" or model.isidentifier())):
            raise ValidationError(_("“%(key)s” is no record type.") % {"key": key})
        kept = sorted({action for action in actions if action})
        if kept:
            cleaned[key] = ["*"] if "*" in kept else kept
    return dict(sorted(cleaned.items()))


def token_create(
    *, user: User, name: str, permissions: Mapping[str, Iterable[str]], expires_at: dt.datetime, actor: Actor
) -> tuple[ApiToken, str]:
    """Make an API token for oneself; return it and its secret, which is shown once and not kept.

    Raises ValidationError when it would last over a year or permit nothing, AccessDenied when made for someone else.
    """
    if actor.user is None or actor.user.pk != user.pk or actor.behind or actor.read_only or actor.limits is not None:
        raise AccessDenied(_("A token is made by its owner, signed in."))
    if not actor.now < expires_at <= actor.now + TOKEN_MOST:
        raise ValidationError({"expires_on": _("Choose a day within a year.")})
    allowed = permissions_cleaned(permissions)
    if not allowed:
        raise ValidationError({"permissions": _("Choose what the token may do.")})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=name.strip(),
        prefix=prefix,
        digest=digest(secret),
        permissions=allowed,
        expires_at=expires_at,
        created_at=actor.now,
    )
    token.full_clean(exclude=["user"])
    token.save(force_insert=True)
    return token, f"{TOKEN_PREFIX}_{prefix}_{secret}"


def token_revoke(*, token: ApiToken, actor: Actor) -> None:
    """End a token now: one's own, or anyone's for an elevated administrator."""
    own = actor.user is not None and actor.user.pk == token.user_id and not actor.behind and not actor.read_only
    if not own and not actor.unlimited:
        raise AccessDenied(_("A token is ended by its owner or an administrator."))
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=actor.now)
    token.refresh_from_db()


@transaction.atomic
def elevation_start(
    *,
    user: User,
    kind: str,
    reason: str,
    now: dt.datetime,
    target: User | None = None,
    minutes: int = ELEVATION_MINUTES,
) -> Elevation:
    """Open an elevation of an administrator, ending any other of theirs; it ends by itself after `minutes`.

    Raises AccessDenied for anyone else, ValidationError without a reason or for a target that cannot be acted as.
    """
    if not (user.is_administrator and user.is_active):
        raise AccessDenied(_("Only an administrator can do this."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; it is kept in the log.")})
    if not 1 <= minutes <= ELEVATION_MOST_MINUTES:
        raise ValidationError({"minutes": _("Choose from 1 to %(most)d minutes.") % {"most": ELEVATION_MOST_MINUTES}})
    if kind == Elevation.Kind.ADMINISTER:
        target = None
    elif target is None or target.pk == user.pk or not target.is_active:
        raise ValidationError({"target": _("Choose another, active user.")})
    Elevation.objects.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    elevation = Elevation(
        user=user,
        kind=kind,
        target=target,
        reason=reason.strip(),
        started_at=now,
        ends_at=now + dt.timedelta(minutes=minutes),
    )
    elevation.clean_fields(exclude=["target", "ended_at"])
    elevation.save(force_insert=True)
    return elevation


def elevation_end(*, elevation: Elevation, now: dt.datetime) -> None:
    """End an elevation; one that has ended already keeps its end."""
    Elevation.objects.filter(pk=elevation.pk, ended_at__isnull=True).update(ended_at=min(now, elevation.ends_at))
    elevation.refresh_from_db()


def wider_than_own(actor: Actor, role: AccessRole, path: str) -> bool:
    """Tell whether a role would give at a node what the actor lacks there: nobody grants more than they hold."""
    if actor.unlimited:
        return False
    held = [right for right in actor.rights if path.startswith(right.path)]
    for record_type, actions in role.permissions.items():
        for action in actions:
            if not any(_covers(right.permissions, record_type, action) for right in held):
                return True
            if actor.limits is not None and not _covers(actor.limits, record_type, action):
                return True
    # A class of fields is open per record type: money seen in one register is no right to give money in another.
    return not all(
        any(name in right.sees and _covers(right.permissions, record_type, "view") for right in held)
        for record_type, actions in role.permissions.items()
        if {"view", "*"} & set(actions)
        for name in role.sees
    )


def _covers(permissions: Mapping[str, Iterable[str]], record_type: str, action: str) -> bool:
    app = record_type.partition(".")[0]
    keys = {"*", f"{app}.*", record_type} if record_type != "*" else {"*"}
    return any({"*", action} & set(permissions.get(key, ())) for key in keys)
