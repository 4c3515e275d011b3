"""A plan file that comes again: known by number, code, name or WBS; told before it is written; ours is kept."""

from __future__ import annotations

import json
import uuid
from typing import Any

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.aligning import Known, aligned
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    PlanDocument,
    Stored,
)
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanFile, PlanImport, PlanResource, SourceMatch, Task
from quarterdeck.apps.delivery.services import Choices
from quarterdeck.apps.delivery.services.matching import Certainty, proposals
from quarterdeck.apps.organisation.models import CalendarException, CalendarShift, WorkCalendar
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.delivery.conftest import MONDAY, Shed, day, document
from tests.cast import EDITOR, READER, STRANGER, Cast

pytestmark = pytest.mark.django_db
replace = msgspec.structs.replace


def changed(**tasks: dict[str, Any]) -> PlanDocument:
    """The small plan with other values of tasks, by name."""
    given = document()
    return replace(given, tasks=tuple(replace(each, **tasks.get(each.name, {})) for each in given.tasks))


def preview(shed: Shed, given: PlanDocument, **more: Any) -> dict[str, Any]:
    return services.plan_preview(document=given, into=shed.plan.initiative.code, actor=shed.cast.actor(EDITOR), **more)


def bring(shed: Shed, given: PlanDocument, choices: Choices | None = None) -> Any:
    code = shed.plan.initiative.code
    return services.plan_bring(document=given, into=code, actor=shed.cast.actor(EDITOR), choices=choices)


# -- knowing tasks again -----------------------------------------------------------------------------------------------


def plan_of(kind: str, *rows: tuple[int, str], **more: Any) -> PlanDocument:
    return PlanDocument(
        name="List", program="", kind=kind, tasks=tuple(DocumentTask(id=n, name=name) for n, name in rows), **more
    )


def test_a_row_put_into_a_list_renames_nothing() -> None:
    known = Known(plan_of("CSV", (1, "Dig"), (2, "Pour"), (3, "Cure")).tasks)
    found = aligned(plan_of("CSV", (1, "Fence"), (2, "Dig"), (3, "Pour"), (4, "Cure")), known)
    assert found.tasks == {1: 5, 2: 1, 3: 2, 4: 3}


def test_a_program_renames_by_its_number() -> None:
    known = Known(plan_of("MPP", (1, "Dig"), (2, "Pour")).tasks)
    assert aligned(plan_of("MPP", (1, "Excavate"), (2, "Pour")), known).tasks == {1: 1, 2: 2}


def test_an_activity_id_tells_more_than_a_number() -> None:
    known = Known((DocumentTask(id=1, name="Dig", code="A10"), DocumentTask(id=2, name="Pour", code="A20")))
    given = PlanDocument(
        name="P6",
        program="",
        kind="XER",
        tasks=(DocumentTask(id=2, name="Digging", code="A10"), DocumentTask(id=1, name="Pouring", code="A20")),
        links=(DocumentLink(predecessor=2, successor=1),),
        assignments=(DocumentAssignment(id=1, task=2),),
    )
    found = aligned(given, known)
    assert found.tasks == {2: 1, 1: 2}
    assert (found.document.links[0].predecessor, found.document.links[0].successor) == (1, 2)
    assert found.document.assignments[0].task == 1


def test_names_that_two_tasks_share_tell_nothing() -> None:
    known = Known(plan_of("CSV", (1, "Test"), (2, "Test")).tasks)
    assert aligned(plan_of("CSV", (5, "Test"), (6, "Test")), known).tasks == {5: 5, 6: 6}


def test_a_new_task_never_takes_the_number_of_one_added_here() -> None:
    known = Known(plan_of("MPP", (1, "Dig"), (2, "Ours")).tasks, ours=frozenset({2}))
    found = aligned(plan_of("MPP", (1, "Dig"), (2, "Theirs")), known)
    assert found.tasks == {1: 1, 2: 3}
    assert not found.knows_ours


def test_a_file_made_from_the_plan_knows_what_was_added_here() -> None:
    known = Known(plan_of("MSPDI", (1, "Dig"), (2, "Ours")).tasks, ours=frozenset({2}))
    assert aligned(plan_of("MSPDI", (1, "Dig"), (2, "Ours")), known).knows_ours


# -- what would change -------------------------------------------------------------------------------------------------


