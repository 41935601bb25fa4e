"""Small line charts as SVG: one picture of two shares, from 0 to 1 both."""

from collections.abc import Sequence
from html import escape

from .figures import Bin, Curve

SIZE, EDGE = 300, 52
MOST_POINTS = 400


def chart(title: str, across: str, up: str, lines: Sequence[Sequence[tuple[float, float]]], dots: bool = False) -> str:
    """Each line is drawn in its own colour of the page's style sheet: `line-0`, `line-1` and so on."""
    whole = SIZE + 2 * EDGE
    parts = [f'<svg role="img" viewBox="0 0 {whole} {whole}"><title>{escape(title)}</title>']
    parts += [_grid(n / 4) for n in range(5)]
    parts.append(f'<text x="{whole / 2}" y="{whole - 4}" class="middle">{escape(across)}</text>')
    parts.append(f'<text x="12" y="{whole / 2}" class="middle up">{escape(up)}</text>')
    for n, line in enumerate(lines):
        places = [_place(x, y) for x, y in _thinned(line)]
        parts.append(f'<polyline class="line-{n}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>')
        parts += [f'<circle class="line-{n}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places if dots]
    return "".join((*parts, "</svg>"))


def _place(across: float, up: float) -> tuple[float, float]:
    return EDGE + SIZE * across, EDGE + SIZE * (1 - up)


def _grid(share: float) -> str:
    (x, bottom), (left, y) = _place(share, 0), _place(0, share)
    return (
        f'<line class="grid" x1="{x}" x2="{x}" y1="{EDGE}" y2="{bottom}"/>'
        f'<line class="grid" x1="{left}" x2="{EDGE + SIZE}" y1="{y}" y2="{y}"/>'
        f'<text x="{x}" y="{bottom + 14}" class="middle">{share:g}</text>'
        f'<text x="{left - 4}" y="{y + 4}" class="end">{share:g}</text>'
    )


def _thinned(line: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    step = max(1, len(line) // MOST_POINTS)
    return [*line[:-1:step], line[-1]] if line else ()


def roc(curves: Sequence[Curve]) -> str:
    lines = [[(p.false_positives, p.recall) for p in curve.points] for curve in curves]
    return chart("ROC", "honest comments taken for spam", "spam found", lines)


def precision_recall(curves: Sequence[Curve]) -> str:
    lines = [[(p.recall, p.precision) for p in curve.points] for curve in curves]
    return chart("Precision and recall", "spam found", "share of spam in what was found", lines)


def reliability(bins: Sequence[Bin]) -> str:
    lines = [[(b.said, b.was) for b in bins], [(0.0, 0.0), (1.0, 1.0)]]
    return chart("Calibration", "probability said", "share of spam", lines, dots=True)
