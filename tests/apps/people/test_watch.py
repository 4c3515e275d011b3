from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from quarterdeck.apps.organisation import services as organisation
from quarterdeck.apps.organisation.models import Currency, ExchangeRate, OrganisationUnit, WorkCalendar
from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.models import Person, Qualification, QualificationType, Role, RoleAssignment
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.files.services import content_attach
from quarterdeck.kernel.needs.sources import Findings
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.timeline import entries
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.evaluation import evaluate
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings
from quarterdeck.kernel.watch.services import accept, acknowledge, take_back
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson

TODAY = NOW.date()
D = dt.date
FIRST = D(2021, 1, 1)


def stated(name: str, actor: Actor) -> list[tuple[str, str]]:
    """Evaluate a check as a whole and return what is open: record and text."""
    evaluate(checks[name], actor=actor)
    rows = Finding.objects.filter(check_name=name, closed_at__isnull=True)
    return sorted((row.label, str(row.text)) for row in rows)


@pytest.mark.parametrize(
    "name",
    [
        "calendar-without-week",
        "exchange-rate-missing",
        "person-without-manager",
        "qualification-expired",
        "qualification-expiring",
        "qualification-without-evidence",
        "role-held-by-leaver",
    ],
)
def test_every_check_names_the_accountability_that_it_serves(name: str) -> None:
    assert checks[name].function in {
        "delivery.calendars",
        "finance.exchange_rates",
        "people.reporting_lines",
        "people.qualifications",
        "governance.roles",
    }


def test_a_calendar_without_week(office_hours: WorkCalendar, system: Actor) -> None:
    organisation.calendar_save(WorkCalendar(name="Empty"), actor=system)
    assert stated("calendar-without-week", system) == [("Empty", "No shifts: durations cannot be worked out.")]
    organisation.week_set(calendar=WorkCalendar.objects.get(name="Empty"), hours={0: "08:00-12:00"}, actor=system)
    assert stated("calendar-without-week", system) == []


def test_a_currency_without_rate(currencies: dict[str, Currency], system: Actor) -> None:
    gbp, eur, sek, usd = (currencies[code] for code in ("GBP", "EUR", "SEK", "USD"))
    usd.is_active = False
    organisation.currency_save(usd, actor=system)
    for first, second, day in ((eur, gbp, TODAY), (gbp, sek, TODAY + dt.timedelta(days=1))):
        row = ExchangeRate(from_currency=first, to_currency=second, rate=Decimal("0.5"), valid_on=day)
        records.save(row, actor=system)
    assert stated("exchange-rate-missing", system) == [("SEK", "No rate to or from GBP in force.")]
    assert stated("exchange-rate-missing", system.at(NOW + dt.timedelta(days=1))) == []


def test_a_role_held_by_someone_who_has_left(
    person: MakePerson, catalogue: dict[str, Role], project: Scope, system: Actor, stranger: Actor
) -> None:
    ann = person("Ann Gone")
    row = services.role_assign(person=ann, role=catalogue["PM"], scope=project, starts_on=D(2026, 1, 1), actor=system)
    ann.ends_on = TODAY
    services.person_save(ann, actor=system)
    assert stated("role-held-by-leaver", system) == []
    tomorrow = system.at(NOW + dt.timedelta(days=1))
    [(_label, text)] = stated("role-held-by-leaver", tomorrow)
    assert text.startswith("Ann Gone left on ")
    assert text.endswith(" and still holds Project manager at Ring 4.")
    assert not open_findings(stranger).exists()
    services.role_end(record=row, ends_on=TODAY, actor=system)
    assert stated("role-held-by-leaver", tomorrow) == []


def test_what_a_leaver_holds_is_handed_over_by_the_manager_else_by_the_nearest_head(
    person: MakePerson,
    catalogue: dict[str, Role],
    networks: OrganisationUnit,
    build: OrganisationUnit,
    system: Actor,
) -> None:
    def owner() -> str:
        evaluate(checks["role-held-by-leaver"], actor=system)
        found = Finding.objects.get(check_name="role-held-by-leaver", closed_at__isnull=True)
        return found.owner.name if found.owner else ""

    def heads(name: str, unit: OrganisationUnit) -> Person:
        head = person(name, unit=unit, signs_in=True)
        services.role_assign(person=head, role=catalogue["UNIT-HEAD"], scope=unit.scope, starts_on=FIRST, actor=system)
        return head

    boss = person("Mo Boss", signs_in=True)
    ann = person("Ann Gone", unit=build, manager=boss, ends_on=TODAY - dt.timedelta(days=1))
    row = RoleAssignment(person=ann, role=catalogue["PM"], scope=networks.scope, starts_on=D(2026, 1, 1))
    records.save(row, actor=system)
    assert owner() == "Mo Boss"
    boss.ends_on = TODAY - dt.timedelta(days=1)
    services.person_save(boss, actor=system)
    assert owner() == ""
    heads("Nan Far", networks)
    assert owner() == "Nan Far"
    heads("Bo Near", build)
    assert owner() == "Bo Near"


