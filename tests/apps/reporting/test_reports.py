"""Status reports: facts filled in and frozen, handed in, reviewed, published; who may what; what is late."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from quarterdeck.apps.reporting import needs
from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.report_words import told
from quarterdeck.apps.reporting.selectors import reports as selectors
from quarterdeck.apps.reporting.services import reports as services
from quarterdeck.apps.reporting.watch import report_overdue
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.notifications.models import Notification
from tests.apps.organisation.conftest import NOW
from tests.apps.portfolio.conftest import Make
from tests.apps.reporting.report_stage import *  # noqa: F403
from tests.apps.reporting.report_stage import FEBRUARY, MARCH, TODAY, Stage, snapshot


@pytest.fixture
def report(stage: Stage) -> StatusReport:
    return services.report_start(initiative=stage.project, actor=stage.manager)


def _hand_in(report: StatusReport, stage: Stage) -> None:
    report.summary = "Civils **late**."
    services.report_submit(record=report, actor=stage.manager)


def _client(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def test_a_report_is_of_the_period_that_ended_with_the_facts_of_its_end(report: StatusReport) -> None:
    assert (report.period.ends_on, report.due_on, report.facts_on) == (FEBRUARY, dt.date(2026, 3, 5), FEBRUARY)
    assert (report.state, report.health) == ("draft", "amber")
    assert (report.eac, report.ac, report.currency and report.currency.code) == (2_040_860, Decimal("950000.50"), "GBP")
    said = told(report, money=True)
    assert said.verdict == "Forecast 12 d late, tolerance 15 d"
    assert [(one.label, one.value, one.note) for one in said.cells] == [
        ("Finish", "16 Jun", "baseline 29 May, +12\u00a0d"),
        ("Complete", "49%", ""),
        ("SPI(t)", "0.91", "schedule, in time"),
        ("SPI", "0.93", "schedule, in work"),
        ("CPI", "0.98", "cost"),
    ]
    assert [(one.label, one.colour) for one in said.dimensions] == [("Time", "amber"), ("Cost", "green")]
    assert [(one.label, one.value) for one in said.money][-1] == ("Estimate at completion", "£2.04m")
    assert said.money[-1].note == "+2.0% against budget"


def test_money_is_closed_to_whoever_may_not_see_it(report: StatusReport, stage: Stage) -> None:
    closed = told(report, money=False)
    assert {one.value for one in closed.money} == {"•••"}
    assert {one.label: one.value for one in closed.cells}["CPI"] == "•••"
    assert not selectors.sees_money(stage.project, stage.reader)
    page = _client(stage.reader).get(services.address(report)).content.decode()
    assert "•••" in page
    assert "£" not in page
    assert "£2.04m" in _client(stage.manager).get(services.address(report)).content.decode()


def test_facts_are_frozen_when_handed_in(report: StatusReport, stage: Stage) -> None:
    snapshot(stage.project, TODAY, colour="red", days_late=31)
    _hand_in(report, stage)
    assert told(report, money=True).verdict == "Forecast 12 d late, tolerance 15 d"
    stage.project.time_tolerance = 40
    with pytest.raises(ValidationError, match="keeps the facts"):
        services.report_refresh(record=report, actor=stage.manager)
    with pytest.raises(ValidationError, match="once it is sent back"):
        services.report_save(report, actor=stage.manager)


def test_nothing_is_handed_in_without_a_summary(report: StatusReport, stage: Stage) -> None:
    with pytest.raises(ValidationError, match="Write the summary first"):
        services.report_submit(record=report, actor=stage.manager)
    assert StatusReport.objects.get().state == "draft"


def test_the_sponsor_is_told_and_publishes(report: StatusReport, stage: Stage) -> None:
    _hand_in(report, stage)
    told_to = Notification.objects.get(kind="reporting.to_review")
    assert (told_to.user, told_to.url) == (stage.sponsor.user, services.address(report))
    assert list(selectors.to_review(stage.sponsor)) == [report]
    assert not selectors.to_review(stage.manager).exists()
    need = needs.ReportsToReview().need(selectors.to_review(stage.sponsor).get(), stage.sponsor)
    assert need.reason == f"Priya Nair handed it in for {report.period.name}."
    services.report_publish(record=report, actor=stage.sponsor)
    stored = StatusReport.objects.get()
    assert (stored.state, stored.reviewed_by, stored.published_at) == ("published", stage.sponsor.user, NOW)
    assert Notification.objects.get(kind="reporting.published").user == stage.manager.user
    with pytest.raises(ValidationError, match="What is published stands"):
        services.report_save(stored, actor=stage.manager)


def test_nobody_reviews_their_own(report: StatusReport, stage: Stage) -> None:
    _hand_in(report, stage)
    with pytest.raises(PermissionDenied, match="handed in themselves"):
        services.report_publish(record=report, actor=stage.manager)
    with pytest.raises(PermissionDenied, match="sponsor reviews it"):
        services.report_publish(record=report, actor=stage.reader)
    assert StatusReport.objects.get().state == "submitted"


def test_sent_back_with_words_it_is_a_draft_again(report: StatusReport, stage: Stage) -> None:
    _hand_in(report, stage)
    with pytest.raises(ValidationError, match="Say what is missing"):
        services.report_send_back(record=report, reason=" ", actor=stage.sponsor)
    services.report_send_back(record=report, reason="Name the duct proving.", actor=stage.sponsor)
    stored = StatusReport.objects.get()
    assert (stored.state, stored.returned_reason) == ("draft", "Name the duct proving.")
    assert Notification.objects.get(kind="reporting.sent_back").user == stage.manager.user
    page = _client(stage.manager).get(f"{services.address(report)}write/").content.decode()
    assert "Sent back by Martin Oyelaran" in page
    assert "Name the duct proving." in page


def test_the_next_report_says_what_changed(report: StatusReport, stage: Stage) -> None:
    _hand_in(report, stage)
    services.report_publish(record=report, actor=stage.sponsor)
    snapshot(
        stage.project, TODAY, colour="red", days_late=20, forecast_finish=dt.date(2026, 6, 26), eac=2_300_000, cpi=0.87
    )
    following = services.report_start(initiative=stage.project, actor=stage.manager)
    assert (following.period.ends_on, following.facts_on) == (MARCH, TODAY)
    said = told(following, money=True)
    assert [(one.what, one.before, one.after) for one in said.moved] == [
        ("Health", "Amber", "Red"),
        ("Forecast finish", "16 Jun", "26 Jun"),
        ("CPI", "0.98", "0.87"),
        ("Estimate at completion", "£2.04m", "£2.30m"),
    ]
    assert [one.what for one in told(following, money=False).moved] == ["Health", "Forecast finish"]
    with pytest.raises(ValidationError, match="Every period up to now"):
        services.report_start(initiative=stage.project, actor=stage.manager)


def test_what_is_not_handed_in_is_found_needed_and_counted(stage: Stage, make: Make) -> None:
    make("Held", parent=stage.project.parent, state="on_hold", actual_start=dt.date(2025, 9, 1))
    make("Began in March", parent=stage.project.parent, state="active", actual_start=dt.date(2026, 3, 2))
    facts = list(report_overdue(now=NOW, ids=None))
    assert [(one.record, one.owner_user, one.due_on) for one in facts] == [
        (stage.project, stage.manager.user, dt.date(2026, 3, 5))
    ]
    assert list(report_overdue(now=NOW, ids={stage.project.pk + 10_000})) == []
    assert list(selectors.to_write(stage.manager)) == [stage.project]
    assert not selectors.to_write(stage.sponsor).exists()
    need = needs.ReportsToWrite().need(selectors.to_write(stage.manager).get(), stage.manager)
    assert (need.due_on, need.severity, need.url) == (dt.date(2026, 3, 5), "medium", f"{stage.project.url}reports/")

    report = services.report_start(initiative=stage.project, actor=stage.manager)
    assert list(selectors.to_write(stage.manager)) == [stage.project]
    _hand_in(report, stage)
    assert not selectors.to_write(stage.manager).exists()
    assert list(report_overdue(now=NOW, ids=None)) == []
    # Handed in eleven days after its day: late it stays.
    assert selectors.late_count([StatusReport.objects.get()], TODAY) == 1


def test_only_drafts_are_removed(report: StatusReport, stage: Stage) -> None:
    _hand_in(report, stage)
    with pytest.raises(ValidationError, match="Only drafts"):
        services.report_remove(report, actor=stage.system)
    assert StatusReport.objects.count() == 1


def test_written_handed_in_and_published_on_the_page(stage: Stage) -> None:
    manager, sponsor = _client(stage.manager), _client(stage.sponsor)
    base = f"{stage.project.url}reports/"
    assert b"Write report" in manager.get(base).content
    page = manager.post(f"{base}start/", follow=True)
    address = page.redirect_chain[-1][0].removesuffix("write/")
    typed = {
        "version": "1",
        "summary": "Late by 12 d.",
        "achieved": "- duct <b>",
        "next_steps": "",
        "decisions": "Board: second shift.",
    }
    assert manager.post(f"{address}write/", {**typed, "summary": "", "do": "submit"}).status_code == 422
    assert manager.post(f"{address}write/", {**typed, "do": "save"}).status_code == 302
    stale = manager.post(f"{address}write/", {**typed, "summary": "Older", "do": "save"})
    assert stale.status_code == 409
    assert b"Older" in stale.content
    assert manager.post(f"{address}write/", {**typed, "version": "2", "do": "submit"}).headers["Location"] == address
    read = sponsor.get(address).content.decode()
    assert "&lt;b&gt;" in read
    assert read.index("Late by 12 d.") < read.index("Board: second shift.")
    assert manager.get(f"{address}write/").status_code == 302
    sponsor.post(f"{address}do/publish/")
    assert StatusReport.objects.get().state == "published"
    assert b"Published" in manager.get(address).content


def test_a_past_date_shows_a_report_as_it_was(report: StatusReport, stage: Stage) -> None:
    later = Actor(user=stage.manager.user, now=NOW + dt.timedelta(days=3))
    report.summary = "First words."
    services.report_save(report, actor=stage.manager)
    report.summary = "Later words."
    services.report_save(report, actor=later)
    client = _client(stage.manager)
    then = client.get(services.address(report), {"as_of": TODAY.isoformat()}).content.decode()
    assert "First words." in then
    assert "Later words." not in then
    assert client.get(services.address(report), {"as_of": "2026-03-01"}).status_code == 404
    assert b"Later words." in client.get(services.address(report), {"as_of": ""}).content


def test_a_stranger_learns_nothing(report: StatusReport, stage: Stage, stranger: Actor) -> None:
    client = _client(stranger)
    base = f"{stage.project.url}reports/"
    for rest in ("", f"{report.pk}/", f"{report.pk}/write/", f"{report.pk}/report.pdf"):
        assert client.get(base + rest).status_code == 404, rest
    for rest in ("start/", f"{report.pk}/do/publish/", f"{report.pk}/do/remove/"):
        assert client.post(base + rest).status_code == 404, rest
    assert StatusReport.objects.get().state == "draft"


def test_the_document_is_tagged_and_takes_no_markup(report: StatusReport, stage: Stage) -> None:
    report.summary = '#read("/etc/passwd") *not bold in typst* $x$ @ref <label> \\'
    report.decisions = "1. One\n2. Two\n\n> quoted `code`"
    services.report_submit(record=report, actor=stage.manager)
    answer = _client(stage.manager).get(f"{services.address(report)}report.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in answer.content
    assert b"/Lang" in answer.content
