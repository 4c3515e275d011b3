"""Users, tokens, elevations, grants: what is refused, and what is written down."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, ApiToken, Elevation, Grant, Group, User
from quarterdeck.kernel.access.policy import AccessDenied, visible
from quarterdeck.kernel.access.services import (
    elevation_end,
    elevation_start,
    token_create,
    token_revoke,
    user_add,
    user_change,
)
from quarterdeck.kernel.access.tokens import actor_of_token
from quarterdeck.kernel.administration.services import (
    grant_add,
    grant_end,
    grants_withdraw,
    group_save,
    groups_of_user_set,
    role_save,
)
from quarterdeck.kernel.audit.models import Change
from tests.kernel.access.conftest import DAY, NOW, TODAY, Tree, actor, grant, role, system

MINUTE = dt.timedelta(minutes=1)


class TestTokens:
    def make(self, owner: User, permissions: dict[str, list[str]], days: int = 30) -> tuple[ApiToken, str]:
        return token_create(
            user=owner, name="Export", permissions=permissions, expires_at=NOW + days * DAY, actor=actor(owner)
        )

    def test_opens_for_its_owner_within_its_limits(self, tree: Tree, amara: User) -> None:
        grant(amara, role(permissions={"access.*": ["view", "change"]}), tree.north)
        _token, secret = self.make(amara, {"access.grant": ["view"]})
        who = actor_of_token(secret, now=NOW)
        assert who is not None
        assert (who.user, who.via) == (amara, "api")
        assert who.can("view", "access.grant")
        assert not who.can("change", "access.grant"), "the token allows viewing only"
        assert not who.can("view", "access.group"), "the token names grants only"

    def test_never_goes_beyond_its_owner(self, tree: Tree, amara: User) -> None:
        grant(amara, role(permissions={"access.grant": ["view"]}), tree.spine)
        _token, secret = self.make(amara, {"*": ["*"]})
        who = actor_of_token(secret, now=NOW)
        assert who is not None
        assert [g.scope.label for g in visible(Grant.objects.select_related("scope"), who)] == ["Spine"]
        assert not who.can("change", "access.grant")

    def test_an_administrators_token_is_not_elevated(self, tree: Tree, admin: User) -> None:
        _token, secret = self.make(admin, {"*": ["*"]})
        who = actor_of_token(secret, now=NOW)
        assert who is not None
        assert not who.can("view", "access.grant")

    def test_the_secret_is_kept_nowhere(self, amara: User) -> None:
        token, secret = self.make(amara, {"*": ["view"]})
        kept = ApiToken.objects.filter(pk=token.pk).values().get()
        assert not any(secret.rpartition("_")[2] in str(value) for value in kept.values())
        assert secret.startswith(f"qd_{token.prefix}_")

    @pytest.mark.parametrize("spoil", ["", "qd", "qd_", "bearer", "qd_00000000_x"])
    def test_malformed_and_unknown_open_nothing(self, amara: User, spoil: str) -> None:
        self.make(amara, {"*": ["view"]})
        assert actor_of_token(spoil, now=NOW) is None

    def test_an_altered_secret_opens_nothing(self, amara: User) -> None:
        _token, secret = self.make(amara, {"*": ["view"]})
        altered = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        assert actor_of_token(altered, now=NOW) is None

    def test_expired_revoked_and_orphaned_open_nothing(self, amara: User) -> None:
        token, secret = self.make(amara, {"*": ["view"]}, days=30)
        assert actor_of_token(secret, now=NOW + 30 * DAY - MINUTE) is not None
        assert actor_of_token(secret, now=NOW + 30 * DAY) is None
        User.objects.filter(pk=amara.pk).update(is_active=False)
        assert actor_of_token(secret, now=NOW) is None
        User.objects.filter(pk=amara.pk).update(is_active=True)
        token_revoke(token=token, actor=actor(amara))
        assert actor_of_token(secret, now=NOW) is None

    def test_last_use_is_noted_at_most_once_a_minute(self, amara: User) -> None:
        token, secret = self.make(amara, {"*": ["view"]})
        for seconds, noted in ((0, NOW), (30, NOW), (61, NOW + dt.timedelta(seconds=61))):
            actor_of_token(secret, now=NOW + dt.timedelta(seconds=seconds))
            token.refresh_from_db()
            assert token.last_used_at == noted

    @pytest.mark.parametrize("days", [0, -1, 367])
    def test_lasts_a_year_at_most(self, amara: User, days: int) -> None:
        with pytest.raises(ValidationError):
            self.make(amara, {"*": ["view"]}, days=days)

    def test_is_made_by_nobody_else(self, amara: User, admin: User) -> None:
        for who in (actor(admin), Actor(user=amara, now=NOW, behind=admin), system()):
            with pytest.raises(AccessDenied):
                token_create(user=amara, name="x", permissions={"*": ["view"]}, expires_at=NOW + DAY, actor=who)
        assert ApiToken.objects.count() == 0

    def test_permits_something_well_formed(self, amara: User) -> None:
        malformed: tuple[dict[str, list[str]], ...] = (
            {},
            {"*": []},
            {"people": ["view"]},
            {"people.per-son": ["view"]},
        )
        for permissions in malformed:
            with pytest.raises(ValidationError):
                self.make(amara, permissions)


class TestElevation:
    def test_lasts_thirty_minutes_and_ends_once(self, admin: User) -> None:
        begun = elevation_start(user=admin, kind="administer", reason="New portfolio", now=NOW)
        assert begun.ends_at == NOW + 30 * MINUTE
        elevation_end(elevation=begun, now=NOW + 10 * MINUTE)
        assert begun.ended_at == NOW + 10 * MINUTE
        elevation_end(elevation=begun, now=NOW + 20 * MINUTE)
        assert begun.ended_at == NOW + 10 * MINUTE

    def test_a_new_one_ends_the_one_before(self, admin: User) -> None:
        first = elevation_start(user=admin, kind="administer", reason="One", now=NOW)
        elevation_start(user=admin, kind="administer", reason="Two", now=NOW + MINUTE)
        first.refresh_from_db()
        assert first.ended_at == NOW + MINUTE

    def test_is_for_administrators_with_a_reason_and_for_hours_at_most(self, amara: User, admin: User) -> None:
        with pytest.raises(AccessDenied):
            elevation_start(user=amara, kind="administer", reason="Curious", now=NOW)
        for reason, minutes in (("  ", 30), ("Why", 0), ("Why", 241)):
            with pytest.raises(ValidationError):
                elevation_start(user=admin, kind="administer", reason=reason, minutes=minutes, now=NOW)
        assert Elevation.objects.count() == 0

    def test_acts_as_another_active_user(self, amara: User, admin: User) -> None:
        User.objects.filter(pk=amara.pk).update(is_active=False)
        amara.refresh_from_db()
        for target in (None, admin, amara):
            with pytest.raises(ValidationError):
                elevation_start(user=admin, kind="view_as", reason="Why", target=target, now=NOW)


class TestUsers:
    def test_adding_and_changing_leave_history_without_the_password(self, admin: User) -> None:
        user = user_add(email="New@Example.org", name="New", password="correct horse battery", actor=system())
        user_change(user=user, actor=system(), name="Newer")
        assert user.email == "new@example.org"
        history = Change.objects.filter(record_type="access.user", record_id=user.pk).order_by("id")
        assert [(c.action, c.after) for c in history] == [
            ("create", {"email": "new@example.org", "name": "New", "is_active": True, "is_administrator": False}),
            ("change", {"name": "Newer"}),
        ]
        assert not any("password" in str(c.state) for c in history)

    def test_the_same_address_in_another_case_is_taken(self, amara: User) -> None:
        with pytest.raises(ValidationError):
            user_add(email="AMARA@example.org", name="Double", actor=system())

    def test_the_last_administrator_stays(self, admin: User) -> None:
        with pytest.raises(ValidationError):
            user_change(user=admin, actor=system(), is_active=False)
        with pytest.raises(ValidationError):
            user_change(user=admin, actor=system(), is_administrator=False)
        second = user_add(email="b@example.org", name="B", is_administrator=True, actor=system())
        user_change(user=admin, actor=system(), is_administrator=False)
        assert list(User.objects.filter(is_administrator=True)) == [second]

    def test_deactivating_ends_tokens_and_elevations(self, admin: User) -> None:
        user_add(email="b@example.org", name="B", is_administrator=True, actor=system())
        elevation_start(user=admin, kind="administer", reason="Why", now=NOW)
        _t, secret = token_create(
            user=admin, name="x", permissions={"*": ["view"]}, expires_at=NOW + DAY, actor=actor(admin)
        )
        user_change(user=admin, actor=system(), is_active=False)
        assert Elevation.objects.get().ended_at == NOW
        user_change(user=admin, actor=system(), is_active=True)
        assert actor_of_token(secret, now=NOW) is None, "a token does not come back to life"

    def test_a_user_manager_makes_no_administrator(self, tree: Tree, amara: User, admin: User) -> None:
        grant(amara, role(permissions={"access.user": ["*"]}), tree.root)
        who = actor(amara)
        with pytest.raises(AccessDenied):
            user_add(email="x@example.org", name="X", is_administrator=True, actor=who)
        with pytest.raises(AccessDenied):
            user_change(user=amara, actor=who, is_administrator=True)
        with pytest.raises(AccessDenied):
            user_change(user=admin, actor=who, name="Mallory")
        assert user_add(email="x@example.org", name="X", actor=who).is_administrator is False


class TestGrants:
    def test_nobody_gives_more_than_they_hold(self, tree: Tree, amara: User, admin: User) -> None:
        delegate = role(
            "Delegate", {"access.grant": ["view", "add"], "access.accessrole": ["view"], "people.*": ["view"]}
        )
        grant(amara, delegate, tree.north)
        who = actor(amara)
        reader = role("Reader", {"people.person": ["view"]})
        assert grant_add(role=reader, scope=tree.spine, user=admin, actor=who).pk
        for wider, at in (
            (role("Changer", {"people.person": ["change"]}), tree.spine),
            (role("Everything", {"*": ["view"]}), tree.spine),
            (role("Money", {"people.person": ["view"]}, ["money"]), tree.spine),
            (reader, tree.south),
            (reader, tree.root),
        ):
            with pytest.raises(AccessDenied):
                grant_add(role=wider, scope=at, user=admin, actor=who)
        assert Grant.objects.filter(user=admin).count() == 1

    def test_money_in_one_register_gives_no_money_in_another(self, tree: Tree, amara: User, admin: User) -> None:
        grant(amara, role("Keeper", {"access.*": ["*"], "portfolio.*": ["view"]}), tree.north)
        grant(amara, role("Payroll", {"people.costrate": ["view"]}, ["money"]), tree.north)
        budgets = role("Budgets", {"portfolio.initiative": ["view"]}, ["money"])
        assert not actor(amara).sees("money", "portfolio.initiative", [tree.spine.path])
        with pytest.raises(AccessDenied):
            grant_add(role=budgets, scope=tree.spine, user=amara, actor=actor(amara))
        rates = role("Rates", {"people.costrate": ["view"]}, ["money"])
        assert grant_add(role=rates, scope=tree.spine, user=admin, actor=actor(amara)).pk

    def test_a_limited_token_gives_no_more_than_it_allows(self, tree: Tree, amara: User, admin: User) -> None:
        grant(amara, role("All", {"*": ["*"]}), tree.root)
        limited = Actor(user=amara, now=NOW, limits={"access.grant": ["*"]})
        with pytest.raises(AccessDenied):
            grant_add(role=role("R", {"people.person": ["view"]}), scope=tree.spine, user=admin, actor=limited)

    def test_the_same_role_twice_for_the_same_days_is_refused(self, tree: Tree, amara: User) -> None:
        editor = role()
        grant_add(role=editor, scope=tree.north, user=amara, ends_on=TODAY, actor=system())
        with pytest.raises(ValidationError):
            grant_add(role=editor, scope=tree.north, user=amara, starts_on=TODAY, actor=system())
        grant_add(role=editor, scope=tree.north, user=amara, starts_on=TODAY + DAY, actor=system())
        assert Grant.objects.count() == 2

    def test_to_one_user_or_one_group(self, tree: Tree, amara: User) -> None:
        board = Group.objects.create(name="Board")
        reader = role()
        with pytest.raises(ValidationError):
            grant_add(role=reader, scope=tree.north, actor=system())
        with pytest.raises(ValidationError):
            grant_add(role=reader, scope=tree.north, user=amara, group=board, actor=system())
        assert Grant.objects.count() == 0

    def test_ending_stops_it_today_and_leaves_history(self, tree: Tree, amara: User) -> None:
        given = grant_add(role=role(), scope=tree.north, user=amara, starts_on=TODAY - DAY, actor=system())
        grant_end(grant=given, actor=system())
        assert Grant.objects.get().ends_on == TODAY - DAY
        assert not actor(amara).can("view", "access.grant")
        assert Change.objects.filter(record_type="access.grant", record_id=given.pk).count() == 2

    def test_ending_one_that_never_held_removes_it(self, tree: Tree, amara: User) -> None:
        grant_end(
            grant=grant_add(role=role(), scope=tree.north, user=amara, starts_on=TODAY, actor=system()), actor=system()
        )
        assert Grant.objects.count() == 0

    def test_what_a_record_brought_about_goes_with_it(self, tree: Tree, amara: User) -> None:
        board = Group.objects.create(name="stands for a role assignment")
        grant_add(role=role(), scope=tree.north, user=amara, origin=board, actor=system())
        kept = grant_add(role=role("Own"), scope=tree.north, user=amara, actor=system())
        assert grants_withdraw(origin=board, actor=system()) == 1
        assert [g.pk for g in Grant.objects.filter(ends_on__isnull=True)] == [kept.pk]


class TestRolesAndGroups:
    def test_only_an_elevated_administrator_changes_what_others_hold(self, tree: Tree, amara: User) -> None:
        grant(amara, role("All", {"*": ["*"]}), tree.root)
        who = actor(amara)
        with pytest.raises(AccessDenied):
            role_save(role=AccessRole(name="Own", permissions={"*": ["*"]}), actor=who)
        with pytest.raises(AccessDenied):
            group_save(group=Group(name="Own"), members=[amara], actor=who)

    def test_permissions_are_kept_in_one_form(self, db: None) -> None:
        given = AccessRole(
            name="R", permissions={"people.person": ["view", "change", "view"], "b.*": ["*", "view"], "c.d": []}
        )
        role_save(role=given, actor=system())
        assert AccessRole.objects.get().permissions == {"b.*": ["*"], "people.person": ["change", "view"]}

    def test_membership_is_in_the_history(self, amara: User) -> None:
        board, panel = Group(name="Board"), Group(name="Panel")
        group_save(group=board, members=[], actor=system())
        group_save(group=panel, members=[amara], actor=system())
        groups_of_user_set(user=amara, groups=[board], actor=system())
        assert list(amara.access_groups.all()) == [board]
        last = Change.objects.filter(record_type="access.group", record_id=board.pk).first()
        assert last is not None
        assert (last.before, last.after) == ({"members": []}, {"members": [amara.pk]})
