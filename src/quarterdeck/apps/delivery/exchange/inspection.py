"""What a plan is, in figures: its size, its critical path, how far it can be trusted, and stored against recomputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable
from dataclasses import dataclass
from typing import Any

from quarterdeck.apps.delivery.exchange.amounts import moment_of
from quarterdeck.apps.delivery.exchange.comparing import Comparison, compare
from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument
from quarterdeck.apps.delivery.exchange.texts import SHORT
from quarterdeck.engine.cpm import Schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.schedule_quality import Assessment, Evidence, assess


@dataclass(frozen=True)
class Inspection:
    """A plan looked at: `quality` is None where the plan cannot be scheduled, which `comparison.refused` explains."""

    document: PlanDocument
    comparison: Comparison
    quality: Assessment | None
    critical_path: tuple[DocumentTask, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How much of what the plan holds."""
        of = self.document
        lines = [each for each in of.tasks if each.row != 0]
        return {
            "tasks": sum(each.kind != "SUMMARY" for each in lines),
            "milestones": sum(each.kind in ("MILESTONE", "START_MILESTONE") for each in lines),
            "summaries": sum(each.kind == "SUMMARY" for each in lines),
            "links": len(of.links),
            "resources": len(of.resources),
            "assignments": sum(each.resource is not None for each in of.assignments),
            "calendars": len(of.calendars),
            "baselines": len({line.number for each in of.tasks for line in each.baselines}),
            "periods": len(of.periods),
            "custom fields": len(of.fields),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values; instants as ISO text."""
        of, found = self.document, self.comparison
        return {
            "name": of.name,
            "program": of.program,
            "kind": of.kind,
            "dialect": of.dialect.value,
            "start": iso(of.start),
            "finish": iso(of.finish if found.schedule is None or of.start is None else found.schedule.project_finish),
            "status": iso(of.status),
            "counts": self.counts,
            "links_by_kind": dict(Counter(SHORT[each.kind] for each in of.links)),
            "critical_path": [
                {
                    "id": each.id,
                    "row": each.row,
                    "name": each.name,
                    "start": iso(self._date(each.id, "start")),
                    "finish": iso(self._date(each.id, "finish")),
                }
                for each in self.critical_path
            ],
            "quality": None if self.quality is None else quality(self.quality),
            "compared": {
                "refused": found.refused,
                "tasks": found.tasks,
                "equal": found.equal,
                "different": found.different,
                "causes": found.causes,
            },
            "problems": [{"severity": each.severity, "text": each.text, "task": each.task} for each in of.problems],
        }

    def _date(self, task: int, field: str) -> int | None:
        if self.comparison.schedule is None or self.document.start is None:
            return None
        found: int | None = getattr(self.comparison.schedule[task], field)
        return found


def inspect(document: PlanDocument) -> Inspection:
    """Look at a plan. Nothing is raised for a plan that cannot be scheduled; the comparison says why."""
    comparison = compare(document)
    if comparison.schedule is None or comparison.converted is None:
        return Inspection(document, comparison, None, ())
    known = {each.id for each in comparison.converted.network.tasks}
    try:
        judged = assess(comparison.schedule, evidence(document, known))
    except EngineError:
        judged = assess(comparison.schedule)
    return Inspection(document, comparison, judged, path(document, comparison.schedule))


def evidence(document: PlanDocument, known: Container[object]) -> Evidence:
    """Return what a document knows beside the plan itself: its first baseline, who works where, when it must end."""
    baseline = {
        each.id: line
        for each in document.tasks
        for line in each.baselines
        if line.number == 0 and each.id in known and each.kind != "SUMMARY"
    }
    finishes: dict[Hashable, int] = {id: line.finish for id, line in baseline.items() if line.finish is not None}
    durations: dict[Hashable, int] = {id: line.duration for id, line in baseline.items() if line.duration is not None}
    busy = {each.task for each in document.assignments if each.resource is not None}
    busy |= {each.id for each in document.tasks if each.cost != "0" or each.fixed_cost != "0"}
    return Evidence(
        baseline_finish=finishes or None,
        baseline_duration=durations,
        resourced={each for each in busy if each in known},
        required=document.must_finish_by,
    )


def path(document: PlanDocument, schedule: Schedule) -> tuple[DocumentTask, ...]:
    """Return the work on the longest path, in the order of its dates."""
    tasks: dict[Hashable, DocumentTask] = {each.id: each for each in document.tasks}
    return tuple(tasks[id] for id in schedule.longest_path)


def quality(found: Assessment) -> dict[str, Any]:
    """Return an assessment as plain values: the score, the fourteen, and what to mend first."""
    return {
        "score": found.score,
        "checks": [
            {
                "id": each.id,
                "name": each.name,
                "verdict": each.verdict.value,
                "value": each.value,
                "threshold": each.threshold,
                "tasks": len(each.tasks),
                "links": len(each.links),
            }
            for each in found.fourteen
        ],
        "mend_first": [{"id": each.id, "name": each.name, "remedy": each.remedy} for each in found.mend_first],
    }


def iso(minutes: int | None) -> str | None:
    """Return an instant as ISO text.

    >>> iso(29_540_640)
    '2026-03-02T08:00'
    """
    return None if minutes is None else moment_of(minutes).isoformat(timespec="minutes")
