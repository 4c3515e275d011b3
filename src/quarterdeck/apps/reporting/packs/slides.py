"""A pack as PowerPoint: native tables and charts that can be edited, one slide for each project that is off green."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.packs import charts
from quarterdeck.apps.reporting.packs.content import INDICES, Line, Pack
from quarterdeck.apps.reporting.packs.paper import figures, meta
from quarterdeck.apps.reporting.packs.wording import (
    amount_heads,
    colour_word,
    figures_note,
    off_line,
    short_heads,
    subtitle,
    summary,
)
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.charts import PALETTE

#: The library states no types for these.
ChartData: Any = CategoryChartData
Colour: Any = RGBColor
#: A slide of 16 to 9 and its margins, inches.
WIDTH, HEIGHT, LEFT, TOP = 13.333, 7.5, 0.5, 1.45
ROOM: Final = WIDTH - 2 * LEFT
#: Rows of a table that one slide takes.
ROWS: Final = 17
#: Shape and letter of each colour: never colour alone.
GLYPHS: Final = {"red": "◆ R", "amber": "▲ A", "green": "● G", "": "○ –"}
TEXT_COLOURS: Final = {"red": "red", "amber": "amber-edge", "green": "green", "": "ink3"}
SHAPES: Final = {
    "red": MSO_SHAPE.DIAMOND,
    "amber": MSO_SHAPE.ISOSCELES_TRIANGLE,
    "green": MSO_SHAPE.OVAL,
    "": MSO_SHAPE.OVAL,
}
LETTERS: Final = {"red": "R", "amber": "A", "green": "G", "": "–"}
#: Title alone, of the template that comes with the library.
_TITLE_ONLY: Final = 5


def pack_pptx(pack: Pack) -> bytes:
    """Return a pack as PPTX: summary, health grid, exceptions red first, all figures."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
    known = show.core_properties
    known.title, known.author, known.language = pack.title, pack.made_by, get_language() or "en"
    _summary(show, pack)
    _grid(show, pack)
    for line in pack.exceptions:
        _exception(show, pack, line)
    _appendix(show, pack)
    held = io.BytesIO()
    show.save(held)
    return held.getvalue()


def paint(name: str) -> Any:
    """Return a colour of the palette."""
    return Colour.from_string(PALETTE[name].lstrip("#"))


def fitting(text: str, inches: float, size: float, lines: int = 1) -> str:
    """Return a text cut to what surely fits a width at a size in points: a letter takes 0.56 of its size on average."""
    most = max(4, int(inches * 72 / (size * 0.56)) * lines)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _slide(show: Any, pack: Pack, title: str, under: str) -> Any:
    slide = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = Inches(LEFT), Inches(0.3), Inches(ROOM), Inches(0.6)
    _write(head.text_frame, fitting(title, ROOM, 26), 26, bold=True)
    _box(slide, (LEFT, 0.9, ROOM, 0.4), fitting(under, ROOM, 13), 13, "ink2")
    foot = f"{pack.title} · {show.slides.index(slide) + 1}"
    _box(slide, (LEFT, HEIGHT - 0.42, ROOM, 0.3), fitting(foot, ROOM, 9), 9, "ink3")
    return slide


def _box(slide: Any, place: tuple[float, float, float, float], text: str, size: float, tone: str = "ink") -> Any:
    made = slide.shapes.add_textbox(*(Inches(each) for each in place))
    _write(made.text_frame, text, size, tone=tone)
    return made


def _write(
    frame: Any, text: str, size: float, *, tone: str = "ink", bold: bool = False, align: Any = PP_ALIGN.LEFT
) -> None:
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    for side in ("margin_left", "margin_right", "margin_top", "margin_bottom"):
        setattr(frame, side, Emu(36_000))
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    run = paragraph.runs[0] if paragraph.runs else paragraph.add_run()
    run.text, run.font.size, run.font.bold = text, Pt(size), bold
    run.font.color.rgb = paint(tone)


