"""All checks of one plan, their score, and what to mend first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quarterdeck.engine.checking import ratio
from quarterdeck.engine.cpm import Schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.schedule_quality import dcma
from quarterdeck.engine.schedule_quality.checks import Check, Evidence, Limits, Verdict, facts
from quarterdeck.engine.schedule_quality.further import further

#: The fourteen, in their numbers.
POINTS: Final = (
    "logic",
    "leads",
    "lags",
    "relationship-types",
    "hard-constraints",
    "high-float",
    "negative-float",
    "high-duration",
    "invalid-dates",
    "resources",
    "missed-tasks",
    "critical-path-test",
    "cpli",
    "bei",
)
#: What to mend before what: facts before logic, logic before dates that override it, all of them before the floats and
#: indices that are only true once they are.
ORDER: Final = (
    "invalid-dates",
    "out-of-sequence",
    "logic",
    "missing-predecessors",
    "missing-successors",
    "dangling-starts",
    "dangling-finishes",
    "summary-links",
    "broken-links",
    "hard-constraints",
    "critical-path-test",
    "path-continuity",
    "leads",
    "lags",
    "relationship-types",
    "high-duration",
    "negative-float",
    "high-float",
    "missed-tasks",
    "bei",
    "cpli",
    "resources",
    "biting-constraints",
    "soft-constraints",
    "redundant-links",
    "hit-tasks",
    "merge-points",
    "milestones",
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The checks of one plan: the fourteen in their order, then the further ones."""

    checks: tuple[Check, ...]

    def __getitem__(self, id: str) -> Check:
        """Return one check. Raises `EngineError` for an id that is none."""
        for check in self.checks:
            if check.id == id:
                return check
        raise EngineError(f"there is no check {id!r}", culprits=(id,), remedy=f"Take one of {', '.join(ORDER)}.")

    @property
    def fourteen(self) -> tuple[Check, ...]:
        """The checks of the DCMA."""
        return self.checks[: len(POINTS)]

    @property
    def score(self) -> float | None:
        """Return passed / assessed among the fourteen that judge; None where none could be assessed."""
        counted = [check for check in self.fourteen if not check.informs and check.verdict != Verdict.NOT_ASSESSED]
        return ratio(sum(check.verdict == Verdict.PASSED for check in counted), len(counted))

    @property
    def mend_first(self) -> tuple[Check, ...]:
        """The checks that failed and judge, in the order in which to mend them: see `ORDER`."""
        failed = [check for check in self.checks if check.verdict == Verdict.FAILED and not check.informs]
        return tuple(sorted(failed, key=lambda check: ORDER.index(check.id)))


def assess(schedule: Schedule, evidence: Evidence | None = None, limits: Limits | None = None) -> Assessment:
    """Check a plan: the DCMA 14 with CPLI and BEI, and what else makes it hard to trust.

    Raises `EngineError`, naming them, for tasks in the evidence that are not in the plan.

    >>> from quarterdeck.engine.cpm import schedule
    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> plan = Network(tuple(Task(each, 1440) for each in "abcd"), (Link("a", "b"), Link("b", "d")))
    >>> found = assess(schedule(plan))
    >>> found["logic"].tasks, found["logic"].value, [check.id for check in found.mend_first]
    (('c',), 0.25, ['logic', 'missing-predecessors', 'missing-successors'])
    """
    found = facts(schedule, evidence or Evidence(), limits or Limits())
    missed, bei, hits = dcma.execution(found)
    fourteen = (
        dcma.logic(found),
        *dcma.of_links(found),
        *dcma.of_tasks(found),
        dcma.dates(found),
        dcma.resources(found),
        missed,
        dcma.path_test(found),
        dcma.path_length(found),
        bei,
    )
    return Assessment((*fourteen, *further(found), hits))
