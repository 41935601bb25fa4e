"""Format a report as one self-contained HTML file."""

from html import escape

from .charts import charts
from .results import Report
from .svg_charts import CHART_STYLE, svg
from .text_report import report_lines

PAGE_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem; }
figure { flex: 0 1 23rem; margin: 0; }
figcaption { font-weight: 600; }
pre { overflow-x: auto; font-size: 13px; }
"""


def html_page(title: str, found: Report) -> str:
    figures = "\n".join(
        f"<figure><figcaption>{escape(chart.title)}</figcaption>{svg(chart)}</figure>" for chart in charts(found)
    )
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title><style>{PAGE_STYLE}{CHART_STYLE}</style>\n"
        f'<main><h1>{escape(title)}</h1>\n<div class="charts">\n{figures}\n</div>\n'
        f'<pre tabindex="0">{escape(chr(10).join(report_lines(found)))}</pre>\n</main>\n</html>\n'
    )
