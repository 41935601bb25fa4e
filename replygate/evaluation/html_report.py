"""The report as one HTML file that needs nothing else."""

from html import escape

from .charts import charts
from .results import Report
from .svg_charts import svg
from .text_report import lines

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem; }
figure { flex: 0 1 23rem; margin: 0; }
figcaption { font-weight: 600; }
pre { overflow-x: auto; font-size: 13px; }
svg { width: 100%; font: 12px system-ui, sans-serif; fill: #444; }
.grid { stroke: #e4e4e4; } .mark { stroke: #777; stroke-dasharray: 2 3; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.up { transform: rotate(-90deg); transform-box: fill-box; transform-origin: center; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } circle { stroke-width: 2; fill: #fff; }
.guide { stroke: #bbb; stroke-width: 1; }
.line-0 { stroke: #0b5cad; } .line-1 { stroke: #b3541e; }
.line-2 { stroke: #2e7d4f; } .line-3 { stroke: #7b4bab; }
"""


def page(title: str, found: Report) -> str:
    figures = "\n".join(
        f"<figure><figcaption>{escape(chart.title)}</figcaption>{svg(chart)}</figure>" for chart in charts(found)
    )
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title><style>{STYLE}</style>\n"
        f'<main><h1>{escape(title)}</h1>\n<div class="charts">\n{figures}\n</div>\n'
        f'<pre tabindex="0">{escape(chr(10).join(lines(found)))}</pre>\n</main>\n</html>\n'
    )
