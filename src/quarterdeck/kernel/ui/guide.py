"""The guide: the Markdown files of `docs/guide`, shown inside the product at `/help/`.

A wheel carries them as `quarterdeck/guide`; a checkout reads them where they are written. `index.md` is the contents:
its headings are the chapters, its list items the pages, and what it does not list is not served.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from quarterdeck.kernel import markdown

INDEX = "index"
ENTRY = re.compile(r"^[-*] \[(?P<title>[^\]]+)\]\((?P<name>[a-z0-9-]+)\.md\)(?:: (?P<about>.+))?$")
LINK = re.compile(r"\]\((?P<name>[a-z0-9-]+)\.md(?P<anchor>#[\w-]+)?\)")
PICTURE = re.compile(r"^!\[(?P<alt>[^\]]*)\]\(img/(?P<name>[a-z0-9.-]+\.png)\)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as the contents name it."""

    name: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading of the contents with its pages."""

    title: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text, or a picture with the words that stand for it."""

    html: SafeString | None = None
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one second-level heading; the lead of a page has no title."""

    anchor: str
    title: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Document:
    """One page of the guide."""

    title: str
    sections: list[Section]


def folder() -> Path:
    """Return where the guide lies: in the installed package, else in the checkout."""
    packed: Path = settings.PACKAGE / "guide"
    written: Path = settings.CHECKOUT / "docs" / "guide"
    return packed if packed.is_dir() else written


def chapters() -> list[Chapter]:
    """Return the contents in order; [] when the guide is not there."""
    source = folder() / f"{INDEX}.md"
    found: list[Chapter] = []
    for line in source.read_text(encoding="utf-8").splitlines() if source.is_file() else ():
        if line.startswith("## "):
            found.append(Chapter(line[3:].strip()))
        elif found and (entry := ENTRY.match(line)):
            found[-1].entries.append(Entry(entry["name"], entry["title"], entry["about"] or ""))
    return [chapter for chapter in found if chapter.entries]


def read(name: str) -> Document | None:
    """Return a page by the name of its file; None for one that the contents do not list or that is missing."""
    if name not in {entry.name for chapter in chapters() for entry in chapter.entries}:
        return None
    source = folder() / f"{name}.md"
    return parse(source.read_text(encoding="utf-8")) if source.is_file() else None


def parse(text: str) -> Document:
    """Return a text in sections: its first heading is the title, each second-level heading begins a section.

    Links to other pages of the guide lead to them, and a picture stands on a line of its own.
    """
    title = ""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line, is_code in _lines(text):
        if not is_code and not title and line.startswith("# "):
            title = line[2:].strip()
        elif not is_code and line.startswith("## "):
            sections.append((line[3:].strip(), []))
        else:
            # The page and its sections have headings of their own, so what stands in a section begins with the next.
            sections[-1][1].append(line[2:] if not is_code and line.startswith("###") else line)
    made = [Section(slugify(heading), heading, list(_parts(lines))) for heading, lines in sections]
    return Document(title, [section for section in made if section.title or section.parts])


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it stands in a block of code."""
    fenced = False
    for line in text.splitlines():
        fence = line.startswith("```")
        yield line, fenced or fence
        fenced ^= fence


def _parts(lines: list[str]) -> Iterator[Part]:
    """Yield the stretches of text between the pictures, and the pictures that exist."""
    text: list[str] = []
    for line in [*lines, None]:
        picture = PICTURE.match(line) if line is not None else None
        if line is not None and picture is None:
            text.append(line)
            continue
        if joined := "\n".join(text).strip():
            yield Part(markdown.render(LINK.sub(_address, joined)))
        text = []
        if picture is not None and picture["name"] in pictures():
            yield Part(picture=picture["name"], alt=picture["alt"])


def _address(found: re.Match[str]) -> str:
    where = reverse("guide") if found["name"] == INDEX else reverse("guide_page", args=[found["name"]])
    return f"]({where}{found['anchor'] or ''})"


def pictures() -> frozenset[str]:
    """Return the names of the guide's pictures."""
    return frozenset(path.name for path in (folder() / "img").glob("*.png"))


@login_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Show what the guide holds; 404 in an installation without it."""
    found = chapters()
    if not found:
        raise Http404
    return render(request, "ui/guide/contents.html", {"chapters": found})


@login_required
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page beside the contents; 404 for a name that the contents do not list."""
    document = read(name)
    if document is None:
        raise Http404
    return render(request, "ui/guide/page.html", {"document": document, "chapters": chapters(), "name": name})


@login_required
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send one of the guide's pictures; 404 for any other file."""
    if name not in pictures():
        raise Http404
    answer = FileResponse((folder() / "img" / name).open("rb"), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
