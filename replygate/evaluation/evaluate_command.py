"""`replygate evaluate`: a labelled file in, figures out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import click

from comments.site import Site
from comments.storage.values import TokenCounts
from replygate.commands.site_commands import site_named
from replygate.deployment import current_deployment
from workers.deps import policy_of
from workers.filters import BUILT_IN
from workers.judging.policy import Policy, build

from .charts import charts
from .html_report import page
from .labelled_comments import UNDECIDED, Reading, read
from .replay import Corpus, Moderation, across, verdicts
from .results import Report, report
from .text_report import lines

#: A site that chose nothing, as `outcomes` are measured: that somebody is new here says nothing of his text.
PLAIN = Site("evaluation", "Evaluation", datetime(2000, 1, 1, tzinfo=UTC), required=(), moderation="suspicious")


@click.command("evaluate")
@click.argument("file", type=click.File("rb"))
@click.option("--site", "id", metavar="ID", help="Judge by this site's choices, weights and lessons.")
@click.option("--learn", is_flag=True, help="Let each held comment teach its label, in the order of time.")
@click.option("--cross", is_flag=True, help="Judge each source in FILE by what all the others teach.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page with charts.")
@click.option(
    "--png", type=click.Path(path_type=Path, file_okay=False), help="Also write the charts into this directory."
)
def evaluate(file: BinaryIO, id: str | None, learn: bool, cross: bool, html: Path | None, png: Path | None) -> None:
    """Say how well the filters judge the comments of FILE, whose labels are known.

    FILE holds a JSON object a line: `text`, `label` ("spam" or "ham"), and where known `author`, `url`, `ts`, `source`.
    What `replygate export` writes will do as well: there people's decisions are the labels. Nothing is kept or learned.
    """
    if png and find_spec("matplotlib") is None:
        raise click.ClickException("Matplotlib, which draws the pictures, is missing: pip install 'replygate[charts]'")
    known = read(file)
    examples = known.examples
    for words in _notes(known, learn):
        click.echo(words, err=True)
    if not examples:
        raise click.ClickException("there is no comment with a label in this file")
    if cross and (id or learn or len({example.source for example in examples}) < 2):
        raise click.UsageError("--cross goes without --site and --learn, and needs several sources in the file")
    site, policy, lessons = _site(id) if id else (PLAIN, build(BUILT_IN, {}), TokenCounts())
    moderation = Moderation() if learn else None
    judged = (
        across(examples, site, policy) if cross else verdicts(examples, site, policy, Corpus.of(lessons), moderation)
    )
    found = report(list(judged), taught=learn)
    click.echo("\n".join(lines(found)))
    if html:
        html.write_text(page(f"Evaluation of {Path(file.name).name}", found), encoding="utf-8")
    if png:
        _draw(found, png)


def _notes(known: Reading, learn: bool) -> Iterator[str]:
    """What of the file does not count, and why."""
    for label, n in sorted(known.left_out.items()):
        yield f"left out: {n} labelled “{label}”" if label != UNDECIDED else f"left out: {n} {UNDECIDED}"
    if known.timeless and (learn or known.timeless < len(known.examples)):
        missing = f"{known.timeless} of {len(known.examples)} have no time that can be read"
        yield f"{missing}, so all are taken in an order by chance"


def _draw(found: Report, directory: Path) -> None:
    """In a process of its own: see `png`."""
    directory.mkdir(parents=True, exist_ok=True)
    told = json.dumps([asdict(chart) for chart in charts(found)])
    command = [sys.executable, "-m", "replygate.evaluation.png", str(directory)]
    if subprocess.run(command, input=told, text=True, check=False).returncode:  # noqa: S603 - our own
        raise click.ClickException("the charts could not be drawn")


def _site(id: str) -> tuple[Site, Policy, TokenCounts]:
    """The site, its deployment's policy and what it learned, as its workers have them."""
    deployment, site = current_deployment(), site_named(id)
    return site, policy_of(deployment.settings, BUILT_IN), deployment.storage.corpus.snapshot(id)
