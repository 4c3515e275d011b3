"""A second factor that the organisation asks for: nothing else is served before there is one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from quarterdeck.commands import Refusal, check
from quarterdeck.commands.user import forget_second_step
from quarterdeck.config.env import EnvError
from quarterdeck.config.settings.signin import signin_settings
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.access.scopes import root
from quarterdeck.kernel.access.services import token_create
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.signin import second_factor
from quarterdeck.kernel.signin.middleware import WAY
from tests.kernel.signin.conftest import PASSWORD
from tests.kernel.signin.provider import Provider
from tests.kernel.signin.test_oidc import person, provider, sign_in

__all__ = ["provider"]

SECRET = "JBSWY3DPEHPK3PXP"
LEAD = "/accounts/second-factor/"


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def enter(client: Client, user: User) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


@pytest.fixture
def everyone(settings: Any) -> None:
    settings.SECOND_FACTOR = "everyone"


@pytest.fixture
def administrators(settings: Any) -> None:
    settings.SECOND_FACTOR = "administrators"


class TestOfWhom:
    def test_nobody_unless_the_organisation_says_so(self, client: Client, amara: User, admin: User) -> None:
        for user in (amara, admin):
            enter(client, user)
            assert client.get("/settings/profile/").status_code == 200
            assert client.get(LEAD)["Location"] == "/", "whoever need not is sent on"
            client.logout()
        assert not second_factor.without_one().exists()

    def test_administrators(self, client: Client, amara: User, admin: User, administrators: None) -> None:
        enter(client, amara)
        assert client.get("/settings/profile/").status_code == 200
        client.logout()
        enter(client, admin)
        assert client.get("/settings/profile/")["Location"] == LEAD
        assert list(second_factor.without_one()) == [admin]

    def test_everyone(self, client: Client, amara: User, admin: User, everyone: None) -> None:
        enter(client, amara)
        assert client.get("/settings/profile/")["Location"] == LEAD
        assert set(second_factor.without_one()) == {amara, admin}
        TOTP.activate(amara, SECRET)
        assert set(second_factor.without_one()) == {admin}

    def test_recovery_codes_alone_are_no_factor(self, client: Client, amara: User, everyone: None) -> None:
        RecoveryCodes.activate(amara)
        enter(client, amara)
        assert client.get("/")["Location"] == LEAD
        assert amara in second_factor.without_one()

    def test_a_passkey_is_one(self, client: Client, amara: User, everyone: None) -> None:
        client.force_login(amara)
        assert client.get("/settings/profile/")["Location"] == LEAD
        Authenticator.objects.create(user=amara, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
        assert client.get("/settings/profile/").status_code == 200

    def test_a_visitor_sees_what_visitors_see(self, client: Client, admin: User, everyone: None) -> None:
        assert client.get("/accounts/login/").status_code == 200
        assert client.get(LEAD)["Location"].startswith("/accounts/login/")
        assert client.get("/api/v1/people").status_code == 401


class TestNothingElse:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/settings/profile/",
            "/settings/tokens/",
            "/settings/users/",
            "/initiatives/",
            "/initiatives/?f.state=active",
            "/guide/",
            "/search/",
            "/accounts/password/change/",
            "/accounts/2fa/",
            "/accounts/2fa/recovery-codes/",
            "/accounts/3rdparty/",
            "/scopes/",
            "/no-such-page/",
        ],
    )
    def test_no_page(self, client: Client, admin: User, everyone: None, path: str) -> None:
        enter(client, admin)
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, answer.headers.get("Location")) == (302, LEAD)
            assert answer.content == b""

    def test_no_fragment(self, client: Client, admin: User, everyone: None) -> None:
        enter(client, admin)
        answer = client.get("/initiatives/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"], answer.content) == (403, LEAD, b"")

    @pytest.mark.parametrize("path", ["/api/v1/people", "/api/v1/persons/1", "/api/v1/no-such"])
    def test_no_call_of_the_api_by_the_session(self, client: Client, admin: User, everyone: None, path: str) -> None:
        enter(client, admin)
        for answer in (client.get(path), client.post(path, {}), client.patch(path, {})):
            assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
            assert answer.json()["detail"].endswith(f"open {LEAD} in a browser.")

    def test_a_made_up_token_does_not_bring_the_session_in(self, client: Client, admin: User, everyone: None) -> None:
        enter(client, admin)
        for header, status in (("Bearer qd_made_up", 401), ("bearer x", 401), ("Bearer", 403), ("Basic x", 403)):
            answer = client.get("/api/v1/people", headers={"Authorization": header})
            assert answer.status_code == status, header

    def test_tokens_keep_working(self, client: Client, amara: User, admin: User, everyone: None) -> None:
        may = {"people.person": ["view"]}
        Grant.objects.create(
            user=amara, role=AccessRole.objects.create(name="Sees people", permissions=may), scope=root()
        )
        now = clock.now()
        _token, secret = token_create(
            user=amara, name="Nightly", permissions=may, expires_at=now + timedelta(days=1), actor=Actor(amara, now)
        )
        headers = {"Authorization": f"Bearer {secret}"}
        enter(client, amara)
        assert client.get("/api/v1/people").status_code == 403
        for one in (Client(), client):
            assert one.get("/api/v1/people", headers=headers).json()["total"] == 0

    def test_the_pages_of_the_way_show_no_navigation(self, client: Client, admin: User, everyone: None) -> None:
        enter(client, admin)
        for path in (LEAD, "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
            page = client.get(path)
            assert page.status_code == 200, path
            text = page.content.decode()
            assert 'class="auth ' in text
            assert "<nav" not in text
            assert "/initiatives/" not in text

    def test_the_way_is_made_of_addresses_that_exist(self) -> None:
        assert {reverse(name) for name in WAY} == {
            LEAD,
            "/accounts/2fa/totp/activate/",
            "/accounts/2fa/webauthn/add/",
            "/accounts/reauthenticate/",
            "/accounts/2fa/reauthenticate/",
            "/accounts/logout/",
            "/settings/profile/theme/",
            "/alive",
        }

    def test_one_may_go_out(self, client: Client, admin: User, everyone: None) -> None:
        enter(client, admin)
        assert client.post("/accounts/logout/").status_code == 302
        assert "_auth_user_id" not in client.session


class TestSettingOneUp:
    def test_from_the_password_to_the_page_that_was_asked_for(
        self, client: Client, amara: User, everyone: None
    ) -> None:
        """The whole way without a browser; whoever has just signed in is not asked for the password again."""
        enter(client, amara)
        wanted = "/search/?q=bridge"
        assert client.get(wanted)["Location"] == LEAD
        assert "Authenticator app" in client.get(LEAD).content.decode()
        page = client.get("/accounts/2fa/totp/activate/").content.decode()
        secret = re.findall(r'id="authenticator_secret"[^>]*value="(\w+)"', page)[0]
        link = re.findall(r'href="(otpauth://[^"]+)"', page)[0].replace("&amp;", "&")
        assert parse_qs(urlsplit(link).query)["secret"] == [secret]

        wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
        assert "Incorrect code" in wrong.content.decode()
        assert client.get(wanted)["Location"] == LEAD

        done = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
        assert done["Location"] == "/accounts/2fa/recovery-codes/"
        codes = client.get(done["Location"]).content.decode()
        assert 'href="/search/?q=bridge">Go on</a>' in codes
        assert client.get(wanted).status_code == 200
        assert set(Authenticator.objects.filter(user_id=amara.pk).values_list("type", flat=True)) == {
            "totp",
            "recovery_codes",
        }
        again = Client()
        assert enter(again, amara)["Location"] == "/accounts/2fa/authenticate/"

    def test_an_old_session_says_again_who_it_is(self, client: Client, amara: User, everyone: None) -> None:
        enter(client, amara)
        session = client.session
        for one in session[AUTHENTICATION_METHODS_SESSION_KEY]:
            one["at"] -= 3600
        session.save()
        asked = client.get("/accounts/2fa/totp/activate/")
        assert asked["Location"].startswith("/accounts/reauthenticate/")
        assert client.get(asked["Location"]).status_code == 200
        client.post(asked["Location"], {"password": PASSWORD})
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200

    def test_turning_the_last_one_off_leads_to_the_next(self, client: Client, amara: User, everyone: None) -> None:
        TOTP.activate(amara, SECRET)
        enter(client, amara)
        client.post("/accounts/2fa/authenticate/", {"code": code(SECRET)})
        assert client.get("/settings/profile/").status_code == 200
        asked = client.get("/accounts/2fa/totp/deactivate/")
        client.post(asked["Location"], {"password": PASSWORD})
        page = client.get("/accounts/2fa/totp/deactivate/").content.decode()
        assert "you set up a new app right after this" in page
        client.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.filter(user_id=amara.pk).exists()
        assert client.get("/settings/profile/")["Location"] == LEAD


class TestByAProvider:
    def test_who_vouches_is_trusted(self, client: Client, admin: User, provider: Provider, everyone: None) -> None:
        provider.person = person()
        sign_in(client)
        assert client.get("/settings/profile/").status_code == 200

    def test_unless_the_organisation_does_not(
        self, client: Client, admin: User, provider: Provider, everyone: None, settings: Any
    ) -> None:
        settings.TRUST_PROVIDER_SECOND_FACTOR = False
        provider.person = person()
        sign_in(client)
        assert client.get("/settings/profile/")["Location"] == LEAD
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200, "led to one, not locked out"

    def test_a_password_to_the_same_account_vouches_for_nothing(
        self, client: Client, amara: User, admin: User, provider: Provider, everyone: None
    ) -> None:
        SocialAccount.objects.create(user=amara, provider="oidc", uid="s-1")
        provider.person = person(email=amara.email)
        sign_in(client)
        assert client.get("/settings/profile/").status_code == 200
        by_password = Client()
        enter(by_password, amara)
        assert by_password.get("/settings/profile/")["Location"] == LEAD
        assert "through your organisation’s provider" in by_password.get(LEAD).content.decode()


class TestSetting:
    def test_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = signin_settings(production=True, secure=True, behind_proxy=False)
        assert (plain["SECOND_FACTOR"], plain["TRUST_PROVIDER_SECOND_FACTOR"]) == ("nobody", True)
        monkeypatch.setenv("QUARTERDECK_REQUIRE_SECOND_FACTOR", "administrators")
        monkeypatch.setenv("QUARTERDECK_TRUST_PROVIDER_SECOND_FACTOR", "0")
        found = signin_settings(production=True, secure=True, behind_proxy=False)
        assert (found["SECOND_FACTOR"], found["TRUST_PROVIDER_SECOND_FACTOR"]) == ("administrators", False)

    def test_what_it_does_not_know_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QUARTERDECK_REQUIRE_SECOND_FACTOR", "all")
        with pytest.raises(EnvError, match="use one of nobody, administrators, everyone"):
            signin_settings(production=True, secure=True, behind_proxy=False)


class TestOnTheServer:
    def test_check_tells_of_whom_it_is_asked_and_who_lacks_it(self, amara: User, admin: User, settings: Any) -> None:
        assert check.second_factor(settings) == "asked of nobody (QUARTERDECK_REQUIRE_SECOND_FACTOR)"
        settings.SECOND_FACTOR = "everyone"
        assert check.second_factor(settings) == "asked of everyone; 2 have none here yet"
        TOTP.activate(amara, SECRET)
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {}}
        assert check.second_factor(settings) == "asked of everyone, a provider's sign-in counts; 1 have none here yet"
        settings.SECOND_FACTOR, settings.TRUST_PROVIDER_SECOND_FACTOR = "administrators", False
        assert check.second_factor(settings) == (
            "asked of administrators, a provider's sign-in does not count; 1 have none here yet"
        )

    def test_the_last_administrator_who_lost_the_phone_gets_in_again(
        self, client: Client, admin: User, administrators: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        TOTP.activate(admin, SECRET)
        RecoveryCodes.activate(admin)
        forget_second_step(admin.email)
        assert "ada@example.org has no second step any more." in capsys.readouterr().out
        assert not Authenticator.objects.exists()
        told = Change.objects.get(record_type="access.user", record_id=admin.pk)
        assert (told.actor_label, told.before) == ("quarterdeck user", {"second_factor": ["totp", "recovery_codes"]})
        enter(client, admin)
        assert client.get("/")["Location"] == LEAD
        with pytest.raises(Refusal, match="Ada Admin has no second step"):
            forget_second_step(admin.email)

    def test_nobody_else_takes_one_away(self, amara: User, admin: User) -> None:
        TOTP.activate(admin, SECRET)
        for actor in (Actor(amara, clock.now()), Actor(admin, clock.now(), unlimited=True)):
            with pytest.raises(AccessDenied):
                second_factor.forget(user=admin, actor=actor)
        assert second_factor.kinds(admin) == ["totp"]
