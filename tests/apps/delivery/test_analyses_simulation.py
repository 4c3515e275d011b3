"""Simulating a plan: means by closed form, same seed same figures, risks, responses, money, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentBaseline,
    DocumentLink,
    DocumentTask,
    Stored,
)
from quarterdeck.apps.delivery.models import PlanAnalysis, PlanRisk, TaskEstimate
from quarterdeck.apps.delivery.services import analyses
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.delivery.conftest import MONDAY, Shed, day, document
from tests.cast import EDITOR, Cast

pytestmark = pytest.mark.django_db


def chain(cast: Cast, project: Initiative, **more: Any) -> Shed:
    """Dig (2 d) > Pour (3 d) and nothing else."""
    at = Stored(start=MONDAY, finish=MONDAY)
    tasks = (
        DocumentTask(id=2, name="Dig", row=1, duration=960, stored=at),
        DocumentTask(id=3, name="Pour", row=2, duration=1440, stored=at),
    )
    told: dict[str, Any] = {
        "tasks": tasks,
        "links": (DocumentLink(predecessor=2, successor=3),),
        "assignments": (DocumentAssignment(id=1, task=2, resource=1, work=960, cost="960"),),
    }
    done = services.plan_import(document=document(**{**told, **more}), initiative=project, actor=cast.actor(EDITOR))
    return Shed(done.plan, cast)


def typed(shed: Shed, **rows: tuple[str, str, str]) -> None:
    services.estimates_save(
        plan=shed.plan,
        rows={shed.id(name): texts for name, texts in rows.items()},
        shapes={},
        actor=shed.cast.actor(EDITOR),
    )


def simulated(shed: Shed, **options: Any) -> dict[str, Any]:
    told = {"iterations": 4000, "seed": 7, **options}
    run = analyses.analysis_run(plan=shed.plan, kind="simulation", options=told, actor=shed.cast.actor(EDITOR))
    drain()
    run.refresh_from_db()
    assert run.refusal == ""
    assert run.result is not None
    return dict(run.result)


def test_a_triangle_has_its_mean(cast: Cast, project: Initiative) -> None:
    """Dig from 1 to 6 days, likely 2, has the mean (1 + 2 + 6) / 3 = 3 d; the plan then takes 6 d instead of 5."""
    shed = chain(cast, project)
    typed(shed, Dig=("1d", "2d", "6d"))
    found = simulated(shed)
    tasks = found["tasks"]
    assert tasks["name"] == ["Dig", "Pour"]
    assert tasks["duration"] == [3.0, 3.0]
    assert tasks["criticality"] == [1.0, 1.0]
    # Monday, Wednesday, then three days; the deadline is the planned finish, kept when Dig takes 2 d or less: 1/5.
    assert found["finish"]["planned"] == found["finish"]["target"] == day(7, 1020)
    assert found["finish"]["target_kind"] == "plan"
    assert found["finish"]["chance"] == pytest.approx(0.2, abs=0.02)
    assert found["finish"]["past"]["50"] == pytest.approx(6 - (4 * 5 * 0.5) ** 0.5 - 2, abs=0.06)
    assert found["inputs"]["open"] == 2
    assert found["inputs"]["estimated"] == 1
    assert sum(found["finish"]["counts"]) == 4000
    # The triangle's P10 and P90 are 1.71 d and 4.59 d; the mean beyond each lies further out.
    (bar,) = found["drivers"]
    assert bar["name"] == "Dig"
    assert bar["low"] == pytest.approx(-1.53, abs=0.05)
    assert bar["high"] == pytest.approx(2.06, abs=0.06)


def test_the_same_seed_gives_the_same_figures_and_another_others(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    typed(shed, Dig=("50%", "100%", "300%"), Pour=("2d", "3d", "9d"))
    first, second, third = simulated(shed), simulated(shed), simulated(shed, seed=8)
    for each in (first, second, third):
        del each["seconds"]
    assert first == second
    assert first["finish"]["marks"] != third["finish"]["marks"]
    assert list(PlanAnalysis.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_risk_adds_its_probability_times_its_delay(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    services.risk_save(
        plan=shed.plan,
        typed={
            "name": "Rock below",
            "probability": "25",
            "delay_likely": "4d",
            "tasks": "1",
            "response": "Trial pits",
            "response_cost": "500",
            "probability_after": "0",
        },
        money=True,
        actor=cast.actor(EDITOR),
    )
    risk = PlanRisk.objects.get()
    assert (risk.delay_low, risk.delay_high, risk.tasks) == (1920, 1920, [shed.id("Dig")])
    found = simulated(shed)
    # 4 d later in a quarter of runs: 3 d more than the mean where it strikes, 1 d less where not.
    (bar,) = found["drivers"]
    assert (bar["kind"], bar["name"]) == ("risk", "Rock below")
    assert bar["share"] == pytest.approx(0.25, abs=0.02)
    assert (bar["low"], bar["high"]) == (pytest.approx(-1.0, abs=0.1), pytest.approx(3.0, abs=0.1))
    (answer,) = found["responses"]
    assert (answer["name"], answer["days"], answer["cost"], answer["chance"]) == ("Trial pits", -4.0, 500.0, 1.0)
    # Dig costs 960 for 960 minutes of Ann: 4 days more are 1,920 more.
    assert found["cost"]["planned"] == pytest.approx(960)
    assert found["cost"]["marks"]["80"] == pytest.approx(960 + 1920)


def test_money_of_work_goes_with_time_and_what_is_spent_is_spent(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    typed(shed, Dig=("100%", "200%", "300%"))
    found = simulated(shed)
    assert found["cost"]["planned"] == pytest.approx(960)
    assert found["cost"]["mean"] == pytest.approx(1920, rel=0.02)
    shed.set("Dig", "actual_start", "2026-01-05")
    shed.set("Dig", "actual_finish", "2026-01-07")
    found = simulated(shed)
    assert found["cost"]["mean"] == found["cost"]["planned"] == pytest.approx(960)
    assert found["inputs"]["open"] == 1


def test_a_baseline_that_prices_some_tasks_alone_is_a_budget_all_the_same(cast: Cast, project: Initiative) -> None:
    """Files have baselines without a cost for tasks that were added after it was taken."""
    at = Stored(start=MONDAY, finish=MONDAY)
    bases = (DocumentBaseline(number=0, cost="900"), DocumentBaseline(number=0, start=MONDAY, finish=day(2, 1020)))
    tasks = tuple(
        DocumentTask(id=key, name=name, row=key, duration=960, stored=at, baselines=(base,))
        for key, name, base in zip((2, 3), ("Dig", "Pour"), bases, strict=True)
    )
    found = simulated(chain(cast, project, tasks=tasks))
    assert (found["cost"]["budget_kind"], found["cost"]["budget"]) == ("baseline", 900.0)


def test_a_spread_for_what_has_no_estimate(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    assert simulated(shed)["finish"]["marks"]["90"] == day(7, 1020)
    found = simulated(shed, low=-10.0, high=40.0)
    assert found["inputs"]["spread"] == 2
    # (0.9 + 1 + 1.4) / 3 = 1.1 of 5 days.
    assert sum(found["tasks"]["duration"]) == pytest.approx(5.5, abs=0.02)


def test_estimates_are_typed_and_refused_in_words(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    with pytest.raises(services.EstimateRefused) as told:
        typed(shed, Dig=("3d", "2d", "4d"), Pour=("90%", "3d", "4d"))
    assert told.value.errors == {
        shed.id("Dig"): "Low, likely and high must rise.",
        shed.id("Pour"): "Give all three in percent, or all three as durations.",
    }
    assert not TaskEstimate.objects.exists()
    typed(shed, Dig=("90%", "100%", "130%"))
    services.estimates_spread(plan=shed.plan, low=-10, high=25, which="without", shape="pert", actor=cast.actor(EDITOR))
    rows = TaskEstimate.objects.order_by("task__position").values_list("shape", "relative", "low", "likely", "high")
    assert list(rows) == [("triangular", True, 90.0, 100.0, 130.0), ("pert", True, 90.0, 100.0, 125.0)]
    typed(shed, Dig=("", "", ""))
    (change,) = services.estimates_spread(
        plan=shed.plan, low=-20, high=0, which="every", shape="", actor=cast.actor(EDITOR)
    )[:1]
    records.undo(change.batch, actor=cast.actor(EDITOR))
    assert TaskEstimate.objects.get().high == 125.0


def test_ranges_of_a_workbook_become_estimates(cast: Cast, project: Initiative) -> None:
    at = Stored(start=MONDAY, finish=MONDAY)
    said = {"distribution": "manual - absolute", "optimistic": 80.0, "most_probable": 100.0, "pessimistic": 150.0}
    tasks = (
        DocumentTask(id=2, name="Dig", row=1, duration=960, stored=at, extra={"Risk": said}),
        DocumentTask(id=3, name="Pour", row=2, duration=1440, stored=at, extra={"Risk": {**said, "pessimistic": 90.0}}),
    )
    chain(cast, project, tasks=tasks)
    (estimate,) = TaskEstimate.objects.select_related("task")
    assert (estimate.task.name, estimate.relative) == ("Dig", True)
    assert (estimate.low, estimate.likely, estimate.high) == (80.0, 100.0, 150.0)


def test_a_copy_takes_estimates_and_risks_along(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    actor = cast.actor(EDITOR)
    typed(shed, Pour=("90%", "100%", "130%"))
    services.risk_save(
        plan=shed.plan, typed={"name": "Rain", "probability": "10%", "tasks": "1-2"}, money=True, actor=actor
    )
    made = services.plan_copy(plan=shed.plan, actor=actor)
    assert TaskEstimate.objects.get(plan=made).task == made.tasks.get(name="Pour")
    assert PlanRisk.objects.get(plan=made).tasks == list(made.tasks.order_by("position").values_list("pk", flat=True))


def test_a_killed_job_leaves_no_half_result_and_may_run_twice(
    cast: Cast, project: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    shed = chain(cast, project)
    real = analyses._WORK["simulation"]

    class Killed(BaseException):
        pass

    def dies(*_args: Any, **_more: Any) -> dict[str, Any]:
        raise Killed

    monkeypatch.setitem(analyses._WORK, "simulation", dies)
    run = analyses.analysis_run(
        plan=shed.plan, kind="simulation", options={"iterations": 100}, actor=cast.actor(EDITOR)
    )

    class Silent:
        def start(self, *_told: Any) -> None: ...
        def step(self) -> None: ...
        def say(self, _text: str) -> None: ...

    with pytest.raises(Killed):
        analyses.analysis_worked_out(Silent(), run_id=run.pk)  # type: ignore[arg-type]  # no worker is behind it
    run.refresh_from_db()
    assert (run.result, run.finished_at, run.revision) == (None, None, None)
    monkeypatch.setitem(analyses._WORK, "simulation", real)
    drain()
    run.refresh_from_db()
    first = run.result
    assert first is not None
    analyses.analysis_worked_out(Silent(), run_id=run.pk)  # type: ignore[arg-type]  # nor here
    run.refresh_from_db()
    assert run.result == first
    assert run.job is not None
    assert run.job.result == {"url": f"{shed.url}risk/1/"}


def test_a_plan_that_cannot_be_simulated_says_why(cast: Cast, project: Initiative) -> None:
    shed = chain(cast, project)
    shed.edit({"do": "remove", "tasks": [shed.id("Pour"), shed.id("Dig")]})
    run = analyses.analysis_run(plan=shed.plan, kind="simulation", options={}, actor=cast.actor(EDITOR))
    drain()
    run.refresh_from_db()
    assert run.result is None
    assert run.refusal == "The plan has no tasks."
