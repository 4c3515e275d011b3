"""Photos with a report: kept with the task, once, without the place where they were taken; nothing else is taken."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import PlanResource
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.files import storage
from quarterdeck.kernel.files.models import Attachment
from quarterdeck.kernel.files.photos import NotAPhoto, cleaned
from tests.apps.delivery.conftest import Shed
from tests.cast import EDITOR, READER, STRANGER, Cast

PLACE = b"GPS 51.9244 N 4.4777 E"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(way: int = 6, order: str = ">") -> bytes:
    head = b"MM" if order == ">" else b"II"
    tiff = head + struct.pack(f"{order}HIH", 42, 8, 2)
    tiff += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 60)
    return segment(0xE1, b"Exif\x00\x00" + tiff + b"\x00" * 4 + PLACE)


def jpeg(*extra: bytes, width: int = 8, height: int = 8, tail: bytes = b"") -> bytes:
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34\xff\x00\x56\xff\xd0\x78"
    table = segment(0xDB, bytes(65))
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + b"".join(extra)
        + table
        + frame
        + scan
        + b"\xff\xd9"
        + tail
    )


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*extra: bytes, width: int = 8, height: int = 8) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(b"\0" * 72)) + chunk(b"IEND", b"")
    )


def webp(*extra: bytes, flags: int = 0x0C) -> bytes:
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes([flags]) + bytes(3) + b"\x07\0\0\x07\0\0"
    body += b"VP8 " + struct.pack("<I", 4) + b"\0\0\0\0" + b"".join(extra)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# -- what a camera writes beside the picture ---------------------------------------------------------------------------


@pytest.mark.parametrize("order", [">", "<"])
def test_the_place_goes_and_which_way_is_up_stays(order: str) -> None:
    given = jpeg(exif(6, order), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE), segment(0xFE, PLACE))
    found, kind = cleaned(given)
    assert kind == "image/jpeg"
    assert PLACE not in found
    assert b"adobe.com" not in found
    assert found.count(b"Exif") == 1
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in found
    assert found.endswith(b"\x12\x34\xff\x00\x56\xff\xd0\x78\xff\xd9")


def test_an_upright_photo_keeps_no_exif_at_all() -> None:
    found, _kind = cleaned(jpeg(exif(1)))
    assert b"Exif" not in found


def test_what_is_hidden_behind_the_end_goes() -> None:
    found, _kind = cleaned(jpeg(tail=b"PK\x03\x04 a film, a zip, " + PLACE))
    assert found == cleaned(jpeg())[0]


def test_texts_of_png_and_webp_go() -> None:
    found, kind = cleaned(
        png(chunk(b"eXIf", PLACE), chunk(b"tEXt", b"Location\0" + PLACE), chunk(b"gAMA", b"\0\0\xb1\x8f"))
    )
    assert (kind, PLACE in found, b"gAMA" in found) == ("image/png", False, True)
    found, kind = cleaned(webp(b"EXIF" + struct.pack("<I", len(PLACE)) + PLACE, b"XMP " + struct.pack("<I", 2) + b"xx"))
    assert (kind, PLACE in found, b"XMP" in found, found[20]) == ("image/webp", False, False, 0)
    assert struct.unpack("<I", found[4:8])[0] == len(found) - 8


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\xff\xd8\xff",
        b"GIF89a" + bytes(20),
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff\xe1\xff\xff" + b"cut",
        jpeg()[:-2],
        jpeg()[:40],
        b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"\xff\xd9",
        jpeg(width=60_000, height=60_000),
        jpeg(width=0),
        b"\xff\xd8\xff\xe0\x00\x00" + bytes(50),
        png(width=100_000),
        png()[:-12],
        png().replace(b"IDAT", b"IDAX"),
        b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(8),
        b"RIFF\x04\0\0\0WEBP",
    ],
)
def test_what_is_no_whole_photo_is_refused(given: bytes) -> None:
    with pytest.raises(NotAPhoto):
        cleaned(given)


@pytest.mark.parametrize(
    "block",
    [
        b"Exif\0\0",
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(10),
        b"Exif\0\0XX" + bytes(30),
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 9, 0),
    ],
)
def test_nonsense_in_exif_turns_nothing(block: bytes) -> None:
    found, _kind = cleaned(jpeg(segment(0xE1, block)))
    assert b"Exif" not in found


# -- with a report -----------------------------------------------------------------------------------------------------


def upload(content: bytes = b"", name: str = "IMG_1234.JPG") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or jpeg(exif()), content_type="image/jpeg")


def send(client: Client, shed: Shed, **more: Any) -> Any:
    body = {"task": str(shed.id("Dig")), "request": "r1", "photo": upload(), **more}
    return client.post(f"{shed.url}photo", {name: value for name, value in body.items() if value is not None})


@pytest.mark.django_db
def test_a_photo_is_kept_with_the_task_and_seen_by_who_sees_it(shed: Shed, cast: Cast) -> None:
    response = send(cast.client(EDITOR), shed)
    assert response.status_code == 201
    kept = Attachment.objects.get()
    assert (kept.record_type, kept.record_id, kept.content_type) == ("delivery.task", shed.id("Dig"), "image/jpeg")
    assert kept.name.startswith(cast.actor(EDITOR).today.isoformat())
    assert "IMG_1234" not in kept.name
    content = storage.path_of(kept.sha256).read_bytes()
    assert PLACE not in content
    url = response.json()["url"]
    known = {"If-None-Match": f'"{kept.sha256}"'}
    assert cast.client(READER).get(url, headers=known).status_code == 304
    assert cast.client(STRANGER).get(url, headers=known).status_code == 404
    told = cast.client(EDITOR).get(f"{shed.url}why", {"task": shed.id("Dig")}).json()
    assert told["photos"] == [{"url": url, "name": kept.name}]


@pytest.mark.django_db
def test_a_photo_sent_again_is_kept_once(shed: Shed, cast: Cast) -> None:
    client = cast.client(EDITOR)
    one, two = send(client, shed), send(client, shed)
    assert one.json() == two.json()
    send(client, shed, request="r2")
    assert Attachment.objects.count() == 2


@pytest.mark.django_db
def test_a_photo_sent_again_after_midnight_is_kept_once(shed: Shed, cast: Cast) -> None:
    actor, task = cast.actor(EDITOR), shed.task("Dig")
    photo = services.photo_read(upload())
    evening = services.photo_attach(task=task, photo=photo, actor=actor, request="r1")
    later = actor.at(actor.now + dt.timedelta(days=1))
    assert services.photo_attach(task=task, photo=photo, actor=later, request="r1") == evening
    assert services.photo_attach(task=task, photo=photo, actor=actor) != evening
    assert services.photo_attach(task=task, photo=photo, actor=later).name.startswith(later.today.isoformat())
    assert Attachment.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"photo": None}, 422),
        ({"photo": SimpleUploadedFile("a.jpg", b"MZ program")}, 422),
        ({"photo": SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>")}, 422),
        ({"task": "0"}, 404),
        ({"task": "1; DROP TABLE"}, 404),
        ({"task": "9" * 30}, 404),
    ],
)
def test_what_is_no_photo_of_a_task_is_refused(shed: Shed, cast: Cast, more: dict[str, Any], status: int) -> None:
    assert send(cast.client(EDITOR), shed, **more).status_code == status
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_large_one_is_refused_before_it_is_looked_at(shed: Shed, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(services.photos, "LARGEST", 100)
    response = send(cast.client(EDITOR), shed)
    assert response.status_code == 422
    assert "larger than" in response.json()["message"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", [READER, STRANGER])
def test_whoever_may_not_report_sends_none(shed: Shed, cast: Cast, who: str) -> None:
    assert send(cast.client(who), shed).status_code == 404
    assert not Attachment.objects.exists()


@pytest.fixture
def mel(shed: Shed, team_member: User, cast: Cast) -> Client:
    """A team member who works on Dig, signed in."""
    person = cast.north.make(Person, user=team_member)
    PlanResource.objects.filter(plan=shed.plan, name="Ann").update(person=person)
    client = Client()
    client.force_login(team_member)
    return client


@pytest.mark.django_db
def test_my_tasks_take_photos_with_the_report(shed: Shed, mel: Client) -> None:
    key = shed.id("Dig")
    html = mel.get("/my-tasks/", {"task": key}).content.decode()
    assert 'type="file"' in html
    assert 'enctype="multipart/form-data"' in html
    response = mel.post(
        f"/my-tasks/{key}/report/", {"percent": "50", "was_percent": "0", "photo": [upload(), upload(png())]}
    )
    assert response.status_code == 302
    assert shed.task("Dig").percent == 50
    assert sorted(Attachment.objects.values_list("content_type", flat=True)) == ["image/jpeg", "image/png"]
    assert "mine-photos" in mel.get("/my-tasks/", {"task": key}).content.decode()


@pytest.mark.django_db
def test_a_photo_alone_is_a_report_and_a_bad_one_holds_the_report_back(shed: Shed, mel: Client) -> None:
    key = shed.id("Dig")
    assert mel.post(f"/my-tasks/{key}/report/", {"photo": upload()}).status_code == 302
    assert Attachment.objects.count() == 1
    bad = {"percent": "80", "was_percent": "0", "photo": upload(io.BytesIO(b"nothing").getvalue())}
    response = mel.post(f"/my-tasks/{key}/report/", bad)
    assert response.status_code == 422
    assert "This is no photo" in response.content.decode()
    assert shed.task("Dig").percent == 0
