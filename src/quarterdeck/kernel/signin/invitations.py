"""The letter by which someone whom an administrator added sets a first password."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from quarterdeck.kernel.access.models import Scope, User


def invitation_address(user: User) -> str:
    """Return the path at which a user sets a password; it works once and for the days of PASSWORD_RESET_TIMEOUT."""
    uid, key = user_pk_to_url_str(user), default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})


def invite(*, user: User, by: User, request: HttpRequest) -> None:
    """Send the letter; the request gives the address under which the server is reached."""
    root = Scope.objects.filter(parent__isnull=True).first()
    context = {
        "person": user,
        "by": by,
        "organisation": root.label if root else "",
        "address": request.build_absolute_uri(invitation_address(user)),
    }
    get_adapter().send_mail("signin/email/invitation", user.email, context)
