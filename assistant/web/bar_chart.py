"""A bar chart as SVG: a title, a bar for each entry, the number above each bar."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 760, 280
_TOP, _BOTTOM, _SIDE = 30, 48, 10
_STYLE = (
    "text{font:14px system-ui,-apple-system,'Segoe UI',roboto,arial,sans-serif;fill:#0b0c0c}"
    ".bar{fill:#1d70b8}.later{fill:#505a5f}.line{stroke:#b1b4b6;stroke-width:1}"
    "@media(prefers-color-scheme:dark){text{fill:#fff}.bar{fill:#5694ca}.later{fill:#b1b4b6}}"
)


def draw_bars(title: str, bars: Sequence[tuple[str, str, int]], *, grey: int = 0) -> str:
    """A chart of bars, each given as the two lines below it and its number; the last `grey` ones are grey.

    The drawing has no links and no scripts. Its title says what it shows; the numbers stand above the bars, so
    that nothing has to be read off an axis.
    """
    most = max((number for _, _, number in bars), default=0) or 1
    step = (WIDTH - 2 * _SIDE) / max(len(bars), 1)
    base = HEIGHT - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape(title)}</title><style>{_STYLE}</style>',
        f'<line class="line" x1="{_SIDE}" y1="{base}" x2="{WIDTH - _SIDE}" y2="{base}"/>',
    ]
    for place, (first, second, number) in enumerate(bars):
        height = (base - _TOP) * number / most
        left, middle = _SIDE + place * step, _SIDE + (place + 0.5) * step
        kind = "later" if place >= len(bars) - grey else "bar"
        parts.append(
            f'<rect class="{kind}" x="{left + step * 0.15:.1f}" y="{base - height:.1f}" '
            f'width="{step * 0.7:.1f}" height="{height:.1f}"/>'
            f'<text x="{middle:.1f}" y="{base - height - 7:.1f}" text-anchor="middle">{number}</text>'
            f'<text x="{middle:.1f}" y="{base + 19}" text-anchor="middle">{escape(first)}</text>'
            f'<text x="{middle:.1f}" y="{base + 37}" text-anchor="middle">{escape(second)}</text>'
        )
    return "".join([*parts, "</svg>"])