def test_every_kind_of_change_is_told_with_its_figures(shed: Shed) -> None:
    given = changed(
        Dig={"duration": 1440},
        Pour={"name": "Pour slab", "cost": "1300.50", "percent_complete": 0.0},
        Cure={"deadline": day(20)},
    )
    kept = [each for each in given.tasks if each.name != "Paint"]
    roof = DocumentTask(id=9, name="Roof", parent=1, row=7, duration=960, stored=Stored(start=MONDAY))
    given = replace(
        given,
        tasks=(*kept[:4], roof, *kept[4:]),
        links=(
            *given.links[:1],
            replace(given.links[1], lag=960),
            given.links[2],
            DocumentLink(predecessor=4, successor=9),
        ),
        assignments=(replace(given.assignments[0], units=0.5), given.assignments[1]),
    )
    before = Plan.objects.get(pk=shed.plan.pk).revision
    told = preview(shed, given)
    lines = {(each["group"], each["name"]): each for each in told["lines"]}
    assert (told["added"], told["removed"]) == (1, 1)
    assert lines["added", "Roof"]["after"] == "below “Ground”"
    assert lines["removed", "Paint"]["before"] == "at the top"
    assert (lines["renamed", "Pour"]["before"], lines["renamed", "Pour"]["after"]) == ("Pour", "Pour slab")
    dug = lines["durations", "Dig"]
    assert (dug["before"], dug["after"], dug["by"]) == ("2d", "3d", "+1 d")
    lag = lines["links", "Pour slab → Cure"]
    assert (lag["what"], lag["before"], lag["after"]) == ("lag", "FS+1d", "FS+2d")
    assert lines["cost", "Pour slab"]["by"] == "+100"
    assert lines["constraints", "Cure"]["after"] == "2026-01-25 08:00"
    # A day more of digging and one of lag: Cure ends two working days later; the milestone with it.
    assert lines["dates", "Cure"]["by"] == "+2 d"
    assert told["finish_moved_minutes"] == 4 * 480
    assert (told["finish_before"], told["finish_after"]) == ("2026-01-14", "2026-01-20")
    assert "50 %" in lines["resources", "Ann: Dig"]["after"]
    assert told["groups"]["links"] == len([each for each in told["lines"] if each["group"] == "links"])
    assert Plan.objects.get(pk=shed.plan.pk).revision == before
    assert not Task.objects.filter(name="Roof").exists()


def test_what_is_told_is_what_is_then_written(shed: Shed) -> None:
    given = changed(Dig={"duration": 1440}, Cure={"name": "Harden"})
    told = preview(shed, given)
    done = bring(shed, given)
    assert (done.added, done.changed, done.removed) == (0, 2, 0)
    finish = Plan.objects.get(pk=shed.plan.pk).finishes_on
    assert finish is not None
    assert finish.isoformat() == told["finish_after"]
    assert preview(shed, given)["lines"] == []


def test_amounts_are_told_to_those_who_see_them_only(shed: Shed, cast: Cast) -> None:
    reader = cast.actor(READER)
    told = services.plan_preview(document=changed(Pour={"cost": "9"}), into=shed.plan.initiative.code, actor=reader)
    (line,) = [each for each in told["lines"] if each["group"] == "cost"]
    assert (line["before"], line["after"], line["by"], told["cost"]) == ("•••", "•••", "", None)


def test_a_new_place_in_the_order_is_no_change(shed: Shed) -> None:
    given = document()
    roof = DocumentTask(id=9, name="Roof", row=2, duration=480, stored=Stored(start=MONDAY))
    done = bring(shed, replace(given, tasks=(roof, *given.tasks)))
    assert (done.added, done.changed) == (1, 0)
    names = Task.objects.filter(plan=shed.plan).order_by("position").values_list("name", flat=True)
    assert list(names)[:2] == ["Roof", "Ground"]


# -- what stays --------------------------------------------------------------------------------------------------------


def test_progress_reported_here_stays_where_the_file_says_nothing_new(shed: Shed) -> None:
    shed.set("Dig", "percent", "40")
    told = preview(shed, changed(Cure={"name": "Harden"}))
    assert {"what": "reports of progress made here", "count": 1, "names": ["Dig"]} in told["kept"]
    bring(shed, changed(Cure={"name": "Harden"}))
    assert shed.task("Dig").percent == 40
    assert shed.task("Harden").percent == 0
    bring(shed, changed(Cure={"name": "Set"}))
    assert shed.task("Dig").percent == 40


