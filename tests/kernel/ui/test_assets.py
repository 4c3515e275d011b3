"""What pages name exists: every icon in the sprite's list, every page within its weight."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DIST = ROOT / "src/quarterdeck/web/static/dist"
NAMED = re.compile(r"""(?:\bicon(?:\s+|\(|\s*=\s*|_name=|=)|icon:\s*)["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    known = set(json.loads((ROOT / "frontend/icons.json").read_text()))
    sources = [
        *(ROOT / "src/quarterdeck").rglob("*.html"),
        *(ROOT / "src/quarterdeck").rglob("*.py"),
        *(ROOT / "frontend/src").rglob("*.ts"),
    ]
    missing = {
        (name, str(path.relative_to(ROOT)))
        for path in sources
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
        if name not in known
    }
    assert missing == set(), "add them to frontend/icons.json"


def test_the_pattern_sees_the_ways_in_which_icons_are_named() -> None:
    text = """{% icon "inbox" %} icon("bell", "icon-14") icon = "users" icon="x-y" icon('key')"""
    assert NAMED.findall(text) == ["inbox", "bell", "users", "x-y", "key"]


@pytest.mark.skipif(not DIST.exists(), reason="the assets are not built")
def test_what_every_page_loads_weighs_at_most_110_kb() -> None:
    """The bar is 150 kB for a whole register or dashboard, its HTML included."""
    names = json.loads((DIST / "manifest.json").read_text())
    assert set(names) >= {"app.css", "app.js", "icons.svg", "inter.woff2", "logo.svg"}
    weight = 0
    for name in ("app.css", "app.js", "icons.svg", "logo.svg"):
        weight += len(gzip.compress((DIST / names[name]).read_bytes(), 6))
    weight += (DIST / names["inter.woff2"]).stat().st_size
    assert weight <= 110_000
