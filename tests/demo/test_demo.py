"""The demo: what it holds, that it is the same every time, and that its personas can use it."""

import datetime as dt
from collections import Counter

import pytest
from django.test import Client

from quarterdeck import demo
from quarterdeck.apps.organisation.models import Currency, ExchangeRate, Office, OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person, RoleAssignment
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.building import Built
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.approvals import Approval
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.comments.models import Comment
from quarterdeck.kernel.records.history import as_of
from quarterdeck.kernel.watch.models import Finding
from tests.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_holds_what_the_organisation_is_said_to_have(built: Built) -> None:
    kinds = Counter(OrganisationUnit.objects.values_list("kind", flat=True))
    assert kinds == {"enterprise": 1, "division": 4, "department": 14, "team": 3}
    assert set(Office.objects.values_list("permanence", "authority")) == {
        ("permanent", "controlling"),
        ("permanent", "supportive"),
        ("temporary", "directive"),
    }
    assert Person.objects.count() == built.people == 80
    portfolios = Initiative.objects.filter(kind="portfolio")
    assert (portfolios.filter(parent=None).count(), portfolios.exclude(parent=None).count()) == (3, 6)
    assert Initiative.objects.filter(kind="programme").count() == 8
    assert (built.projects, built.users) == (60, 67)
    assert Currency.objects.count() == 3
    assert ExchangeRate.objects.values("valid_on").distinct().count() in (38, 39)
    assert Approval.objects.filter(state="waiting").count() == 6
    assert Comment.objects.count() >= 40


def test_every_project_says_what_it_is_for(built: Built) -> None:
    for project in Initiative.objects.all():
        assert project.purpose.endswith("."), project.name
        assert len(project.purpose.split()) >= 8, project.name
    states = Counter(Initiative.objects.filter(kind="project").values_list("state", flat=True))
    assert states["active"] >= 25
    assert min(states[state] for state in ("pipeline", "on_hold", "completed", "cancelled")) >= 2
    for stopped in Initiative.objects.filter(state__in=("on_hold", "cancelled")):
        assert stopped.state_reason, stopped.name


def test_history_is_in_order_and_ends_at_the_present(built: Built) -> None:
    moments = list(
        Change.objects.filter(record_type="portfolio.initiative").order_by("id").values_list("record_id", "at")
    )
    latest: dict[int, dt.datetime] = {}
    for record, at in moments:
        assert latest.get(record, at) <= at
        latest[record] = at
    assert max(latest.values()) <= NOW
    assert min(latest.values()) < NOW - dt.timedelta(days=180)
    assert CostRate.objects.filter(person__name="Leonie Hartwig").count() >= 3


def test_a_year_ago_there_were_fewer_projects(built: Built) -> None:
    actor = Actor.system(now=NOW)
    then = [row for row in as_of(Initiative, NOW - dt.timedelta(days=365), actor=actor) if row.kind == "project"]
    assert 30 < len(then) < 60
    assert {row.state for row in then} > {"active", "completed"}
    assert not as_of(Initiative, NOW - dt.timedelta(days=1400), actor=actor)


def test_the_watch_has_found_a_handful_of_each(built: Built) -> None:
    found = Counter(Finding.objects.filter(closed_at=None).values_list("check_name", flat=True))
    for check in ("role-held-by-leaver", "qualification-expiring", "qualification-expired"):
        assert 1 <= found[check] <= 5, check
    assert built.findings == sum(found.values()) < 100
    assert Finding.objects.exclude(closed_at=None).exists()


def test_who_has_left_in_good_order_holds_nothing(built: Built) -> None:
    gone = Person.objects.get(name="Gerd Albrecht")
    assert gone.ends_on is not None
    assert not RoleAssignment.objects.filter(person=gone, ends_on=None).exists()
    assert RoleAssignment.objects.filter(person__name="Ewa Nowicka", ends_on=None).exists()


def test_is_refused_beside_anything_else(built: Built) -> None:
    assert demo.is_demo()
    with pytest.raises(demo.DemoRefused, match="users, units, people, initiatives"):
        demo.build(now=NOW)


@pytest.mark.parametrize("persona", demo.PERSONAS, ids=lambda persona: persona.title)
def test_persona_signs_in_and_finds_pages(built: Built, persona: demo.Persona, client: Client) -> None:
    user = User.objects.get(email=persona.email)
    assert user.check_password(persona.password)
    client.force_login(user)
    if not user.is_administrator:
        assert client.get("/initiatives/?f.kind=project").status_code == 200
        assert client.get("/people/").status_code == 200
    assert client.get("/", follow=True).status_code == 200


def test_only_personas_have_a_password(built: Built) -> None:
    named = {persona.email for persona in demo.PERSONAS}
    for user in User.objects.all():
        assert user.has_usable_password() == (user.email in named), user.email
        assert user.email.endswith(".example")