def test_where_both_sides_report_the_file_is_right_unless_ours_is_preferred(shed: Shed) -> None:
    shed.set("Dig", "percent", "40")
    shed.set("Cure", "notes", "Ours")
    given = changed(Dig={"percent_complete": 50.0, "actual_start": MONDAY, "remaining": 480}, Cure={"notes": "Theirs"})
    (lost,) = preview(shed, given)["overruled"]
    assert lost["count"] == 2
    bring(shed, given, Choices(prefer_ours=True))
    assert (shed.task("Dig").percent, shed.task("Cure").notes) == (40, "Ours")
    bring(shed, given)
    assert (shed.task("Dig").percent, shed.task("Cure").notes) == (50, "Theirs")


def test_the_file_overrules_by_default(shed: Shed) -> None:
    shed.set("Cure", "notes", "Ours")
    bring(shed, changed(Cure={"notes": "Theirs"}))
    assert shed.task("Cure").notes == "Theirs"


def test_tasks_links_and_baselines_of_ours_stay_as_long_as_they_are_to(shed: Shed) -> None:
    services.baseline_take(plan=shed.plan, actor=shed.cast.actor(EDITOR), name="Agreed", number=0)
    shed.edit({"do": "add", "key": "new", "name": "Inspect", "after": shed.id("Cure")})
    inspect = shed.task("Inspect")
    shed.set("Inspect", "predecessors", str(list(_order(shed)).index("Cure") + 1))
    given = changed(Dig={"duration": 480})
    told = preview(shed, given)
    kept = {each["what"]: each["count"] for each in told["kept"]}
    assert (kept["baselines taken here"], kept["tasks added here"], kept["links added here"]) == (1, 1, 1)
    bring(shed, given)
    assert shed.task("Inspect").pk == inspect.pk
    assert shed.task("Inspect").parent == shed.task("Ground")
    assert Baseline.objects.get(plan=shed.plan, number=0).name == "Agreed"
    # Again, and with a new task of the file that has the number of ours.
    more = DocumentTask(id=inspect.uid, name="Fence", row=7, duration=480, stored=Stored(start=MONDAY))
    bring(shed, replace(given, tasks=(*given.tasks, more)))
    assert {"Inspect", "Fence"} <= set(_order(shed))
    bring(shed, given, Choices(keep_added=False))
    assert "Inspect" not in set(_order(shed))


def _order(shed: Shed) -> Any:
    return Task.objects.filter(plan=shed.plan).order_by("position").values_list("name", flat=True)


def test_comments_stay_with_tasks_and_those_that_go_are_told(shed: Shed) -> None:
    actor = shed.cast.actor(EDITOR)
    for name in ("Dig", "Paint"):
        comment_add(record=shed.task(name), body="Look", actor=actor)
    given = document()
    told = preview(shed, replace(given, tasks=tuple(each for each in given.tasks if each.name != "Paint")))
    assert {"what": "comments on tasks", "count": 1, "names": []} in told["kept"]
    assert {"what": "comments on tasks that go", "count": 1, "names": []} in told["overruled"]


# -- people and calendars ----------------------------------------------------------------------------------------------


@pytest.fixture
def ann(cast: Cast) -> Person:
    return cast.north.make(Person, name="Ann Archer", email="ann@example.org")


def with_people(*people: DocumentResource, name: str = "Other") -> PlanDocument:
    return document(resources=people, assignments=(), name=name, author="B. Builder")


def test_people_are_proposed_with_the_reason(cast: Cast, ann: Person) -> None:
    cast.north.make(Person, name="Tunde Adébayo", email="")
    given = with_people(
        DocumentResource(id=1, name="A. A.", email="Ann@Example.org"),
        DocumentResource(id=2, name="Adebayo, T"),
        DocumentResource(id=3, name="Crane 4"),
    )
    found = {each.number: each for each in proposals(given, None, actor=cast.actor(EDITOR))}
    assert (found[1].key, found[1].why, found[1].certainty) == (ann.pk, "Same e-mail address", Certainty.SURE)
    assert (found[2].label, found[2].why, found[2].certainty) == (
        "Tunde Adébayo",
        "Same surname and initial",
        Certainty.LIKELY,
    )
    assert (found[3].key, found[3].certainty) == (None, Certainty.NONE)


def test_nobody_whom_one_may_not_see_is_proposed(cast: Cast) -> None:
    cast.south.make(Person, name="Zoe Zander", email="zoe@example.org")
    given = with_people(DocumentResource(id=1, name="Zoe Zander", email="zoe@example.org"))
    (found,) = proposals(given, None, actor=cast.actor(EDITOR))
    assert (found.key, found.label) == (None, "")


