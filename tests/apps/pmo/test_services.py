"""Taking over what ships, handing over, and the ladder."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.people.models import Person, Role
from quarterdeck.apps.people.services import role_assign
from quarterdeck.apps.pmo import services
from quarterdeck.apps.pmo.choices import Rung
from quarterdeck.apps.pmo.models import Accountability, Escalation, EscalationRule, Kpi
from quarterdeck.apps.pmo.selectors.ladder import nearest, standing
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.notifications.models import Notification
from quarterdeck.kernel.watch.services import accept, take_back
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson
from tests.apps.pmo.conftest import Found, MakeAnswer
from tests.apps.portfolio.conftest import Lead


def test_a_set_is_taken_over_once(system: Actor, office: Office, root: Scope) -> None:
    made = services.install(name="table", office=office, scope=root, actor=system)
    assert (made.added, made.known) == (8, 0)
    assert Kpi.objects.count() == 13
    again = services.install(name="table", office=office, scope=root, actor=system)
    assert (again.added, again.known) == (0, 8)
    whole = services.install(name="all", office=office, scope=root, actor=system)
    assert (whole.added, whole.known) == (15, 8)
    assert Accountability.objects.count() == 23


def test_two_who_take_over_at_once_wait_for_each_other(system: Actor, office: Office, root: Scope) -> None:
    with CaptureQueriesContext(connection) as asked:
        services.install(name="table", office=office, scope=root, actor=system)
    texts = [query["sql"] for query in asked]
    known = next(at for at, sql in enumerate(texts) if 'FROM "pmo_accountability"' in sql)
    locks = [sql for sql in texts[:known] if 'FROM "access_scope"' in sql]
    assert len(locks) == 1
    assert ("FOR NO KEY UPDATE" in locks[0]) == connection.features.has_select_for_update


def test_taking_over_is_undone_in_one_step(office: Office, root: Scope, given: MakeActor) -> None:
    actor = given(root, {"pmo.*": ["view", "add", "change", "delete"], "organisation.*": ["view"]})
    made = services.install(name="p3o", office=office, scope=root, actor=actor)
    assert Accountability.objects.count() == 15
    records.undo(made.batch, actor=actor)
    assert (Accountability.objects.count(), Kpi.objects.count()) == (0, 0)


def test_who_may_not_add_takes_nothing_over(office: Office, root: Scope, stranger: Actor) -> None:
    with pytest.raises(AccessDenied):
        services.install(name="table", office=office, scope=root, actor=stranger)
    assert Accountability.objects.count() == 0


def test_everything_goes_to_another_in_one_step_and_comes_back(
    *, answers: MakeAnswer, owner: Person, deputy: Person, person: MakePerson, root: Scope, given: MakeActor
) -> None:
    heir = person("Ida Heir")
    own, under_me = answers(owner=owner, deputy=heir), answers("Risk", function="risk", owner=deputy, deputy=owner)
    kept = answers("Ended", function="stock", owner=owner, state="ended")
    actor = given(root, {"pmo.*": ["view", "change"], "people.*": ["view"]})
    done = services.hand_over(giver=owner, taker=heir, actor=actor, note="Moves to Operations.")
    assert (done.owned, done.deputed) == (1, 1)
    for row in (own, under_me, kept):
        row.refresh_from_db()
    assert (own.owner, own.deputy) == (heir, None)
    assert (under_me.owner, under_me.deputy) == (deputy, heir)
    assert kept.owner == owner
    assert set(Change.objects.filter(batch=done.batch).values_list("note", flat=True)) == {"Moves to Operations."}
    records.undo(done.batch, actor=actor)
    own.refresh_from_db()
    assert (own.owner, own.deputy) == (owner, heir)


def test_handing_over_says_what_is_wrong(
    *, answers: MakeAnswer, owner: Person, deputy: Person, person: MakePerson, system: Actor, stranger: Actor
) -> None:
    row = answers(owner=owner)
    gone = person("Gil Gone", ends_on=NOW.date() - dt.timedelta(days=1))
    for taker, giver, note, field in (
        (owner, owner, "Why", "taker"),
        (gone, owner, "Why", "taker"),
        (deputy, owner, " ", "note"),
        (owner, deputy, "Why", "giver"),
    ):
        with pytest.raises(ValidationError) as caught:
            services.hand_over(giver=giver, taker=taker, actor=system, note=note)
        assert list(caught.value.message_dict) == [field]
    with pytest.raises(ValidationError):
        services.hand_over(giver=owner, taker=deputy, actor=stranger, note="Why")
    row.refresh_from_db()
    assert row.owner == owner


def test_an_exception_climbs_by_age_and_each_step_is_told_once(
    *,
    answers: MakeAnswer,
    found: Found,
    owner: Person,
    deputy: Person,
    system: Actor,
    top: Initiative,
    lead: Lead,
    catalogue: dict[str, Role],
    root: Scope,
) -> None:
    answers(owner=owner, deputy=deputy)
    sponsor = lead("Sia Sponsor", "SPONSOR", top, signs_in=True)
    role_assign(person=owner, role=catalogue["PMO-HEAD"], scope=root, starts_on=NOW.date(), actor=system)
    role_assign(person=deputy, role=catalogue["PM"], scope=top.scope, starts_on=NOW.date(), actor=system)
    old, young = found(15), found(3)
    assert services.escalate(actor=system) == 6
    steps = {(row.finding_id, row.rung): row.user for row in Escalation.objects.select_related("user")}
    assert steps == {
        (old.pk, "deputy"): deputy.user,
        (old.pk, "owner"): owner.user,
        (old.pk, "head"): owner.user,
        (old.pk, "sponsor"): sponsor.user,
        (young.pk, "deputy"): deputy.user,
        (young.pk, "owner"): owner.user,
    }
    assert Notification.objects.filter(kind="pmo.escalated").count() == 4
    told = Notification.objects.get(user=deputy.user, kind="pmo.escalated")
    assert told.text == "Project timeframes: exceptions that have come to you as Deputy: 2, the oldest open 15 d."
    assert told.by_mail
    assert services.escalate(actor=system) == 0
    assert Notification.objects.filter(kind="pmo.escalated").count() == 4
    assert standing([old.pk, young.pk], NOW)[young.pk].rung == Rung.OWNER


def test_who_may_not_see_an_exception_is_not_told_of_it(
    answers: MakeAnswer, found: Found, owner: Person, deputy: Person, system: Actor
) -> None:
    answers(owner=owner, deputy=deputy)
    one = found(4)
    assert services.escalate(actor=system) == 2
    assert Notification.objects.filter(kind="pmo.escalated").count() == 0
    assert standing([one.pk], NOW)[one.pk].name is None


def test_what_is_accepted_rests_and_what_comes_back_climbs_again(
    answers: MakeAnswer, found: Found, owner: Person, system: Actor
) -> None:
    answers(owner=owner)
    one = found(20, owner=owner.user)
    speaker = Actor(user=owner.user, now=NOW)
    accept(finding=one, until=NOW.date() + dt.timedelta(days=5), reason="Known", actor=speaker)
    assert services.escalate(actor=system) == 0
    take_back(finding=one, actor=speaker)
    assert services.escalate(actor=system) == 4
    one.opened_at = NOW - dt.timedelta(days=1)
    one.save()
    assert standing([one.pk], NOW) == {}
    assert services.escalate(actor=system) == 1


def test_an_office_states_its_own_days(
    answers: MakeAnswer, found: Found, office: Office, owner: Person, system: Actor
) -> None:
    answers(owner=owner)
    days = {"deputy_days": 2, "owner_days": 30, "head_days": 60, "sponsor_days": 90}
    records.save(EscalationRule(office=office, severity="high", **days), actor=system)
    found(20)
    assert services.escalate(actor=system) == 1
    backwards = EscalationRule(office=office, severity="low", **{**days, "owner_days": 1})
    with pytest.raises(ValidationError):
        records.save(backwards, actor=system)


def test_the_nearest_node_answers(answers: MakeAnswer, top: Initiative, spine: Initiative) -> None:
    whole, part = answers(), answers("Of the spine", scope=spine.scope)
    both = [whole, part]
    assert nearest(both, "timeframes", spine.scope.path) == part
    assert nearest(both, "timeframes", top.scope.path) == whole
    assert nearest(both, "timeframes", None) == whole
    assert nearest(both, "risk", top.scope.path) is None