def _table(
    slide: Any,
    place: tuple[float, float],
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    *,
    height: float = 0.29,
    size: float = 10,
    numbers: Iterable[int] = (),
    head: bool = True,
) -> Any:
    """Put a native table; each text is cut to its cell, so that no row grows beyond its height."""
    left, top = place
    made = slide.shapes.add_table(
        len(rows), len(widths), Inches(left), Inches(top), Inches(sum(widths)), Inches(height * len(rows))
    )
    table = made.table
    table.first_row, table.horz_banding = head, False
    right = set(numbers)
    for column, width in enumerate(widths):
        table.columns[column].width = Inches(width)
    for at, cells in enumerate(rows):
        table.rows[at].height = Inches(height)
        for column, text in enumerate(cells):
            cell = table.cell(at, column)
            is_head = head and at == 0
            cell.fill.solid()
            cell.fill.fore_color.rgb = paint("sunken" if is_head else "surface")
            state = next((name for name, glyph in GLYPHS.items() if glyph == text), None)
            tone = "ink3" if is_head else TEXT_COLOURS[state] if state is not None else "ink"
            align = PP_ALIGN.RIGHT if column in right else PP_ALIGN.LEFT
            shown = fitting(text, widths[column] - 0.1, size)
            _write(cell.text_frame, shown, size, tone=tone, bold=is_head or state is not None, align=align)
            cell.margin_left = cell.margin_right = Emu(36_000)
            cell.margin_top = cell.margin_bottom = Emu(12_000)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    return made


