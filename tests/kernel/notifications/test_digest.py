"""The e-mail digest: what is in it, who gets it, once; through Django's memory backend and a real SMTP server."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import jobs, notifications
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.jobs import worker
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.notifications import kinds
from quarterdeck.kernel.notifications.digests import message
from quarterdeck.kernel.notifications.jobs import send_daily, send_hourly
from quarterdeck.kernel.notifications.models import Digest, Notification
from quarterdeck.kernel.notifications.services import prefer
from tests.kernel.pointed import NOW, node, record_at, system, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind(settings: Any) -> Iterator[None]:
    settings.URL = "https://pmo.example.org"
    settings.DEFAULT_FROM_EMAIL = "quarterdeck@pmo.example.org"
    notifications.kind("test.due", title=_("Due"), message=_("%(record)s is due"), channel="digest")
    yield
    del kinds.kinds["test.due"]


def tell(who: User, what: str, url: str = "") -> None:
    notifications.notify([who], kind="test.due", values={"record": what}, url=url, actor=system())


def run(function: Any) -> Job:
    job = jobs.enqueue(function, actor=system())
    worker.drain()
    job.refresh_from_db()
    return job


def test_one_message_with_text_and_html_then_no_second() -> None:
    ben = user("Ben")
    tell(ben, "PRJ-1 <b>")
    tell(ben, "PRJ-2", "/projects/PRJ-2/")
    job = run(send_daily)
    assert (job.state, job.result) == ("done", {"sent": 1, "failed": 0})
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert (sent.to, sent.subject) == (["ben@example.org"], "Quarterdeck: 2 things for you")
    assert "- PRJ-1 <b> is due" in sent.body
    assert "https://pmo.example.org/projects/PRJ-2/" in sent.body
    html = str(sent.alternatives[0][0])
    assert sent.alternatives[0][1] == "text/html"
    assert "PRJ-1 &lt;b&gt; is due" in html
    assert 'width="600"' not in html, "as wide as the phone that shows it"
    assert '<a href="https://pmo.example.org/projects/PRJ-2/">' in html
    assert Digest.objects.get(user=ben).sent_at is not None
    assert run(send_daily).result == {"sent": 0, "failed": 0}
    assert len(mail.outbox) == 1


def test_mail_says_nothing_of_a_record_to_which_access_has_ended() -> None:
    ben = user("Ben")
    notifications.notify(
        [ben], kind="test.due", record=record_at(node("North"), "Zanzibar"), url="/zanzibar/", actor=system()
    )
    tell(ben, "PRJ-2")
    assert run(send_daily).result == {"sent": 1, "failed": 0}
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    for text in (sent.body, sent.alternatives[0][0]):
        assert "anzibar" not in str(text)
        assert "Something about a record that is gone, or that you may not see any more." in str(text)
        assert "PRJ-2" in str(text)


def test_what_is_told_stands_by_its_kind() -> None:
    """A mailbox is read in a hurry: what is asked apart from what was said."""
    notifications.kind("test.asked", title=_("Asked of you"), message=_("Decide %(record)s"), channel="digest")
    try:
        ben = user("Ben")
        tell(ben, "PRJ-1")
        notifications.notify([ben], kind="test.asked", values={"record": "Gate 3"}, actor=system())
        tell(ben, "PRJ-2")
        body = message(ben, list(Notification.objects.filter(user=ben)), now=NOW).body
    finally:
        del kinds.kinds["test.asked"]
    lines = [line for line in body.splitlines() if line.startswith("- ") or line in ("Due", "Asked of you")]
    due, asked = lines.index("Due"), lines.index("Asked of you")
    assert {line for line in lines if line.startswith("- PRJ")} == {"- PRJ-1 is due", "- PRJ-2 is due"}
    assert lines[asked + 1] == "- Decide Gate 3"
    assert all(lines[due + step].startswith("- PRJ") for step in (1, 2))


def test_the_rhythm_and_what_is_read_decide() -> None:
    hourly, daily, never, read = user("Hourly"), user("Daily"), user("Never"), user("Read")
    for who, every in ((hourly, "hourly"), (daily, "daily"), (never, "never")):
        prefer(actor=Actor(user=who, now=NOW), channels={}, every=every)
    inapp = user("Inapp")
    prefer(actor=Actor(user=inapp, now=NOW), channels={"test.due": "in_app"}, every="daily")
    for who in (hourly, daily, never, read, inapp):
        tell(who, "PRJ-1")
    notifications.mark_all_read(actor=Actor(user=read, now=NOW))
    run(send_hourly)
    assert [sent.to for sent in mail.outbox] == [["hourly@example.org"]]
    run(send_daily)
    assert [sent.to for sent in mail.outbox[1:]] == [["daily@example.org"]]


def test_the_same_digest_has_the_same_message_id() -> None:
    ben = user("Ben")
    tell(ben, "PRJ-1")
    rows = list(Notification.objects.all())
    first = message(ben, rows, now=NOW).extra_headers["Message-ID"]
    assert message(ben, rows, now=NOW + dt.timedelta(hours=1)).extra_headers["Message-ID"] == first
    tell(ben, "PRJ-2")
    assert message(ben, list(Notification.objects.all()), now=NOW).extra_headers["Message-ID"] != first
    assert first.endswith("@pmo.example.org>")


def test_a_long_digest_is_cut_and_counted() -> None:
    ben = user("Ben")
    for number in range(53):
        tell(ben, f"PRJ-{number}")
    body = str(message(ben, list(Notification.objects.all()), now=NOW).body)
    assert body.count(" is due") == 50
    assert "and 3 more" in body


class Catcher:
    """Keeps what an SMTP client delivers; refuses one address."""

    def __init__(self) -> None:
        self.caught: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("refused"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.caught.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Catcher]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    catcher = Catcher()
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    yield catcher
    controller.stop()


def test_a_real_server_gets_the_message_and_one_refused_does_not_keep_the_others(smtp: Catcher) -> None:
    ann, refused, zoe = user("Ann"), user("Refused"), user("Zoe")
    for who in (ann, refused, zoe):
        tell(who, "Überprüfung", "/x/")
    job = run(send_daily)
    assert job.result == {"sent": 2, "failed": 1}
    assert sorted(to for to, _message in smtp.caught) == [["ann@example.org"], ["zoe@example.org"]]
    _to, received = smtp.caught[0]
    assert received["From"] == "quarterdeck@pmo.example.org"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received.get_content_type() == "multipart/alternative"
    text, html = received.get_payload()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "Überprüfung is due" in text.get_content()
    assert "Überprüfung is due" in html.get_content()
    assert Notification.objects.get(user=refused).mailed_at is None
    assert Notification.objects.get(user=ann).mailed_at is not None


def test_a_server_that_is_away_fails_the_job_clearly_and_loses_nothing(settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    tell(user("Ben"), "PRJ-1")
    job = run(send_daily)
    assert (job.state, job.error) == (
        "failed",
        "The mail server took no message. What was to be sent goes out with the next digest.",
    )
    assert Notification.objects.get().mailed_at is None
