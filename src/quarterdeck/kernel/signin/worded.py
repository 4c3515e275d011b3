"""allauth's forms in the product's own words, with the keyboard and the password manager told what each field takes.

Apart from `forms`, which allauth's forms themselves import.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp import forms as authenticator_app
from allauth.mfa.webauthn import forms as keys
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ADDRESS = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
#: Codes of apps and recovery codes are digits alone.
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
#: field: (label, attributes of its input)
_WORDS: dict[str, tuple[str | Promise, dict[str, str]]] = {
    "login": (_("E-mail address"), _ADDRESS),
    "email": (_("E-mail address"), _ADDRESS),
    "password": (_("Password"), {}),
    "oldpassword": (_("Current password"), {}),
    "password1": (_("New password"), {}),
    "password2": (_("New password again"), {}),
    "code": (_("Code"), _CODE),
    "passwordless": (_("Passkey: signs you in without a password"), {}),
}


class _Worded:
    """Gives the fields of a form their labels and tells the keyboard what they take."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, attributes) in _WORDS.items():
            if field := self.fields.get(name):
                field.label = label
                field.widget.attrs.pop("placeholder", None)
                field.widget.attrs.update(attributes)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _("12 characters or more.")
        if "passwordless" in self.fields:
            self.fields["passwordless"].help_text = _("It asks for your finger, face or PIN instead.")


# allauth ships without types, so its classes are Any to the checker.
class SignInForm(_Worded, account.LoginForm):  # type: ignore[misc]
    """Address and password."""


class ForgottenForm(_Worded, account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link is sent."""


class ChangePasswordForm(_Worded, account.ChangePasswordForm):  # type: ignore[misc]
    """The present password and a new one, twice."""


class SetPasswordForm(_Worded, account.SetPasswordForm):  # type: ignore[misc]
    """A first password of someone who signs in through a provider."""


class NewPasswordForm(_Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password by a link from a letter."""


class SecondStepForm(_Worded, second_step.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ConfirmForm(_Worded, second_step.ReauthenticateForm):  # type: ignore[misc]
    """The second step when a page asks again who one is."""


class AppForm(_Worded, authenticator_app.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app."""


class KeyForm(_Worded, keys.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""
