"""Typst, kept to itself: data in, pages out; no file is read, no font of the system used, nothing fetched.

Whatever people have typed comes as data, never as markup, so that nothing in it is set, counted or carried out.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quarterdeck.kernel.ui.charts import PALETTE

#: The standard that makes a PDF readable to those who hear it: tagged, titled, in a named language.
STANDARD: Final = "ua-1"
#: Shipped within typst itself, so that a document looks the same on every machine.
FONT: Final = "Libertinus Serif"
#: What typst says where a standard asks for signs that the font does not have.
_UNDRAWN: Final = "could not be displayed with font"


def inputs(data: Mapping[str, Any], words: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what a layout is given: the data as `sys.inputs.data`, with palette, font, language and words.

    Control characters, which no font draws, are left out of texts; ends of lines and tabs stay.
    """
    lang, _dash, region = (get_language() or "en").partition("-")
    whole = {
        **data,
        "font": FONT,
        "palette": dict(PALETTE),
        "lang": lang,
        "region": region.upper() or None,
        "words": {"page": _("Page"), "of": _("of"), **(words or {})},
    }
    return {"data": json.dumps(_drawn(whole), ensure_ascii=False)}


def _drawn(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(sign for sign in value if sign in "\n\r\t" or unicodedata.category(sign) != "Cc")
    if isinstance(value, Mapping):
        return {name: _drawn(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_drawn(each) for each in value]
    return value


def typeset(source: str, data: Mapping[str, str], **how: Any) -> Any:
    """Return what a layout makes of inputs, as typst's own `compile` does; `how` is passed on to that.

    A sign that the font does not have breaks the standard asked for: then the document is made without it, as readable
    and as tagged, and does not say that it keeps to it.
    """
    try:
        return _compiled(source, data, how)
    except typst.TypstError as error:
        if _UNDRAWN not in str(error) or "pdf_standards" not in how:
            raise
        return _compiled(source, data, {name: value for name, value in how.items() if name != "pdf_standards"})


def _compiled(source: str, data: Mapping[str, str], how: Mapping[str, Any]) -> Any:
    # An empty folder is all that a document could read of.
    with tempfile.TemporaryDirectory(prefix="quarterdeck-typst-") as empty:
        return typst.compile(
            source.encode(),
            root=empty,
            font_paths=[],
            ignore_system_fonts=True,
            sys_inputs=dict(data),
            package_path=empty,
            package_cache_path=empty,
            **how,
        )
