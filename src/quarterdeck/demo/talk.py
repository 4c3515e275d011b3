"""What people say, ask and set up around the records: comments, links, approvals, fields, views, templates."""

from __future__ import annotations

from quarterdeck.demo.world import World


def plan(world: World) -> None:
    """Nothing yet."""


def settle(world: World) -> None:
    """Nothing yet."""
