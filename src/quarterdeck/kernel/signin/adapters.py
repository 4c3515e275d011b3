"""Who may make an account, and what is taken over from an identity provider."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.signin import second_factor


def domain_open(email: str) -> bool:
    """Tell whether visitors with this address may sign up by themselves."""
    return email.rpartition("@")[2].lower() in settings.SIGNUP_DOMAINS


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships without types
    """Visitors sign up only with an address in a domain that the organisation has named."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _lazy("Wrong address or password."),
        "enter_current_password": _lazy("This is not your current password."),
        "incorrect_code": _lazy("Wrong code. The app shows a new one every 30 seconds."),
        "incorrect_password": _lazy("Wrong password."),
        "rate_limited": _lazy("Too many requests. Wait a minute, then try again."),
        "too_many_login_attempts": _lazy("Too many failed tries. Wait, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the sign-up page is there at all."""
        return bool(settings.SIGNUP_DOMAINS)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whether a page asks again who one is; not of someone led from signing in straight to the second step."""
        if app == "allauth.mfa" and self.request is not None and second_factor.led_from_sign_in(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **more))

    def clean_email(self, email: str) -> str:
        """Refuse a sign-up from another domain; other uses of the field pass."""
        path = getattr(self.request, "path", "")
        if path == reverse("account_signup") and not domain_open(email):
            domains = ", ".join(settings.SIGNUP_DOMAINS)
            raise forms.ValidationError(_("Use an address in %(domains)s.") % {"domains": domains})
        return email.lower()

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Take the name and the address of the sign-up form."""
        data = form.cleaned_data
        user.email = data["email"].lower()
        user.name = data.get("name") or user.name
        if data.get("password1"):
            user.set_password(data["password1"])
        else:
            user.set_unusable_password()
        if commit:
            user.save()
        return user

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing on signing in and out: the page that follows shows it."""
        template = kwargs.get("message_template") or (args[2] if len(args) > 2 else "")
        if template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(*args, **kwargs)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships without types
    """An identity provider opens accounts; a new one starts without any right."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether someone whom the provider knows and we do not gets an account."""
        return bool(settings.SSO_NEW_USERS)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Take the address and the name that the provider states."""
        user: User = sociallogin.user
        user.email = (data.get("email") or "").lower()
        parts = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
        user.name = (data.get("name") or parts or user.email.partition("@")[0])[:200]
        return user
