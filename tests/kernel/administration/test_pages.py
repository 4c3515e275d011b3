"""The pages of administration: who finds them, what they do, and that an elevation is needed, named and bounded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.models import AccessRole, ApiToken, Elevation, Grant, Group, User
from quarterdeck.kernel.audit.models import Change
from tests.kernel.access.conftest import Tree, grant, role

PASSWORD = "correct horse battery"
TODAY = clock.local_date(clock.now())
ADMINISTERED = (
    "/settings/access/",
    "/settings/access/roles/new/",
    "/settings/access/why/",
    "/settings/users/",
    "/settings/users/invite/",
    "/settings/groups/",
    "/settings/groups/new/",
)


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    return client


def confirmed(client: Client, path: str, form: dict[str, Any]) -> Any:
    """Post a form that asks for the password first, and return what follows it."""
    asked = client.post(path, form)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    return client.post(asked.headers["Location"], {"password": PASSWORD})


def elevate(client: Client, path: str = "/settings/administer/", **form: str) -> None:
    """Ask for it as a person does: the form, the password again."""
    asked = client.post(path, {"reason": "Quarterly review", "minutes": "30", **form})
    assert "reauthenticate" in asked["Location"]
    done = client.post(asked["Location"], {"password": PASSWORD})
    assert done.status_code == 302


@pytest.fixture
def ada(admin: User) -> Client:
    client = signed_in(admin)
    elevate(client)
    return client


class TestWhoFindsThem:
    @pytest.mark.parametrize(
        "path", [*ADMINISTERED, "/settings/users/1/", "/settings/access/roles/1/", "/settings/administer/"]
    )
    def test_a_stranger_learns_nothing(self, amara: User, admin: User, path: str) -> None:
        role("Secret role")
        answer = signed_in(amara).get(path.replace("/1/", f"/{admin.pk}/"))
        assert answer.status_code == 404
        assert "Secret" not in answer.content.decode()
        assert "Ada" not in answer.content.decode()

    @pytest.mark.parametrize("path", [*ADMINISTERED, "/settings/tokens/", "/settings/profile/"])
    def test_a_visitor_is_asked_to_sign_in(self, db: None, path: str) -> None:
        assert Client().get(path)["Location"].startswith("/accounts/login/")

    @pytest.mark.parametrize("path", ADMINISTERED)
    def test_an_administrator_is_asked_to_elevate_and_led_on(self, admin: User, path: str) -> None:
        client = signed_in(admin)
        assert client.get(path)["Location"].startswith("/settings/administer/?next=")
        elevate(client)
        assert client.get(path).status_code == 200

    def test_a_stranger_changes_nothing(self, amara: User, admin: User, tree: Tree) -> None:
        client = signed_in(amara)
        given = grant(admin, role(), tree.north)
        form = {"role": given.role_id, "scope": tree.root.pk}
        for path, data in (
            (f"/settings/users/{amara.pk}/grant/", form),
            (f"/settings/access/grants/{given.pk}/end/", {}),
            (f"/settings/users/{admin.pk}/state/", {"do": "deactivate"}),
            (f"/settings/users/{admin.pk}/act-as/", {"reason": "x", "minutes": "30"}),
            ("/settings/administer/", {"reason": "x", "minutes": "30"}),
            ("/settings/users/invite/", {"email": "x@example.org", "name": "X"}),
            ("/settings/access/roles/new/", {"name": "X", "version": "1"}),
        ):
            assert client.post(path, data).status_code == 404, path
        assert (Grant.objects.count(), User.objects.count(), AccessRole.objects.count()) == (1, 2, 1)
        assert Elevation.objects.count() == 0
        assert Grant.objects.get().ends_on is None


class TestElevation:
    def test_is_shown_and_ended(self, ada: Client) -> None:
        page = ada.get("/settings/users/").content.decode()
        assert "Administering until" in page
        assert "Quarterly review" in page
        ada.post("/settings/administer/end/")
        assert Elevation.objects.get().ended_at is not None
        assert ada.get("/settings/users/").status_code == 302

    def test_ends_by_itself(self, ada: Client) -> None:
        Elevation.objects.update(ends_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert ada.get("/settings/users/").status_code == 302

    def test_asks_again_who_one_is_when_that_was_long_ago(self, ada: Client, settings: Any) -> None:
        form = {"reason": "Second look", "minutes": "30"}
        assert ada.post("/settings/administer/", form).headers["Location"] == "/settings/users/"
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
        assert ada.post("/settings/administer/", form).headers["Location"].startswith("/accounts/reauthenticate/")
        assert Elevation.objects.count() == 2

    def test_is_of_one_session(self, ada: Client, admin: User) -> None:
        assert signed_in(admin).get("/settings/users/").status_code == 302

    def test_is_gone_with_the_right_to_administer(self, ada: Client, admin: User) -> None:
        User.objects.filter(pk=admin.pk).update(is_administrator=False)
        assert ada.get("/settings/users/").status_code == 404

    def test_goes_on_to_where_it_was_asked(self, admin: User) -> None:
        client = signed_in(admin)
        page = client.get(client.get("/settings/groups/new/")["Location"]).content.decode()
        assert 'action="/settings/administer/"' in page, "the sign-in in between keeps the form only without a query"
        asked = client.post("/settings/administer/", {"reason": "x", "minutes": "30", "next": "/settings/groups/new/"})
        assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/settings/groups/new/"
        assert client.get("/settings/groups/new/").status_code == 200

    def test_goes_on_only_to_pages_of_ours(self, admin: User) -> None:
        client = signed_in(admin)
        asked = client.post(
            "/settings/administer/", {"reason": "x", "minutes": "30", "next": "https://elsewhere.example/"}
        )
        done = client.post(asked["Location"], {"password": PASSWORD})
        assert done["Location"] == "/settings/users/"

    def test_viewing_as_reads_with_their_rights_and_writes_nothing(
        self,
        admin: User,
        amara: User,
        tree: Tree,
    ) -> None:
        grant(amara, role("Steward", {"access.*": ["*"]}), tree.root)
        client = signed_in(admin)
        elevate(client, f"/settings/users/{amara.pk}/act-as/", kind="view_as")
        page = client.get("/settings/users/")
        assert page.status_code == 200
        assert "Viewing as Amara Okafor" in page.content.decode()
        client.post("/settings/users/invite/", {"email": "x@example.org", "name": "X"})
        client.post("/settings/groups/new/", {"name": "Board", "version": "1"})
        day = (TODAY + dt.timedelta(9)).isoformat()
        made = client.post("/settings/tokens/", {"name": "t", "expires_on": day, "reach": "read", "areas": ["access"]})
        assert made.status_code == 403
        assert (User.objects.count(), Group.objects.count(), ApiToken.objects.count()) == (2, 0, 0)

    def test_acting_as_is_in_the_history_under_both_names(self, admin: User, amara: User, tree: Tree) -> None:
        grant(amara, role("Steward", {"*": ["*"]}), tree.root)
        client = signed_in(admin)
        elevate(client, f"/settings/users/{amara.pk}/act-as/", kind="sign_in_as")
        client.post("/settings/users/invite/", {"email": "x@example.org", "name": "X"})
        change = Change.objects.get(record_type="access.user")
        assert (change.actor, change.actor_label) == (amara, "Amara Okafor, by Ada Admin")
        begun = Elevation.objects.get()
        assert (begun.kind, begun.target, begun.reason) == ("sign_in_as", amara, "Quarterly review")


class TestPeople:
    def test_an_invitation_makes_a_user_without_rights_and_sends_a_letter(self, ada: Client) -> None:
        board = Group.objects.create(name="Board")
        form = {"email": "Priya@Example.org", "name": "Priya Nair", "groups": [board.pk]}
        assert ada.post("/settings/users/invite/", form).status_code == 302
        user = User.objects.get(email="priya@example.org")
        assert not user.has_usable_password()
        assert list(user.access_groups.all()) == [board]
        (letter,) = mail.outbox
        assert letter.to == ["priya@example.org"]
        assert letter.subject == "Ada Admin has added you to Quarterdeck"
        assert "http://testserver/accounts/password/reset/key/" in letter.body

    def test_a_taken_address_is_refused_by_name(self, ada: Client, amara: User) -> None:
        answer = ada.post("/settings/users/invite/", {"email": "AMARA@example.org", "name": "A"})
        assert answer.status_code == 422
        assert User.objects.count() == 2

    def test_a_role_is_given_and_ended(self, ada: Client, amara: User, tree: Tree) -> None:
        editor = role()
        form = {"role": editor.pk, "scope": tree.north.pk}
        assert ada.post(f"/settings/users/{amara.pk}/grant/", form).status_code == 302
        given = Grant.objects.get()
        assert (given.user, given.scope) == (amara, tree.north)
        assert "North" in ada.get(f"/settings/users/{amara.pk}/").content.decode()
        ada.post(f"/settings/access/grants/{given.pk}/end/")
        given.refresh_from_db()
        assert given.ends_on is not None
        assert ada.post(f"/settings/users/{amara.pk}/grant/", {"role": 0, "scope": 0}).status_code == 422

    def test_deactivating_ends_the_sessions(self, ada: Client, amara: User) -> None:
        hers = signed_in(amara)
        assert hers.get("/settings/tokens/").status_code == 200
        ada.post(f"/settings/users/{amara.pk}/state/", {"do": "deactivate"})
        assert hers.get("/settings/tokens/").status_code == 302

    def test_a_lost_second_step_is_taken_away(self, ada: Client, admin: User, amara: User, settings: Any) -> None:
        hers = signed_in(amara)
        TOTP.activate(amara, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(amara)
        TOTP.activate(admin, "JBSWY3DPEHPK3PXP")
        settings.SECOND_FACTOR = "everyone"
        assert "Forget second step" in ada.get(f"/settings/users/{amara.pk}/").content.decode()
        ada.post(f"/settings/users/{amara.pk}/state/", {"do": "forget"})
        assert not Authenticator.objects.filter(user_id=amara.pk).exists()
        assert hers.get("/settings/tokens/")["Location"].startswith("/accounts/login/"), "her sessions have ended"
        told = Change.objects.filter(record_type="access.user", record_id=amara.pk).latest("pk")
        assert (told.before, told.after) == ({"second_factor": ["totp", "recovery_codes"]}, {"second_factor": []})
        page = ada.get(f"/settings/users/{amara.pk}/").content.decode()
        assert "Not set up yet" in page
        assert "Forget second step" not in page

    def test_nobody_takes_their_own_second_step_away_there(self, ada: Client, admin: User) -> None:
        TOTP.activate(admin, "JBSWY3DPEHPK3PXP")
        assert "Forget second step" not in ada.get(f"/settings/users/{admin.pk}/").content.decode()
        assert ada.post(f"/settings/users/{admin.pk}/state/", {"do": "forget"}).status_code == 403
        assert Authenticator.objects.filter(user_id=admin.pk).count() == 1

    def test_the_list_is_narrowed(self, ada: Client, amara: User) -> None:
        assert "Amara" in ada.get("/settings/users/?q=okafor").content.decode()
        assert "Amara" not in ada.get("/settings/users/?state=administrators").content.decode()
        assert "Nobody fits" in ada.get("/settings/users/?q=zzz").content.decode()

    def test_the_list_takes_the_same_queries_for_any_number(
        self, ada: Client, django_assert_max_num_queries: object
    ) -> None:
        for number in range(40):
            User.objects.create_user(f"u{number}@example.org", name=f"U{number}")
        with django_assert_max_num_queries(12):  # type: ignore[operator]  # a pytest fixture
            assert "U39" in ada.get("/settings/users/").content.decode()


class TestMatrix:
    def test_shows_and_changes_what_roles_permit(self, ada: Client, tree: Tree) -> None:
        form = {
            "name": "Steward",
            "version": "1",
            "may:access.*:view": "on",
            "may:access.group:change": "on",
            "more:access.group": "merge, split",
        }
        assert ada.post("/settings/access/roles/new/", form).status_code == 302
        made = AccessRole.objects.get()
        assert made.permissions == {"access.*": ["view"], "access.group": ["change", "merge", "split"]}
        page = ada.get("/settings/access/").content.decode()
        assert "Steward" in page
        assert "merge" in page
        assert ada.post(f"/settings/access/roles/{made.pk}/", form | {"more:access.group": ""}).status_code == 302
        made.refresh_from_db()
        assert made.permissions == {"access.*": ["view"], "access.group": ["change"]}
        stale = ada.post(f"/settings/access/roles/{made.pk}/", form)
        assert stale.status_code == 422
        assert "changed by someone else" in stale.content.decode()

    def test_a_role_in_use_is_not_removed(self, ada: Client, amara: User, tree: Tree) -> None:
        held, idle = role("Held"), role("Idle")
        grant(amara, held, tree.north)
        for one in (held, idle):
            ada.post(f"/settings/access/roles/{one.pk}/remove/")
        assert list(AccessRole.objects.all()) == [held]

    def test_is_narrowed_by_role_and_record_type(self, ada: Client) -> None:
        one, _two = role("One"), role("Two")
        page = ada.get(f"/settings/access/?role={one.pk}&q=grant").content.decode()
        heads = page[page.index("<thead>") : page.index("</thead>")]
        assert "One" in heads
        assert "Two" not in heads
        assert ">Grant</th>" in page
        assert ">Group</th>" not in page


class TestWhy:
    def ask(self, client: Client, person: str, record: Grant) -> str:
        return client.get(f"/settings/access/why/?person={person}&record=access.grant:{record.pk}").content.decode()

    def test_names_the_grant_that_gives_it(self, ada: Client, admin: User, amara: User, tree: Tree) -> None:
        record = grant(admin, role("Nothing", {}), tree.spine)
        board = Group.objects.create(name="Board")
        board.members.add(amara)
        grant(board, role("Reader"), tree.north)
        page = self.ask(ada, amara.email, record)
        assert "Amara Okafor sees" in page
        assert "<b>Reader</b> at North, by group Board" in page

    def test_says_why_not(self, ada: Client, admin: User, amara: User, tree: Tree) -> None:
        record = grant(admin, role("Nothing", {}), tree.spine)
        assert "No role of theirs gives this." in self.ask(ada, amara.email, record)
        given = grant(amara, role("Reader"), tree.south)
        page = self.ask(ada, amara.email, record)
        assert "does not see" in page
        assert "The grants that give it are at other nodes." in page
        Grant.objects.filter(pk=given.pk).update(scope=tree.root, ends_on=dt.date(2020, 1, 1))
        assert "The grant that would give it is not in force." in self.ask(ada, amara.email, record)

    def test_asks_which_when_several_fit(self, ada: Client, amara: User, tree: Tree) -> None:
        record = grant(amara, role(), tree.spine)
        assert "Which person" in self.ask(ada, "a", record)
        assert "No user is called" in self.ask(ada, "zzz", record)


class TestTokens:
    def test_the_secret_is_shown_once(self, amara: User) -> None:
        client = signed_in(amara)
        day = TODAY + dt.timedelta(days=30)
        form = {"name": "Export", "expires_on": day.isoformat(), "reach": "read", "areas": ["access"]}
        page = confirmed(client, "/settings/tokens/", form)
        token = ApiToken.objects.get()
        assert token.permissions == {"access.*": ["view"]}
        assert f"qd_{token.prefix}_" in page.content.decode()
        assert "no-store" in page["Cache-Control"]
        again = client.get("/settings/tokens/").content.decode()
        assert "Export" in again
        assert f"qd_{token.prefix}_" not in again

    def test_who_one_is_is_asked_again_but_not_every_time(self, amara: User, settings: Any) -> None:
        client = signed_in(amara)
        day = TODAY + dt.timedelta(days=30)
        form = {"name": "Export", "expires_on": day.isoformat(), "reach": "read", "areas": ["access"]}
        asked = client.post("/settings/tokens/", form)
        assert asked.status_code == 302
        assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 200
        assert ApiToken.objects.count() == 0
        assert confirmed(client, "/settings/tokens/", form).status_code == 200
        assert client.post("/settings/tokens/", form).status_code == 200
        assert ApiToken.objects.count() == 2
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
        assert client.post("/settings/tokens/", form).status_code == 302
        assert ApiToken.objects.count() == 2

    def test_longer_than_a_year_is_refused(self, amara: User) -> None:
        day = TODAY + dt.timedelta(days=400)
        form = {"name": "Export", "expires_on": day.isoformat(), "reach": "read"}
        assert confirmed(signed_in(amara), "/settings/tokens/", form).status_code == 422
        assert ApiToken.objects.count() == 0

    def test_another_persons_token_is_not_there(self, amara: User, ada: Client) -> None:
        now = dt.datetime.now(tz=dt.UTC)
        token = ApiToken.objects.create(
            user=amara, name="Hers", prefix="abcd", digest="x", expires_at=now + dt.timedelta(days=9), created_at=now
        )
        assert ada.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
        assert signed_in(amara).post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
        token.refresh_from_db()
        assert token.revoked_at is not None


class TestGroups:
    def test_members_are_ticked_and_kept(self, ada: Client, amara: User, admin: User) -> None:
        form = {"name": "Board", "version": "1", "members": [amara.pk, admin.pk]}
        assert ada.post("/settings/groups/new/", form).status_code == 302
        board = Group.objects.get()
        assert set(board.members.all()) == {amara, admin}
        form |= {"members": [amara.pk]}
        assert ada.post(f"/settings/groups/{board.pk}/", form).status_code == 302
        assert list(board.members.all()) == [amara]
        assert ada.post(f"/settings/groups/{board.pk}/", form | {"name": "Other"}).status_code == 422, "stale version"
