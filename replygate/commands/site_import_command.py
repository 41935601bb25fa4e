"""`replygate import replygate`: restore a site from an export of Replygate."""

from pathlib import Path

import click

from comments.archive.site_import import SiteImportReport, check_export, import_site
from comments.audit import CONSOLE
from comments.errors import SiteTaken
from comments.pseudonyms import Pseudonyms
from replygate.deployment import current_deployment

from .import_command import ProgressDisplay


@click.command("replygate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only check the file, and show what it has.")
def import_replygate(file: Path, dry_run: bool) -> None:
    """Restore a whole site from an export of Replygate. FILE: what `replygate export` wrote.

    The site must not exist. The whole file is checked first, and a damaged one changes nothing.
    """
    deployment = current_deployment()
    names = Pseudonyms(deployment.settings.secret_key)
    with file.open("rb") as export:
        if dry_run:
            report = check_export(export, names)
        else:
            shown = _Progress()
            report = import_site(deployment.storage, export, names, CONSOLE, shown)
            shown.end()
    for line in _lines(report, dry_run):
        click.echo(line)
    if dry_run and any(site.id == report.site for site in deployment.storage.sites.all()):
        raise SiteTaken(f"There is a site {report.site} already, so an import would be refused.")


class _Progress:
    """Counts the comments of each step."""

    def __init__(self) -> None:
        self._display, self._done = ProgressDisplay("Importing", "comments"), 0

    def __call__(self, n: int, total: int) -> None:
        self._done += n
        self._display(self._done, max(total, self._done + 1))

    def end(self) -> None:
        self._display(self._done, self._done)


def _lines(report: SiteImportReport, dry_run: bool) -> list[str]:
    kind = "The file has" if dry_run else "Imported"
    members = ", ".join(report.members) or "nobody"
    lines = [f"{kind} the site {report.site} with {report.comments} comments. Its team: {members}."]
    if report.left_out:
        lines.append("The export left these secrets out, so enter or create them again:")
        lines += [f"  {name}" for name in report.left_out]
    if report.members and not report.secrets:
        lines.append("New people have no password: `replygate moderator link NAME` creates a link to sign in.")
    if report.other_secret_key:
        lines.append(
            "The export comes from an installation with another REPLYGATE_SECRET_KEY. Links of authors to their "
            "comments end, filters do not know returning authors, and secrets for webhooks and signed users are new."
        )
    return [*lines, "Nothing was changed."] if dry_run else lines
