"""What can go wrong with accountabilities is found, and told to the head of the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.people.services import person_save, role_assign
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.jobs import worker
from quarterdeck.kernel.watch import evaluate, open_findings
from quarterdeck.kernel.watch.checks import Check, checks
from quarterdeck.kernel.watch.models import Finding
from tests.apps.organisation.conftest import NOW
from tests.apps.people.conftest import MakePerson
from tests.apps.pmo.conftest import MakeAnswer


def stated(name: str, actor: Actor) -> list[tuple[str, str, Any]]:
    evaluate(checks[name], actor=actor)
    rows = Finding.objects.filter(check_name=name, closed_at__isnull=True).select_related("owner")
    return sorted((row.label, row.text, row.owner) for row in rows)


@pytest.fixture
def head(person: MakePerson, catalogue: dict[str, Any], root: Scope, system: Actor) -> Person:
    who = person("Hana Head", signs_in=True)
    role_assign(person=who, role=catalogue["PMO-HEAD"], scope=root, starts_on=NOW.date(), actor=system)
    return who


def test_without_owner(answers: MakeAnswer, owner: Person, head: Person, system: Actor, stranger: Actor) -> None:
    row = answers()
    answers("Draft", function="risk", state="draft")
    answers("Owned", function="stock", owner=owner)
    text = "In force, and nobody owns it."
    assert stated("accountability-without-owner", system) == [("Project timeframes", text, head.user)]
    assert open_findings(stranger).count() == 0
    row.owner = owner
    records.save(row, actor=system)
    assert stated("accountability-without-owner", system) == []


def test_an_owner_or_deputy_who_has_left(
    answers: MakeAnswer, owner: Person, deputy: Person, head: Person, system: Actor
) -> None:
    answers(owner=owner, deputy=deputy)
    assert stated("accountability-owner-left", system) == []
    for who in (owner, deputy):
        who.ends_on = NOW.date() - dt.timedelta(days=2)
        person_save(who, actor=system)
    assert [text for _label, text, _owner in stated("accountability-owner-left", system)] == [
        "Dev Deputy, its deputy, left on 14 Mar 2026.",
        "Olga Owner, who owns it, left on 14 Mar 2026.",
    ]


def test_two_owners_for_one_function(
    *, answers: MakeAnswer, owner: Person, deputy: Person, head: Person, system: Actor, networks: Any
) -> None:
    answers(owner=owner)
    answers("Of Networks", scope=networks.scope, owner=deputy)
    assert stated("accountability-doubled", system) == []
    answers("Finishing in time", owner=deputy)
    assert [label for label, _text, _owner in stated("accountability-doubled", system)] == [
        "Finishing in time",
        "Project timeframes",
    ]


def test_ending_one_of_two_closes_what_was_found_on_the_other(
    *,
    answers: MakeAnswer,
    owner: Person,
    deputy: Person,
    system: Actor,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    def open_now() -> set[int]:
        worker.drain()
        rows = Finding.objects.filter(check_name="accountability-doubled", closed_at__isnull=True)
        return set(rows.values_list("record_id", flat=True))

    with django_capture_on_commit_callbacks(execute=True):
        first = answers(owner=owner)
    with django_capture_on_commit_callbacks(execute=True):
        second = answers("Finishing in time", owner=deputy)
    assert open_now() == {first.pk, second.pk}
    second.state = "ended"
    with django_capture_on_commit_callbacks(execute=True):
        records.save(second, actor=system)
    assert open_now() == set()


def test_a_review_that_is_overdue(answers: MakeAnswer, owner: Person, system: Actor) -> None:
    answers(owner=owner, review_on=NOW.date() - dt.timedelta(days=1))
    answers("Risk", function="risk", owner=owner, review_on=NOW.date())
    assert [label for label, _text, _owner in stated("accountability-review-overdue", system)] == ["Project timeframes"]


def test_functions_that_checks_serve_and_nobody_answers_for(
    answers: MakeAnswer, owner: Person, head: Person, system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stated("function-unanswered", system) == []
    answers(owner=owner)
    known = checks["initiative-past-finish"]
    odd = Check("odd", "Odd", "kitchen.coffee", known.severity, known.reads, known.schedule, known.find)
    monkeypatch.setitem(checks, "odd", odd)
    found = stated("function-unanswered", system)
    texts = [text for _label, text, _owner in found]
    assert "Nobody answers for kitchen.coffee; checks that serve it: 1." in texts
    assert any(text.startswith("Nobody answers for Work done by the competent; ") for text in texts)
    assert not any("Project timeframes" in text for text in texts)
    assert {owner for _label, _text, owner in found} == {head.user}


def test_what_is_answered_for_elsewhere_is_not_answered_for_here(
    *, answers: MakeAnswer, owner: Person, head: Person, system: Actor, networks: Any
) -> None:
    """An office that serves the whole is told of a function that a part alone answers for, and not the reverse."""

    def lacking() -> set[str]:
        return {text.split(";")[0] for _label, text, _owner in stated("function-unanswered", system)}

    answers(owner=owner)
    answers("Risk of Networks", function="risk", scope=networks.scope, owner=owner)
    assert "Nobody answers for Risk" in lacking()
    assert "Nobody answers for Project timeframes" not in lacking()
    answers("Risk", function="risk", owner=owner)
    assert "Nobody answers for Risk" not in lacking()
    part = Office(code="NPMO", name="Networks PMO", unit=networks)
    records.save(part, actor=system)
    answers("Issues of Networks", function="issues", scope=networks.scope, office=part, owner=owner)
    rows = Finding.objects.filter(check_name="function-unanswered", closed_at__isnull=True)
    evaluate(checks["function-unanswered"], actor=system)
    assert set(rows.filter(key="function-issues").values_list("label", flat=True)) == {"Group PMO"}
    assert not rows.filter(key="function-risk").exists()
