"""What a file is, by what it holds: its name is only believed where the content leaves a choice."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import puremagic

UNKNOWN = "application/octet-stream"
#: Shown in the browser itself; everything else is saved. None of these can carry a script.
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"})
#: Refused unless the settings say otherwise: programs, and what an operating system runs on opening.
PROGRAMS = (
    *("application/x-dosexec", "application/x-msdownload", "application/vnd.microsoft.portable-executable"),
    *("application/x-executable", "application/x-sharedlib", "application/x-mach-binary", "application/x-msi"),
    *(
        ".exe",
        ".msi",
        ".com",
        ".scr",
        ".pif",
        ".cpl",
        ".bat",
        ".cmd",
        ".ps1",
        ".vbs",
        ".hta",
        ".lnk",
        ".jar",
        ".app",
        ".apk",
    ),
)
HEAD = 4096
MARKUP = (
    (re.compile(rb"<svg[\s>]", re.I), "image/svg+xml"),
    (
        re.compile(
            rb"<!doctype\s+html|<(html|head|body|script|iframe|img|style|meta|link|object|embed|form)[\s>/]", re.I
        ),
        "text/html",
    ),
    (re.compile(rb"^\s*<\?xml", re.I), "application/xml"),
)
SIGNATURES = (
    (b"MZ", "application/x-dosexec"),
    (b"\x7fELF", "application/x-executable"),
    *(
        (magic, "application/x-mach-binary")
        for magic in (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe")
    ),
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
TEXTS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".ics": "text/calendar",
    ".eml": "message/rfc822",
}
ZIPS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}


def content_type(path: Path, name: str) -> str:
    """Return the type of a stored content that bears a name; `application/octet-stream` when nothing tells."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    suffix = PurePosixPath(name.lower()).suffix
    for magic, kind in SIGNATURES:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return ZIPS.get(suffix, "application/zip")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if _is_text(head):
        return next((kind for pattern, kind in MARKUP if pattern.search(head)), TEXTS.get(suffix, "text/plain"))
    try:
        found = puremagic.from_string(head, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # A guess is never allowed to make the browser show the file itself.
    return UNKNOWN if not found or found in INLINE else found


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The head may end inside a character.
        return error.start >= len(head) - 3
    return True
