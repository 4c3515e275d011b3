"""One-page PDF papers, written by hand: what is attached to records as mandate or evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence


def paper(lines: Sequence[str]) -> bytes:
    """Return a PDF of one A4 page with the lines in Helvetica; what Latin-1 lacks becomes a question mark."""
    shown = [part for line in lines for part in (textwrap.wrap(line, 84) or [""])]
    drawn = "".join(f"({_escaped(line)}) Tj T*\n" for line in shown)
    content = f"BT /F1 11 Tf 16 TL 60 780 Td\n{drawn}ET".encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
            b"/Encoding /WinAnsiEncoding >> >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
    )
    page, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(page))
        page += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(page)
    page += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    page += b"".join(b"%010d 00000 n \n" % place for place in places)
    page += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(page)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
