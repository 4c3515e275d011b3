"""The organisation of the journeys with plans: a fibre route of 24 lines at work, and one of ten thousand.

    QUARTERDECK_DATA_DIR=... python -m tests.browser.plan_stage

fills the database of that folder through the services.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from tests.browser import stage

#: (level, name, duration, predecessors by row, percent); the project's own numbers are those of rows.
LINES: Final = (
    (0, "Survey and consent", "", "", 0),
    (1, "Route survey", "20d", "", 100),
    (1, "Wayleaves Selby to Howden", "30d", "2SS+5d", 100),
    (1, "Rail possession, Selby", "35d", "2", 60),
    (1, "Consents complete", "0d", "3;4", 0),
    (0, "Civils", "", "", 0),
    (1, "Trench Leeds to Garforth", "20d", "2SS+10d", 100),
    (1, "Trench Garforth to Selby", "25d", "7", 70),
    (1, "Duct Selby to Howden", "30d", "3", 20),
    (1, "Duct proving, Howden", "14d", "9", 0),
    (1, "Rail crossing, Selby", "10d", "4", 0),
    (1, "Chambers and reinstatement", "35d", "8", 0),
    (0, "Fibre and equipment", "", "", 0),
    (1, "Gate 3, proceed to fibre", "0d", "8", 0),
    (1, "Fibre frames, Norrland", "15d", "14", 0),
    (1, "Cable pull Leeds to Selby", "22d", "14;15SS", 0),
    (1, "Cable pull Selby to Howden", "15d", "10;11", 0),
    (1, "Splicing", "15d", "16;17", 0),
    (1, "Hut fit-out", "26d", "15FS-5d", 0),
    (0, "Test and handover", "", "", 0),
    (1, "End-to-end test", "10d", "18;19", 0),
    (1, "Soak test", "7d", "21", 0),
    (1, "Ready for service", "0d", "22", 0),
    (1, "Handover to Operations", "10d", "23", 0),
)
#: Days before today: when the plan begins.
BEGUN: Final = 60
MANY: Final = 10_000
PROJECT, LARGE = "Depot signalling", "Quay crane"


def _added(lines: tuple[tuple[int, str, str, str, int], ...]) -> list[dict[str, Any]]:
    """Return the commands that lay down lines; a line's key is the number of its row."""
    commands: list[dict[str, Any]] = []
    above: dict[int, int] = {}
    last: dict[int | None, int] = {}
    for row, (level, name, duration, _waits, _percent) in enumerate(lines, start=1):
        parent = above.get(level - 1)
        commands.append(
            {"do": "add", "key": f"new-{row}", "name": name, "duration": duration}
            | {"parent": None if parent is None else -parent, "after": -last[parent] if parent in last else None}
        )
        above[level] = last[parent] = row
    return commands


def plan_routes(now: dt.datetime) -> None:
    """Lay down the plan of a route: lines, links, a baseline from before two things slipped, progress, a deadline."""
    from quarterdeck.apps.delivery import services
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.kernel.access.actor import Actor

    actor = Actor.system(now=now)
    start = actor.today - dt.timedelta(days=BEGUN)
    plan = services.plan_new(
        initiative=Initiative.objects.get(name=PROJECT), name="Leeds-Hull Backbone", start=start, actor=actor
    )

    def edit(*commands: dict[str, Any]) -> dict[str, int]:
        plan.refresh_from_db()
        done = services.plan_edit(plan_id=plan.pk, commands=commands, revision=plan.revision, actor=actor)
        assert done is not None
        return done.keys

    keys = edit(*_added(LINES))
    ids = {row: keys[f"new-{row}"] for row in range(1, len(LINES) + 1)}

    def put(row: int, field: str, value: Any) -> dict[str, Any]:
        return {"do": "set", "task": ids[row], "field": field, "value": value}

    edit(*(put(row, "predecessors", line[3]) for row, line in enumerate(LINES, start=1) if line[3]))
    services.baseline_take(plan=plan, name="B1", actor=actor)
    edit(put(9, "duration", "36d"), put(10, "duration", "18d"), put(3, "duration", "34d"))
    # Two at once ask for the one crew that there is.
    edit(*(put(row, "resources", "Civils crew") for row in (8, 9)), put(18, "resources", "Splicers [200%]"))
    edit(*(put(row, "percent", line[4]) for row, line in enumerate(LINES, start=1) if line[4]))
    plan.refresh_from_db()
    edit({"do": "plan", "field": "status", "value": actor.today.isoformat()})
    edit(put(23, "deadline", (start + dt.timedelta(days=270)).isoformat()), put(18, "notes", "Two crews from January."))


def plan_many(now: dt.datetime, count: int = MANY) -> None:
    """Lay down a plan of many lines in phases of fifty, each task after the one before."""
    from quarterdeck.apps.delivery import services
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.kernel.access.actor import Actor

    actor = Actor.system(now=now)
    plan = services.plan_new(
        initiative=Initiative.objects.get(name=LARGE), name="Ten thousand", start=actor.today, actor=actor
    )
    lines = tuple(
        (0, f"Phase {row // 50 + 1}", "", "", 0) if row % 50 == 0 else (1, f"Step {row}", f"{row % 9 + 1}d", "", 0)
        for row in range(count)
    )
    part = 2500
    for first in range(0, count, part):
        plan.refresh_from_db()
        commands = _added(lines[first : first + part])
        done = services.plan_edit(plan_id=plan.pk, commands=commands, revision=plan.revision, actor=actor)
        assert done is not None
        ids = [done.keys[f"new-{row + 1}"] for row in range(len(commands))]
        links = [
            {"do": "link", "predecessor": ids[row - 1], "successor": ids[row], "kind": "FS", "lag": ""}
            for row in range(1, len(ids))
            if row % 50 > 1
        ]
        plan.refresh_from_db()
        services.plan_edit(plan_id=plan.pk, commands=links, revision=plan.revision, actor=actor)


def main() -> None:
    """Fill the database as the other journeys know it, and add the plans."""
    import os

    stage.main()
    from quarterdeck.kernel import clock

    plan_routes(clock.now())
    if os.environ.get("PLAN_OF_MANY"):
        plan_many(clock.now())


if __name__ == "__main__":
    main()
