"""Whether a second factor is asked of someone, and whether they have one.

The setting `SECOND_FACTOR` names of whom: nobody, administrators, everyone. A second factor is an authenticator app or
a passkey; recovery codes alone are none, they stand in for a lost one.
"""

from __future__ import annotations

import time
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.access.services import user_told

NOBODY: Final = "nobody"
ADMINISTRATORS: Final = "administrators"
EVERYONE: Final = "everyone"
CHOICES: Final = (NOBODY, ADMINISTRATORS, EVERYONE)
#: Session key of whoever was led to set one up: the page to go on to.
AFTER: Final = "after_second_factor"
#: What counts as a second factor.
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def asked_of(user: User) -> bool:
    """Tell whether the organisation asks this user for a second factor."""
    return settings.SECOND_FACTOR == EVERYONE or (settings.SECOND_FACTOR == ADMINISTRATORS and user.is_administrator)


def vouched(request: HttpRequest, user: User) -> bool:
    """Tell whether an identity provider signed this session in and its second factor is trusted.

    allauth notes a provider's sign-in in the session under the user whom it signed in; connecting a provider to an
    account that a password opened leaves no such note.
    """
    if not settings.TRUST_PROVIDER_SECOND_FACTOR:
        return False
    return any(one.get("method") == "socialaccount" for one in get_authentication_records(request, user))


def lacking(request: HttpRequest) -> bool:
    """Tell whether the signed-in user of this session has to set up a second factor first.

    One query where the setting asks for a factor and no provider vouches; none otherwise.
    """
    user = request.user
    if not isinstance(user, User) or not asked_of(user) or vouched(request, user):
        return False
    return not is_mfa_enabled(user, FACTORS)


def led_from_sign_in(request: HttpRequest) -> bool:
    """Tell whether this session was led to a set-up and began within the time for which a password given again is
    enough: asking for it once more would be asking twice for the same."""
    user = request.user
    if not isinstance(user, User) or AFTER not in request.session:
        return False
    times = [one["at"] for one in get_authentication_records(request, user)]
    return bool(times) and time.time() - max(times) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def without_one() -> QuerySet[User]:
    """Return the active users of whom a factor is asked and who have none here, whatever a provider vouches for."""
    users = User.objects.filter(is_active=True)
    if settings.SECOND_FACTOR == NOBODY:
        return users.none()
    if settings.SECOND_FACTOR == ADMINISTRATORS:
        users = users.filter(is_administrator=True)
    return users.exclude(Exists(Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)))


def kinds(user: User) -> list[str]:
    """Return what a user has set up, such as ["totp", "webauthn", "webauthn", "recovery_codes"]."""
    return list(Authenticator.objects.filter(user_id=user.pk).order_by("pk").values_list("type", flat=True))


@transaction.atomic
def forget(*, user: User, actor: Actor) -> list[str]:
    """Take away a user's app, passkeys and recovery codes, lost with a phone, and end their sessions.

    For the system or an elevated administrator, and never for oneself; raises AccessDenied otherwise, ValidationError
    when there is nothing to take away. Returns what was taken away.
    """
    if not actor.unlimited or (actor.user is not None and actor.user.pk == user.pk):
        raise AccessDenied(_("Another administrator takes a second step away."))
    found = kinds(user)
    if not found:
        raise ValidationError(_("%(user)s has no second step.") % {"user": user})
    Authenticator.objects.filter(user_id=user.pk).delete()
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()
    user_told(user, actor=actor, before={"second_factor": found}, after={"second_factor": []})
    return found
