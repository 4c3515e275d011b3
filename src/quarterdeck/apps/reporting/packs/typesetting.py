"""Typst, kept to itself: data in, PDF out; no file is read, no font of the system used, nothing fetched."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quarterdeck.kernel.ui.charts import PALETTE

#: The standard that makes a PDF readable to those who hear it: tagged, titled, in a named language.
STANDARD: Final = "ua-1"
#: Shipped within typst itself, so that a document looks the same on every machine.
FONT: Final = "Libertinus Serif"
_HERE: Final = Path(__file__).parent


@cache
def _source(name: str) -> str:
    return "\n".join((_HERE / f"{part}.typ").read_text(encoding="utf-8") for part in ("common", name))


def inputs(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what a document is set from: the data, with the palette, the language and the words of the frame."""
    lang, _dash, region = (get_language() or "en").partition("-")
    whole = {
        **data,
        "font": FONT,
        "palette": dict(PALETTE),
        "lang": lang,
        "region": region.upper() or None,
        "words": {"page": _("Page"), "of": _("of"), "none": _("Not assessed")},
    }
    return {"data": json.dumps(whole, ensure_ascii=False)}


def pdf(name: str, data: Mapping[str, Any]) -> bytes:
    """Return a document as tagged PDF; `name` is that of its layout beside this module."""
    made = _compiled(name, data, format="pdf", pdf_standards=STANDARD)
    assert isinstance(made, bytes)
    return made


def pictures(name: str, data: Mapping[str, Any], *, ppi: float = 72.0) -> list[bytes]:
    """Return the pages of a document as PNG."""
    made = _compiled(name, data, format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def _compiled(name: str, data: Mapping[str, Any], **how: Any) -> Any:
    # An empty folder is all that a document could read of.
    with tempfile.TemporaryDirectory(prefix="quarterdeck-typst-") as empty:
        return typst.compile(
            _source(name).encode(),
            root=empty,
            font_paths=[],
            ignore_system_fonts=True,
            sys_inputs=inputs(data),
            package_path=empty,
            package_cache_path=empty,
            **how,
        )
