"""`replygate evaluate`: measure the filters on a file of labelled comments."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from comments.site import Site
from comments.storage.values import TokenCounts
from replygate.commands.site_commands import site_named
from replygate.deployment import current_deployment
from workers.deps import policy_of
from workers.filters import BUILT_IN
from workers.judging.policy import Policy, build_policy

from .charts import charts
from .html_report import html_page
from .labelled_comments import NOT_DECIDED, Reading, read
from .replay import Moderation, ReplayCorpus, across, verdicts
from .results import make_report
from .svg_charts import svg_file
from .text_report import report_lines

#: A site with default settings, except that new authors are not held: that says nothing about their text.
PLAIN = Site("evaluation", "Evaluation", datetime(2000, 1, 1, tzinfo=UTC), required=(), moderation="suspicious")


@click.command("evaluate")
@click.argument("file", type=click.File("rb"))
@click.option("--site", "id", metavar="ID", help="Use this site's settings, weights and lessons.")
@click.option("--learn", is_flag=True, help="Learn from each held comment, in order of time.")
@click.option("--cross", is_flag=True, help="Test each source in FILE with lessons from all others.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write an HTML page with charts.")
@click.option(
    "--charts",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write the charts as SVG files.",
)
def evaluate(
    file: BinaryIO, id: str | None, learn: bool, cross: bool, html: Path | None, directory: Path | None
) -> None:
    """Measure how well the filters judge the labelled comments in FILE.

    FILE has one JSON object per line with `text`, `label` ("spam" or "ham") and optionally `author`, `url`, `ts` and
    `source`. An export of a site also works: moderators' decisions are the labels. Nothing is stored or learned.
    """
    reading = read(file)
    examples = reading.examples
    for note in _notes(reading, learn):
        click.echo(note, err=True)
    if not examples:
        raise click.ClickException("the file has no labelled comments")
    if cross and (id or learn or len({example.source for example in examples}) < 2):
        raise click.UsageError("--cross needs several sources in the file, and cannot be used with --site or --learn")
    site, policy, lessons = _site(id) if id else (PLAIN, build_policy(BUILT_IN, {}), TokenCounts())
    moderation = Moderation() if learn else None
    judged = (
        across(examples, site, policy)
        if cross
        else verdicts(examples, site, policy, ReplayCorpus.of(lessons), moderation)
    )
    found = make_report(list(judged), taught=learn)
    click.echo("\n".join(report_lines(found)))
    if html:
        html.write_text(html_page(f"Evaluation of {Path(file.name).name}", found), encoding="utf-8")
    if directory:
        directory.mkdir(parents=True, exist_ok=True)
        for chart in charts(found):
            (directory / f"{chart.name}.svg").write_text(svg_file(chart), encoding="utf-8")


def _notes(reading: Reading, learn: bool) -> Iterator[str]:
    """Describe the lines that were skipped, and missing times."""
    for label, n in sorted(reading.left_out.items()):
        yield f"skipped: {n} labelled “{label}”" if label != NOT_DECIDED else f"skipped: {n} {NOT_DECIDED}"
    if reading.timeless and (learn or reading.timeless < len(reading.examples)):
        missing = f"{reading.timeless} of {len(reading.examples)} have no readable time"
        yield f"{missing}, so all are shuffled"


def _site(id: str) -> tuple[Site, Policy, TokenCounts]:
    """Return the site, the deployment's policy and the site's lessons, as its workers use them."""
    deployment, site = current_deployment(), site_named(id)
    return site, policy_of(deployment.settings, BUILT_IN), deployment.storage.corpus.snapshot(id)
