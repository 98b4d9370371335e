"""Tables of a PDF page, found by the lines drawn around their cells.

Read from the page objects that pypdfium2 gives, which takes milliseconds a page; tables without lines stay text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.blocks import collapse

THIN = 2.5  # points: up to this thick, a drawn shape is a line
NEAR = 3.0  # points: lines that are this near stand at one place, and meet
SHORTEST = 6.0  # points: shorter marks are no lines of a table
MOST_LINES = 4000  # of a page: a drawing has more


@dataclass(frozen=True)
class PageTable:
    """A table: its top and bottom in points from the top of the page, and its rows of cells."""

    top: float
    bottom: float
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class Shape:
    """The bounds of something drawn, in points from the left and from the bottom of the page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom


def drawn_shapes(page: pypdfium2.PdfPage) -> list[Shape]:
    """The bounds of what is drawn on a page (not its text or pictures)."""
    return [
        Shape(*item.get_bounds())
        for item in page.get_objects(max_depth=3)
        if item.type == pdfium.FPDF_PAGEOBJ_PATH
    ]


def find_tables(
    page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, shapes: Sequence[Shape]
) -> list[PageTable]:
    """The tables of a page, from top to bottom."""
    lines = _lines(shapes)
    if not 4 <= len(lines) <= MOST_LINES:
        return []
    height = page.get_height()
    tables = []
    for group in _touching(lines):
        rows = _rows(group, text_page)
        if len(rows) > 1 and len(rows[0]) > 1:
            top, bottom = max(line.top for line in group), min(line.bottom for line in group)
            tables.append(PageTable(height - top, height - bottom, rows))
    return sorted(tables, key=lambda table: table.top)


def _lines(shapes: Sequence[Shape]) -> list[Shape]:
    """The lines among the shapes; a drawn box counts as its four sides."""
    lines: list[Shape] = []
    for shape in shapes:
        across, down = shape.width >= SHORTEST, shape.height >= SHORTEST
        if (across and shape.height <= THIN) or (down and shape.width <= THIN):
            lines.append(shape)
        elif across and down:
            left, bottom, right, top = shape.left, shape.bottom, shape.right, shape.top
            lines += [
                Shape(left, top, right, top),
                Shape(left, bottom, right, bottom),
                Shape(left, bottom, left, top),
                Shape(right, bottom, right, top),
            ]
    return lines


def _touching(lines: list[Shape]) -> list[list[Shape]]:
    """The lines in groups that hang together."""
    groups: list[list[Shape]] = []
    for line in lines:
        met = [group for group in groups if any(_meet(line, other) for other in group)]
        joined = [line, *(other for group in met for other in group)]
        groups = [group for group in groups if all(group is not one for one in met)]
        groups.append(joined)
    return groups


def _meet(one: Shape, other: Shape) -> bool:
    return (
        one.left - NEAR <= other.right
        and other.left - NEAR <= one.right
        and one.bottom - NEAR <= other.top
        and other.bottom - NEAR <= one.top
    )


def _places(values: Sequence[float]) -> list[float]:
    """Values that are near each other as one, in order."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > NEAR:
            places.append(value)
    return places


def _rows(lines: list[Shape], text_page: pypdfium2.PdfTextPage) -> list[tuple[str, ...]]:
    """The rows of cells between the lines. A cell that spans columns has its text in the first and leaves the
    others empty; one that spans rows has it in each, so that every row can be read alone."""
    upright = [line for line in lines if line.height > line.width]
    level = [line for line in lines if line.width >= line.height]
    xs = _places([(line.left + line.right) / 2 for line in upright])
    ys = _places([(line.top + line.bottom) / 2 for line in level])[::-1]
    if len(xs) < 3 or len(ys) < 3:
        return []

    def parted(x: float, top: float, bottom: float) -> bool:
        middle = (top + bottom) / 2
        return any(
            abs((line.left + line.right) / 2 - x) <= NEAR and line.bottom - NEAR <= middle <= line.top + NEAR
            for line in upright
        )

    def ruled(y: float, left: float, right: float) -> bool:
        middle = (left + right) / 2
        return any(
            abs((line.top + line.bottom) / 2 - y) <= NEAR and line.left - NEAR <= middle <= line.right + NEAR
            for line in level
        )

    rows: list[tuple[str, ...]] = []
    for number in range(len(ys) - 1):
        cells: list[str] = []
        column = 0
        while column < len(xs) - 1:
            last = column + 1
            while last < len(xs) - 1 and not parted(xs[last], ys[number], ys[number + 1]):
                last += 1
            first_row, last_row = number, number + 1
            while first_row > 0 and not ruled(ys[first_row], xs[column], xs[column + 1]):
                first_row -= 1
            while last_row < len(ys) - 1 and not ruled(ys[last_row], xs[column], xs[column + 1]):
                last_row += 1
            said = text_page.get_text_bounded(
                left=xs[column], bottom=ys[last_row], right=xs[last], top=ys[first_row]
            )
            cells += [collapse(said), *[""] * (last - column - 1)]
            column = last
        if any(cells):
            rows.append(tuple(cells))
    return rows
