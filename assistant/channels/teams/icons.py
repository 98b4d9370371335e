"""The icons of the app: a speech bubble holding a calendar page with a day marked, drawn here."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle

COLOUR_SIZE = 192
OUTLINE_SIZE = 32
"""The sizes in pixels that Teams asks for."""


def colour_icon(ground: str) -> bytes:
    """The colour icon, 192 by 192 pixels, on a full ground, as PNG."""
    figure = _figure(COLOUR_SIZE, ground)
    axes = figure.axes[0]
    axes.add_patch(_rounded(22, 38, 148, 118, "white", 14))
    axes.add_patch(Polygon([(52, 42), (94, 42), (52, 14)], color="white", linewidth=0))
    axes.add_patch(Rectangle((42, 118), 108, 20, color=ground, linewidth=0))
    for row, y in enumerate((96, 74, 52)):
        for column, x in enumerate((54, 82, 110, 138)):
            marked = (row, column) == (1, 2)
            axes.add_patch(
                Circle((x, y), 10 if marked else 6.5, color="#D4351C" if marked else "#B1B4B6", linewidth=0)
            )
    return _png(figure)


def outline_icon() -> bytes:
    """The outline icon, 32 by 32 pixels, white on nothing, as PNG."""
    figure = _figure(OUTLINE_SIZE, "none")
    axes = figure.axes[0]
    axes.add_patch(_rounded(4, 9, 24, 19, "none", 3, edge="white"))
    axes.add_patch(Polygon([(9, 9), (17, 9), (9, 3)], color="white", linewidth=0))
    axes.add_patch(Rectangle((8, 21.5), 16, 3, color="white", linewidth=0))
    for x in (10, 16, 22):
        axes.add_patch(Circle((x, 15), 2.6 if x == 16 else 1.4, color="white", linewidth=0))
    return _png(figure)


def _figure(size: int, ground: str) -> Figure:
    figure = Figure(figsize=(size / 100, size / 100), dpi=100, facecolor=ground)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, size), ylim=(0, size))
    axes.axis("off")
    return figure


def _rounded(
    x: float, y: float, width: float, height: float, fill: str, corner: float, edge: str = "none"
) -> FancyBboxPatch:
    return FancyBboxPatch(
        (x + corner, y + corner),
        width - 2 * corner,
        height - 2 * corner,
        boxstyle=f"round,pad={corner}",
        facecolor=fill,
        edgecolor=edge,
        linewidth=1.5 if edge != "none" else 0,
    )


def _png(figure: Figure) -> bytes:
    drawn = io.BytesIO()
    # Without the metadata that would make each drawing differ.
    figure.savefig(drawn, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
    return drawn.getvalue()
