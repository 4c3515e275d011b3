"""The plan over HTTP: who gets what, the answers of edits, the past, and how many queries it takes."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Plan, PlanFile, PlanImport, Task
from quarterdeck.apps.delivery.selectors import memory
from quarterdeck.apps.delivery.services import imports
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.delivery.conftest import MONDAY, Shed, day, document
from tests.cast import ADMINISTRATOR, ANONYMOUS, EDITOR, READER, STRANGER

pytestmark = pytest.mark.django_db

CSV = "Name;Duration;Predecessors\nOne;2d;\nTwo;3d;1\n"


def test_the_whole_plan_comes_as_columns(shed: Shed) -> None:
    told = shed.cast.client(EDITOR).get(shed.url + "data").json()
    tasks = told["tasks"]
    assert {len(column) for column in tasks.values()} == {6}
    assert tasks["name"] == ["Ground", "Dig", "Pour", "Cure", "Paint", "Done"]
    assert tasks["wbs"] == ["1", "1.1", "1.2", "1.3", "2", "3"]
    assert tasks["predecessors"] == ["", "", "2", "3FS+1d", "", "4;5"]
    assert tasks["resources"] == ["", "Ann", "Bob 50%", "", "", ""]
    assert tasks["start"][2] == day(3)
    assert tasks["baseline_finish"] == [None, day(0, 1020), None, None, None, None]
    assert tasks["notes"] == [False, False, True, False, False, False]
    assert tasks["cost"][2] == 1200.5
    assert told["plan"]["editable"] is True
    assert told["links"]["kind"] == ["FS"] * 4
    assert told["links"]["driving"] == [True, True, True, False]
    assert told["calendars"][0]["week"][0] == [[480, 720], [780, 1020]]
    assert told["calendars"][0]["off"] == [[20459, 20459]]  # 6 January 2026
    assert [each["name"] for each in told["resources"]] == ["Ann", "Bob"]


def test_a_reader_sees_no_money_and_changes_nothing(shed: Shed) -> None:
    client = shed.cast.client(READER)
    told = client.get(shed.url + "data").json()
    assert told["plan"]["editable"] is False
    assert told["tasks"]["cost"] == [None] * 6
    command = {"do": "set", "task": shed.id("Dig"), "field": "name", "value": "Mine"}
    answer = shed.post(client, "edit", {"revision": shed.revision, "commands": [command]})
    assert answer.status_code == 403
    assert shed.task("Dig").name == "Dig"


@pytest.mark.parametrize("word", ["", "data", "changes?since=0", "why?task=1", "export.xlsx"])
def test_strangers_get_404_and_nobody_is_sent_to_sign_in(shed: Shed, word: str) -> None:
    assert shed.cast.client(STRANGER).get(shed.url + word).status_code == 404
    assert shed.cast.client(ANONYMOUS).get(shed.url + word).status_code == 302


def test_an_edit_answers_with_what_changed_and_undo_gives_it_back(shed: Shed) -> None:
    client = shed.cast.client(EDITOR)
    command = {"do": "set", "task": shed.id("Cure"), "field": "duration", "value": "2d"}
    told = shed.post(client, "edit", {"revision": shed.revision, "commands": [command]}).json()
    assert told["changed"]["name"] == ["Ground", "Cure", "Paint", "Done"]
    assert told["project_finish"] == day(10, 1020)
    assert (told["order"], told["removed"], told["revision"]) == (None, [], shed.revision)
    back = shed.post(client, "undo", {"batch": told["batch"]}).json()
    assert back["project_finish"] == day(9, 1020)
    again = shed.post(client, "redo", {"batch": back["batch"]}).json()
    assert again["project_finish"] == day(10, 1020)


def test_refusals_say_where_and_why(shed: Shed) -> None:
    client, known = shed.cast.client(EDITOR), shed.revision

    def sent(command: dict[str, Any], revision: int = known) -> Any:
        return shed.post(client, "edit", {"revision": revision, "commands": [command]})

    refused = sent({"do": "set", "task": shed.id("Dig"), "field": "duration", "value": "soon"})
    assert refused.status_code == 422
    assert refused.json()["field"] == "duration"
    assert refused.json()["task"] == shed.id("Dig")
    circle = sent({"do": "link", "predecessor": shed.id("Cure"), "successor": shed.id("Dig"), "kind": "FS", "lag": ""})
    assert circle.status_code == 422
    assert "Dig → Pour → Cure → Dig" in circle.json()["message"]
    shed.edit({"do": "set", "task": shed.id("Dig"), "field": "priority", "value": "700"})
    late = sent({"do": "set", "task": shed.id("Dig"), "field": "priority", "value": "100"})
    assert late.status_code == 409
    assert late.json()["revision"] == known + 1
    assert shed.post(client, "edit", {"revision": "x"}).status_code == 400


def test_another_editor_is_told_of_what_changed(shed: Shed) -> None:
    client, known = shed.cast.client(READER), shed.revision
    assert client.get(f"{shed.url}changes?since={known}").status_code == 304
    gone = shed.id("Paint")
    shed.edit({"do": "set", "task": shed.id("Cure"), "field": "duration", "value": "2d"})
    shed.edit({"do": "remove", "tasks": [gone]})
    told = client.get(f"{shed.url}changes?since={known}").json()
    assert told["removed"] == [gone]
    assert told["revision"] == known + 2
    assert told["order"] is not None
    assert "Cure" in told["changed"]["name"]


def test_the_notes_of_a_task_are_told_with_its_reasons(shed: Shed) -> None:
    client = shed.cast.client(EDITOR)
    assert client.get(f"{shed.url}why?task={shed.id('Cure')}").json()["notes"] == ""
    command = {"do": "set", "task": shed.id("Cure"), "field": "notes", "value": "Keep it wet."}
    told = shed.post(client, "edit", {"revision": shed.revision, "commands": [command]}).json()
    assert told["changed"]["notes"] == [True]
    assert client.get(f"{shed.url}why?task={shed.id('Cure')}").json()["notes"] == "Keep it wet."


def test_why_a_date_is_so_is_told_in_words(shed: Shed) -> None:
    client = shed.cast.client(READER)
    reasons = client.get(f"{shed.url}why?task={shed.id('Cure')}").json()["reasons"]
    assert [each["text"].split(":")[0] for each in reasons] == ["Cure", "Pour", "Dig"]
    assert "waits until “Pour” is finished (+1d)" in reasons[0]["text"]
    assert "starts with the plan" in reasons[2]["text"]


def test_a_past_date_shows_the_plan_as_it_was(shed: Shed) -> None:
    past = dt.timedelta(days=5)
    Change.objects.update(at=F("at") - past)
    shed.set("Pour", "duration", "9d")
    shed.edit({"do": "remove", "tasks": [shed.id("Paint")]})
    client = shed.cast.client(ADMINISTRATOR)
    on = (shed.cast.actor(EDITOR).today - dt.timedelta(days=2)).isoformat()
    told = client.get(shed.url + "data", {"as_of": on}).json()
    assert told["tasks"]["name"] == ["Ground", "Dig", "Pour", "Cure", "Paint", "Done"]
    assert told["tasks"]["finish"][5] == day(9, 1020)
    assert told["plan"]["editable"] is False
    command = {"do": "set", "task": shed.id("Dig"), "field": "name", "value": "Then"}
    assert shed.post(client, "edit", {"revision": 1, "commands": [command]}).status_code == 403
    long_ago = (shed.cast.actor(EDITOR).today - dt.timedelta(days=30)).isoformat()
    assert client.get(shed.url + "data", {"as_of": long_ago}).status_code == 404


def test_queries_do_not_grow_with_the_tasks(shed: Shed) -> None:
    client = shed.cast.client(EDITOR)

    def counted() -> int:
        memory.forget()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(shed.url + "data").status_code == 200
        return len(seen)

    counted()  # the first one finds the session
    few = counted()
    for number in range(20):
        shed.edit({"do": "add", "after": shed.id("Paint"), "parent": None, "name": f"More {number}", "key": ""})
    assert counted() == few
    assert few <= 20


def test_the_page_mounts_the_plan_and_without_one_says_how_to_get_it(shed: Shed) -> None:
    page = shed.cast.client(EDITOR).get(shed.url).content.decode()
    assert f'data-url="{shed.url}"' in page
    assert '"MUST_START_ON"' in page
    bare = shed.cast.north.make(type(shed.plan.initiative))
    empty = shed.cast.client(EDITOR).get(f"/projects/{bare.code}/plan/").content.decode()
    assert "No plan yet" in empty
    made = shed.cast.client(EDITOR).post(f"/projects/{bare.code}/plan/do/new/")
    assert made.status_code == 302
    assert Plan.objects.get(initiative=bare).is_current


def test_the_home_of_a_project_tells_its_plan(shed: Shed) -> None:
    page = shed.cast.client(READER).get(f"/projects/{shed.plan.initiative.code}/").content.decode()
    assert 'id="plan-card"' in page
    assert shed.url in page


def test_a_plan_becomes_current_and_a_copy_is_dropped(shed: Shed) -> None:
    client, code = shed.cast.client(EDITOR), shed.plan.initiative.code
    client.post(f"/projects/{code}/plan/do/copy/", {"plan": shed.plan.pk})
    copy = Plan.objects.get(origin=shed.plan)
    assert client.get(f"/projects/{code}/plan/{copy.pk}/data").json()["plan"]["name"] == "Shed, what if"
    client.post(f"/projects/{code}/plan/do/adopt/", {"plan": copy.pk})
    assert Plan.objects.get(initiative=shed.plan.initiative, is_current=True) == copy
    client.post(f"/projects/{code}/plan/do/drop/", {"plan": shed.plan.pk})
    assert not Plan.objects.filter(pk=shed.plan.pk).exists()


def test_files_are_uploaded_read_shown_and_written(shed: Shed, django_capture_on_commit_callbacks: Any) -> None:
    client, code = shed.cast.client(EDITOR), shed.plan.initiative.code
    files = [SimpleUploadedFile("small.csv", CSV.encode()), SimpleUploadedFile("empty.mpp", b"")]
    answer = client.post("/plan-imports/", {"file": files, "into": code})
    assert answer.status_code == 302
    address = answer.headers["Location"]
    drain()
    answer = client.get(address)
    page = answer.content.decode()
    assert "small.csv" in page
    read, refused = PlanImport.objects.order_by("pk")
    shown = next(one for one in answer.context["runs"] if one["run"] == read)
    assert 1 < shown["score"] == read.report["quality"]["score"] * 100 <= 100
    assert (read.state, refused.state) == ("read", "refused")
    assert read.report["counts"]["tasks"] == 2
    assert client.get(address + "progress").json()["state"] == "done"
    assert shed.cast.client(READER).get(address).status_code == 404
    client.post(address + "write/", {f"into-{read.pk}": code})
    drain()
    read.refresh_from_db()
    assert read.state == "done", read.report
    assert read.plan is not None
    plan = read.plan
    assert (plan.initiative.code, plan.is_current) == (code, False)
    assert list(Task.objects.filter(plan=plan).values_list("name", flat=True)) == ["One", "Two"]


def test_what_is_too_large_together_is_refused_before_it_is_read(shed: Shed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "WHOLE", 100)
    monkeypatch.setattr(SimpleUploadedFile, "read", lambda _file, *_size: pytest.fail("read"))
    files = [SimpleUploadedFile(f"{number}.csv", b"x" * 60) for number in range(2)]
    with pytest.raises(ValidationError, match="At most 0 MB at once"):
        services.files_upload(files=files, actor=shed.cast.actor(EDITOR))
    assert not PlanImport.objects.exists()


def test_files_that_nobody_writes_are_forgotten_after_a_week(shed: Shed) -> None:
    upload = services.files_upload(files=[SimpleUploadedFile("small.csv", CSV.encode())], actor=shed.cast.actor(EDITOR))
    drain()
    enqueue(imports.files_forgotten, actor=Actor.system(now=clock.now()), title="Forget")
    drain()
    assert PlanImport.objects.filter(upload=upload).count() == 1
    PlanImport.objects.update(created_at=clock.now() - dt.timedelta(days=8))
    enqueue(imports.files_forgotten, actor=Actor.system(now=clock.now()), title="Forget")
    drain()
    assert not PlanImport.objects.filter(upload=upload).exists()
    assert not PlanFile.objects.exists()


def test_tasks_of_copies_are_in_no_list(shed: Shed) -> None:
    services.plan_copy(plan=shed.plan, actor=shed.cast.actor(EDITOR))
    told = shed.cast.client(EDITOR).get("/api/v1/tasks").json()
    assert told["total"] == Task.objects.filter(plan=shed.plan).count() == 6


def test_an_edit_of_a_plan_that_is_gone_says_so(shed: Shed) -> None:
    key, actor = shed.plan.pk, shed.cast.actor(EDITOR)
    services.plan_remove(Plan.objects.get(pk=key), actor=actor)
    with pytest.raises(services.PlanRefused, match="has been removed meanwhile"):
        services.plan_edit(plan_id=key, commands=[], revision=1, actor=actor)


def test_a_plan_goes_below_a_programme_as_a_project_of_its_own(shed: Shed) -> None:
    portfolio = shed.plan.initiative.parent
    assert portfolio is not None
    actor = shed.cast.actor(EDITOR)
    told = services.plan_preview(document=document(name="Barn"), into=portfolio.code, actor=actor)
    assert (told["project"], told["project_name"], told["added"]) == ("", "Barn", 6)
    done = services.plan_bring(document=document(name="Barn"), into=portfolio.code, actor=actor)
    assert (done.plan.initiative.name, done.plan.initiative.parent) == ("Barn", portfolio)
    again = services.plan_bring(document=document(name="Barn"), into=portfolio.code, actor=actor)
    assert (again.plan, again.added, again.changed) == (done.plan, 0, 0)
    with pytest.raises(ValidationError, match="Another file of this upload holds a plan called “Barn”"):
        services.plan_bring(document=document(name="Barn"), into=portfolio.code, actor=actor, beside={done.plan.pk})


def test_a_second_file_of_one_name_takes_no_ones_place(shed: Shed) -> None:
    client, portfolio = shed.cast.client(EDITOR), shed.plan.initiative.parent
    assert portfolio is not None
    texts = (CSV, CSV.replace("One", "Other"))
    archives = [
        SimpleUploadedFile(f"{folder}/small.csv", text.encode()) for folder, text in zip("ab", texts, strict=True)
    ]
    address = client.post("/plan-imports/", {"file": archives, "into": portfolio.code}).headers["Location"]
    drain()
    runs = list(PlanImport.objects.order_by("pk"))
    client.post(address + "write/", {f"into-{each.pk}": portfolio.code for each in runs})
    drain()
    first, second = PlanImport.objects.order_by("pk")
    assert (first.state, second.state) == ("done", "read")
    assert "holds a plan called “small”" in second.report["refusal"]
    assert list(Task.objects.filter(plan=first.plan).values_list("name", flat=True)) == ["One", "Two"]


def test_a_batch_of_nothing_known_is_not_undone(shed: Shed) -> None:
    answer = shed.post(shed.cast.client(EDITOR), "undo", {"batch": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert json.loads(answer.content)["message"]
    assert shed.task("Dig").start == MONDAY


def test_a_request_sent_twice_is_answered_alike(shed: Shed) -> None:
    client, known = shed.cast.client(EDITOR), shed.revision
    body = {
        "revision": known,
        "request": "r-1",
        "commands": [{"do": "add", "after": shed.id("Paint"), "name": "Roof", "key": "new--7"}],
    }
    first = shed.post(client, "edit", body).json()
    again = shed.post(client, "edit", body).json()
    assert again["keys"] == first["keys"] == {"new--7": shed.id("Roof")}
    assert again["batch"] == first["batch"] is not None
    assert (again["revision"], shed.revision) == (first["revision"], known + 1)


def test_a_plan_brought_beside_another_is_opened_and_said_to_be_so(shed: Shed) -> None:
    services.files_upload(
        files=[SimpleUploadedFile("small.csv", CSV.encode())],
        actor=shed.cast.actor(EDITOR),
        into=shed.plan.initiative.code,
    )
    drain()
    run = PlanImport.objects.get()
    client, address = shed.cast.client(EDITOR), f"/plan-imports/{run.upload}/"
    client.post(address + "write/", {f"into-{run.pk}": shed.plan.initiative.code})
    drain()
    run.refresh_from_db()
    assert run.plan is not None
    page = client.get(address).content.decode()
    assert f'href="{shed.url}{run.plan.pk}/"' in page
    assert "stands beside the current plan" in page
