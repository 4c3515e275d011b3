"""Charts and maps: coloured by the style sheet, named, complete, in proportion."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from quarterdeck.kernel.ui import charts, components, tiles

SPEC: dict[str, Any] = {
    "data": {"values": [{"m": "Apr", "v": 2}, {"m": "May", "v": 5}]},
    "mark": {"type": "bar", "color": charts.colour("adverse")},
    "encoding": {"x": {"field": "m", "type": "ordinal"}, "y": {"field": "v", "type": "quantitative"}},
}


@pytest.fixture(autouse=True)
def _built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "asset_url", lambda name: f"/static/dist/{name}")


def test_colours_become_variables_and_nothing_is_inline() -> None:
    html = charts.svg(SPEC, title="Cost <b>", description="Two months")
    assert 'fill="var(--adverse)"' in html
    assert "#fe0d" not in html
    assert "style=" not in html
    assert "<script" not in html
    assert "Cost &lt;b&gt;</title>" in html


def test_the_drawing_is_named_and_described_and_its_marks_tell_their_value() -> None:
    html = charts.svg(SPEC, title="Cost", description="Two months")
    head = html[: html.index(">")]
    title, desc = (re.search(rf'{name}="(\w+)"', head) for name in ("aria-labelledby", "aria-describedby"))
    assert title
    assert desc
    assert f'<title id="{title[1]}">Cost</title>' in html
    assert f'<desc id="{desc[1]}">Two months</desc>' in html
    assert "<title>m: May; v: 5</title>" in html


def test_on_paper_the_colours_are_real() -> None:
    drawn = charts.print_svg(SPEC)
    assert 'fill="#CC7623"' in drawn
    assert "var(" not in drawn


def test_the_same_chart_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {**SPEC, "description": "drawn once"}
    first = charts.svg(spec, title="Cost", description="x")
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda spec: pytest.fail("drawn again"))
    assert charts.svg(spec, title="Cost", description="x") == first


def test_a_chart_brings_its_table() -> None:
    html = charts.chart(SPEC, title="Cost", description="x", head=("Month", "£k"), rows=[("Apr", 2), ("<May>", 5)])
    assert '<td>&lt;May&gt;</td><td class="num">5</td>' in html


def test_an_unknown_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="No chart colour 'mauve'"):
        charts.colour("mauve")


def test_squarify_reproduces_the_paper() -> None:
    """Bruls, Huizing, van Wijk (2000), figure 4: areas 6, 6, 4, 3, 2, 2, 1 in a 6 x 4 rectangle."""
    places = tiles.squarify([6, 6, 4, 3, 2, 2, 1], tiles.Rect(0, 0, 6, 4))
    assert [round(place.width * place.height, 9) for place in places] == [6, 6, 4, 3, 2, 2, 1]
    assert (places[0].width, places[0].height) == (3, 2)
    assert (places[1].x, places[1].y) == (0, 2)
    assert (places[2].x, round(places[2].height, 3)) == (3, 2.333)


def test_tiles_fill_the_box_without_overlap() -> None:
    box = tiles.Rect(10, 20, 300, 120)
    places = tiles.squarify([9, 7, 5, 3, 2, 1, 1, 0.5], box)
    assert sum(p.width * p.height for p in places) == pytest.approx(300 * 120)
    for one in places:
        assert one.x >= 10 - 1e-9
        assert one.x + one.width <= 310 + 1e-9
        assert one.y + one.height <= 140 + 1e-9
    for first, second in pairwise(sorted(places, key=lambda p: (p.x, p.y))):
        assert first.x + first.width <= second.x + 1e-9 or first.y + first.height <= second.y + 1e-9


def test_no_values_no_places() -> None:
    assert tiles.squarify([], tiles.Rect(0, 0, 9, 9)) == []
    assert tiles.squarify([0, 0], tiles.Rect(0, 0, 9, 9)) == [tiles.Rect(0, 0, 0, 0)] * 2


def test_a_tile_says_name_figure_and_state_and_is_escaped() -> None:
    html = tiles.treemap([tiles.Tile("A <b>", 4, "£4m", "red", "/a/"), tiles.Tile("None", 0)], label="Map")
    assert html.count('aria-label="A &lt;b&gt;, £4m, Red"') == 2, "once for wide pages, once for phones"
    assert "None" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("width", "height", "lines"),
    [
        (200, 80, ["Harbour Line Utilities"]),
        (110, 80, ["Harbour Line", "Utilities"]),
        (110, 40, ["Harbour Line…"]),
        (84, 80, ["Harbour", "Line Util…"]),
        (30, 80, []),
    ],
)
def test_a_label_breaks_into_a_second_line_where_the_tile_has_room(width: int, height: int, lines: list[str]) -> None:
    assert tiles._broken("Harbour Line Utilities", width, height) == lines
