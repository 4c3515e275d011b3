"""The conversation in a browser's requests."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.jobs import worker
from quarterdeck.kernel.registers.exchange import jobs
from quarterdeck.kernel.registers.models import ImportFile, ImportRun
from tests.kernel.registers.exchange.conftest import NOW, MakeActor, sheet_of

State = ImportRun.State


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests happen at the moment of the fixtures."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def web(client: Client, head: Actor, units: dict[str, Any]) -> Client:
    assert head.user is not None
    client.force_login(head.user)
    return client


def send(web: Client, content: bytes | str, name: str = "units.csv", slug: str = "units") -> ImportRun:
    data = content.encode() if isinstance(content, str) else content
    answer = web.post(f"/{slug}/import/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    run = ImportRun.objects.latest("id")
    assert answer.headers["Location"] == f"/{slug}/import/{run.pk}/"
    return run


def matched(run: ImportRun, **more: str) -> dict[str, str]:
    return {f"column-{index}": name for index, name in run.options["columns"].items()} | more


def test_upload_match_check_write_undo(web: Client) -> None:
    assert "Empty file with headers" in web.get("/units/import/").content.decode()
    run = send(web, "Code,Name,Kind,Part of\nOPS,Field operations,,\nIT,IT,Division,GRP\n")
    page = web.get(f"/units/import/{run.pk}/").content.decode()
    assert page.count('<select class="select" name="column-') == 4
    assert re.search(r'<option value="parent" selected>Part of</option>', page)
    assert "Field operations · IT" in page
    answer = web.post(f"/units/import/{run.pk}/columns/", matched(run, dates="day"))
    assert answer.status_code == 302
    page = web.get(answer.headers["Location"]).content.decode()
    for text in ("Operations", "Field operations", "Import 2 rows"):
        assert text in page
    assert OrganisationUnit.objects.count() == 4
    answer = web.post(f"/units/import/{run.pk}/write/", follow=True)
    page = answer.content.decode()
    assert "1 record added, 1 changed" in page
    assert f"/undo/{run.batch}/" in page
    assert OrganisationUnit.objects.get(code="OPS").name == "Field operations"
    web.post(f"/undo/{run.batch}/")
    assert OrganisationUnit.objects.get(code="OPS").name == "Operations"
    assert not OrganisationUnit.objects.filter(code="IT").exists()


def test_errors_are_shown_and_can_be_downloaded(web: Client) -> None:
    run = send(web, "Code,Name,Kind\nOPS,Ops,Galaxy\n")
    web.post(f"/units/import/{run.pk}/columns/", matched(run))
    page = web.get(f"/units/import/{run.pk}/").content.decode()
    assert "“Galaxy” is not one of: Enterprise, Division, Department, Team." in page
    assert "Import 1 row" not in page
    answer = web.get(f"/units/import/{run.pk}/errors.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming response
    assert text.splitlines()[0] == "Row,Column,Error in units.csv"
    assert text.splitlines()[1].startswith('2,Kind,"“Galaxy” is not one of')


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "empty"), (b"PK\x03\x04broken", "damaged"), (b"A,A\n1,2\n", "both called")]
)
def test_a_file_that_is_not_taken_says_why(web: Client, content: bytes, says: str) -> None:
    answer = web.post("/units/import/", {"file": SimpleUploadedFile("a.csv", content)})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_no_file_and_too_large(web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Choose a file first" in web.post("/units/import/").content.decode()
    monkeypatch.setattr(settings, "IMPORT_MAX_BYTES", 1024 * 1024)
    answer = web.post("/units/import/", {"file": SimpleUploadedFile("a.csv", b"x" * (1024 * 1024 + 1))})
    assert "larger than 1 MB" in answer.content.decode()


def test_another_sheet_can_be_read(web: Client) -> None:
    content = sheet_of([["Nothing"], ["x"]], {"Units": [["Code", "Name"], ["OPS", "Field"]]})
    run = send(web, content, "units.xlsx")
    web.post(f"/units/import/{run.pk}/columns/", {"sheet": "Units", "read_sheet": "1"})
    run.refresh_from_db()
    assert (run.headers, run.options["columns"], run.state) == (["Code", "Name"], {"0": "code", "1": "name"}, "columns")


def test_discard_forgets_the_file(web: Client) -> None:
    run = send(web, "Code,Name\nOPS,Field\n")
    web.post(f"/units/import/{run.pk}/discard/")
    assert not ImportRun.objects.exists()
    assert not ImportFile.objects.exists()


def test_long_files_are_checked_and_written_by_jobs(web: Client, rates: dict[str, Any]) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    codes = [f"Q{a}{b}" for a in letters for b in letters][:600]
    run = send(web, "Code,Name\n" + "".join(f"{code},Name of {code}\n" for code in codes), "many.csv", "currencies")
    answer = web.post(f"/currencies/import/{run.pk}/columns/", matched(run))
    run.refresh_from_db()
    assert run.state == State.CHECKING
    assert run.job is not None
    assert answer.headers["Location"] == f"/jobs/{run.job.pk}/"
    assert "Being checked" in web.get(f"/currencies/import/{run.pk}/").content.decode()
    worker.drain()
    run.refresh_from_db()
    assert (run.state, run.report["counts"]["new"]) == (State.CHECKED, 600)
    assert f"/currencies/import/{run.pk}/" in web.get(f"/jobs/{run.job.pk}/").content.decode()
    web.post(f"/currencies/import/{run.pk}/write/")
    run.refresh_from_db()
    assert run.state == State.WRITING
    assert Currency.objects.count() == 3
    worker.drain()
    run.refresh_from_db()
    assert run.state == State.DONE
    assert Currency.objects.count() == 603
    # A second run of the same job finds the work done.
    jobs.queue_write(run=run, actor=Actor.system(now=NOW))
    worker.drain()
    assert Currency.objects.count() == 603


def test_exports_over_http(web: Client) -> None:
    answer = web.get("/units/export.csv?cols=code,name&f.kind=enterprise")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="units-2026-03-16.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming response
    assert text == "Code,Name\r\nGRP,Group\r\n"
    answer = web.get("/units/export.xlsx?cols=code")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]  # a streaming response
    answer = web.get("/units/import/template.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming response
    assert text.startswith("Code,Name,Kind,Part of,Purpose")


ADDRESSES = ["export.csv", "export.xlsx", "import/", "import/template.csv"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_get_404_and_the_unknown_sign_in(
    address: str, client: Client, web: Client, actor_at: MakeActor
) -> None:
    stranger = actor_at("stranger@example.org", {"people.*": ["view"]})
    assert stranger.user is not None
    other = Client()
    assert other.get(f"/units/{address}").headers["Location"].startswith(reverse("account_login"))
    other.force_login(stranger.user)
    assert other.get(f"/units/{address}").status_code == 404


def test_readers_export_but_do_not_import_and_runs_are_ones_own(web: Client, actor_at: MakeActor) -> None:
    reader = actor_at("reader@example.org", {"organisation.*": ["view"]})
    editor = actor_at("editor@example.org", {"organisation.*": ["view", "add", "change"]})
    run = send(web, "Code,Name\nOPS,Field\n")
    other = Client()
    assert reader.user is not None
    assert editor.user is not None
    other.force_login(reader.user)
    assert other.get("/units/export.csv").status_code == 200
    assert other.get("/units/import/").status_code == 404
    other.force_login(editor.user)
    for address in ("", "errors.csv"):
        assert other.get(f"/units/import/{run.pk}/{address}").status_code == 404
    for address in ("columns/", "write/", "discard/"):
        assert other.post(f"/units/import/{run.pk}/{address}").status_code == 404
    assert ImportRun.objects.filter(pk=run.pk).exists()


def test_a_past_date_takes_no_import_but_exports(web: Client) -> None:
    assert web.get("/units/import/?as_of=2026-03-01").status_code == 404
    assert web.get("/units/export.csv?as_of=2026-03-01").status_code == 200
