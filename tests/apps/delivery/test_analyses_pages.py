"""Pages of risk simulation and levelling: who sees them, what they say, money closed, how many queries they take."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import DocumentAssignment
from quarterdeck.apps.delivery.models import PlanAnalysis, PlanResource, PlanRisk, TaskEstimate
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.delivery.conftest import Shed, document
from tests.cast import EDITOR, READER, STRANGER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(cast: Cast, project: Initiative) -> Shed:
    """The shed with Ann at two tasks at once, one of which costs money."""
    assignments = (
        DocumentAssignment(id=1, task=2, resource=1, work=960, cost="960"),
        DocumentAssignment(id=2, task=5, resource=1, work=480),
    )
    told = document(assignments=assignments)
    done = services.plan_import(document=told, initiative=project, actor=cast.actor(EDITOR))
    return Shed(done.plan, cast)


@pytest.fixture
def runs(busy: Shed) -> Shed:
    """With an estimate, a risk, a simulation and a levelling."""
    actor = busy.cast.actor(EDITOR)
    services.estimates_save(plan=busy.plan, rows={busy.id("Dig"): ("1d", "2d", "6d")}, shapes={}, actor=actor)
    risk = {
        "name": "Rock",
        "probability": "30",
        "delay_likely": "2d",
        "tasks": "2",
        "cost_likely": "777",
        "response": "Pits",
    }
    services.risk_save(plan=busy.plan, typed=risk, money=True, actor=actor)
    services.analysis_run(plan=busy.plan, kind="simulation", options={"iterations": 500}, actor=actor)
    keys = PlanResource.objects.filter(plan=busy.plan, name="Ann").values_list("pk", flat=True)
    options = {"goal": "finish", "seconds": 1, "resources": {str(key): 1 for key in keys}}
    services.analysis_run(plan=busy.plan, kind="levelling", options=options, actor=actor)
    drain()
    return busy


PAGES = (
    "risk/",
    "risk/1/",
    "risk/1/tasks.csv",
    "risk/estimates/",
    "risk/risks/",
    "level/",
    "level/1/",
    "level/1/moves.csv",
)


def test_readers_read_and_strangers_find_nothing(runs: Shed) -> None:
    reader, stranger = runs.cast.client(READER), runs.cast.client(STRANGER)
    for page in (*PAGES, "risk/1/progress", "level/1/progress"):
        assert reader.get(runs.url + page).status_code == 200, page
        assert stranger.get(runs.url + page).status_code == 404, page
    for page in ("risk/2/", "level/9/", "risk/compare/", "risk/risks/99/"):
        assert reader.get(runs.url + page).status_code == 404, page
    for page in ("risk/", "level/", "risk/1/again/", "level/1/again/", "level/1/adopt/", "risk/estimates/spread/"):
        assert reader.post(runs.url + page).status_code == 404, page
        assert stranger.post(runs.url + page).status_code == 404, page
    assert PlanAnalysis.objects.count() == 2


def test_the_result_of_a_simulation_is_told_in_figures(runs: Shed) -> None:
    shown = runs.cast.client(EDITOR).get(f"{runs.url}risk/1/").content.decode()
    for text in ("Run 1", "P80 finish", "What drives the finish", "Rock", "Pits", "Run again", "777", "<svg"):
        assert text in shown, text
    lines = runs.cast.client(EDITOR).get(f"{runs.url}risk/1/tasks.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Row,Task,Criticality")
    assert len(lines) == 1 + 5
    assert lines[1].startswith("2,Dig,1.0,")


def test_money_is_closed_to_whoever_may_not_see_it(runs: Shed, team_member: User) -> None:
    client = runs.cast.client(READER)
    client.force_login(team_member)
    for page in ("risk/", "risk/1/", "risk/risks/"):
        # Coordinates of drawings are no amounts.
        shown = re.sub(r"<[^>]*>", " ", client.get(runs.url + page).content.decode())
        assert "•••" in shown, page
        assert "777" not in shown, page
        assert "960" not in shown, page


def test_a_changed_plan_is_said_and_adopting_refused(runs: Shed) -> None:
    client = runs.cast.client(EDITOR)
    assert "Adopt as what-if copy" in client.get(f"{runs.url}level/1/").content.decode()
    runs.set("Paint", "duration", "2d")
    for page in ("risk/1/", "level/1/"):
        shown = client.get(runs.url + page).content.decode()
        assert "The plan has changed since" in shown
        assert "Adopt as what-if copy" not in shown
    answer = client.post(f"{runs.url}level/1/adopt/", follow=True)
    assert "this run was made of revision" in answer.content.decode()
    assert runs.task("Paint").delay == 0
    assert client.post(f"{runs.url}level/1/again/").headers["Location"] == f"{runs.url}level/2/"


def test_adopting_by_the_page_can_be_undone(runs: Shed, django_capture_on_commit_callbacks: Any) -> None:
    client = runs.cast.client(EDITOR)
    before = runs.task("Paint").start
    answer = client.post(f"{runs.url}level/1/adopt/")
    assert answer.headers["Location"] == runs.url
    assert runs.task("Paint").start != before
    batch = PlanAnalysis.objects.get(kind="levelling").adopted_batch
    assert "Adopted" in client.get(f"{runs.url}level/1/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/undo/{batch}/")
    assert runs.task("Paint").start == before


def test_forms_ask_for_runs_and_say_what_is_wrong(busy: Shed) -> None:
    client = busy.cast.client(EDITOR)
    wrong = client.post(f"{busy.url}risk/", {"iterations": "1", "correlation": "0.3"})
    assert wrong.status_code == 422
    assert "Iterations lies from 100 to 200,000." in wrong.content.decode()
    assert client.post(f"{busy.url}risk/", {"target": "soon"}).status_code == 422
    given = {"iterations": "500", "seed": "3", "low": "−10", "high": "+25", "target": "2026-01-20", "budget": "1,000"}
    answer = client.post(f"{busy.url}risk/", given)
    assert answer.headers["Location"] == f"{busy.url}risk/1/"
    assert "data-job-url" in client.get(f"{busy.url}risk/1/").content.decode()
    assert client.get(f"{busy.url}risk/1/progress").json()["state"] == "running"
    drain()
    told = client.get(f"{busy.url}risk/1/progress").json()
    assert (told["state"], told["url"]) == ("done", f"{busy.url}risk/1/")
    run = PlanAnalysis.objects.get()
    assert (run.options["low"], run.options["high"], run.options["budget"]) == (-10.0, 25.0, "1000")
    assert client.post(f"{busy.url}level/", {"goal": "finish"}).status_code == 422
    key = PlanResource.objects.get(plan=busy.plan, name="Ann").pk
    answer = client.post(f"{busy.url}level/", {"goal": "finish", "resource": key, f"units-{key}": "1", "seconds": "1"})
    assert answer.headers["Location"] == f"{busy.url}level/1/"


def test_estimates_and_risks_by_their_pages(busy: Shed) -> None:
    client = busy.cast.client(EDITOR)
    dig, pour = busy.id("Dig"), busy.id("Pour")
    cells = {f"low-{dig}": "1d", f"likely-{dig}": "2d", f"high-{dig}": "6d", f"shape-{dig}": "pert"}
    refused = client.post(
        f"{busy.url}risk/estimates/", {**cells, f"low-{pour}": "x", f"likely-{pour}": "", f"high-{pour}": ""}
    )
    assert refused.status_code == 422
    assert "“x” is no duration" in refused.content.decode()
    assert client.post(f"{busy.url}risk/estimates/", cells).status_code == 302
    assert TaskEstimate.objects.values_list("task", "shape", "low", "high").get() == (dig, "pert", 480.0, 2880.0)
    assert 'value="6d"' in client.get(f"{busy.url}risk/estimates/").content.decode()
    client.post(f"{busy.url}risk/estimates/spread/", {"which": "without", "low": "−10", "high": "25%"})
    assert TaskEstimate.objects.count() == 4
    wrong = client.post(f"{busy.url}risk/risks/", {"name": "Rock", "probability": "30", "tasks": "1"})
    assert "“Ground” is a summary: name its tasks." in wrong.content.decode()
    assert (
        client.post(f"{busy.url}risk/risks/", {"name": "Rock", "probability": "30", "tasks": "2-3"}).status_code == 302
    )
    risk = PlanRisk.objects.get()
    assert risk.tasks == [dig, pour]
    assert 'value="2, 3"' in client.get(f"{busy.url}risk/risks/{risk.pk}/").content.decode()
    client.post(f"{busy.url}risk/risks/{risk.pk}/", {"do": "remove"})
    assert not PlanRisk.objects.exists()


def test_two_runs_are_compared(runs: Shed) -> None:
    client = runs.cast.client(EDITOR)
    client.post(f"{runs.url}risk/1/again/")
    drain()
    shown = client.get(f"{runs.url}risk/compare/").content.decode()
    assert "Run 2" in shown
    assert "P80 finish" in shown
    assert "Compare runs" in client.get(f"{runs.url}risk/2/").content.decode()


def test_buttons_stand_on_the_plan(runs: Shed) -> None:
    shown = runs.cast.client(READER).get(runs.url).content.decode()
    assert f'href="{runs.url}risk/"' in shown
    assert f'href="{runs.url}level/"' in shown


@pytest.mark.parametrize("page", PAGES)
def test_queries_do_not_grow_with_the_plan(runs: Shed, page: str) -> None:
    client = runs.cast.client(EDITOR)
    client.get(runs.url + page)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert client.get(runs.url + page).status_code == 200
        return len(told)

    before = count()
    rows: list[dict[str, Any]] = [
        {"do": "add", "key": f"new-{n}", "name": f"Task {n}", "duration": "2d"} for n in range(20)
    ]
    runs.edit(*rows)
    services.estimates_spread(plan=runs.plan, low=-10, high=20, which="every", shape="", actor=runs.cast.actor(EDITOR))
    assert count() <= before
    assert before <= 30
