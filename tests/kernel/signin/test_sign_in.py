"""Password, second step, lockout, reset, sign-up, sessions, and the first run."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection, connections
from django.test import Client

from quarterdeck.kernel.access.models import Grant, Scope, User
from quarterdeck.kernel.access.scopes import root
from quarterdeck.kernel.access.services import user_add
from quarterdeck.kernel.signin import first_run
from quarterdeck.kernel.signin.invitations import invitation_address
from tests.kernel.signin.conftest import PASSWORD


def try_in(client: Client, email: str, password: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def shape(page: str) -> str:
    """A page without what differs at every visit: what was typed, and the form's token."""
    return re.sub(r'value="[^"]*"|content="[^"]*"', "", page)


class TestPassword:
    def test_opens_by_address_in_any_case(self, client: Client, amara: User) -> None:
        assert try_in(client, "Amara@Example.org", PASSWORD).status_code == 302
        assert is_in(client)

    def test_the_form_tells_the_keyboard_what_it_takes(self, client: Client, admin: User) -> None:
        page = client.get("/accounts/login/").content.decode()
        field = re.search(r'<input[^>]*name="login"[^>]*>', page)
        assert field is not None
        for said in ('type="email"', 'autocomplete="username"', 'autocapitalize="none"'):
            assert said in field[0]
        assert "E-mail address" in page

    def test_a_wrong_password_and_an_unknown_address_answer_alike(self, client: Client, amara: User) -> None:
        wrong = try_in(client, amara.email, "wrong").content.decode()
        unknown = try_in(client, "nobody@example.org", "wrong").content.decode()
        assert shape(wrong) == shape(unknown)
        assert not is_in(client)

    def test_a_deactivated_account_stays_shut_and_open_sessions_end(self, client: Client, amara: User) -> None:
        try_in(client, amara.email, PASSWORD)
        assert client.get("/settings/profile/").status_code == 200
        User.objects.filter(pk=amara.pk).update(is_active=False)
        assert client.get("/settings/profile/").status_code == 302
        try_in(client, amara.email, PASSWORD)
        assert client.get("/settings/profile/").status_code == 302

    def test_pages_carry_no_inline_script(self, client: Client, admin: User) -> None:
        page = client.get("/accounts/login/")
        scripts = re.findall(r"<script\b([^>]*)>", page.content.decode())
        assert scripts
        assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
        assert "'unsafe" not in page["Content-Security-Policy"]


class TestLockout:
    @pytest.fixture(autouse=True)
    def three_tries(self, settings: Any) -> None:
        settings.AXES_FAILURE_LIMIT = 3

    def test_shuts_after_the_tries_even_for_the_right_password(self, client: Client, amara: User) -> None:
        for _try in range(2):
            assert try_in(client, amara.email, "wrong").status_code == 200
        third = try_in(client, amara.email, "wrong")
        assert third.status_code == 429
        assert "opens again 15 minutes after" in third.content.decode()
        assert third["Retry-After"] == "900"
        assert try_in(client, amara.email, PASSWORD).status_code == 429
        assert not is_in(client)

    def test_shuts_one_address_from_one_place_only(self, amara: User, admin: User) -> None:
        here, there = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
        for _try in range(3):
            try_in(here, amara.email, "wrong")
        assert try_in(here, amara.email, PASSWORD).status_code == 429
        assert try_in(here, admin.email, PASSWORD).status_code == 302
        assert try_in(there, amara.email, PASSWORD).status_code == 302

    def test_counts_one_address_whatever_its_case(self, client: Client, amara: User) -> None:
        codes: list[int] = []
        for spelling in ("amara@example.org", "AMARA@example.org", " Amara@Example.org"):
            codes.append(try_in(client, spelling, "wrong").status_code)
        assert codes == [200, 200, 429]

    def test_an_administrator_opens_it_sooner(self, client: Client, amara: User) -> None:
        from axes.utils import reset

        for _try in range(3):
            try_in(client, amara.email, "wrong")
        reset(username=amara.email)
        assert try_in(client, amara.email, PASSWORD).status_code == 302