def _chart(
    slide: Any, kind: Any, data: Any, place: tuple[float, float, float, float], *, title: str, tones: Sequence[str]
) -> Any:
    frame = slide.shapes.add_chart(kind, *(Inches(each) for each in place), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", title)
    chart = frame.chart
    chart.has_title = True
    _write(chart.chart_title.text_frame, title, 12, bold=True)
    chart.has_legend = len(tones) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(10)
    for axis in (chart.category_axis, chart.value_axis):
        axis.tick_labels.font.size = Pt(10)
        axis.format.line.color.rgb = paint("line2")
    chart.category_axis.has_major_gridlines = False
    chart.value_axis.major_gridlines.format.line.color.rgb = paint("line")
    for series, tone in zip(chart.plots[0].series, tones, strict=True):
        if kind == XL_CHART_TYPE.LINE:
            series.smooth = False
            series.format.line.color.rgb, series.format.line.width = paint(tone), Pt(2.25)
            if tone == "ink3":
                series.format.line.dash_style = MSO_LINE.DASH
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = paint(tone)
    return chart


def _mark(slide: Any, state: str, left: float, top: float, size: float = 0.32) -> None:
    made = slide.shapes.add_shape(SHAPES[state], Inches(left), Inches(top), Inches(size), Inches(size))
    made.fill.solid()
    made.fill.fore_color.rgb = paint(state or "surface")
    made.line.color.rgb = paint({"amber": "amber-edge", "": "ink3"}.get(state, state))
    made.shadow.inherit = False
    _write(
        made.text_frame,
        LETTERS[state],
        10,
        tone="ink" if state in ("amber", "") else "surface",
        bold=True,
        align=PP_ALIGN.CENTER,
    )
    made.text_frame.margin_left = made.text_frame.margin_right = Emu(0)
    made.text_frame.word_wrap = False
    made.name = colour_word(state)


def _summary(show: Any, pack: Pack) -> None:
    node = pack.node
    slide = _slide(show, pack, pack.title, subtitle(pack))
    _mark(slide, node.colour, LEFT, TOP)
    lead = f"{colour_word(node.colour)}. {node.why or off_line(pack)}"
    _box(slide, (LEFT + 0.45, TOP - 0.05, ROOM - 0.45, 0.42), fitting(lead, ROOM - 0.6, 14), 14)
    rows = [[_("Figure"), _("Value"), ""], *([label, value, note] for label, value, note in summary(pack))]
    _table(slide, (LEFT, 2.05), (2.1, 1.2, 2.1), rows, height=0.36, size=11, numbers=(1,))
    if len(pack.history) < 2:
        return
    days = [components.date_text(point.on, pack.on) for point in pack.history]
    labels = charts.state_labels()
    data = ChartData()
    data.categories = days
    for name, _tone in charts.STATES:
        data.add_series(labels[name], [getattr(point, name) for point in pack.history])
    two = charts.has_amounts(pack)
    height = 2.4 if two else 4.7
    tones = [tone for _name, tone in charts.STATES]
    _chart(
        slide, XL_CHART_TYPE.COLUMN_STACKED, data, (6.2, 2.05, 6.63, height), title=_("Projects by health"), tones=tones
    )
    if two:
        words = charts.amount_labels()
        money = ChartData(number_format="0.0")
        money.categories = days
        for name, _tone in charts.AMOUNTS:
            values = [getattr(point, name) for point in pack.history]
            money.add_series(words[name], [None if value is None else value / 1e6 for value in values])
        title = _("Value and cost, %(currency)s m") % {"currency": node.currency}
        tones = [tone for _name, tone in charts.AMOUNTS]
        _chart(slide, XL_CHART_TYPE.LINE, money, (6.2, 4.55, 6.63, 2.4), title=title, tones=tones)


def _grid(show: Any, pack: Pack) -> None:
    dimensions = pack.dimensions
    side = 0.75
    widths = (0.95, 2.6, side, *(side for _one in dimensions), 0, 1.1, 0.8, 0.95, 1.1)
    widths = tuple(each or ROOM - sum(widths) for each in widths)
    head = [
        *(_("Code"), _("Name"), _("Health")),
        *(label for _key, label in dimensions),
        *(_("Why"), _("Finish"), _("Late"), _("Complete"), _("Estimate")),
    ]
    rows = []
    for line in pack.standing:
        colours = dict(line.colours)
        name = f"{'  ' * (line.depth - pack.node.depth)}{line.name}"
        marks = [GLYPHS[line.colour], *(GLYPHS[colours.get(key, "")] for key, _label in dimensions)]
        told = [line.why, line.finish(), line.slip(), line.text("percent"), line.text("eac")]
        rows.append([line.code, name, *marks, *told])
    last = len(head)
    for part in _parts(rows):
        slide = _slide(show, pack, _("Health"), off_line(pack))
        _table(slide, (LEFT, TOP), widths, [head, *part], numbers=range(last - 3, last))


def _parts(rows: Sequence[Sequence[str]]) -> Iterable[Sequence[Sequence[str]]]:
    return (rows[start : start + ROWS] for start in range(0, len(rows), ROWS))


def _exception(show: Any, pack: Pack, line: Line) -> None:
    slide = _slide(show, pack, line.name, meta(line))
    _mark(slide, line.colour, LEFT, TOP)
    lead = f"{colour_word(line.colour)}. {line.why}" if line.why else colour_word(line.colour)
    _box(slide, (LEFT + 0.45, TOP - 0.05, ROOM - 0.45, 0.42), fitting(lead, ROOM - 0.6, 14), 14)
    rows = [[_("Figure"), _("Value"), ""], *([label, value, note] for label, value, note in figures(line))]
    _table(slide, (LEFT, 2.05), (2.1, 1.2, 1.4), rows, height=0.33, size=11, numbers=(1,))
    colours = dict(line.colours)
    if pack.dimensions:
        marks = [[label, GLYPHS[colours.get(key, "")]] for key, label in pack.dimensions]
        _table(slide, (LEFT, 5.8), (2.1, 1.2), marks, height=0.28, size=11, head=False)
    if line.own_colour:
        own = _("The manager’s own call: %(word)s. %(reason)s") % {
            "word": colour_word(line.own_colour),
            "reason": line.own_reason,
        }
        _box(slide, (5.5, 6.55, 7.33, 0.45), fitting(own, 7.2, 11), 11, "ink2")
    amounts = [(key, line.amount(key)) for key in ("budget", "pv", "ev", "ac", "eac")]
    if any(value is not None for _key, value in amounts):
        data = ChartData(number_format="0.00")
        heads = amount_heads()
        data.categories = [heads[key] for key, _value in amounts]
        title = _("Amounts, %(currency)s m") % {"currency": line.currency}
        data.add_series(title, [None if value is None else float(value) / 1e6 for _key, value in amounts])
        _chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, data, (5.5, 2.05, 7.33, 2.3), title=title, tones=["series-1"])
    if line.milestones:
        told = [[one.name, one.baseline, one.finish, one.slip] for one in line.milestones]
        head = [_("Milestone"), _("Baseline"), _("Finish"), _("Slip")]
        _table(slide, (5.5, 4.45), (4.13, 1.2, 1.2, 0.8), [head, *told], height=0.29, size=10, numbers=(3,))


def _appendix(show: Any, pack: Pack) -> None:
    head = [_("Code"), _("Name"), *short_heads()]
    one = 0.83
    widths = (0.95, ROOM - 0.95 - one * (len(head) - 2), *(one for _each in head[2:]))
    rows = [[line.code, line.name, *(line.text(key) for key in (*INDICES, *AMOUNTS))] for line in pack.lines]
    for part in _parts(rows):
        slide = _slide(show, pack, _("All figures"), figures_note())
        _table(slide, (LEFT, TOP), widths, [head, *part], size=9, numbers=range(2, len(head)))
