"""Documents of this app by their layouts, through the one door to typst."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from quarterdeck.kernel.ui import typeset
from quarterdeck.kernel.ui.typeset import FONT, STANDARD

__all__ = ["FONT", "STANDARD", "inputs", "pdf", "pictures"]
_HERE: Final = Path(__file__).parent


@cache
def _source(name: str) -> str:
    return "\n".join((_HERE / f"{part}.typ").read_text(encoding="utf-8") for part in ("common", name))


def inputs(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what a document is set from: the data, with the palette, the language and the words of the frame."""
    return typeset.inputs(data, {"none": _("Not assessed")})


def pdf(name: str, data: Mapping[str, Any]) -> bytes:
    """Return a document as tagged PDF; `name` is that of its layout beside this module."""
    made = typeset.typeset(_source(name), inputs(data), format="pdf", pdf_standards=STANDARD)
    assert isinstance(made, bytes)
    return made


def pictures(name: str, data: Mapping[str, Any], *, ppi: float = 72.0) -> list[bytes]:
    """Return the pages of a document as PNG."""
    made = typeset.typeset(_source(name), inputs(data), format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)
