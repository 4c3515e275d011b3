"""Who may make an account, and how a failed sign-in is named in the lockout list."""

from collections.abc import Mapping

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships without types
    """Visitors cannot sign up: an administrator adds people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never by form."""
        return False


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships without types
    """An identity provider opens accounts that exist; it does not make new ones."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: someone the provider knows is not yet someone the organisation has let in."""
        return False


def attempted_name(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str | None:
    """The address that was tried, lower-cased, from the credentials or the sign-in form; one name for one lockout."""
    tried = credentials or {}
    name = tried.get("email") or tried.get("username") or (request.POST.get("login") if request else None)
    return name.strip().lower() if name else None