class TestSecondStep:
    SECRET = "JBSWY3DPEHPK3PXP"

    def code(self) -> str:
        counter = next(iter(yield_hotp_counters_from_time()))
        return str(format_hotp_value(hotp_value(self.SECRET, counter)))

    def test_the_password_alone_is_not_enough(self, client: Client, amara: User) -> None:
        TOTP.activate(amara, self.SECRET)
        response = try_in(client, amara.email, PASSWORD)
        assert response["Location"] == "/accounts/2fa/authenticate/"
        assert not is_in(client)
        assert client.get(response["Location"]).status_code == 200
        assert client.post(response["Location"], {"code": "000000"}).status_code == 200
        assert not is_in(client)
        assert client.post(response["Location"], {"code": self.code()}).status_code == 302
        assert is_in(client)

    def test_a_recovery_code_works_once(self, client: Client, amara: User) -> None:
        TOTP.activate(amara, self.SECRET)
        code = RecoveryCodes.activate(amara).get_unused_codes()[0]
        try_in(client, amara.email, PASSWORD)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_in(client)
        again = Client()
        try_in(again, amara.email, PASSWORD)
        again.post("/accounts/2fa/authenticate/", {"code": code})
        assert not is_in(again)

    def test_the_passkey_challenge_is_served(self, client: Client, amara: User) -> None:
        answer = client.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
        assert answer.status_code == 200
        assert answer.json()["request_options"]["publicKey"]["userVerification"] == "required"

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize(
        "path",
        [
            "totp/activate/",
            "totp/deactivate/",
            "webauthn/add/",
            "webauthn/keys/1/remove/",
            "webauthn/keys/1/edit/",
            "recovery-codes/",
            "recovery-codes/generate/",
            "recovery-codes/download/",
        ],
    )
    def test_changing_it_asks_again_who_one_is(self, client: Client, amara: User, path: str, method: str) -> None:
        TOTP.activate(amara, self.SECRET)
        codes = RecoveryCodes.activate(amara)
        client.force_login(amara)
        answer = getattr(client, method)(f"/accounts/2fa/{path}")
        if path == "recovery-codes/" and method == "post":
            assert answer.status_code == 405
            return
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")
        assert codes.get_unused_codes()[0] not in answer.content.decode()
        assert set(Authenticator.objects.filter(user_id=amara.pk).values_list("type", flat=True)) == {
            "totp",
            "recovery_codes",
        }

    def test_it_is_set_up_without_a_proved_address(self, client: Client, amara: User) -> None:
        """Whom an administrator invited has proved nothing, and may yet need a second step."""
        client.post("/accounts/password/reset/", {"email": amara.email})
        try_in(client, amara.email, PASSWORD)
        EmailAddress.objects.update_or_create(user=amara, email=amara.email, defaults={"verified": False})
        asked = client.get("/accounts/2fa/totp/activate/")
        client.post(asked.headers["Location"], {"password": PASSWORD})
        page = client.get("/accounts/2fa/totp/activate/").content.decode()
        assert "Scan the picture" in page
        assert 'href="otpauth://totp/' in page, "on a phone the app is opened, not pointed at the screen"
        assert 'inputmode="numeric"' in page
        assert 'autocomplete="one-time-code"' in page

    def test_changing_it_does_not_ask_every_time(self, client: Client, amara: User, settings: Any) -> None:
        try_in(client, amara.email, PASSWORD)
        asked = client.get("/accounts/2fa/totp/activate/")
        assert client.post(asked.headers["Location"], {"password": PASSWORD}).status_code == 302
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200
        assert client.get("/accounts/2fa/webauthn/add/").status_code == 200
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
        assert client.get("/accounts/2fa/totp/activate/").status_code == 302


class TestReset:
    def test_a_link_works_once(self, client: Client, amara: User) -> None:
        client.post("/accounts/password/reset/", {"email": amara.email})
        (letter,) = mail.outbox
        (path,) = re.findall(r"http://testserver(/\S+)", str(letter.body))
        page = client.get(path)
        form = client.get(page["Location"])
        assert form.status_code == 200
        new = "another good battery"
        client.post(page["Location"], {"password1": new, "password2": new})
        assert try_in(client, amara.email, new).status_code == 302
        again = Client().get(path, follow=True)
        assert "has been used or is too old" in again.content.decode()

    def test_an_unknown_address_gets_the_same_page_and_no_letter(self, client: Client, amara: User) -> None:
        known = client.post("/accounts/password/reset/", {"email": amara.email})
        unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
        assert [letter.to for letter in mail.outbox] == [[amara.email]]

    def test_an_invitation_sets_the_first_password(self, client: Client, db: None, admin: User) -> None:
        user = User.objects.create_user("new@example.org", name="New")
        path = client.get(invitation_address(user))["Location"]
        client.post(path, {"password1": PASSWORD, "password2": PASSWORD})
        assert try_in(client, "new@example.org", PASSWORD).status_code == 302


class TestSignUp:
    FORM = {"email": "new@tarnwick.example", "name": "New", "password1": PASSWORD, "password2": PASSWORD}

    def test_is_closed(self, client: Client, admin: User) -> None:
        assert "Sign-up is closed" in client.get("/accounts/signup/").content.decode()
        client.post("/accounts/signup/", self.FORM)
        assert User.objects.count() == 1

    def test_opens_for_named_domains_and_gives_no_right(self, client: Client, admin: User, settings: Any) -> None:
        settings.SIGNUP_DOMAINS = ["tarnwick.example"]
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        client.post("/accounts/signup/", self.FORM | {"email": "new@elsewhere.example"})
        assert User.objects.count() == 1
        client.post("/accounts/signup/", self.FORM)
        user = User.objects.get(email="new@tarnwick.example")
        assert (user.name, user.is_administrator) == ("New", False)
        assert Grant.objects.count() == 0
        assert not is_in(client), "the address is proved first"
        (letter,) = mail.outbox
        (path,) = re.findall(r"http://testserver(/\S+)", str(letter.body))
        client.post(path)
        assert try_in(client, user.email, PASSWORD).status_code == 302


