"""Charts as PNG files, drawn by Matplotlib, which is no part of a plain installation.

`python -m replygate.evaluation.png DIRECTORY` reads the charts as JSON: a process of its own, so that no other command
waits for Matplotlib to load, nor needs it.
"""

import json
import sys
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .charts import Chart, Line

#: Inches and dots for each; 1440 by 1200 dots are sharp on any screen and small as a file. Inches left free around.
SIZE, DOTS, AROUND = (7.2, 6.0), 200, 0.15
#: As in the page; they differ in lightness too.
COLOURS = ("#0b5cad", "#b3541e", "#2e7d4f", "#7b4bab")
INK, GRID, MARK, GUIDE = "#333333", "#e4e4e4", "#777777", "#bbbbbb"
#: The frame lies this far outside of the square, so that a line along an edge is seen whole.
MARGIN = 0.02


def read(text: str) -> list[Chart]:
    return [
        Chart(**{**values, "lines": tuple(Line(**line) for line in values["lines"])}) for values in json.loads(text)
    ]


def draw(chart: Chart, path: Path) -> None:
    figure = Figure(figsize=SIZE, dpi=DOTS, layout=ConstrainedLayoutEngine(w_pad=AROUND, h_pad=AROUND))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(chart.title, fontsize=14, fontweight="bold", color=INK, pad=22 if chart.marks else 10)
    _frame(axes, chart)
    for line in chart.lines:
        _line(axes, line)
    axes.legend(frameon=False, fontsize=10.5, labelcolor=INK, loc="upper left", bbox_to_anchor=(0, -0.13))
    figure.savefig(path)


def _frame(axes: Axes, chart: Chart) -> None:
    axes.set(xlim=(-MARGIN, 1 + MARGIN), ylim=(-MARGIN, 1 + MARGIN))
    axes.set_xticks([place for place, _ in chart.across_ticks], [words for _, words in chart.across_ticks])
    axes.set_yticks([place for place, _ in chart.up_ticks], [words for _, words in chart.up_ticks])
    axes.set_xlabel(chart.across, fontsize=11.5, color=INK)
    axes.set_ylabel(chart.up, fontsize=11.5, color=INK)
    axes.tick_params(length=0, labelsize=10.5, labelcolor=INK)
    axes.grid(color=GRID)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    for place, words in chart.marks:
        axes.axvline(place, color=MARK, linestyle=(0, (2, 3)))
        axes.text(place, 1 + 2 * MARGIN, words, ha="center", fontsize=10.5, color=INK)


def _line(axes: Axes, line: Line) -> None:
    across, up = [x for x, _ in line.points], [y for _, y in line.points]
    if line.said:
        colour = COLOURS[len(axes.get_legend_handles_labels()[0])]
        (drawn,) = axes.plot(across, up, color=colour, linewidth=2, label=line.said, clip_on=False)
        drawn.set(marker="o" if line.dots else "", markersize=6, markerfacecolor="white", markeredgewidth=2)
    else:
        axes.plot(across, up, color=GUIDE, linewidth=1)


def main() -> None:
    for chart in read(sys.stdin.read()):
        draw(chart, Path(sys.argv[1]) / f"{chart.name}.png")


if __name__ == "__main__":
    main()
