"""What a grant gives, where, when, and to whom. `Grant` itself is the scoped record under test: it lives at a node."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Elevation, Grant, Group, User
from quarterdeck.kernel.access.policy import AccessDenied, open_on_all, visible
from quarterdeck.kernel.access.scopes import scope_change
from tests.kernel.access.conftest import DAY, NOW, TODAY, Tree, actor, grant, role, system


def seen(user: User, action: str = "view") -> set[str]:
    """Labels of the nodes whose grants the user may see."""
    return {g.scope.label for g in visible(Grant.objects.select_related("scope"), actor(user), action)}


@pytest.fixture
def marks(tree: Tree, db: None) -> None:
    """One grant to somebody else at each node, to be seen or not."""
    other = User.objects.create_user("other@example.org", name="Other")
    empty = role("Nothing", {})
    for node in (tree.root, tree.north, tree.spine, tree.south):
        grant(other, empty, node)


@pytest.mark.usefixtures("marks")
class TestInheritance:
    def test_a_grant_holds_at_its_node_and_below(self, tree: Tree, amara: User) -> None:
        grant(amara, role(), tree.north)
        assert seen(amara) == {"North", "Spine"}

    def test_a_grant_at_the_root_holds_everywhere(self, tree: Tree, amara: User) -> None:
        grant(amara, role(), tree.root)
        assert seen(amara) == {"Whole organisation", "North", "Spine", "South"}

    def test_a_grant_below_gives_nothing_above_or_beside(self, tree: Tree, amara: User) -> None:
        grant(amara, role(), tree.spine)
        assert seen(amara) == {"Spine"}

    def test_moving_a_node_moves_the_rights_with_it(self, tree: Tree, amara: User) -> None:
        grant(amara, role(), tree.south)
        scope_change(scope=tree.spine, parent=tree.south, kind="project", label="Spine")
        assert seen(amara) == {"South", "Spine"}

    def test_a_right_to_view_is_no_right_to_change(self, tree: Tree, amara: User) -> None:
        grant(amara, role(permissions={"access.grant": ["view"]}), tree.north)
        assert seen(amara, "change") == set()

    def test_rights_of_two_grants_add_up(self, tree: Tree, amara: User) -> None:
        grant(amara, role(), tree.spine)
        grant(amara, role("South", {"access.*": ["view", "change"]}), tree.south)
        assert seen(amara) == {"Spine", "South"}
        assert seen(amara, "change") == {"South"}

    def test_wildcards_cover_app_and_everything(self, tree: Tree, amara: User) -> None:
        grant(amara, role(permissions={"*": ["*"]}), tree.spine)
        assert seen(amara, "delete") == {"Spine"}
        assert not actor(amara).can_everywhere("view", "access.grant")

    def test_nothing_without_a_grant(self, amara: User) -> None:
        assert seen(amara) == set()

    def test_nothing_for_a_deactivated_user(self, tree: Tree, amara: User) -> None:
        grant(amara, role(), tree.root)
        User.objects.filter(pk=amara.pk).update(is_active=False)
        assert seen(amara) == set()


@pytest.mark.usefixtures("marks")
class TestGroupsAndDates:
    def test_members_have_the_groups_grants_while_they_are_members(self, tree: Tree, amara: User) -> None:
        board = Group.objects.create(name="Board")
        grant(board, role(), tree.south)
        assert seen(amara) == set()
        board.members.add(amara)
        assert seen(amara) == {"South"}
        board.members.remove(amara)
        assert seen(amara) == set()

    @pytest.mark.parametrize(
        ("starts", "ends", "holds"),
        [
            (None, None, True),
            (TODAY, None, True),
            (TODAY + DAY, None, False),
            (None, TODAY, True),
            (None, TODAY - DAY, False),
            (TODAY, TODAY, True),
        ],
    )
    def test_both_days_are_included(
        self, tree: Tree, amara: User, starts: dt.date | None, ends: dt.date | None, holds: bool
    ) -> None:
        grant(amara, role(), tree.spine, starts, ends)
        assert seen(amara) == ({"Spine"} if holds else set())


class TestReferenceData:
    def test_read_with_a_right_anywhere_changed_with_one_at_the_root(self, tree: Tree, amara: User) -> None:
        steward = role("Steward", {"access.group": ["view", "add", "change"]})
        given = grant(amara, steward, tree.spine)
        Group.objects.create(name="Board")
        assert visible(Group.objects.all(), actor(amara)).count() == 1
        assert visible(Group.objects.all(), actor(amara), "change").count() == 0
        with pytest.raises(AccessDenied):
            records.save(Group(name="Panel"), actor=actor(amara))
        assert Group.objects.count() == 1
        Grant.objects.filter(pk=given.pk).update(scope=tree.root)
        records.save(Group(name="Panel"), actor=actor(amara))
        assert Group.objects.count() == 2


class TestOwnRows:
    def test_a_row_is_seen_by_whom_it_belongs_to_and_not_changed(
        self, tree: Tree, amara: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grant(amara, role("Nothing", {}), tree.south)
        assert seen(amara) == set()
        monkeypatch.setattr(Grant, "row_owner", ("user",), raising=False)
        assert seen(amara) == {"South"}
        assert seen(amara, "change") == set()

    def test_a_token_opens_no_own_rows_beyond_its_limits(
        self, tree: Tree, amara: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Grant, "row_owner", ("user",), raising=False)
        grant(amara, role("Nothing", {}), tree.south)
        limited = Actor(user=amara, now=NOW, limits={"access.group": ["view"]})
        assert visible(Grant.objects.all(), limited).count() == 0


class TestFieldClasses:
    def test_open_where_a_seeing_role_reaches(self, tree: Tree, amara: User) -> None:
        grant(amara, role("Reader"), tree.root)
        grant(amara, role("Finance", {"access.grant": ["view"]}, ["money"]), tree.north)
        who = actor(amara)
        assert who.sees("money", "access.grant", [tree.spine.path]) is True
        assert who.sees("money", "access.grant", [tree.south.path]) is False
        assert who.sees("personal", "access.grant", [tree.spine.path]) is False
        assert who.sees_on_all("money", "access.grant") is None
        assert who.sees_on_all("personal", "access.grant") is False

    def test_open_on_all_when_it_covers_all_that_is_visible(self, tree: Tree, amara: User) -> None:
        grant(amara, role("Reader"), tree.spine)
        grant(amara, role("Finance", {"access.grant": ["view"]}, ["money"]), tree.north)
        assert actor(amara).sees_on_all("money", "access.grant") is True

    def test_not_on_all_where_a_row_is_seen_as_ones_own_outside(
        self, tree: Tree, amara: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        finance = role("Finance", {"access.grant": ["view"]}, ["money"])
        given = grant(amara, finance, tree.north)
        who = actor(amara)
        assert who.sees_on_all("money", "access.grant") is True
        grant(amara, role("Nothing", {}), tree.south)
        with django_assert_num_queries(0):
            assert open_on_all(who, "money", Grant) is True, "nothing is seen as one's own"
        monkeypatch.setattr(Grant, "row_owner", ("user",), raising=False)
        with django_assert_num_queries(1):
            assert open_on_all(who, "money", Grant) is None
        with django_assert_num_queries(0):
            assert open_on_all(who, "personal", Grant) is False
            assert open_on_all(system(), "money", Grant) is True
        Grant.objects.filter(role__name="Nothing").update(scope=tree.spine)
        assert open_on_all(who, "money", Grant) is True
        with django_assert_num_queries(0):
            assert open_on_all(who, "money", Grant, past=True) is None, "it may have stood elsewhere then"
        Grant.objects.filter(pk=given.pk).update(scope=tree.root)
        who = actor(amara)
        assert who.rights
        with django_assert_num_queries(0):
            assert open_on_all(who, "money", Grant) is True
            assert open_on_all(who, "money", Grant, past=True) is True

    def test_a_seeing_role_that_cannot_view_the_type_opens_nothing(self, tree: Tree, amara: User) -> None:
        grant(amara, role("Finance", {"access.group": ["view"]}, ["money"]), tree.root)
        assert actor(amara).sees("money", "access.grant", [tree.spine.path]) is False


class TestReadOnly:
    def test_viewing_as_someone_cannot_write(self, tree: Tree, amara: User, admin: User) -> None:
        grant(amara, role(permissions={"*": ["*"]}), tree.root)
        viewing = Actor(user=amara, now=NOW, behind=admin, read_only=True)
        assert viewing.can("view", "access.grant")
        with pytest.raises(AccessDenied):
            records.save(Group(name="Panel"), actor=viewing)
        assert Group.objects.count() == 0

    def test_signing_in_as_someone_is_named_in_history(self, tree: Tree, amara: User, admin: User) -> None:
        grant(amara, role(permissions={"*": ["*"]}), tree.root)
        change = records.save(Group(name="Panel"), actor=Actor(user=amara, now=NOW, behind=admin))
        assert change is not None
        assert change.actor_label == "Amara Okafor, by Ada Admin"
        assert change.actor_id == amara.pk

    def test_an_administrator_has_no_right_until_elevated(self, tree: Tree, admin: User) -> None:
        assert not actor(admin).can("view", "access.grant")
        assert Elevation.objects.count() == 0

    def test_the_system_has_every_right(self, tree: Tree) -> None:
        assert system().can_everywhere("delete", "access.grant")


def test_permissions_survive_the_database(tree: Tree) -> None:
    stored = AccessRole.objects.get(pk=role(permissions={"people.*": ["view", "change"]}).pk)
    assert stored.permissions == {"people.*": ["view", "change"]}
