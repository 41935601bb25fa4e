"""Draw charts as SVG, for a page or as files of their own."""

from collections.abc import Iterator
from html import escape

from .charts import Chart, Line

CHART_STYLE = """
svg { width: 100%; font: 12px system-ui, sans-serif; fill: #444; }
.grid { stroke: #e4e4e4; } .mark { stroke: #777; stroke-dasharray: 2 3; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.up { transform: rotate(-90deg); transform-box: fill-box; transform-origin: center; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } circle { stroke-width: 2; fill: #fff; }
.guide { stroke: #bbb; stroke-width: 1; }
.line-0 { stroke: #0b5cad; } .line-1 { stroke: #b3541e; }
.line-2 { stroke: #2e7d4f; } .line-3 { stroke: #7b4bab; }
"""

#: Side of the square with the lines, and the margins around it for labels.
SIDE, LEFT, BELOW, ABOVE, RIGHT = 300, 62, 46, 16, 22
#: Between lines of the legend.
LEADING = 16


def svg_file(chart: Chart) -> str:
    """Return a chart as a file of its own, with its style and a white background."""
    inside = f'<style>{CHART_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
    start, end = svg(chart).split("</title>", 1)
    return start.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1) + "</title>" + inside + end


def svg(chart: Chart) -> str:
    """Return a chart as SVG for a page with CHART_STYLE. Classes `line-0`, `line-1`, … and `guide` set the colours."""
    labelled = [line for line in chart.lines if line.label]
    width, height = LEFT + SIDE + RIGHT, ABOVE + SIDE + BELOW + LEADING * len(labelled)
    title = f"{chart.title}: {chart.y_label} over {chart.x_label}; {'; '.join(line.label for line in labelled)}"
    parts = [
        f'<svg role="img" viewBox="0 0 {width} {height}"><title>{escape(title)}</title>',
        *_frame(chart),
        *(_path(line, f"line-{labelled.index(line)}" if line in labelled else "guide") for line in chart.lines),
        *(_legend(line.label, n) for n, line in enumerate(labelled)),
        "</svg>",
    ]
    return "".join(parts)


def _frame(chart: Chart) -> Iterator[str]:
    bottom = ABOVE + SIDE
    for place, text in chart.x_ticks:
        x = _x(place)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{ABOVE}" y2="{bottom}"/>'
        yield f'<text x="{x}" y="{bottom + 16}" class="middle">{escape(text)}</text>'
    for place, text in chart.y_ticks:
        y = _y(place)
        yield f'<line class="grid" x1="{LEFT}" x2="{LEFT + SIDE}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" class="end">{escape(text)}</text>'
    for place, text in chart.marks:
        yield f'<line class="mark" x1="{_x(place)}" x2="{_x(place)}" y1="{ABOVE}" y2="{bottom}"/>'
        yield f'<text x="{_x(place)}" y="{ABOVE - 4}" class="middle">{escape(text)}</text>'
    yield f'<text x="{_x(0.5)}" y="{bottom + 36}" class="middle">{escape(chart.x_label)}</text>'
    yield f'<text x="12" y="{_y(0.5)}" class="middle up">{escape(chart.y_label)}</text>'


def _path(line: Line, look: str) -> str:
    places = [(_x(across), _y(up)) for across, up in line.points]
    dots = "".join(f'<circle class="{look}" cx="{x}" cy="{y}" r="3.5"/>' for x, y in places if line.dots)
    return f'<polyline class="{look}" points="{" ".join(f"{x},{y}" for x, y in places)}"/>{dots}'


def _legend(text: str, n: int) -> str:
    y = ABOVE + SIDE + BELOW + LEADING * n + 8
    return (
        f'<polyline class="line-{n}" points="{LEFT},{y - 4} {LEFT + 24},{y - 4}"/>'
        f'<text x="{LEFT + 32}" y="{y}">{escape(text)}</text>'
    )


def _x(place: float) -> float:
    return round(LEFT + SIDE * place, 1)


def _y(place: float) -> float:
    return round(ABOVE + SIDE * (1 - place), 1)
