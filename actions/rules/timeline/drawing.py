"""Drawings of a timeline: an SVG for the page and a PNG for a document.

Dates run down the page to scale on the left; each is joined to its label on the right, where the labels are
spaced so that none overlaps. Kinds differ by the shape of the marker and are named in words, not by colour
alone.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import date
from html import escape
from threading import Lock
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from actions.rules.dates import written
from actions.rules.timeline.events import KINDS, Event, Timeline

# marker and colour of each kind; the colours are those of the GOV.UK Design System, 4.5:1 or better on white
_LOOK = {
    "today": ("D", "#d4351c"),
    "sentence": ("o", "#0b0c0c"),
    "release": ("s", "#1d70b8"),
    "parole": ("^", "#4c2c92"),
    "handover": ("P", "#00703c"),
    "task": ("v", "#912b88"),
    "early_allocation": ("X", "#28638c"),
}
_TEXT, _MUTED, _LINE = "#0b0c0c", "#505a5f", "#b1b4b6"
_WIDTH, _LINE_HEIGHT, _GAP, _HEAD, _FOOT = 9.5, 0.21, 0.16, 0.75, 0.75
_AXIS, _DATES, _LABELS = 0.055, 0.16, 0.3
_WRAP = 76
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "timeline", "font.family": "DejaVu Sans"}
_drawing = Lock()  # the settings of matplotlib are shared by all threads


def draw_svg(timeline: Timeline) -> str:
    """The timeline as an SVG document with a title and a description that read it out."""
    with _drawing, matplotlib.rc_context(_SETTINGS):
        figure = _figure(timeline)
        FigureCanvasSVG(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _described(buffer.getvalue(), timeline)


def draw_png(timeline: Timeline, dpi: int = 150) -> bytes:
    """The timeline as a PNG image."""
    with _drawing, matplotlib.rc_context(_SETTINGS):
        figure = _figure(timeline)
        FigureCanvasAgg(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def description(timeline: Timeline) -> str:
    """The timeline in words, for people who cannot see the drawing."""
    return ". ".join(f"{_when(event)}: {_words(event)}" for event in timeline.events) + "."


def _described(svg: str, timeline: Timeline) -> str:
    start = svg.index("<svg")
    end = svg.index(">", start)
    root = svg[start:end] + ' role="img" aria-labelledby="timeline-title timeline-description"'
    words = (
        f'<title id="timeline-title">{escape(timeline.title)}</title>'
        f'<desc id="timeline-description">{escape(description(timeline))}</desc>'
    )
    return f"{svg[:start]}{root}>\n {words}{svg[end + 1 :]}"


def _when(event: Event) -> str:
    return f"{written(event.day)} to {written(event.end)}" if event.end else written(event.day)


def _words(event: Event) -> str:
    if event.kind not in ("task", "early_allocation"):
        return event.label
    owner = f" ({event.owner})" if event.owner else ""
    state = {"overdue": ", date passed", "done": ", done"}.get(event.status or "", "")
    until = f", until {written(event.end)}" if event.end else ""
    return f"{event.label}{owner}{until}{state}"


def _figure(timeline: Timeline) -> Figure:
    texts = [textwrap.wrap(_words(event), _WRAP) or [""] for event in timeline.events]
    heights = [len(lines) * _LINE_HEIGHT + _GAP for lines in texts]
    kinds = [kind for kind in KINDS if any(event.kind == kind for event in timeline.events)]
    height = _HEAD + sum(heights) + _FOOT
    figure = Figure(figsize=(_WIDTH, height), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    axes.text(0.03, 0.38, timeline.title, fontsize=13, fontweight="bold", color=_TEXT, va="center")
    tops = [_HEAD + sum(heights[:i]) for i in range(len(heights))]
    marks = _to_scale(timeline.events, _HEAD + _GAP, height - _FOOT - _GAP)
    axes.plot([_AXIS, _AXIS], [_HEAD, height - _FOOT], color=_MUTED, linewidth=2, zorder=1)
    for event, lines, top, block, mark in zip(timeline.events, texts, tops, heights, marks, strict=True):
        _row(axes, event, lines, top + block / 2, mark)
    handles = [_handle(kind) for kind in kinds]
    axes.legend(
        handles=handles,
        loc="lower center",
        ncols=4,
        frameon=False,
        fontsize=8.5,
        borderaxespad=0.6,
        labelcolor=_TEXT,
    )
    return figure


def _to_scale(events: Sequence[Event], top: float, bottom: float) -> list[float]:
    first, last = events[0].day, events[-1].day
    days = max((last - first).days, 1)
    return [top + (bottom - top) * (event.day - first).days / days for event in events]


def _row(axes: matplotlib.axes.Axes, event: Event, lines: list[str], middle: float, mark: float) -> None:
    marker, colour = _LOOK[event.kind]
    today = event.kind == "today"
    join = [_AXIS, _AXIS + 0.045, _DATES - 0.03, _DATES - 0.008]
    axes.plot(join, [mark, mark, middle, middle], color=colour if today else _LINE, linewidth=1, zorder=0)
    axes.plot([_AXIS], [mark], marker=marker, color=colour, markersize=9 if today else 7, zorder=3)
    weight = "bold" if today else "normal"
    axes.plot([_DATES + 0.002], [middle], marker=marker, color=colour, markersize=6, zorder=3)
    axes.text(
        _DATES + 0.016, middle, _short(event.day), fontsize=9.5, color=_TEXT, va="center", fontweight=weight
    )
    axes.text(
        _LABELS,
        middle,
        "\n".join(lines),
        fontsize=9.5,
        color=_TEXT,
        va="center",
        fontweight=weight,
        linespacing=1.25,
    )
    if today:
        axes.axhspan(
            middle - 0.17, middle + 0.17, xmin=_DATES - 0.012, xmax=0.985, color="#fff2d3", zorder=-1
        )


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _handle(kind: str) -> Line2D:
    marker, colour = _LOOK[kind]
    return Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=7, label=KINDS[kind])
