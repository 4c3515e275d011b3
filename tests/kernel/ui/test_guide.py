"""The guide inside the product: every page is listed, every link leads somewhere, nothing else is served."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.ui import guide
from quarterdeck.kernel.ui.guide import Chapter, Entry

ROOT = Path(__file__).resolve().parents[3]
WRITTEN = ROOT / "docs" / "guide"
NAMES = [entry.name for chapter in guide.chapters() for entry in chapter.entries]
PNG = b"\x89PNG\r\n\x1a\n"


@cache
def sources() -> str:
    """Everything that may put a word on a screen, in lower case."""
    package: Path = settings.PACKAGE
    files = [*package.rglob("*.py"), *package.rglob("*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files).lower()


@pytest.fixture
def small(tmp_path: Path, settings: Any) -> Path:
    """A guide of two pages and one picture, as an installed wheel carries it."""
    made = tmp_path / "guide"
    (made / "img").mkdir(parents=True)
    (made / "img" / "list-wide.png").write_bytes(PNG)
    (made / "index.md").write_text(
        "# Guide\n\nHello\n\n## By task\n\n- [Lists](lists.md): find rows\n* [Gone](gone.md)\n"
    )
    (made / "lists.md").write_text(
        "# Lists\n\nRead [more](lists.md#find-rows), or the [contents](index.md).\n\n"
        "![A list](img/list-wide.png)\n\n![Not there](img/none.png)\n\n"
        "## Find rows\n\n```\n## no heading\n```\n\n### Closer\n\n<script>alert(1)</script>\n"
    )
    (made / "secret.md").write_text("# Secret\n")
    settings.PACKAGE = tmp_path
    return made


@pytest.fixture
def client(db: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_user("amara@example.org", name="Amara Okafor"))
    return browser


def test_contents_are_the_headings_and_lists_of_the_index(small: Path) -> None:
    assert guide.chapters() == [Chapter("By task", [Entry("lists", "Lists", "find rows"), Entry("gone", "Gone", "")])]


def test_a_page_is_cut_into_sections_with_headings_of_their_own(small: Path) -> None:
    found = guide.read("lists")
    assert found is not None
    assert found.title == "Lists"
    assert [(section.anchor, section.title) for section in found.sections] == [("", ""), ("find-rows", "Find rows")]
    lead, rest = found.sections
    assert [part.picture for part in lead.parts] == ["", "list-wide.png"]
    assert lead.parts[1].alt == "A list"
    assert 'href="/help/lists/#find-rows"' in str(lead.parts[0].html)
    assert 'href="/help/"' in str(lead.parts[0].html)
    assert "<h3>Closer</h3>" in str(rest.parts[0].html)
    assert "## no heading" in str(rest.parts[0].html)
    assert "<script>" not in str(rest.parts[0].html)


def test_a_picture_that_is_not_there_leaves_no_trace(small: Path) -> None:
    found = guide.read("lists")
    assert found is not None
    shown = [part.picture for section in found.sections for part in section.parts if part.picture]
    assert shown == ["list-wide.png"]
    assert not [part for section in found.sections for part in section.parts if "none.png" in str(part.html)]


def test_pages_name_the_current_one_and_show_pictures(small: Path, client: Client) -> None:
    text = client.get("/help/lists/").content.decode()
    assert '<a href="/help/lists/" aria-current="page">Lists</a>' in text
    assert '<section id="find-rows"><h2>Find rows</h2>' in text
    assert '<img src="/help/img/list-wide.png" alt="A list" loading="lazy">' in text
    answer = client.get("/help/img/list-wide.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert b"".join(answer.streaming_content) == PNG  # type: ignore[attr-defined]  # a FileResponse streams


@pytest.mark.parametrize(
    "path",
    [
        "/help/secret/",
        "/help/gone/",
        "/help/index/",
        "/help/nothing/",
        "/help/img/lists.md",
        "/help/img/none.png",
        "/help/img/..%2Fsecret.md",
        "/help/img/%2e%2e/index.md",
    ],
)
def test_what_the_contents_do_not_list_is_not_there(small: Path, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_installation_without_the_guide_says_so(tmp_path: Path, client: Client, settings: Any) -> None:
    settings.PACKAGE = settings.CHECKOUT = tmp_path
    assert guide.chapters() == []
    assert client.get("/help/").status_code == 404
    assert client.get("/help/lists/").status_code == 404


@pytest.mark.parametrize("path", ["/help/", "/help/lists/", "/help/img/home.png"])
def test_visitors_sign_in_first(db: None, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_writing_to_it_is_refused(client: Client) -> None:
    assert client.post("/help/").status_code == 405


def test_the_frame_leads_to_it(client: Client) -> None:
    text = client.get("/help/").content.decode()
    assert reverse("guide") == "/help/"
    assert '<a class="button" href="/help/">Guide</a>' in text
    assert [name for name in NAMES if f'href="/help/{name}/"' not in text] == []


class TestWhatIsWritten:
    """The guide of this checkout."""

    def test_the_contents_list_every_page_once(self) -> None:
        assert sorted(NAMES) == sorted(path.stem for path in WRITTEN.glob("*.md") if path.stem != guide.INDEX)

    @pytest.mark.parametrize("name", NAMES)
    def test_links_and_pictures_lead_somewhere(self, name: str) -> None:
        found = guide.read(name)
        assert found is not None
        assert found.title
        text = (WRITTEN / f"{name}.md").read_text()
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _sep, anchor = target.partition("#")
            assert (WRITTEN / path).is_file(), target
            assert not path.endswith(".md") or path[:-3] in [*NAMES, guide.INDEX]
            if anchor:
                page = guide.parse((WRITTEN / path).read_text())
                assert anchor in [section.anchor for section in page.sections]

    @pytest.mark.parametrize("name", NAMES)
    def test_lines_are_not_broken_within_a_sentence(self, name: str) -> None:
        """A line break is shown as one, as in comments."""
        found = guide.read(name)
        assert found is not None
        assert [part.html for section in found.sections for part in section.parts if "<br" in str(part.html)] == []

    @pytest.mark.parametrize("name", NAMES)
    def test_labels_are_those_of_the_screens(self, name: str) -> None:
        """What stands in italics is a label, but for those with a number or a noun in it."""
        text = (WRITTEN / f"{name}.md").read_text()
        labels = set(re.findall(r"(?<![*\w])\*([^*\n]+)\*(?!\*)", text))
        patterns = {label for label in labels if " n " in label or label.endswith("...")}
        assert sorted(label for label in labels - patterns if label.lower() not in sources()) == []

    @pytest.mark.parametrize("name", NAMES)
    def test_settings_and_commands_exist(self, name: str) -> None:
        text = (WRITTEN / f"{name}.md").read_text()
        source = "\n".join(path.read_text() for path in (settings.PACKAGE / "config").rglob("*.py"))
        commands = {path.stem for path in (settings.PACKAGE / "commands").glob("*.py")}
        wanted = {word.removesuffix("_FILE") for word in re.findall(r"QUARTERDECK_([A-Z_]+)", text)}
        served = (settings.PACKAGE / "commands" / "serve.py").read_text()
        assert [word for word in sorted(wanted) if f'"{word}"' not in source + served and "OIDC" not in word] == []
        assert [word for word in re.findall(r"`?quarterdeck ([a-z]+)", text) if word not in commands] == []
