"""Charts as SVG, which needs nothing but a browser; colours and fonts come from the page's style sheet."""

from collections.abc import Iterator
from html import escape

from .charts import Chart, Line

#: The square that lines are in; room beside it for words on the left, and below, above and on the right.
SIDE, LEFT, BELOW, ABOVE, RIGHT = 300, 62, 46, 16, 22
#: Between lines of the legend.
LEADING = 16


def svg(chart: Chart) -> str:
    """A line's colour is that of its class: `line-0`, `line-1` and so on; `guide` for one that only helps to read."""
    said = [line for line in chart.lines if line.said]
    width, height = LEFT + SIDE + RIGHT, ABOVE + SIDE + BELOW + LEADING * len(said)
    parts = [
        f'<svg role="img" viewBox="0 0 {width} {height}"><title>{escape(f"{chart.title}: {_told(chart)}")}</title>',
        *_frame(chart),
        *(_path(line, f"line-{said.index(line)}" if line in said else "guide") for line in chart.lines),
        *(_legend(line.said, n) for n, line in enumerate(said)),
        "</svg>",
    ]
    return "".join(parts)


def _told(chart: Chart) -> str:
    return f"{chart.up} over {chart.across}; " + "; ".join(line.said for line in chart.lines if line.said)


def _frame(chart: Chart) -> Iterator[str]:
    bottom = ABOVE + SIDE
    for place, words in chart.across_ticks:
        x = _x(place)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{ABOVE}" y2="{bottom}"/>'
        yield f'<text x="{x}" y="{bottom + 16}" class="middle">{escape(words)}</text>'
    for place, words in chart.up_ticks:
        y = _y(place)
        yield f'<line class="grid" x1="{LEFT}" x2="{LEFT + SIDE}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" class="end">{escape(words)}</text>'
    for place, words in chart.marks:
        yield f'<line class="mark" x1="{_x(place)}" x2="{_x(place)}" y1="{ABOVE}" y2="{bottom}"/>'
        yield f'<text x="{_x(place)}" y="{ABOVE - 4}" class="middle">{escape(words)}</text>'
    yield f'<text x="{_x(0.5)}" y="{bottom + 36}" class="middle">{escape(chart.across)}</text>'
    yield f'<text x="12" y="{_y(0.5)}" class="middle up">{escape(chart.up)}</text>'


def _path(line: Line, look: str) -> str:
    places = [(_x(across), _y(up)) for across, up in line.points]
    dots = "".join(f'<circle class="{look}" cx="{x}" cy="{y}" r="3.5"/>' for x, y in places if line.dots)
    return f'<polyline class="{look}" points="{" ".join(f"{x},{y}" for x, y in places)}"/>{dots}'


def _legend(words: str, n: int) -> str:
    y = ABOVE + SIDE + BELOW + LEADING * n + 8
    return (
        f'<polyline class="line-{n}" points="{LEFT},{y - 4} {LEFT + 24},{y - 4}"/>'
        f'<text x="{LEFT + 32}" y="{y}">{escape(words)}</text>'
    )


def _x(place: float) -> float:
    return round(LEFT + SIDE * place, 1)


def _y(place: float) -> float:
    return round(ABOVE + SIDE * (1 - place), 1)
