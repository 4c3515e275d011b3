"""What is ours of a plan whose file comes again and again, what is told of it, and who stays unseen."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.aligning import Known, aligned
from quarterdeck.apps.delivery.exchange.document import DocumentLink, DocumentResource, DocumentTask
from quarterdeck.apps.delivery.exchange.merging import Ours, merged
from quarterdeck.apps.delivery.models import Plan, PlanImport, PlanResource, SourceMatch, Task, TaskLink
from quarterdeck.apps.delivery.services import Choices
from quarterdeck.apps.delivery.services.matching import proposals
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.delivery.conftest import Shed, document
from tests.apps.delivery.test_updating import bring, changed, plan_of, preview, url_of, waiting, with_people
from tests.cast import EDITOR, Cast

pytestmark = pytest.mark.django_db
replace = msgspec.structs.replace


def overruled(shed: Shed, given: Any) -> dict[str, list[str]]:
    return {each["what"]: each["names"] for each in preview(shed, given)["overruled"]}


# -- week after week ---------------------------------------------------------------------------------------------------


def test_what_is_ours_stays_so_however_often_the_file_comes(shed: Shed) -> None:
    shed.set("Dig", "percent", "40")
    shed.set("Paint", "notes", "Ours")
    shed.set("Ground", "notes", "Ours too")
    for name in ("Harden", "Set", "Dry"):
        bring(shed, changed(Cure={"name": name}))
        assert (shed.task("Dig").percent, shed.task("Paint").notes) == (40, "Ours")
        assert shed.task("Ground").notes == "Ours too"
    told = {each["what"]: each["names"] for each in preview(shed, changed(Cure={"name": "Cure"}))["kept"]}
    assert told["reports of progress made here"] == ["Dig"]
    assert told["tasks edited here"] == ["Ground: notes", "Paint: notes"]
    # The file moves on by itself: it is right again.
    bring(shed, changed(Paint={"notes": "Theirs"}))
    assert (shed.task("Dig").percent, shed.task("Paint").notes) == (40, "Theirs")
    bring(shed, changed(Paint={"notes": ""}))
    assert shed.task("Paint").notes == ""


def test_what_was_preferred_stays_ours_until_the_file_says_something_else(shed: Shed) -> None:
    shed.set("Cure", "notes", "Ours")
    bring(shed, changed(Cure={"notes": "Theirs"}, Paint={"name": "Gloss"}), Choices(prefer_ours=True))
    bring(shed, changed(Cure={"notes": "Theirs"}, Paint={"name": "Varnish"}))
    assert shed.task("Cure").notes == "Ours"
    bring(shed, changed(Cure={"notes": "Theirs again"}))
    assert shed.task("Cure").notes == "Theirs again"


def test_what_was_changed_and_set_back_is_nobodys(shed: Shed) -> None:
    shed.set("Cure", "notes", "Ours")
    shed.set("Cure", "notes", "")
    given = changed(Cure={"notes": "Theirs"})
    assert overruled(shed, given) == {}
    bring(shed, given, Choices(prefer_ours=True))
    assert shed.task("Cure").notes == "Theirs"


def test_what_summaries_and_split_tasks_say_alone_stays(shed: Shed) -> None:
    lines = (
        DocumentTask(id=1, name="Ground", kind="SUMMARY", cost="5"),
        DocumentTask(id=2, name="Dig", parts=((0, 1), (2, 3)), duration=960),
    )
    given = replace(document(), tasks=lines, links=(), assignments=())
    edits = {
        1: {"notes": ("", "Ours"), "cost": ("5", "9"), "percent": (0.0, 10.0)},
        2: {"notes": ("", "Ours"), "duration": (960, 1440), "percent": (0.0, 40.0)},
    }
    found, kept = merged(given, Ours(edits))
    assert [(each.notes, each.cost, each.percent_complete) for each in found.tasks] == [
        ("Ours", "5", 0),
        ("Ours", "0", 0),
    ]
    assert (kept.fields, kept.overruled) == ({1: ("notes",), 2: ("notes",)}, {2: ("percent", "duration")})
    assert kept.said == {1: {"notes": ""}, 2: {"notes": ""}}


# -- what is overruled is told -----------------------------------------------------------------------------------------


def test_what_no_import_keeps_is_told(shed: Shed) -> None:
    system = shed.cast.north.actor
    cure, paint = shed.task("Cure"), shed.task("Paint")
    link = TaskLink.objects.get(plan=shed.plan, predecessor__name="Pour")
    link.lag = 0
    records.save(link, actor=system)
    records.delete(TaskLink.objects.get(plan=shed.plan, predecessor=cure), actor=system)
    cure.parent, cure.active = None, False
    records.save(cure, actor=system)
    assignment = shed.task("Dig").assignments.get()
    assignment.units = 0.25
    records.save(assignment, actor=system)
    records.delete(shed.task("Pour").assignments.get(), actor=system)
    records.delete(paint, actor=system)
    assert overruled(shed, document()) == {
        "tasks changed on both sides, the file’s version is taken": ["Cure: part of, active"],
        "tasks removed here that come back": ["Paint"],
        "links changed here, the file’s version is taken": ["Pour → Cure"],
        "links removed here that come back": ["Cure → Done", "Paint → Done"],
        "assignments changed here, the file’s version is taken": ["Ann: Dig"],
        "assignments removed here that come back": ["Bob: Pour"],
    }
    bring(shed, document())
    assert overruled(shed, document()) == {}


def test_what_an_import_brought_and_its_undo_removed_was_not_removed_here(shed: Shed) -> None:
    given = document()
    more = replace(given, tasks=(*given.tasks, DocumentTask(id=9, name="Roof", row=7, duration=480)))
    done = bring(shed, more)
    records.undo(done.batch, actor=shed.cast.actor(EDITOR))
    assert not Task.objects.filter(name="Roof").exists()
    assert overruled(shed, more) == {}


# -- people ------------------------------------------------------------------------------------------------------------


def tie(plan: Plan, name: str, person: Person, actor: Actor) -> None:
    resource = PlanResource.objects.get(plan=plan, name=name)
    resource.person = person
    records.save(resource, actor=actor)


def test_ties_to_people_one_may_not_see_are_neither_shown_nor_cut(shed: Shed, cast: Cast) -> None:
    zoe = cast.south.make(Person, name="Zoe Zander")
    tie(shed.plan, "Ann", zoe, cast.north.actor)
    cast.north.make(Person, name="Ann")
    given = changed(Dig={"duration": 1440})
    assert [each.name for each in proposals(given, shed.plan, actor=cast.actor(EDITOR))] == ["Bob"]
    client, code, run = cast.client(EDITOR), shed.plan.initiative.code, waiting(cast, given)
    page = client.get(url_of(run), {"into": code}).content.decode()
    assert "Zoe" not in page
    assert 'name="person-1"' not in page
    sent = {"into": code, "was_into": code, "plan": str(shed.plan.pk), "do": "write", "person-1": "", "person-2": ""}
    assert client.post(url_of(run), sent).status_code == 302
    drain()
    assert shed.task("Dig").duration == 1440
    assert PlanResource.objects.get(plan=shed.plan, name="Ann").person == zoe


def test_nobody_is_remembered_only_where_a_proposal_was_emptied(cast: Cast, project: Initiative) -> None:
    cast.north.make(Person, name="Ann Archer")
    given = with_people(DocumentResource(id=1, name="Ann Archer"), DocumentResource(id=2, name="Zoe Zander"))
    run, client = waiting(cast, given), cast.client(EDITOR)
    body = {"into": project.code, "do": "write", "person-1": "", "person-2": ""}
    assert client.post(url_of(run), body).status_code == 302
    drain()
    kept = SourceMatch.objects.get()
    assert (kept.key, kept.person) == ("ann archer", None)
    # Someone who sees Zoe is proposed her: nobody has said otherwise.
    zoe = cast.south.make(Person, name="Zoe Zander")
    found = {each.number: each.key for each in proposals(given, None, actor=cast.north.actor)}
    assert found == {1: None, 2: zoe.pk}


def test_whom_others_have_chosen_and_one_may_not_see_stays_remembered(cast: Cast, project: Initiative) -> None:
    zoe, ann = cast.south.make(Person, name="Zoe Zander"), cast.north.make(Person, name="Ann Archer")
    given = with_people(DocumentResource(id=1, name="Foreman"))
    for who, person in (("administrator", zoe), (EDITOR, ann)):
        run, actor = waiting(cast, given, who), cast.actor(who)
        services.choices_save(run=run, choices=Choices(people={1: person.pk}), actor=actor, into=project.code)
        services.files_write(upload=run.upload, into={run.pk: project.code}, actor=actor)
        drain()
        assert PlanImport.objects.get(pk=run.pk).state == "done"
    assert SourceMatch.objects.get(key="foreman").person == zoe


def test_the_preview_tells_the_ties_that_are_written(shed: Shed, cast: Cast) -> None:
    ann = cast.north.make(Person, name="Ann")
    assert "person" in {each["what"] for each in preview(shed, document())["lines"] if each["name"] == "Ann"}
    bring(shed, document())
    assert PlanResource.objects.get(plan=shed.plan, name="Ann").person == ann
    assert preview(shed, document())["lines"] == []


def test_a_plan_one_may_not_see_is_not_told_by_its_name(shed: Shed, cast: Cast) -> None:
    user = User.objects.create_user("guest@example.org", name="Guest")
    role = AccessRole(name="guest", permissions={"portfolio.initiative": ["view"]}, sees=[])
    records.save(role, actor=cast.north.actor)
    records.save(Grant(user=user, role=role, scope=shed.plan.initiative.scope), actor=cast.north.actor)
    actor = Actor(user=user, now=cast.actor(EDITOR).now)
    told = services.plan_preview(document=changed(Dig={"duration": 1440}), into=shed.plan.initiative.code, actor=actor)
    assert (told["plan"], "lines" in told) == (None, False)


# -- knowing again, refusing, taking back ------------------------------------------------------------------------------


def test_a_program_file_made_anew_is_known_by_names() -> None:
    known = Known(plan_of("MPP", (1, "Dig"), (2, "Pour"), (3, "Cure")).tasks)
    assert aligned(plan_of("MPP", (1, "Fence"), (2, "Dig"), (3, "Pour"), (4, "Cure")), known).tasks == {
        1: 5,
        2: 1,
        3: 2,
        4: 3,
    }


def test_a_file_that_would_be_refused_is_not_queued(shed: Shed, cast: Cast) -> None:
    given = document()
    run = waiting(cast, replace(given, links=(*given.links, DocumentLink(predecessor=4, successor=2))))
    client, code = cast.client(EDITOR), shed.plan.initiative.code
    response = client.post(url_of(run), {"into": code, "do": "write"})
    assert response.status_code == 422
    assert "Dig → Pour → Cure → Dig" in response.content.decode()
    assert PlanImport.objects.get(pk=run.pk).state == "read"


def test_an_undo_whose_job_failed_is_offered_again(shed: Shed, cast: Cast) -> None:
    client, code, run = cast.client(EDITOR), shed.plan.initiative.code, waiting(cast, changed(Dig={"duration": 1440}))
    client.post(url_of(run), {"into": code, "do": "write"})
    drain()
    assert shed.task("Dig").duration == 1440
    page = f"/plan-imports/{run.upload}/"
    PlanImport.objects.filter(pk=run.pk).update(report={})
    assert client.post(f"{url_of(run)}undo/").status_code == 302
    assert "data-job-url" in client.get(page).content.decode()
    with pytest.raises(ValidationError):
        services.import_undo(run=run, actor=cast.actor(EDITOR))
    Job.objects.filter(key=f"undo:{run.pk}").update(state="failed", key="", task_id=uuid.uuid4())
    html = client.get(page).content.decode()
    assert "data-job-url" not in html
    assert "Take back" in html
    assert "It stopped on the way. Nothing was changed." in html
    assert client.get(reverse("delivery-import-progress", args=[run.upload])).json()["state"] == "done"
    assert client.post(f"{url_of(run)}undo/").status_code == 302
    drain()
    assert PlanImport.objects.get(pk=run.pk).state == "undone"
    assert shed.task("Dig").duration == 960


def test_taking_many_tasks_back_takes_no_more_queries_than_few(cast: Cast) -> None:
    given, counts = document(), []
    for many in (5, 60):
        project = cast.north.make(Initiative, kind="project")
        more = [DocumentTask(id=100 + n, name=f"Fence {n}", row=10 + n, duration=480) for n in range(many)]
        links = [DocumentLink(predecessor=2, successor=each.id) for each in more]
        whole = replace(given, tasks=(*given.tasks, *more), links=(*given.links, *links))
        done = services.plan_import(document=whole, initiative=project, actor=cast.actor(EDITOR))
        with CaptureQueriesContext(connection) as seen:
            records.undo(done.batch, actor=cast.actor(EDITOR))
        assert not Plan.objects.filter(initiative=project).exists()
        counts.append(len(seen))
    assert counts[0] == counts[1]