def test_what_was_chosen_is_remembered_for_the_source(cast: Cast, ann: Person, project: Initiative) -> None:
    actor = cast.actor(EDITOR)
    given = with_people(DocumentResource(id=1, name="Foreman"), DocumentResource(id=2, name="Ann Archer"))
    run = waiting(cast, given)
    services.choices_save(run=run, choices=Choices(people={1: ann.pk, 2: None}), actor=actor, into=project.code)
    services.files_write(upload=run.upload, into={run.pk: project.code}, actor=actor)
    drain()
    held = dict(PlanResource.objects.filter(plan__initiative=project).values_list("name", "person_id"))
    assert held == {"Foreman": ann.pk, "Ann Archer": None}
    other = with_people(DocumentResource(id=7, name="foreman"), DocumentResource(id=8, name="Ann Archer"), name="Next")
    found = {each.number: each for each in proposals(other, None, actor=actor)}
    assert (found[7].key, found[8].key) == (ann.pk, None)
    assert found[7].why.startswith("Chosen by Editor on ")
    done = services.plan_bring(document=other, into=project.code, actor=actor)
    assert dict(PlanResource.objects.filter(plan=done.plan).values_list("name", "person_id")) == {
        "foreman": ann.pk,
        "Ann Archer": None,
    }
    assert SourceMatch.objects.count() == 2


def test_a_person_whom_one_may_not_see_cannot_be_chosen(cast: Cast, project: Initiative) -> None:
    secret = cast.south.make(Person, name="Zoe Zander")
    run = waiting(cast, with_people(DocumentResource(id=1, name="Foreman")))
    with pytest.raises(ValidationError, match="Choose people whom you may see"):
        services.choices_save(run=run, choices=Choices(people={1: secret.pk}), actor=cast.actor(EDITOR))
    assert not PlanImport.objects.get(pk=run.pk).report.get("choices")


def test_a_calendar_of_the_organisation_takes_the_place_of_the_file_s(cast: Cast, project: Initiative) -> None:
    system = cast.north.actor
    calendar = WorkCalendar(name="Site", country="GB", hours_per_day=8)
    records.save(calendar, actor=system)
    for weekday in range(5):
        shift = CalendarShift(calendar=calendar, weekday=weekday, starts_at="07:00", ends_at="15:00")
        records.save(shift, actor=system)
    off = CalendarException(calendar=calendar, name="Stocktaking", starts_on="2026-01-07", ends_on="2026-01-07")
    records.save(off, actor=system)
    actor = cast.actor(EDITOR)
    given = document()
    done = services.plan_import(
        document=given, initiative=project, actor=actor, choices=Choices(calendars={1: calendar.pk})
    )
    tasks = {each.name: each for each in Task.objects.filter(plan=done.plan)}
    # Monday and Tuesday from seven to three (no Epiphany now); Wednesday is stocktaking, so Pour begins on Thursday.
    assert (tasks["Dig"].start, tasks["Dig"].finish) == (day(0, 480), day(3, 480))
    assert tasks["Pour"].start == day(3, 480)
    stored = done.plan.calendars.get(uid=1)
    assert stored.name == "Site"
    assert {"2026-01-01", "2026-01-07"} <= {each["first"] for each in stored.definition["exceptions"]}


# -- the conversation --------------------------------------------------------------------------------------------------


def waiting(cast: Cast, given: PlanDocument, who: str = EDITOR) -> PlanImport:
    """A file that was read and waits to be given a place."""
    run = PlanImport.objects.create(
        user=cast.users[who],
        upload=uuid.uuid4(),
        file_name="shed.xml",
        state=PlanImport.State.READ,
        report={"counts": {"tasks": len(given.tasks)}},
        batch=uuid.uuid4(),
        created_at=cast.actor(who).now,
    )
    PlanFile.objects.create(run=run, content=b"", document=msgspec.json.encode(given))
    return run


def url_of(run: PlanImport) -> str:
    return f"/plan-imports/{run.upload}/{run.pk}/"


