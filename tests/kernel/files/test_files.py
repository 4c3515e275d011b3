from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import Http404
from django.test import RequestFactory

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.files import kinds, storage
from quarterdeck.kernel.files.models import Attachment
from quarterdeck.kernel.files.selectors import file_counts, file_for, files_of
from quarterdeck.kernel.files.services import clean_name, content_attach, file_attach, file_remove, file_restore
from quarterdeck.kernel.files.views import download
from tests.kernel import pointed

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
SHA_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return tmp_path / "files"


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def get(attachment: Attachment, actor: Actor, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and content; 404 is what an Http404 becomes."""
    request = RequestFactory().get(attachment.get_absolute_url(), headers=headers)
    request.actor = actor  # type: ignore[attr-defined]  # as ActorMiddleware sets it
    try:
        response = download(request, attachment.pk, attachment.name)
    except Http404:
        return 404, {}, b""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    # As Django's own test client does: the end of a request would close the test's connection.
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)
    return response.status_code, dict(response.items()), content


def test_a_file_is_kept_by_checksum_and_noted_in_history(folder: Path) -> None:
    record = pointed.record_at(pointed.node("North"))
    ada = pointed.member(record.scope)
    kept = file_attach(record=record, upload=SimpleUploadedFile("C:\\a\\Minutes.txt", b"hello"), actor=ada)
    assert (kept.name, kept.size, kept.content_type, kept.sha256, kept.uploaded_by, kept.uploaded_at) == (
        "Minutes.txt",
        5,
        "text/plain",
        SHA_OF_HELLO,
        ada.user,
        pointed.NOW,
    )
    assert [path.relative_to(folder).as_posix() for path in stored(folder)] == [f"2c/f2/{SHA_OF_HELLO}"]
    assert stored(folder)[0].read_bytes() == b"hello"
    assert records.history_of(record)[0].after == {"files": ["Minutes.txt"]}
    assert list(files_of(record)) == [kept]
    assert file_counts([record]) == {record.pk: 1}


def test_the_same_content_is_stored_once(folder: Path) -> None:
    record = pointed.record_at(pointed.node("North"))
    for name in ("a.txt", "b.txt"):
        content_attach(record=record, name=name, chunks=[b"he", b"llo"], actor=pointed.system())
    assert len(stored(folder)) == 1
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.txt", "Grüße".encode(), "text/plain"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.txt", b"<html><body>x", "text/html"),
        ("a.png", b"\xef\xbb\xbf  <!DOCTYPE html>", "text/html"),
        ("a.png", b"<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
        ("a.txt", b"hello <script>alert(1)</script>", "text/html"),
        ("a.docx", b"PK\x03\x04rest", kinds.ZIPS[".docx"]),
        ("a.png", b"PK\x03\x04rest", "application/zip"),
        ("a.txt", b"MZ\x90\x00", "application/x-dosexec"),
        ("a.png", b"\x00\x01\x02\x03nothing known", "application/octet-stream"),
    ],
)
def test_the_type_comes_from_the_content(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    assert kinds.content_type(path, name) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b""), ("a.txt", b"x" * 11), ("photo.png", b"MZ\x90\x00"), ("run.BAT", b"dir"), ("tool", b"\x7fELF")],
)
def test_what_is_empty_too_large_or_a_program_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(settings, "FILES_LARGEST", 10, raising=False)
    record = pointed.record_at(pointed.node("North"))
    with pytest.raises(ValidationError):
        file_attach(record=record, upload=SimpleUploadedFile(name, content), actor=pointed.system())
    assert stored(folder) == []
    assert not Attachment.objects.exists()


def test_who_may_not_change_the_record_adds_and_removes_nothing(folder: Path) -> None:
    record = pointed.record_at(pointed.node("North"))
    kept = content_attach(record=record, name="a.txt", chunks=[b"x"], actor=pointed.system())
    reader = pointed.member(record.scope, actions=("view",))
    with pytest.raises(AccessDenied):
        content_attach(record=record, name="b.txt", chunks=[b"y"], actor=reader)
    with pytest.raises(AccessDenied):
        file_remove(attachment=kept, actor=reader)
    assert len(stored(folder)) == 1


def test_only_those_who_see_the_record_get_the_file() -> None:
    record = pointed.record_at(pointed.node("North"))
    kept = content_attach(record=record, name="Plan B.txt", chunks=[b"hello"], actor=pointed.system())
    status, headers, content = get(kept, pointed.member(record.scope, actions=("view",)))
    assert (status, content) == (200, b"hello")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Content-Disposition"] == 'inline; filename="Plan B.txt"'
    assert headers["Cache-Control"] == "private, no-cache"
    assert get(kept, pointed.stranger())[0] == 404
    assert get(kept, pointed.member(pointed.node("South"), "Eve"))[0] == 404
    assert file_for(pointed.system(), 999) is None


def test_an_unchanged_file_is_not_sent_again() -> None:
    record = pointed.record_at(pointed.node("North"))
    kept = content_attach(record=record, name="a.txt", chunks=[b"hello"], actor=pointed.system())
    status, headers, content = get(kept, pointed.system(), **{"If-None-Match": f'"{SHA_OF_HELLO}"'})
    assert (status, content, headers["ETag"]) == (304, b"", f'"{SHA_OF_HELLO}"')
    assert get(kept, pointed.stranger(), **{"If-None-Match": f'"{SHA_OF_HELLO}"'})[0] == 404


@pytest.mark.parametrize(
    ("name", "content", "sent_as"),
    [
        ("a.html", b"<html><script>x</script>", "application/octet-stream"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.png", b"<html>", "application/octet-stream"),
    ],
)
def test_what_could_run_is_only_saved(name: str, content: bytes, sent_as: str) -> None:
    record = pointed.record_at(pointed.node("North"))
    kept = content_attach(record=record, name=name, chunks=[content], actor=pointed.system())
    _status, headers, _content = get(kept, pointed.system())
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert headers["Content-Type"] == sent_as


def test_a_removed_file_is_gone_until_restored() -> None:
    record = pointed.record_at(pointed.node("North"))
    kept = content_attach(record=record, name="a.txt", chunks=[b"x"], actor=pointed.system())
    file_remove(attachment=kept, actor=pointed.system())
    assert records.history_of(record)[0].before == {"files": ["a.txt"]}
    assert list(files_of(record)) == []
    assert get(kept, pointed.system())[0] == 404
    file_restore(attachment=kept, actor=pointed.system())
    assert list(files_of(record)) == [kept]


def test_cleaning_up_deletes_what_no_row_names_and_nothing_younger(folder: Path) -> None:
    record = pointed.record_at(pointed.node("North"))
    kept = content_attach(record=record, name="a.txt", chunks=[b"kept"], actor=pointed.system())
    gone = content_attach(record=record, name="b.txt", chunks=[b"gone!"], actor=pointed.system())
    file_remove(attachment=gone, actor=pointed.system())
    fresh = storage.path_of("f" * 64)
    fresh.parent.mkdir(parents=True)
    fresh.write_bytes(b"fresh")
    later = pointed.NOW + dt.timedelta(days=31)
    for path in stored(folder):
        age = later - dt.timedelta(hours=1 if path == fresh else 7)
        os.utime(path, (age.timestamp(), age.timestamp()))
    assert storage.clean_up(now=later - dt.timedelta(days=2)) == 0
    assert storage.clean_up(now=later) == len(b"gone!")
    assert {path.name for path in stored(folder)} == {kept.sha256, "f" * 64}
    assert list(Attachment.objects.all()) == [kept]
    with pytest.raises(ValidationError):
        file_restore(attachment=gone, actor=pointed.system())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\r\nb.txt", "ab.txt"),
        ("gpj\u202efdp.exe", "gpjfdp.exe"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert clean_name(given) == kept
