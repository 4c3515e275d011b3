"""The audit of dependencies, against an OSV on loopback; nothing here asks the network."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools import audit

ADVISORIES: dict[str, dict[str, Any]] = {
    "GHSA-aaaa": {
        "summary": "Log injection",
        "aliases": ["CVE-2099-1"],
        "affected": [
            {
                "package": {"name": "Django"},
                "ranges": [
                    {"type": "GIT", "events": [{"fixed": "abcdef"}]},
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}, {"fixed": "98.7"}]},
                ],
            },
            {"package": {"name": "other"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "1.0"}]}]},
        ],
    },
    "PYSEC-1": {"details": "The same fault.\nAt length.", "aliases": ["CVE-2099-1", "GHSA-aaaa"], "affected": []},
    "GHSA-gone": {"summary": "Never was one", "withdrawn": "2099-01-01T00:00:00Z", "affected": []},
    "GHSA-npm": {"summary": "Prototype", "affected": [{"package": {"name": "htmx.org"}, "ranges": []}]},
}


class Osv(HTTPServer):
    """Answers as OSV does. `known` are ids by package; what is in `paged` comes on a second page."""

    known: dict[tuple[str, str], list[str]]
    paged: dict[tuple[str, str], list[str]]
    asked: list[Any]
    short = False


class Answers(BaseHTTPRequestHandler):
    server: Osv

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.server.asked.append(queries)
        results: list[dict[str, Any]] = []
        for query in queries:
            key = (query["package"]["ecosystem"], query["package"]["name"])
            if "page_token" in query:
                results.append({"vulns": [{"id": one} for one in self.server.paged[key]]})
                continue
            result: dict[str, Any] = {}
            if key in self.server.known:
                result["vulns"] = [{"id": one} for one in self.server.known[key]]
            if key in self.server.paged:
                result["next_page_token"] = "more"
            results.append(result)
        self.send({"results": results[:-1] if self.server.short else results})

    def do_GET(self) -> None:
        self.send(ADVISORIES[self.path.rpartition("/")[2]])

    def send(self, body: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def osv() -> Iterator[Osv]:
    server = Osv(("127.0.0.1", 0), Answers)
    server.known, server.paged, server.asked = {}, {}, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(osv: Osv, *more: str) -> int:
    return audit.main(["--service", f"http://127.0.0.1:{osv.server_port}", *more])


def test_every_locked_version_is_asked_about(osv: Osv, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(osv) == 0
    (queries,) = osv.asked
    asked = {(one["package"]["ecosystem"], one["package"]["name"], one["version"]) for one in queries}
    names = {(ecosystem, name) for ecosystem, name, _version in asked}
    assert {("PyPI", "django"), ("PyPI", "uv"), ("PyPI", "pytest"), ("npm", "htmx.org"), ("npm", "esbuild")} <= names
    lock = (audit.ROOT / "requirements.lock").read_text()
    numpy = {version for _ecosystem, name, version in asked if name == "numpy"}
    assert len(numpy) == lock.count("\nnumpy=="), "also the versions for another Python than this one"
    assert capsys.readouterr().out == f"No advisory is known for the {len(asked)} locked packages.\n"


def test_an_advisory_is_told_once_with_where_it_is_mended(osv: Osv, capsys: pytest.CaptureFixture[str]) -> None:
    osv.known = {("PyPI", "django"): ["GHSA-aaaa", "PYSEC-1", "GHSA-gone"]}
    assert run(osv, "--where-possible") == audit.FOUND
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("ADVISORY  django ")
    assert first.endswith("(PyPI): GHSA-aaaa (CVE-2099-1): Log injection; mended in 99.1, 98.7")
    assert last.startswith("1 advisories for ")


def test_what_comes_on_a_later_page_counts(osv: Osv, capsys: pytest.CaptureFixture[str]) -> None:
    osv.paged = {("npm", "htmx.org"): ["GHSA-npm"]}
    assert run(osv) == audit.FOUND
    assert [len(queries) for queries in osv.asked][1:] == [1]
    assert "(npm): GHSA-npm: Prototype; not mended yet" in capsys.readouterr().out


def test_batches_are_no_larger_than_osv_takes(osv: Osv, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 60)
    osv.known = {("npm", "htmx.org"): ["GHSA-npm"]}
    assert run(osv) == audit.FOUND
    assert max(len(queries) for queries in osv.asked) == 60
    assert sum(len(queries) for queries in osv.asked) == len(audit.locked())


@pytest.mark.parametrize("where_possible", [False, True])
def test_what_could_not_be_asked_is_said_and_is_no_clean_bill(
    osv: Osv, where_possible: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    osv.short = True
    more = ["--where-possible"] if where_possible else []
    assert run(osv, *more) == (0 if where_possible else audit.COULD_NOT)
    said = capsys.readouterr().out
    assert said.startswith("COULD NOT BE ASKED  ")
    assert "No advisory is known" not in said


def test_a_service_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["--service", "http://127.0.0.1:9"]) == audit.COULD_NOT
    assert "COULD NOT BE ASKED  http://127.0.0.1:9/v1/querybatch: " in capsys.readouterr().out


def test_what_is_accepted_holds_until_its_day(
    osv: Osv, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    osv.known = {("PyPI", "django"): ["GHSA-aaaa"]}
    monkeypatch.setattr(audit, "accepted", lambda **_now: {"CVE-2099-1": "We write no such log."})
    assert run(osv) == 0
    assert "accepted  django " in capsys.readouterr().out


def test_the_list_of_what_is_accepted(tmp_path: Path) -> None:
    folder = tmp_path / "tools"
    folder.mkdir()
    day = dt.date(2026, 11, 22)
    assert audit.accepted(tmp_path, today=day) == {}
    place = folder / "accepted_advisories.txt"
    place.write_text("# why\n\nCVE-1 2026-11-22 Not reached.\nCVE-2 2026-11-21 Over.\n")
    assert audit.accepted(tmp_path, today=day) == {"CVE-1": "Not reached."}
    place.write_text("CVE-1 2026-11-22\n")
    with pytest.raises(ValueError, match="is not an id, a date and a reason"):
        audit.accepted(tmp_path, today=day)


def test_the_list_of_today_can_be_read() -> None:
    assert all(reason for reason in audit.accepted(today=dt.date(2026, 1, 1)).values())
