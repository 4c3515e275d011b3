"""The first run: one page makes the first administrator and names the organisation, then is gone."""

from __future__ import annotations

import base64
import hmac
import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.access.services import user_add

log = logging.getLogger(__name__)


class AlreadyDoneError(Exception):
    """Somebody else made the first administrator."""


def is_wanted() -> bool:
    """Tell whether nobody administers this installation yet."""
    return not User.objects.filter(is_administrator=True).exists()


def code() -> str:
    """Return the code that proves access to the server's log; the same for one secret key."""
    digest = salted_hmac("quarterdeck.first-run", "code", algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode().lower()


def announce_code() -> None:
    """Write the code to the log, where only those who run the server can read it."""
    if settings.FIRST_RUN_CODE:
        log.warning("First run: the code for the welcome page is %s", code())


def code_fits(given: str) -> bool:
    """Tell whether the code is right, or none is asked for."""
    return not settings.FIRST_RUN_CODE or hmac.compare_digest(given.strip().lower().encode(), code().encode())


def first_administrator(
    *, organisation: str, name: str, email: str, password: str, given_code: str, actor: Actor
) -> User:
    """Make the first administrator and name the root; raises AlreadyDoneError, or ValidationError for a wrong code.

    Two requests at once make one administrator: the root's row is locked, or, on SQLite, the whole database.
    """
    if not code_fits(given_code):
        raise ValidationError({"code": _("This is not the code in the server's log.")})
    with transaction.atomic():
        root = Scope.objects.select_for_update().get(pk=scopes.root().pk)
        if not is_wanted():
            raise AlreadyDoneError
        scopes.scope_change(scope=root, parent=None, kind=root.kind, label=organisation)
        return user_add(
            email=email, name=name, password=password, is_administrator=True, actor=actor, note=_("First run")
        )
