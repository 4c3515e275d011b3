"""Signing in through a real provider on loopback."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from quarterdeck.kernel.access.models import Grant, User
from tests.kernel.signin.provider import CLIENT_ID, CLIENT_SECRET, Provider, running


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running() as found:
        app = {
            "provider_id": "oidc",
            "name": "Tarnwick ID",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": found.issuer},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield found


def person(subject: str = "s-1", email: str = "priya@example.org", verified: bool = True) -> dict[str, Any]:
    return {"sub": subject, "email": email, "email_verified": verified, "name": "Priya Nair"}


def sign_in(client: Client) -> Any:
    """Press the button, follow the provider's answer back; return the last response."""
    sent = client.post("/accounts/oidc/oidc/login/")
    assert sent.status_code == 302
    parts = urlsplit(sent["Location"])
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    back = urlsplit(answer.headers["Location"])
    answer.read()
    connection.close()
    return client.get(f"{back.path}?{back.query}")


def signed_in(client: Client) -> User | None:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk) if pk else None


@pytest.mark.django_db
class TestOpenIdConnect:
    def test_the_sign_in_page_offers_it_by_name(self, client: Client, admin: User, provider: Provider) -> None:
        page = client.get("/accounts/login/").content.decode()
        assert "Sign in with Tarnwick ID" in page

    def test_someone_new_gets_an_account_and_no_right(self, client: Client, admin: User, provider: Provider) -> None:
        provider.person = person()
        assert sign_in(client).status_code == 302
        user = signed_in(client)
        assert user is not None
        assert (user.email, user.name, user.has_usable_password()) == ("priya@example.org", "Priya Nair", False)
        assert not user.is_administrator
        assert Grant.objects.count() == 0
        assert client.get("/settings/users/").status_code == 404
        assert provider.requests[:1] == ["/.well-known/openid-configuration"]
        assert {"/authorize", "/token", "/userinfo"} <= set(provider.requests)

    def test_the_same_person_comes_back_to_the_same_account(
        self, client: Client, admin: User, provider: Provider
    ) -> None:
        provider.person = person()
        sign_in(client)
        first = signed_in(client)
        client.logout()
        provider.person = person(email="priya.nair@example.org")
        sign_in(client)
        assert signed_in(client) == first
        assert User.objects.count() == 2  # with the administrator

    def test_a_verified_address_opens_the_account_that_has_it(
        self, client: Client, admin: User, provider: Provider
    ) -> None:
        known = User.objects.create_user("priya@example.org", name="Priya N.")
        provider.person = person()
        sign_in(client)
        assert signed_in(client) == known

    def test_an_unverified_address_does_not(self, client: Client, admin: User, provider: Provider) -> None:
        User.objects.create_user("priya@example.org", name="Priya N.")
        provider.person = person(verified=False)
        sign_in(client)
        assert signed_in(client) is None

    def test_nobody_new_when_the_organisation_says_so(
        self, client: Client, admin: User, provider: Provider, settings: Any
    ) -> None:
        settings.SSO_NEW_USERS = False
        provider.person = person()
        sign_in(client)
        assert signed_in(client) is None
        assert User.objects.count() == 1

    def test_a_refusal_there_is_a_plain_page_here(self, client: Client, admin: User, provider: Provider) -> None:
        provider.refuse = True
        response = sign_in(client)
        page = client.get(response["Location"]) if response.status_code == 302 else response
        assert "Sign-in cancelled" in page.content.decode()
        assert signed_in(client) is None

    def test_a_forged_state_signs_nobody_in(self, client: Client, admin: User, provider: Provider) -> None:
        provider.person = person()
        client.post("/accounts/oidc/oidc/login/")
        response = client.get("/accounts/oidc/oidc/login/callback/?code=x&state=forged")
        assert "The identity provider refused" in response.content.decode()
        assert signed_in(client) is None

    def test_a_deactivated_person_stays_out(self, client: Client, admin: User, provider: Provider) -> None:
        provider.person = person()
        sign_in(client)
        user = signed_in(client)
        assert user is not None
        client.logout()
        User.objects.filter(pk=user.pk).update(is_active=False)
        sign_in(client)
        assert signed_in(client) is None

    def test_opening_the_address_alone_sends_nobody_away(self, client: Client, admin: User, provider: Provider) -> None:
        assert client.get("/accounts/oidc/oidc/login/").status_code == 200
        assert provider.requests == []
