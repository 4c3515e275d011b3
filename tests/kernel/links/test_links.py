from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.kernel import records
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.links.models import Kind, Link
from quarterdeck.kernel.links.selectors import links_of
from quarterdeck.kernel.links.services import link_add, link_remove
from tests.kernel import pointed

pytestmark = pytest.mark.django_db


def test_a_link_reads_from_both_ends_and_stands_in_both_histories() -> None:
    north = pointed.node("North")
    one, two = pointed.record_at(north, "One"), pointed.record_at(north, "Two")
    ada = pointed.member(north)
    link = link_add(source=one, target=two, kind=Kind.BLOCKS, actor=ada, note="Same crane")
    assert [(found.reads, found.record, found.outward) for found in links_of(one, ada)] == [("blocks", two, True)]
    assert [(found.reads, found.label) for found in links_of(two, ada)] == [("is blocked by", str(one))]
    assert records.history_of(two)[0].after == {
        "links": {"reads": "is blocked by", "type": pointed.GRANT, "id": one.pk}
    }
    link_remove(link=link, actor=ada)
    assert links_of(one, ada) == []
    assert records.history_of(one)[0].before == {"links": {"reads": "blocks", "type": pointed.GRANT, "id": two.pk}}


def test_the_same_link_is_kept_once_also_from_the_other_end() -> None:
    north = pointed.node("North")
    one, two = pointed.record_at(north, "One"), pointed.record_at(north, "Two")
    ada = pointed.member(north)
    first = link_add(source=one, target=two, kind=Kind.RELATES, actor=ada)
    assert link_add(source=two, target=one, kind=Kind.RELATES, actor=ada) == first
    assert link_add(source=one, target=two, kind=Kind.BLOCKS, actor=ada) != first
    assert Link.objects.count() == 2
    assert records.history_of(one).count() == 3


def test_what_the_actor_may_not_see_is_neither_shown_nor_linked() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    one, hidden = pointed.record_at(north, "One"), pointed.record_at(south, "Hidden")
    link = link_add(source=one, target=hidden, kind=Kind.CAUSES, actor=pointed.system())
    ada = pointed.member(north)
    assert links_of(one, ada) == []
    assert [found.record for found in links_of(one, pointed.system())] == [hidden]
    with pytest.raises(AccessDenied):
        link_add(source=one, target=hidden, kind=Kind.RELATES, actor=ada)
    with pytest.raises(AccessDenied):
        link_remove(link=link, actor=ada)
    with pytest.raises(AccessDenied):
        link_add(source=one, target=one, kind=Kind.RELATES, actor=pointed.member(north, "Bob", ("view",)))


def test_nonsense_is_refused() -> None:
    one = pointed.record_at(pointed.node("North"))
    with pytest.raises(ValidationError):
        link_add(source=one, target=one, kind=Kind.RELATES, actor=pointed.system())
    with pytest.raises(ValidationError):
        link_add(source=one, target=pointed.record_at(one.scope), kind="loves", actor=pointed.system())


def test_a_link_to_what_is_gone_shows_nothing_and_can_be_removed() -> None:
    north = pointed.node("North")
    one, two = pointed.record_at(north, "One"), pointed.record_at(north, "Two")
    link = link_add(source=one, target=two, kind=Kind.BLOCKS, actor=pointed.system())
    records.delete(two, actor=pointed.system())
    ada = pointed.member(north)
    assert links_of(one, ada) == []
    link_remove(link=link, actor=ada)
    assert not Link.objects.exists()


def test_one_query_for_links_and_one_for_each_type() -> None:
    north = pointed.node("North")
    one = pointed.record_at(north, "One")
    for number in range(5):
        link_add(source=one, target=pointed.record_at(north, f"R{number}"), kind=Kind.BLOCKS, actor=pointed.system())
    with CaptureQueriesContext(connection) as queries:
        assert len(links_of(one, pointed.system())) == 5
    assert len(queries) == 2