def test_the_page_shows_what_would_change_and_writes_it(shed: Shed, cast: Cast, ann: Person) -> None:
    client, code = cast.client(EDITOR), shed.plan.initiative.code
    run = waiting(cast, changed(Dig={"duration": 1440, "name": "Dig deep"}))
    assert "Where it goes" in client.get(url_of(run)).content.decode()
    response = client.post(url_of(run), {"into": code, "do": "show", "keep_added": "1", "person-1": str(ann.pk)})
    assert response.status_code == 302
    html = client.get(url_of(run)).content.decode()
    for words in ("What would change", "Dig deep", "2d", "3d", "+1 d", "Ann Archer", "has 6 of 6 tasks"):
        assert words in html, words
    only = client.get(url_of(run), {"group": "renamed"}).content.decode()
    assert '<td class="wrap-text" data-phone="meta">3d</td>' not in only
    assert "Dig deep" in only
    rows = client.get(f"{url_of(run)}changes.csv").content.decode().splitlines()
    assert any(row.startswith("Durations,Dig deep,duration,2d,3d,") for row in rows)
    assert shed.task("Dig").duration == 960
    sent = {"into": code, "was_into": code, "plan": str(shed.plan.pk), "do": "write", "keep_added": "1"}
    assert client.post(url_of(run), {**sent, "person-1": str(ann.pk)}).status_code == 302
    drain()
    assert shed.task("Dig deep").duration == 1440
    assert PlanResource.objects.get(plan=shed.plan, name="Ann").person == ann
    assert PlanImport.objects.get(pk=run.pk).state == "done"
    assert client.get(url_of(run)).status_code == 302


def test_a_file_can_become_a_plan_beside(shed: Shed, cast: Cast) -> None:
    client, code = cast.client(EDITOR), shed.plan.initiative.code
    run = waiting(cast, changed(Dig={"duration": 1440}))
    client.post(url_of(run), {"into": code, "was_into": code, "plan": "new", "do": "write"})
    drain()
    assert Plan.objects.filter(initiative=shed.plan.initiative).count() == 2
    assert shed.task("Dig").duration == 960


def test_a_circle_is_told_and_nothing_written(shed: Shed, cast: Cast) -> None:
    given = document()
    run = waiting(cast, replace(given, links=(*given.links, DocumentLink(predecessor=4, successor=2))))
    client, code = cast.client(EDITOR), shed.plan.initiative.code
    client.post(url_of(run), {"into": code, "do": "show"})
    html = client.get(url_of(run)).content.decode()
    assert "It cannot be imported so" in html
    assert "Dig → Pour → Cure → Dig" in html


@pytest.mark.parametrize(
    "sent",
    [
        {"into": "NOWHERE"},
        {"into": "' OR 1=1"},
        {"person-1": "999999999999"},
        {"calendar-1": "424242"},
        {"plan": "99999999999999999999", "was": True},
    ],
)
def test_nonsense_is_refused_in_words(shed: Shed, cast: Cast, sent: dict[str, Any]) -> None:
    client, code = cast.client(EDITOR), shed.plan.initiative.code
    run = waiting(cast, changed(Dig={"duration": 1440}))
    body = {"into": code, "do": "write", **({"was_into": code} if sent.pop("was", False) else {}), **sent}
    response = client.post(url_of(run), body)
    assert response.status_code == 422
    assert shed.task("Dig").duration == 960


def test_hostile_words_of_a_file_are_shown_as_words(shed: Shed, cast: Cast) -> None:
    run = waiting(cast, changed(Dig={"name": "<script>alert(1)</script>"}))
    client = cast.client(EDITOR)
    html = client.get(url_of(run), {"into": shed.plan.initiative.code}).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_formula_in_the_file_is_text_in_the_csv(shed: Shed, cast: Cast) -> None:
    run = waiting(cast, changed(Dig={"name": "=cmd()"}))
    client, code = cast.client(EDITOR), shed.plan.initiative.code
    client.post(url_of(run), {"into": code, "do": "show"})
    assert ",=cmd()" not in client.get(f"{url_of(run)}changes.csv").content.decode()


@pytest.mark.parametrize("who", [READER, STRANGER])
def test_others_see_nothing_of_a_file(shed: Shed, cast: Cast, who: str) -> None:
    run = waiting(cast, document())
    client: Client = cast.client(who)
    for path in ("", "changes.csv"):
        assert client.get(url_of(run) + path).status_code == 404
    assert client.post(url_of(run), {"into": "X"}).status_code == 404
    assert client.post(f"{url_of(run)}undo/").status_code == 404


def test_the_preview_is_plain_values(shed: Shed) -> None:
    told = preview(shed, changed(Dig={"duration": 1440}))
    assert json.loads(json.dumps(told)) == told
