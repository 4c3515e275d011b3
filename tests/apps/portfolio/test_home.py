"""The home pages over HTTP: what stands there, for whom, as of when, at which cost."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.people.models import Role
from quarterdeck.apps.portfolio import services
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.home import place_of
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.approvals import request_approval
from quarterdeck.kernel.approvals.models import Approval
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.ui import slots
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.evaluation import evaluate
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson
from tests.apps.portfolio.conftest import TODAY, Lead, Make, day, signed_in

HOME = "/projects/PRJ-0001/"
READ = {"portfolio.*": ["view"], "people.*": ["view"], "organisation.*": ["view"]}
WRITE = {**READ, "approvals.*": ["view"], "portfolio.initiative": ["*"], "people.roleassignment": ["*"]}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's clock stands at the day of the tests."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def manager(given: MakeActor) -> Client:
    """Someone who may do everything with initiatives and roles, and sees money."""
    return signed_in(given(scopes.root(), WRITE, ["money"]).user)


@pytest.fixture
def reader(given: MakeActor) -> Client:
    """Someone who reads initiatives everywhere, without money."""
    return signed_in(given(scopes.root(), {"portfolio.initiative": ["view"]}).user)


def cells(page: str) -> dict[str, tuple[str, str]]:
    """Return the headline: label to value and note."""
    found = {}
    for cell in page.split('class="headline-cell"')[1:]:
        parts = [_text(part) for part in re.findall(r'<div class="headline-(?:label|value|note)">(.*?)</div>', cell)]
        found[parts[0]] = (parts[1], parts[2] if len(parts) > 2 else "")
    return found


def _text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", "", html)).strip()


@pytest.mark.usefixtures("backbone")
def test_strangers_and_those_elsewhere_find_nothing(
    make: Make, top: Initiative, stranger: Actor, given: MakeActor
) -> None:
    other = make("Renewals", "portfolio")
    elsewhere = signed_in(given(other.scope, WRITE).user)
    for address in (HOME, "/programmes/PG-0001/", "/portfolios/PF-0001/"):
        assert signed_in(stranger.user).get(address).status_code == 404
        assert elsewhere.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert elsewhere.get(other.url).status_code == 200
    assert elsewhere.get("/projects/PRJ-9999/").status_code == 404


@pytest.mark.usefixtures("backbone")
def test_the_address_says_the_kind(manager: Client) -> None:
    for wrong in ("/programmes/PRJ-0001/", "/projects/prj-0001/"):
        answer = manager.get(wrong)
        assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert manager.get("/initiatives/PRJ-0001/")["Location"] == HOME
    assert manager.get("/projects/")["Location"] == "/initiatives/?f.kind=project"


def test_the_home_of_a_project(manager: Client, backbone: Initiative, lead: Lead) -> None:
    lead("Sue Sponsor", "SPONSOR", backbone)
    page = manager.get(HOME).content.decode()
    crumbs = re.findall(r'<nav class="crumbs".*?</nav>', page, re.S)[0]
    assert re.findall(r'href="(/[^"]+)"', crumbs) == ["/portfolios/PF-0001/", "/programmes/PG-0001/"]
    assert cells(page) == {
        "Planned start": ("14 Feb", "should have started 30 days ago"),
        "Planned finish": ("6 Mar", "6 working days late, tolerance 15"),
        "Tolerance": ("15 d · 10%", "working days; cost"),
        "Budget": ("£2.00m", ""),
        "Open findings": ("0", "nothing found"),
    }
    assert [_text(name) for name in re.findall(r'<li class="stage.*?</b>', page, re.S)] == [
        "Start-up",
        "Initiation",
        "Delivery",
        "Closure",
    ]
    assert "No Project manager" in page
    assert "No Executive sponsor" not in page
    manager_role = Role.objects.get(code="PM")
    add = f"/role-assignments/new/?scope={backbone.scope_id}&amp;role={manager_role.pk}"
    assert add in page
    form = manager.get(add.replace("&amp;", "&")).content.decode()
    assert 'value="Project manager"' in form
    assert " style=" not in page
    assert page.index(">Edit<") < page.index(">Activate<")


def test_who_may_only_read_sees_no_money_and_no_actions(reader: Client, backbone: Initiative, lead: Lead) -> None:
    lead("Sue Sponsor", "SPONSOR", backbone)
    lead("Tim Member", "TEAM-MEMBER", backbone)
    page = reader.get(HOME).content.decode()
    assert cells(page)["Budget"] == ("•••", "")
    assert "2,000,000" not in page
    assert "Sue Sponsor" in page
    assert "Tim Member" not in page
    for word in (">Edit<", ">Activate<", ">Remove<", "Name one", "/people/raci/"):
        assert word not in page
    parent = reader.get("/programmes/PG-0001/").content.decode()
    assert cells(parent)["Budget of projects"][0] == "•••"
    assert "2.00m" not in parent


def test_the_home_of_a_programme(
    manager: Client, make: Make, spine: Initiative, backbone: Initiative, lead: Lead
) -> None:
    gbp = backbone.currency
    make("Ring", parent=spine, state="active", currency=gbp, budget=Decimal(500_000), planned_finish=day(40))
    make("Loop", parent=spine, planned_start=day(12))
    lead("Pia Manager", "PM", backbone)
    page = manager.get("/programmes/PG-0001/").content.decode()
    assert cells(page) == {
        "Projects": ("3", "2 pipeline, 1 active"),
        "Budget of projects": ("£2.50m", ""),
        "Starts next": ("28 Mar", "Loop"),
        "Finishes next": ("25 Apr", "Ring"),
        "Past planned finish": ("1", "0 beyond tolerance, of 3 open"),
        "Open findings": ("0", "nothing found"),
    }
    rows = [
        [_text(cell) for cell in re.findall(r"<td.*?</td>", row, re.S)]
        for row in page.split("<tbody>")[1].split("<tr")[1:]
    ]
    assert [row[0].split(" PRJ")[0] for row in rows] == ["Leeds Backbone", "Ring", "Loop"]
    assert rows[0][2].endswith("Pia Manager")
    assert rows[0][4] == "6 Mar 6 d late"
    assert rows[1][5] == "£500k"
    assert rows[2][2] == "nobody"
    top = manager.get("/portfolios/PF-0001/").content.decode()
    assert cells(top)["Projects"] == ("3", "2 pipeline, 1 active")
    assert 'data-fold="part-' in top


def test_findings_and_approvals_are_next(
    manager: Client, system: Actor, backbone: Initiative, person: MakePerson
) -> None:
    records.save(_state(backbone, "active"), actor=system)
    for name in ("initiative-past-finish", "initiative-without-sponsor"):
        evaluate(checks[name], actor=system)
    approver = person("Ann Approver", signs_in=True).user
    assert approver is not None
    request_approval(
        subject=backbone,
        scope=backbone.scope,
        kind="gate",
        title="Gate 1",
        approvers=[approver],
        actor=system,
        due_on=day(-1),
    )
    page = manager.get(HOME).content.decode()
    assert cells(page)["Open findings"] == ("2", "2 high")
    part = page.split('id="next"')[1].split("</section>")[0]
    titles = [_text(title) for title in re.findall(r'<(?:a|b) class="name".*?</(?:a|b)>', part)]
    assert titles[0] == "Gate 1"
    assert sorted(titles[1:]) == ["Active past its planned finish, 6 Mar 2026.", "Active, and nobody sponsors it."]
    assert "Ann Approver" in part
    assert "no owner" in part
    assert re.findall(r'class="button button-small" href="([^"]+)">([^<]+)<', part) == [
        (f"/approvals/{Approval.objects.get().pk}/", "Open"),
        ("/initiatives/PRJ-0001/edit/", "Replan"),
        (
            f"/role-assignments/new/?scope={backbone.scope_id}&amp;role=SPONSOR&amp;next=%2Fprojects%2FPRJ-0001%2F",
            "Name sponsor",
        ),
    ]
    above = manager.get("/portfolios/PF-0001/").content.decode()
    assert cells(above)["Open findings"] == ("2", "2 high")
    assert "PRJ-0001 Leeds Backbone" in above


def _state(record: Initiative, state: str) -> Initiative:
    record.state = state
    return record


def test_a_past_date_shows_what_was_known(manager: Client, backbone: Initiative, system: Actor) -> None:
    Change.objects.update(at=NOW - dt.timedelta(days=20))
    backbone.name, backbone.planned_finish, backbone.budget = "Hull Backbone", day(50), Decimal(3_000_000)
    services.initiative_save(backbone, actor=system)
    comment_add(record=backbone, body="Said today.", actor=system)
    page = manager.get(f"{HOME}?as_of={day(-5).isoformat()}").content.decode()
    assert "<h1>Leeds Backbone</h1>" in page
    assert cells(page)["Budget"][0] == "£2.00m"
    assert cells(page)["Planned finish"] == ("6 Mar", "3 working days late, tolerance 15")
    assert "Said today." not in page
    for word in (">Edit<", ">Activate<", 'name="body"', "Name one", ">Follow<"):
        assert word not in page
    parent = manager.get("/programmes/PG-0001/").content.decode()
    assert "Leeds Backbone" in parent
    assert cells(parent)["Budget of projects"][0] == "£2.00m"
    assert manager.get(f"{HOME}?as_of={day(-30).isoformat()}").status_code == 404
    now = manager.get(f"{HOME}?as_of=today").content.decode()
    assert "<h1>Hull Backbone</h1>" in now
    assert "Said today." in now


def test_what_is_posted_from_the_home_comes_back_to_it(manager: Client, backbone: Initiative) -> None:
    answer = manager.post("/initiatives/PRJ-0001/with/comment/", {"body": "Dig on Monday."})
    assert answer["Location"] == HOME
    page = manager.get(HOME).content.decode()
    assert "Dig on Monday." in page
    answer = manager.post(
        "/initiatives/PRJ-0001/do/hold/", {"act": "1", "reason": "Permits.", "review_on": "2026-04-01"}
    )
    assert answer["Location"] == HOME
    page = manager.get(HOME).content.decode()
    assert "On hold" in page
    assert ">Resume<" in page
    backbone.refresh_from_db()
    assert (backbone.state, backbone.state_since) == ("on_hold", TODAY)


def test_later_apps_fill_the_slot(manager: Client, backbone: Initiative, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the apps have put there is back for the tests that follow.
    monkeypatch.setattr(slots, "_slots", {})
    slots.fill("portfolio.initiative.home", render=lambda record, actor: f"<p>Plan of {record.code}</p>", key="test")
    assert "<p>Plan of PRJ-0001</p>" in manager.get(backbone.url).content.decode()


def test_queries_do_not_grow_with_the_tree(
    manager: Client, make: Make, spine: Initiative, lead: Lead, django_assert_max_num_queries: Any
) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            one = make(f"Ring {number}", parent=spine, state="active", planned_finish=day(-1))
            lead(f"Pia Manager {one.pk}", "PM", one)
        evaluate(checks["initiative-past-finish"], actor=Actor.system(now=NOW))

    fill(2)
    manager.get(spine.url)
    for _again in range(2):
        for address in (spine.url, HOME):
            with django_assert_max_num_queries(25):
                assert manager.get(address).status_code == 200
        fill(4)


def test_a_place_is_found_with_what_is_above(backbone: Initiative, given: MakeActor, stranger: Actor) -> None:
    all_of_it = given(scopes.root(), READ)
    only_it = given(backbone.scope, READ)
    found = place_of("PRJ-0001", actor=all_of_it, on=TODAY)
    assert found is not None
    assert [one.code for one in found.above] == ["PF-0001", "PG-0001"]
    narrow = place_of("PRJ-0001", actor=only_it, on=TODAY)
    assert narrow is not None
    assert narrow.above == []
    assert place_of("PG-0001", actor=only_it, on=TODAY) is None
    assert place_of("PRJ-0001", actor=stranger, on=TODAY) is None
