"""The pages of approvals: the queue, the answer, passing on, taking back; nothing for strangers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from quarterdeck.kernel import approvals
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.approvals import Approval, Step
from quarterdeck.kernel.notifications.models import Notification
from tests.kernel.pointed import NOW, node, record_at, user

pytestmark = pytest.mark.django_db


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ask(by: User, *people: User, title: str = "Change <CR-7>") -> Approval:
    subject = record_at(node("North"))
    actor = Actor(user=by, now=NOW)
    return approvals.request_approval(
        kind="test.change", subject=subject, title=title, approvers=people, actor=actor, scope=subject.scope
    )


def reads(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_approving_on_the_page(django_assert_max_num_queries: Any) -> None:
    ann, asker = user("Ann"), user("Asker")
    approval = ask(asker, ann)
    client = signed_in(ann)
    address = f"/approvals/{approval.pk}/"
    assert Notification.objects.get(user=ann).url == address
    reads(client, address)  # the first page of a session notes it
    with django_assert_max_num_queries(12):
        queue = reads(client, "/approvals/")
    assert "Change &lt;CR-7&gt;" in queue
    page = reads(client, address)
    assert "Your answer" in page
    assert "Withdraw" not in page
    refused = client.post(f"{address}decide", {"answer": "decline", "note": ""})
    assert refused.status_code == 422
    assert "Say why you decline." in refused.content.decode()
    assert client.post(f"{address}decide", {"answer": "approve", "note": "Go"}).headers["Location"] == address
    approval.refresh_from_db()
    assert approval.state == "approved"
    assert "Your answer" not in reads(client, address)
    again = client.post(f"{address}decide", {"answer": "decline", "note": "x"})
    assert again.status_code == 422
    assert "Nothing waits for you" in reads(client, "/approvals/")
    mine = reads(signed_in(asker), "/approvals/asked")
    assert "Approved" in mine


def test_passing_on_by_address() -> None:
    ann, ben = user("Ann"), user("Ben")
    approval = ask(user("Asker"), ann)
    client = signed_in(ann)
    unknown = client.post(f"/approvals/{approval.pk}/delegate", {"to": "nobody@example.org"})
    assert unknown.status_code == 422
    assert "Nobody signs in with this address." in unknown.content.decode()
    assert client.post(f"/approvals/{approval.pk}/delegate", {"to": "BEN@example.org"}).status_code == 302
    assert Step.objects.get(approval=approval).approver == ben


def test_who_asked_reminds_and_withdraws() -> None:
    ann, asker = user("Ann"), user("Asker")
    approval = ask(asker, ann)
    client, approver = signed_in(asker), signed_in(ann)
    for verb in ("remind", "withdraw"):
        assert approver.post(f"/approvals/{approval.pk}/{verb}").status_code == 422
    assert client.post(f"/approvals/{approval.pk}/remind").status_code == 302
    approval.refresh_from_db()
    assert approval.reminded_at is not None
    assert client.post(f"/approvals/{approval.pk}/withdraw").status_code == 302
    approval.refresh_from_db()
    assert approval.state == "withdrawn"


def test_strangers_get_404_and_change_nothing() -> None:
    approval = ask(user("Asker"), user("Ann"))
    stranger = signed_in(user("Stranger"))
    assert stranger.get(f"/approvals/{approval.pk}/").status_code == 404
    for verb in ("decide", "delegate", "withdraw", "remind"):
        posted = stranger.post(f"/approvals/{approval.pk}/{verb}", {"answer": "approve", "to": "stranger@example.org"})
        assert posted.status_code == 404
        assert stranger.get(f"/approvals/{approval.pk}/{verb}").status_code == 405
    for path in ("", "asked"):
        assert "CR-7" not in reads(stranger, f"/approvals/{path}")
        assert Client().get(f"/approvals/{path}").status_code == 302
    approval.refresh_from_db()
    assert (approval.state, approval.reminded_at) == ("waiting", None)


def test_who_has_answered_is_led_to_what_else_waits() -> None:
    ann, asker = user("Ann"), user("Asker")
    first, second = ask(asker, ann, title="First"), ask(asker, ann, title="Second")
    client = signed_in(ann)
    assert "more waits for you" not in reads(client, f"/approvals/{first.pk}/"), "one's own answer comes first"
    client.post(f"/approvals/{first.pk}/decide", {"answer": "approve"})
    page = reads(client, f"/approvals/{first.pk}/")
    assert "1 more waits for you" in page
    assert f'href="/approvals/{second.pk}/">Next' in page
    client.post(f"/approvals/{second.pk}/decide", {"answer": "approve"})
    assert "more waits for you" not in reads(client, f"/approvals/{second.pk}/")
