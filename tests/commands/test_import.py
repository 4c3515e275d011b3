"""quarterdeck import: what would change, what stays, assessed at once; each file whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck import cli
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting import services
from quarterdeck.kernel.jobs.models import Job
from tests.cast import STRANGER, Cast, assemble

pytestmark = pytest.mark.django_db

FIRST = "Name,Duration,Predecessors,Resource Names,Cost\nDig,2d,,Ann,100\nPour,3d,1,Bob,50\nCure,1d,2,,0\n"
#: A row put in between, a longer Pour, Cure gone.
LATER = "Name,Duration,Predecessors,Resource Names,Cost\nDig,2d,,Ann,100\nFence,1d,1,,10\nPour,5d,1,Bob,70\n"


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def project(cast: Cast) -> Initiative:
    return cast.north.make(Initiative)


def run(capsys: Any, *words: str) -> tuple[int, str]:
    """Run the command; its exit status and what it printed."""
    status = cli.main(["import", *words])
    return status, capsys.readouterr().out


def file(folder: Path, text: str, name: str = "shed.csv") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_a_dry_run_tells_each_change_and_writes_none(capsys: Any, tmp_path: Path, project: Initiative) -> None:
    assert run(capsys, file(tmp_path, FIRST), "--into", project.code)[0] == 0
    status, out = run(capsys, file(tmp_path, LATER), "--into", project.code, "--dry-run", "--json")
    told = json.loads(out)
    assert status == 0
    assert (told["state"], told["added"], told["removed"]) == ("would be imported", 1, 1)
    lines = {(each["group"], each["name"]): each for each in told["lines"]}
    assert ("added", "Fence") in lines
    assert ("removed", "Cure") in lines
    assert lines["durations", "Pour"]["by"] == "+2 d"
    assert lines["cost", "Pour"]["by"] == "+20"
    assert not [name for group, name in lines if group == "renamed"]
    assert list(Task.objects.values_list("name", flat=True)) == ["Dig", "Pour", "Cure"]
    _status, words = run(capsys, file(tmp_path, LATER), "--into", project.code, "--dry-run")
    assert "would be imported into" in words
    assert "added 1, removed 1" in words


def test_an_update_keeps_tasks_and_their_keys(capsys: Any, tmp_path: Path, project: Initiative) -> None:
    run(capsys, file(tmp_path, FIRST), "--into", project.code)
    keys = dict(Task.objects.values_list("name", "pk"))
    status, _out = run(capsys, file(tmp_path, LATER), "--into", project.code)
    assert status == 0
    assert list(Task.objects.values_list("name", flat=True)) == ["Dig", "Fence", "Pour"]
    assert Task.objects.get(name="Pour").pk == keys["Pour"]


def test_what_is_imported_is_assessed_at_once_and_not_queued(
    capsys: Any, tmp_path: Path, project: Initiative, django_capture_on_commit_callbacks: Any
) -> None:
    Initiative.objects.filter(pk=project.pk).update(state="active")
    Job.objects.all().delete()
    # In a test nothing is committed, so what is told afterwards is told within.
    with services.held() as concerned, django_capture_on_commit_callbacks(execute=True):
        run(capsys, file(tmp_path, FIRST), "--into", project.code)
    assert project.pk in concerned
    assert not Job.objects.filter(key__startswith="assess:").exists()


def test_a_bad_file_is_refused_and_the_others_are_written(
    capsys: Any, tmp_path: Path, cast: Cast, project: Initiative
) -> None:
    circle = "Name,Duration,Predecessors\nA,1d,2\nB,1d,1\n"
    paths = [file(tmp_path, circle, "circle.csv"), file(tmp_path, "", "empty.csv"), file(tmp_path, FIRST)]
    status, out = run(capsys, *paths, "--into", project.code, "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert [each["state"] for each in told] == ["refused", "refused", "imported"]
    assert Plan.objects.count() == 1


def test_a_stranger_imports_nothing(capsys: Any, tmp_path: Path, cast: Cast, project: Initiative) -> None:
    who = cast.users[STRANGER].email
    status, out = run(capsys, file(tmp_path, FIRST), "--into", project.code, "--as", who, "--json")
    assert (status, json.loads(out)["state"]) == (1, "refused")
    status, out = run(capsys, file(tmp_path, FIRST), "--into", project.code, "--as", who, "--dry-run", "--json")
    assert (status, json.loads(out)["state"]) == (1, "refused")
    assert not Plan.objects.exists()
