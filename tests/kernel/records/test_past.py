"""A glimpse of the past tells of the fields asked for what the whole records tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.organisation.services import currency_save
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.apps.people.services import person_save
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records import past
from quarterdeck.kernel.records.past import Glimpse, Past, reads
from tests.kernel.records.conftest import DAY, NOW, MakeActor

pytestmark = pytest.mark.django_db
PERSON = (
    "pk", "code", "name", "kind", "starts_on", "custom", "user", "manager", "manager__name", "manager__manager__pk",
    "unit__pk", "unit__name", "unit__parent__code", "unit__scope", "created_at", "created_by", "updated_at",
    "updated_by", "updated_by__email", "version",
)  # fmt: skip
RATE = ("rate", "currency__code", "person__name", "person__unit__scope", "starts_on")
Rows = dict[int, tuple[Any, ...]]


@pytest.fixture
def history(units: dict[str, OrganisationUnit], pound: Currency, someone: MakeActor, system: Actor) -> dict[str, Any]:
    """Helen comes, Omar below her; she moves and is renamed, his rate changes; Lars goes again. A day lies between."""
    editor = someone("Ed", at="")
    made: dict[str, Any] = {}
    for name, unit, above in (("Helen", "NET", None), ("Omar", "OPS", "Helen"), ("Lars", "OPS", "Omar")):
        made[name] = Person(name=name, unit=units[unit], manager=made.get(above or ""), starts_on=dt.date(2026, 1, 5))
        person_save(made[name], actor=editor.at(NOW))
    made["rate"] = CostRate(person=made["Omar"], starts_on=dt.date(2026, 1, 1), rate=Decimal("80.50"), currency=pound)
    records.save(made["rate"], actor=system)
    made["Helen"].name, made["Helen"].unit, made["Helen"].custom = "Helena", units["OPS"], {"desk": "4.12"}
    person_save(made["Helen"], actor=system.at(NOW + DAY))
    pound.code = "GBX"
    currency_save(pound, actor=system.at(NOW + DAY))
    made["rate"].rate = Decimal(90)
    records.save(made["rate"], actor=system.at(NOW + DAY))
    records.delete(made["Lars"], actor=system.at(NOW + 2 * DAY))
    return made


def rows(found: Glimpse, paths: tuple[str, ...]) -> Rows:
    return dict(zip(found.keys, zip(*(found.columns[path] for path in paths), strict=True), strict=True))


def whole(model: Any, moment: dt.datetime, actor: Actor, paths: tuple[str, ...]) -> Rows:
    through = {path.rpartition("__")[0] for path in paths if "__" in path}
    return {
        record.pk: tuple(reads(model, path)(record) for path in paths)
        for record in records.as_of(model, moment, actor=actor, related=through)
    }


@pytest.mark.parametrize("many", [past.MANY, 0])
@pytest.mark.parametrize(("model", "paths"), [(Person, PERSON), (CostRate, RATE)])
def test_a_glimpse_tells_what_the_whole_records_tell(
    history: dict[str, Any], monkeypatch: pytest.MonkeyPatch, model: Any, paths: tuple[str, ...], many: int
) -> None:
    """Also where what is referred to is too much to be named, and is glimpsed itself."""
    monkeypatch.setattr(past, "MANY", many)
    for days in (-1, 0, 1, 2):
        moment, system = NOW + days * DAY, Actor.system(now=NOW)
        glimpsed = rows(Past(model, moment, actor=system).glimpse(paths), paths)
        assert glimpsed == whole(model, moment, system, paths)


def test_it_tells_the_names_and_values_of_then(history: dict[str, Any], system: Actor) -> None:
    helen, omar, rate = history["Helen"].pk, history["Omar"].pk, history["rate"].pk

    def people(days: int) -> Rows:
        paths = ("name", "manager__name", "unit__name", "version")
        return rows(Past(Person, NOW + days * DAY, actor=system).glimpse(paths), paths)

    assert people(-1) == {}
    assert people(0)[helen] == ("Helen", None, "Net", 1)
    assert people(0)[omar] == ("Omar", "Helen", "Ops", 1)
    assert people(1)[helen] == ("Helena", None, "Ops", 2)
    assert people(1)[omar] == ("Omar", "Helena", "Ops", 1)
    assert len(people(1)) == 3
    assert len(people(2)) == 2
    for days, told in ((0, (Decimal("80.5"), "GBP")), (1, (Decimal(90), "GBX"))):
        paths = ("rate", "currency__code")
        assert rows(Past(CostRate, NOW + days * DAY, actor=system).glimpse(paths), paths) == {rate: told}


def test_a_field_younger_than_the_state_has_its_default(history: dict[str, Any], system: Actor) -> None:
    for change in Change.objects.filter(record_type="people.person"):
        assert change.state is None or change.state.pop("location", None) is not None
        change.save()
    assert Past(Person, NOW + DAY, actor=system).glimpse(("location",)).columns["location"] == ["", "", ""]


def test_a_text_stays_a_text(person: Person, system: Actor) -> None:
    """JSON has numbers, truths and nothing too; what reads like one of them is not."""
    for text in ("042", "true", "null", '"quoted"', "[1]", "Åsa\u2028\U0001f6a2"):
        person.name = text
        records.save(person, actor=system)
        assert Past(Person, NOW, actor=system).glimpse(("name",)).columns == {"name": [text]}


def test_rights_are_those_of_the_whole_records(history: dict[str, Any], someone: MakeActor) -> None:
    own = User.objects.get(email="ed@example.org")
    history["Omar"].user = own
    person_save(history["Omar"], actor=Actor.system(now=NOW + 3 * DAY))
    at_net, at_ops = someone("Ann", at="NET"), someone("Ben", at="OPS")
    himself = Actor(user=own, now=NOW, _given=at_net.rights)
    for actor, expected in ((at_net, [1, 0, 0]), (at_ops, [2, 3, 2]), (himself, [1, 0, 1])):
        counts = []
        for days in (0, 1, 3):
            seen = Past(Person, NOW + days * DAY, actor=actor).glimpse(("name",)).keys
            assert set(seen) == {row.pk for row in records.as_of(Person, NOW + days * DAY, actor=actor)}
            counts.append(len(seen))
        assert counts == expected, actor
    nobody = someone("Cy", actions=())
    assert Past(Person, NOW, actor=nobody).glimpse(("name",)) == Glimpse(columns={"name": []})


def test_a_node_narrows_by_where_a_record_was(
    history: dict[str, Any], units: dict[str, OrganisationUnit], system: Actor
) -> None:
    helen = history["Helen"].pk
    for days, expected in ((0, {helen}), (1, set())):
        then = Past(Person, NOW + days * DAY, actor=system, scope=units["NET"].scope)
        assert set(then.glimpse(("name",)).keys) == expected
        assert {record.pk for record in then.records()} == expected


def test_what_is_shown_comes_whole_in_one_query(history: dict[str, Any], system: Actor) -> None:
    then = Past(Person, NOW + DAY, actor=system)
    found = then.glimpse(("manager", "unit"))
    places = [found.keys.index(history[name].pk) for name in ("Omar", "Helen")]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        omar, helena = then.whole(found, places, ("manager", "unit"))
        assert (omar.name, str(omar.manager), omar.unit.name) == ("Omar", "Helena", "Ops")
        assert (helena.name, helena.manager, helena.unit.name, helena.version) == ("Helena", None, "Ops", 2)
    assert len(queries) == 1
    assert then.whole(found, [], ("manager",)) == []
    with CaptureQueriesContext(connection) as queries:
        then.whole(found, places[:1], (), every=("unit",))
        assert {unit.name for unit in then.named("unit", set(found.columns["unit"])).values()} == {"Ops"}
    assert len(queries) == 1


def test_nodes_come_with_what_is_referred_to(history: dict[str, Any], someone: MakeActor) -> None:
    then = Past(Person, NOW, actor=someone(at="OPS"))
    with CaptureQueriesContext(connection) as queries:
        found = then.glimpse(("name",))
    assert (sorted(found.columns["name"]), len(queries)) == (["Lars", "Omar"], 2)
