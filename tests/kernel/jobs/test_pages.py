"""The pages of jobs: one's own for everyone, all for administrators, nothing for strangers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from quarterdeck.kernel import clock, jobs
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.middleware import ELEVATION
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.services import elevation_start
from quarterdeck.kernel.jobs import running, worker
from quarterdeck.kernel.jobs.http import back
from quarterdeck.kernel.jobs.models import Job

pytestmark = pytest.mark.django_db


@jobs.job(title="Page work", retries=0)
def page_work(progress: jobs.Progress, *, fail: bool = False) -> dict[str, Any]:
    if fail:
        raise RuntimeError("secret 42")
    return {"url": "/result/"}


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner@example.org", name="Olive Owner")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def queued(owner: User, title: str = "Import of risks", **arguments: Any) -> Job:
    return jobs.enqueue(page_work, actor=Actor(user=owner, now=clock.now()), title=title, **arguments)


def reads(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_a_job_is_followed_from_waiting_to_its_result(owner: User) -> None:
    client, job = signed_in(owner), queued(owner)
    page = reads(client, f"/jobs/{job.pk}/")
    assert "Import of risks" in page
    assert f'hx-get="/jobs/{job.pk}/progress"' in page
    assert "Waits for its turn." in page
    claimed = running.claim_next("w")
    assert claimed is not None
    Job.objects.filter(pk=job.pk).update(done=1200, total=5000, message="Reading rows")
    part = reads(client, f"/jobs/{job.pk}/progress")
    assert '<progress aria-label="Import of risks" max="5000" value="1200">' in part
    assert "1,200 of 5,000" in part
    assert "hx-get" in part
    assert "<html" not in part
    assert running.run(claimed) == "done"
    part = reads(client, f"/jobs/{job.pk}/progress")
    assert "hx-get" not in part
    assert 'href="/result/"' in part
    assert "Cancel job" not in part
    told = client.get(f"/jobs/{job.pk}/progress", headers={"Accept": "application/json"}).json()
    assert (told["state"], told["url"]) == ("done", "/result/")


def test_cancel_and_run_again(owner: User) -> None:
    client, job = signed_in(owner), queued(owner)
    assert "Cancel job" in reads(client, f"/jobs/{job.pk}/")
    assert client.get(f"/jobs/{job.pk}/cancel").status_code == 405
    assert client.post(f"/jobs/{job.pk}/cancel").headers["Location"] == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "Run again" in reads(client, f"/jobs/{job.pk}/")
    client.post(f"/jobs/{job.pk}/retry")
    job.refresh_from_db()
    assert job.state == "waiting"


def test_only_an_elevated_administrator_sees_the_traceback(owner: User) -> None:
    job = queued(owner, fail=True)
    worker.drain()
    administrator = User.objects.create_user("admin@example.org", name="Admin", is_administrator=True)
    mine = reads(signed_in(owner), f"/jobs/{job.pk}/")
    assert "Something unexpected stopped this job" in mine
    assert "secret 42" not in mine
    client = signed_in(administrator)
    assert "secret 42" not in reads(client, f"/jobs/{job.pk}/")
    assert "secret 42" not in reads(client, f"/jobs/{job.pk}/progress")
    started = elevation_start(user=administrator, kind="administer", reason="Look at a job", now=clock.now())
    session = client.session
    session[ELEVATION] = started.pk
    session.save()
    assert "secret 42" in reads(client, f"/jobs/{job.pk}/")


def test_strangers_get_404_and_visitors_sign_in(owner: User) -> None:
    job = queued(owner)
    stranger = signed_in(User.objects.create_user("stranger@example.org", name="Stranger"))
    for path in ("", "progress"):
        assert stranger.get(f"/jobs/{job.pk}/{path}").status_code == 404
    for path in ("cancel", "retry"):
        assert stranger.post(f"/jobs/{job.pk}/{path}").status_code == 404
    assert "Import of risks" not in reads(stranger, "/jobs/")
    for path in ("/jobs/", f"/jobs/{job.pk}/", f"/jobs/{job.pk}/progress"):
        assert Client().get(path).status_code == 302
    job.refresh_from_db()
    assert job.state == "waiting"


def test_the_list_is_narrowed_and_paged(owner: User, django_assert_max_num_queries: Any) -> None:
    for number in range(52):
        queued(owner, title=f"Job <{number}>")
    cancelled = Job.objects.get(title="Job <7>")
    jobs.cancel(cancelled, actor=Actor(user=owner, now=clock.now()))
    client = signed_in(owner)
    reads(client, "/jobs/")  # the first page of a session notes it
    with django_assert_max_num_queries(12):
        page = reads(client, "/jobs/")
    assert page.count('class="name"') == 50
    assert "Job &lt;51&gt;" in page
    assert "Page 1 of 2" in page
    assert reads(client, "/jobs/?page=2").count('class="name"') == 2
    only = reads(client, "/jobs/?state=cancelled")
    assert only.count('class="name"') == 1
    assert "Job &lt;7&gt;" in only
    nothing = reads(client, "/jobs/?state=failed")
    assert "No jobs here" in nothing


def test_going_back_stays_on_this_site(rf: Any) -> None:
    for target, location in (
        ("/a/?b", "/a/?b"),
        ("//evil.example/", "/x/"),
        ("https://evil.example/", "/x/"),
        ("", "/x/"),
    ):
        assert back(rf.post("/", {"next": target}), "/x/").url == location