def test_qualifications_that_expire(person: MakePerson, system: Actor) -> None:
    card = QualificationType(code="SW", name="Street works card")
    records.save(card, actor=system)

    def qualify(who: Person, expires: dt.date, issued: dt.date = FIRST) -> None:
        row = Qualification(person=who, type=card, issued_on=issued, expires_on=expires)
        services.qualification_save(row, actor=system)

    day = dt.timedelta(days=1)
    names = {"Ann Past": TODAY - day, "Bob Today": TODAY, "Cat Sixty": TODAY + 60 * day, "Dan Later": TODAY + 61 * day}
    people = {name: person(name) for name in names}
    for name, expires in names.items():
        qualify(people[name], expires)
    qualify(person("Eve Left", ends_on=TODAY - 30 * day), TODAY - day)
    assert [label for label, _text in stated("qualification-expired", system)] == ["Ann Past"]
    assert [label for label, _text in stated("qualification-expiring", system)] == ["Bob Today", "Cat Sixty"]
    qualify(people["Ann Past"], TODAY + 700 * day, TODAY)
    assert stated("qualification-expired", system) == []


def test_evidence_is_asked_for(person: MakePerson, system: Actor) -> None:
    card = QualificationType(code="SW", name="Street works card", needs_evidence=True)
    degree = QualificationType(code="BSC", name="Degree")
    ann = person("Ann Proven")
    for kind in (card, degree):
        records.save(kind, actor=system)
        services.qualification_save(Qualification(person=ann, type=kind, issued_on=FIRST), actor=system)
    assert stated("qualification-without-evidence", system) == [
        ("Ann Proven: Street works card", "No evidence attached: Ann Proven, Street works card.")
    ]
    row = Qualification.objects.get(type=card)
    content_attach(record=row, name="card.txt", chunks=[b"Street works card of Ann"], actor=system)
    assert stated("qualification-without-evidence", system) == []
    found = selectors.with_evidence(Qualification.objects.select_related("type").order_by("pk"))
    assert [(row.type.code, vars(row)["evidence"]) for row in found] == [("SW", True), ("BSC", False)]


def test_a_person_whom_nobody_manages(
    person: MakePerson,
    catalogue: dict[str, Role],
    networks: OrganisationUnit,
    build: OrganisationUnit,
    system: Actor,
) -> None:
    group = networks.parent
    assert group is not None
    chief = person("Carl Chief", unit=group)
    lead = person("Lea Lead", unit=build)
    person("Ben Builder", unit=build)
    person("Mia Managed", unit=networks, manager=chief)
    person("Ned Networks", unit=networks)
    for who, unit in ((chief, group), (lead, build)):
        services.role_assign(person=who, role=catalogue["UNIT-HEAD"], scope=unit.scope, starts_on=TODAY, actor=system)
    assert stated("person-without-manager", system) == [
        ("Lea Lead", "No manager named, and nobody heads Networks."),
        ("Ned Networks", "No manager named, and nobody heads Networks."),
    ]


def test_qualifications_are_told_to_those_who_see_personal_facts(
    person: MakePerson, given: MakeActor, networks: OrganisationUnit, system: Actor
) -> None:
    card = QualificationType(code="SW", name="Street works card", needs_evidence=True)
    records.save(card, actor=system)
    ann = person("Ann Past", signs_in=True)
    row = Qualification(person=ann, type=card, issued_on=FIRST, expires_on=TODAY - dt.timedelta(days=1))
    services.qualification_save(row, actor=system)
    for name in ("qualification-expired", "qualification-without-evidence"):
        evaluate(checks[name], actor=system)
    both = {"people.person": ["view", "change"], "people.qualification": ["view", "change"]}
    reader = given(networks.scope, both)
    elsewhere = given(networks.scope, {"people.person": ["view"]}, ["personal"])
    officer = given(networks.scope, both, ["personal"])
    for actor in (reader, elsewhere):
        assert not open_findings(actor).exists()
        assert not list(Findings().rows(actor))
    names = {"qualification-expired"}
    assert set(open_findings(officer).values_list("check_name", flat=True)) == names
    assert set(open_findings(Actor(user=ann.user, now=NOW)).values_list("check_name", flat=True)) == names
    pages = (f"/people/{ann.code}/", "/exceptions/", "/", f"/people/{ann.code}/panel/")
    clients = {actor: Client() for actor in (elsewhere, officer)}
    for actor, client in clients.items():
        assert actor.user is not None
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in pages:
        assert "Street works card" not in clients[elsewhere].get(path).content.decode(), path
    assert "Street works card expired on" in clients[officer].get(pages[0]).content.decode()

    finding = open_findings(officer).get()
    accept(finding=finding, until=TODAY + dt.timedelta(days=9), reason="Course is booked", actor=officer)
    take_back(finding=finding, actor=officer)
    acknowledge(finding=finding, actor=Actor(user=ann.user, now=NOW))
    register = for_model(Person)
    assert register is not None
    told = [entry.sentence for entry in entries(register, officer, ann) if entry.fields]
    assert told[:3] == [
        "acknowledged: Qualification expired",
        "took back what was said of: Qualification expired",
        "accepted until 25 Mar 2026: Qualification expired, “Course is booked”",
    ]
    for actor in (reader, elsewhere):
        kept = entries(register, actor, ann)
        assert [entry.verb for entry in kept] == ["added it"], "what is closed is not even counted"
