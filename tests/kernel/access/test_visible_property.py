"""`visible` against brute force: random trees, grants, groups and dates, on whichever database the run uses."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Group, Scope, User
from quarterdeck.kernel.access.policy import visible
from tests.kernel.access.conftest import NOW, TODAY

ACTIONS = ("view", "change")
KEYS = ("*", "access.*", "access.grant", "access.group")

trees = st.lists(st.integers(0, 9), min_size=1, max_size=10)
#: Days from today at which a grant starts and ends; None is open.
spans = st.tuples(st.none() | st.integers(-3, 3), st.none() | st.integers(-3, 3)).filter(
    lambda span: span[0] is None or span[1] is None or span[0] <= span[1]
)
grants = st.lists(
    st.tuples(
        st.integers(0, 10),  # the node, modulo the size of the tree
        st.sampled_from(KEYS),
        st.sampled_from((*ACTIONS, "*")),
        spans,
        st.booleans(),  # to the user, or to the user's group
    ),
    max_size=5,
)


def _ancestors(node: Scope, parents: dict[int, int | None]) -> set[int]:
    found: set[int] = set()
    at: int | None = node.pk
    while at is not None:
        found.add(at)
        at = parents[at]
    return found


def _day(offset: int | None) -> dt.date | None:
    return None if offset is None else TODAY + dt.timedelta(days=offset)


def _brute(nodes: list[Scope], rows: list[Grant], held: list[Grant], action: str) -> set[int]:
    """Every row one of whose node's ancestors carries a grant in force that gives the action, one by one."""
    parents = {node.pk: node.parent_id for node in nodes}
    by_pk = {node.pk: node for node in nodes}
    expected = set()
    for row in rows:
        above = _ancestors(by_pk[row.scope_id], parents)
        for grant in held:
            begun = grant.starts_on is None or grant.starts_on <= TODAY
            running = grant.ends_on is None or grant.ends_on >= TODAY
            (key, actions), *_rest = grant.role.permissions.items()
            covers = key in ("*", "access.*", "access.grant") and (action in actions or "*" in actions)
            if begun and running and covers and grant.scope_id in above:
                expected.add(row.pk)
    return expected


class TestVisible(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(shape=trees, given_grants=grants)
    def test_equals_brute_force(
        self, shape: list[int], given_grants: list[tuple[int, str, str, tuple[int | None, int | None], bool]]
    ) -> None:
        nodes = [scopes.root()]
        for parent in shape:
            nodes.append(scopes.scope_add(parent=nodes[parent % len(nodes)], kind="node", label="n"))
        user = User.objects.create_user("someone@example.org", name="Someone")
        other = User.objects.create_user("other@example.org", name="Other")
        group = Group.objects.create(name="Group")
        group.members.add(user)
        nothing = AccessRole.objects.create(name="Nothing", permissions={})
        rows = [Grant.objects.create(user=other, role=nothing, scope=node) for node in nodes]
        held = []
        for at, (node, key, action, (starts, ends), by_group) in enumerate(given_grants):
            role = AccessRole.objects.create(name=f"R{at}", permissions={key: [action]})
            owner = {"group": group} if by_group else {"user": user}
            held.append(
                Grant.objects.create(
                    role=role, scope=nodes[node % len(nodes)], starts_on=_day(starts), ends_on=_day(ends), **owner
                )
            )
        for action in ACTIONS:
            actor = Actor(user=user, now=NOW)
            found = set(visible(Grant.objects.all(), actor, action).values_list("pk", flat=True))
            assert found == _brute(nodes, [*rows, *held], held, action)