class TestSessions:
    def test_one_is_ended_from_another(self, amara: User, admin: User) -> None:
        desk, phone, other = Client(), Client(), Client()
        for one in (desk, phone):
            try_in(one, amara.email, PASSWORD)
        try_in(other, admin.email, PASSWORD)
        for one in (desk, phone, other):
            assert one.get("/settings/profile/").status_code == 200
        there = UserSession.objects.get(session_key=phone.session.session_key)
        assert other.post(f"/settings/profile/sessions/{there.pk}/end/").status_code == 404
        assert desk.post(f"/settings/profile/sessions/{there.pk}/end/").status_code == 302
        assert phone.get("/settings/profile/").status_code == 302
        assert desk.get("/settings/profile/").status_code == 200


class TestProfile:
    def test_preferences_are_kept_and_in_force(self, client: Client, amara: User) -> None:
        try_in(client, amara.email, PASSWORD)
        form = {"name": "Amara O.", "theme": "dark", "time_zone": "Asia/Tokyo", "language": ""}
        assert client.post("/settings/profile/", form).status_code == 302
        amara.refresh_from_db()
        assert (amara.name, amara.theme, amara.time_zone) == ("Amara O.", "dark", "Asia/Tokyo")
        assert 'data-theme="dark"' in client.get("/settings/profile/").content.decode()

    def test_an_unknown_zone_is_refused(self, client: Client, amara: User) -> None:
        try_in(client, amara.email, PASSWORD)
        form = {"name": "A", "theme": "dark", "time_zone": "Mars/Olympus"}
        assert client.post("/settings/profile/", form).status_code == 422

    def test_the_theme_of_the_person_menu(self, client: Client, amara: User) -> None:
        try_in(client, amara.email, PASSWORD)
        assert client.post("/settings/profile/theme/", {"theme": "light"}).status_code == 204
        assert client.post("/settings/profile/theme/", {"theme": "pink"}).status_code == 422
        amara.refresh_from_db()
        assert amara.theme == "light"


WELCOME = {"organisation": "Tarnwick Group", "name": "Ada", "email": "ada@example.org", "password": PASSWORD}


@pytest.mark.django_db
class TestFirstRun:
    def test_makes_the_administrator_names_the_organisation_and_is_gone(self, client: Client) -> None:
        assert client.get("/accounts/login/")["Location"] == "/welcome/"
        assert client.get("/welcome/").status_code == 200
        assert client.post("/welcome/", WELCOME).status_code == 302
        user = User.objects.get()
        assert (user.email, user.is_administrator) == ("ada@example.org", True)
        assert root().label == "Tarnwick Group"
        assert is_in(client)
        assert client.get("/welcome/").status_code == 404
        assert client.post("/welcome/", WELCOME | {"email": "b@example.org"}).status_code == 404
        assert User.objects.count() == 1
        assert Client().get("/accounts/login/").status_code == 200

    def test_a_poor_password_makes_nobody(self, client: Client) -> None:
        assert client.post("/welcome/", WELCOME | {"password": "password1234"}).status_code == 422
        assert User.objects.count() == 0

    def test_asks_for_the_code_in_the_log_where_others_can_reach_it(
        self, client: Client, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.FIRST_RUN_CODE = True
        client.get("/welcome/")
        assert first_run.code() in caplog.text
        for wrong in ({}, {"code": "wrong"}):
            assert client.post("/welcome/", WELCOME | wrong).status_code == 422
        assert User.objects.count() == 0
        assert client.post("/welcome/", WELCOME | {"code": first_run.code()}).status_code == 302
        assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_runs_at_once_make_one_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("an in-memory database is one connection; the run on PostgreSQL shows it")
    root()
    real = user_add

    def slow(**fields: Any) -> User:
        """Leave the others time to look whether there is an administrator."""
        time.sleep(0.3)
        return real(**fields)

    monkeypatch.setattr(first_run, "user_add", slow)
    barrier, codes = threading.Barrier(4), []

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=10)
            form = WELCOME | {"email": f"ada{number}@example.org"}
            codes.append(Client().post("/welcome/", form).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(codes) == [302, 404, 404, 404]
    assert User.objects.filter(is_administrator=True).count() == 1
    assert Scope.objects.filter(parent__isnull=True).count() == 1
