"""How much a plan file may cost, and what is refused before anything reads it."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.kernel.registers.exchange.spans import BROKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading or writing one file may take at most."""

    seconds: int = 120
    heap: int = 1024  # MiB of memory for the Java machine
    size: int = 256 << 20  # bytes of a file
    unpacked: int = 1 << 30  # bytes of all that an archive holds
    members: int = 2000  # files in an archive


LIMITS: Final = Limits()
ZIP: Final = b"PK\x03\x04"
#: Endings of text files that are task lists.
LISTS: Final = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
#: Endings by which an archive is one, and not a plan of a program that packs its own files.
ARCHIVES: Final = frozenset({".zip"})
#: How text files of other programs begin, whatever they are called.
OTHERS: Final = (b"ERMHDR", b"MPX")
#: How much of an XML file is looked at for what stands before its first element.
PROLOG: Final = 1 << 16
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
REMARK: Final = re.compile(r"<!--|<\?")
ROOT: Final = re.compile(r"<[^\W\d]")
ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
#: Encodings in which a mark of XML is the byte that it seems to be.
PLAIN_ENCODINGS: Final = re.compile(
    r"utf-?8|(us-)?ascii|iso-?8859-\d+|(windows-|cp)125\d|latin-?1|koi8-r|gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr)",
    re.IGNORECASE,
)


def check(path: Path, limits: Limits = LIMITS) -> None:
    """Refuse, as `Unreadable`, what must not be read: nothing, too much, XML with entities. Nothing is unpacked."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(PROLOG)
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.", "Check its name and your rights.") from None
    if not head.strip(b"\0 \t\r\n"):
        raise Unreadable("The file is empty.", "Save the plan again and choose that file.")
    if size > limits.size:
        raise Unreadable(
            f"The file has {size >> 20} MiB, more than the {limits.size >> 20} MiB that are read.",
            "Save the plan without pictures and old baselines, or split it.",
        )
    if not head.startswith(ZIP) and looks_like_xml(head):
        check_xml(head)


def read_by_python(path: Path) -> bool:
    """Say whether a file is a workbook, a list or an archive: what `child` reads or unpacks. Nothing is unpacked."""
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        return True
    with path.open("rb") as file:
        begins = file.read(8)
    return begins.startswith(ZIP) or (ending in LISTS and not begins.startswith(OTHERS)) or zipfile.is_zipfile(path)


def looks_like_xml(head: bytes) -> bool:
    """Say whether a file begins as XML does, in whatever encoding."""
    return _decoded(head[:256]).lstrip("\ufeff \t\r\n").startswith("<")


def _decoded(head: bytes) -> str:
    for mark, name in BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(name, "replace")
    if head[:2] == b"<\0":
        return head.decode("utf-16-le", "replace")
    if head[:2] == b"\0<":
        return head.decode("utf-16-be", "replace")
    return head.decode("latin-1")


def without_remarks(text: str) -> str:
    """Return XML without its comments and instructions; one that does not end stays.

    >>> without_remarks("<?xml?>a<!-- ? -->b<!-- c")
    'ab<!-- c'
    """
    kept, at = [], 0
    while found := REMARK.search(text, at):
        mark = "-->" if found[0] == "<!--" else "?>"
        end = text.find(mark, found.end())
        if end < 0:
            break
        kept.append(text[at : found.start()])
        at = end + len(mark)
    return "".join([*kept, text[at:]])


def check_xml(head: bytes) -> None:
    """Refuse XML that declares a document type: with it come entities that fetch other files or grow without end."""
    prolog = without_remarks(_decoded(head))
    root = ROOT.search(prolog)
    if "<!DOCTYPE" in (prolog if root is None else prolog[: root.start()]):
        raise Unreadable(
            "The XML declares a document type, which plans never need and attacks use.",
            "Save the plan again from the program that made it.",
        )
    declared = ENCODING.match(head)
    if declared and not PLAIN_ENCODINGS.fullmatch(declared[1].decode("ascii")) and b"\0" not in head[:4]:
        name = declared[1].decode("ascii")
        raise Unreadable(f"The XML says that its encoding is {name}, which is not read.", "Save it as UTF-8.")
    if root is None and len(head) == PROLOG:
        raise Unreadable(
            "The XML begins with more than a plan ever has before its first element.",
            "Save the plan again from the program that made it.",
        )
    if root is None:
        raise Unreadable("The XML has no content.", "The file was cut off or is no plan. Save the plan again.")


def broken_archive() -> Unreadable:
    """Return the refusal of an archive that is damaged."""
    return Unreadable("The archive is broken or cut off.", "Save or send the file again.")


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that holds more than may be unpacked, or that is broken or locked."""
    try:
        with zipfile.ZipFile(path) as archive:
            held = archive.infolist()
    except BROKEN:
        raise broken_archive() from None
    if any(each.flag_bits & 1 for each in held):
        raise Unreadable("The archive is protected with a password.", "Unpack it and choose the plan itself.")
    if len(held) > limits.members or sum(each.file_size for each in held) > limits.unpacked:
        raise Unreadable("The archive would unpack to more than is read.", "Unpack it and choose the plan itself.")
