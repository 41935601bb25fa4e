"""`replygate evaluate`: a labelled file in, figures out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from comments.model import Site
from comments.storage import TokenCounts
from workers.deps import policy_of
from workers.filters import BUILT_IN
from workers.policy import Policy, build

from ..admin import site_named
from ..installation import installation
from .examples import read
from .judging import Corpus, Moderation, across, verdicts
from .page import page
from .report import report, text

#: A site that chose nothing, as `outcomes` are measured: that somebody is new here says nothing of his text.
PLAIN = Site("evaluation", "Evaluation", datetime(2000, 1, 1, tzinfo=UTC), required=(), moderation="suspicious")


@click.command("evaluate")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--site", "id", metavar="ID", help="Judge by this site's choices, weights and lessons.")
@click.option("--learn", is_flag=True, help="Let each held comment teach its label, in the order of time.")
@click.option("--cross", is_flag=True, help="Judge each source in FILE by what all the others teach.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page with charts.")
def evaluate(file: TextIO, id: str | None, learn: bool, cross: bool, html: Path | None) -> None:
    """Say how well the filters judge the comments of FILE, whose labels are known.

    FILE holds a JSON object a line: `text`, `label` ("spam" or "ham"), and where known `author`, `url`, `ts`, `source`.
    What `replygate export` writes will do as well: there people's decisions are the labels. Nothing is kept or learned.
    """
    examples = sorted(read(file), key=lambda example: example.comment.received)
    if not examples:
        raise click.ClickException("there is no comment with a label in this file")
    if cross and (id or learn or len({example.source for example in examples}) < 2):
        raise click.UsageError("--cross goes without --site and --learn, and needs several sources in the file")
    site, policy, known = _site(id) if id else (PLAIN, build(BUILT_IN, {}), TokenCounts())
    moderation = Moderation() if learn else None
    judged = across(examples, site, policy) if cross else verdicts(examples, site, policy, Corpus.of(known), moderation)
    found = report(list(judged))
    click.echo("\n".join(text(found)))
    if html:
        html.write_text(page(f"Evaluation of {Path(file.name).name}", found), encoding="utf-8")


def _site(id: str) -> tuple[Site, Policy, TokenCounts]:
    """The site, its deployment's policy and what it learned, as its workers have them."""
    here, site = installation(), site_named(id)
    return site, policy_of(here.settings, BUILT_IN), here.storage.corpus.snapshot(id)
