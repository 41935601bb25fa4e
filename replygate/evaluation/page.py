"""The report as one HTML file that needs nothing else."""

from html import escape

from .charts import precision_recall, reliability, roc
from .report import Report, text

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
figure { display: inline-block; width: 22rem; margin: 0; }
pre { overflow-x: auto; font-size: 13px; }
svg { width: 100%; font: 11px system-ui, sans-serif; }
.grid { stroke: #ddd; } .middle { text-anchor: middle; } .end { text-anchor: end; }
.up { transform: rotate(-90deg); transform-box: fill-box; transform-origin: center; }
polyline { fill: none; stroke-width: 2; }
.line-0 { stroke: #0b5cad; } .line-1 { stroke: #b3541e; stroke-dasharray: 5 3; }
circle.line-0, circle.line-1 { fill: #fff; stroke-dasharray: none; }
"""


def page(title: str, found: Report) -> str:
    curves = (found.points, found.learned)
    charts = {
        "ROC": roc(curves),
        "Precision and recall": precision_recall(curves),
        "Calibration": reliability(found.bins),
    }
    figures = "".join(f"<figure><figcaption>{name}</figcaption>{svg}</figure>" for name, svg in charts.items())
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>\n'
        f"<h1>{escape(title)}</h1>\n<p>Solid: points of all filters. Dashed: what is learned alone.</p>\n"
        f"{figures}\n<pre>{escape(chr(10).join(text(found)))}</pre>\n</html>\n"
    )
