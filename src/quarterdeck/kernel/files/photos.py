"""Photos without what a camera writes beside the picture: the place where it was taken, the owner, the serial number.

The picture itself is not decoded, so nothing of it is lost and no decoder can be harmed. What is not a picture of the
three kinds that browsers show, or is cut short, is refused. JPEG: ITU T.81, B.1; PNG: W3C, 5; WebP: RFC 9649.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
#: File endings of the kinds that are taken.
ENDINGS: Final = {JPEG: ".jpg", PNG: ".png", WEBP: ".webp"}
#: Pixels on a side, and in all, beyond which a picture is no photo of a phone but an attack on whoever opens it.
LONGEST_SIDE, MOST_PIXELS = 20_000, 120_000_000
#: Parts of a PNG that draw the picture; texts, times and EXIF are left out.
PNG_KEPT: Final = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"pHYs",
        b"bKGD",
        b"cICP",
    }
)
WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
ORIENTATION: Final = 0x0112


class NotAPhoto(ValueError):
    """The content is no whole picture of a kind that is taken."""


def kind_of(content: bytes) -> str:
    """Return the kind of a picture by its first bytes. Raises NotAPhoto for any other content."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    raise NotAPhoto


def cleaned(content: bytes) -> tuple[bytes, str]:
    """Return a photo without its metadata, but for which way is up, and its kind. Raises NotAPhoto."""
    kind = kind_of(content)
    try:
        found = {JPEG: _jpeg, PNG: _png, WEBP: _webp}[kind](content)
    except (struct.error, IndexError) as error:
        raise NotAPhoto from error
    return found, kind


def _sized(width: int, height: int) -> None:
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and width * height <= MOST_PIXELS):
        raise NotAPhoto


def _jpeg(content: bytes) -> bytes:
    """Keep the segments that draw the picture; of EXIF the orientation alone."""
    found, at, way, drawn = [b"\xff\xd8"], 2, 0, False
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if content[at] != 0xFF:
            raise NotAPhoto
        marker = content[at + 1]
        if marker == 0xD9:
            break
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        part = content[at : at + 2 + length]
        if length < 2 or len(part) < 2 + length:
            raise NotAPhoto
        at += 2 + length
        if marker == 0xE1 and part[4:10] == b"Exif\x00\x00":
            way = way or _orientation(part[10:])
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", part[5:9])
            _sized(width, height)
            drawn = True
            found.append(part)
        elif marker == 0xDA:
            found.append(part)
            end = _scan(content, at)
            found.append(content[at:end])
            at = end
        elif _draws(marker, part):
            found.append(part)
    if not drawn:
        raise NotAPhoto
    if way > 1:
        found.insert(1, _oriented(way))
    # What stands behind the end, such as a film or a second picture, is left out.
    return b"".join(found) + b"\xff\xd9"


def _draws(marker: int, part: bytes) -> bool:
    """Tell whether a segment says how to draw: tables, JFIF, Adobe's colours, a colour profile; no note, no EXIF."""
    noted = 0xE0 <= marker <= 0xEF or marker == 0xFE
    return not noted or marker in (0xE0, 0xEE) or (marker == 0xE2 and part[4:16] == b"ICC_PROFILE\x00")


def _scan(content: bytes, at: int) -> int:
    """Return where the drawing that begins at a place ends: at the next marker that is not part of it."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NotAPhoto
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
            continue
        if content[at + 1] == 0xFF:
            at += 1
            continue
        return at


def _orientation(tiff: bytes) -> int:
    """Return which way is up, 1 to 8, of an EXIF block; 0 where it does not say or says nonsense."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 0
    (start,) = struct.unpack(f"{order}I", tiff[4:8])
    if start + 2 > len(tiff):
        return 0
    (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
    for place in range(min(count, 200)):
        entry = tiff[start + 2 + 12 * place : start + 14 + 12 * place]
        if len(entry) < 12:
            return 0
        tag, _kind, _length, value = struct.unpack(f"{order}HHIH", entry[:10])
        if tag == ORIENTATION:
            return int(value) if 1 <= value <= 8 else 0
    return 0


def _oriented(way: int) -> bytes:
    """Return an EXIF segment that says which way is up and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, way, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> bytes:
    found, at, first = [content[:8]], 8, True
    while True:
        length, name = struct.unpack(">I4s", content[at : at + 8])
        part = content[at : at + 12 + length]
        if len(part) < 12 + length or struct.unpack(">I", part[-4:])[0] != zlib.crc32(part[4:-4]):
            raise NotAPhoto
        if first:
            if name != b"IHDR" or length != 13:
                raise NotAPhoto
            _sized(*struct.unpack(">II", part[8:16]))
            first = False
        if name in PNG_KEPT:
            found.append(part)
        at += 12 + length
        if name == b"IEND":
            return b"".join(found)


def _webp(content: bytes) -> bytes:
    (whole,) = struct.unpack("<I", content[4:8])
    if whole + 8 > len(content):
        raise NotAPhoto
    found, at, drawn = list[bytes](), 12, False
    while at + 8 <= whole + 8:
        name, length = struct.unpack("<4sI", content[at : at + 8])
        part = content[at : at + 8 + length + length % 2]
        if len(part) < 8 + length:
            raise NotAPhoto
        if name == b"VP8X":
            width, height = (int.from_bytes(part[first : first + 3], "little") + 1 for first in (12, 15))
            _sized(width, height)
            # Neither EXIF nor XMP follows any more.
            part = part[:8] + bytes([part[8] & ~0x0C]) + part[9:]
        drawn |= name in (b"VP8 ", b"VP8L", b"ANMF")
        if name in WEBP_KEPT:
            found.append(part)
        at += 8 + length + length % 2
    if not drawn:
        raise NotAPhoto
    body = b"WEBP" + b"".join(found)
    return b"RIFF" + struct.pack("<I", len(body)) + body
