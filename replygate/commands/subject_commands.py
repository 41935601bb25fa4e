"""`replygate subject`: export or erase everything from one person, and check the receipt of an erasure."""

import json
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.data_subjects import Subject
from comments.erasure_requests import ErasurePreview, named_subject, preview_erasure, request_erasure
from comments.erasures import Erasure, receipt, subject_of_receipt, verified_receipts
from comments.errors import Invalid, Problem
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.subject_export import export_subject, find_by_name
from replygate.deployment import Deployment, current_deployment
from replygate.private_files import private_file
from replygate.text_table import columns
from workers.delivery.deps import DeliveryDeps
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue
from workers.subject_erasure import erase_some

from .site_commands import site_named

#: Comments that a preview shows, and characters of each.
COMMENTS_SHOWN, EXCERPT_CHARACTERS = 5, 60
#: Seconds between two looks at an erasure that another process works on.
SECONDS_BETWEEN_LOOKS = 0.1

WHO = (
    click.option("--email", default="", help="Email address of the person."),
    click.option("--id", "id", default="", metavar="COMMENT", help="Id of a comment that the person wrote."),
    click.option("--user", default="", help="Id of a signed user, as the site's own server knows it."),
    click.option("--site", "sites", multiple=True, metavar="ID", help="Only on this site. May be repeated."),
    click.option("--linked", is_flag=True, help="Also comments without the address from the same browsers."),
)


@click.group()
def subject() -> None:
    """Export or erase the data of one person, as privacy laws require."""


def _with_person(command: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(WHO):
        command = option(command)
    return command


@subject.command("find")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="ID", help="Only on this site. May be repeated.")
def find_person(name: str, sites: Sequence[str]) -> None:
    """List commenters whose name contains NAME, with the id of a comment for the other commands."""
    storage, rows = current_deployment().storage, list[tuple[object, ...]]()
    for site in _chosen(sites):
        for comment, n in find_by_name(storage, site.id, name):
            rows.append((site.id, comment.author, comment.email, n, comment.id))
    click.echo(columns(("SITE", "NAME", "EMAIL", "COMMENTS", "A COMMENT"), rows))


@subject.command("export")
@_with_person
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write, readable only by you.")
def export_person(email: str, id: str, user: str, sites: Sequence[str], linked: bool, output: Path | None) -> None:
    """Write everything from one person as JSON: comments, edits, notes about them, rules and subscriptions."""
    deployment = current_deployment()
    documents = []
    for site, person in _people(deployment, sites, email, id, user, linked):
        document = export_subject(deployment.storage, site, person, deployment.now(), for_operator=True)
        if document["comments"] or document["rules"] or document["subscribed_since"]:
            documents.append(document)
            deployment.storage.audit.append(AuditEntry(CONSOLE, AuditAction.SUBJECT_EXPORT, site=site.id))
    with private_file(output) as file:
        file.write(json.dumps(documents, ensure_ascii=False, indent=2).encode() + b"\n")


@subject.command("erase")
@_with_person
@click.option("--keep-lessons/--unlearn", default=None, help="What the filter learned. By default as each site is set.")
@click.option("--again", type=click.File(), help="A receipt: erase the same person again, after restoring a backup.")
@click.option("--receipt", "output", type=click.Path(path_type=Path, dir_okay=False), help="New file for the receipts.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_person(
    email: str,
    id: str,
    user: str,
    sites: Sequence[str],
    linked: bool,
    keep_lessons: bool | None,
    again: TextIO | None,
    output: Path | None,
    yes: bool,
) -> None:
    """Erase everything from one person. Shows what would be erased, and asks first. This cannot be undone."""
    deployment = current_deployment()
    people = _again(deployment, again, email) if again else _people(deployment, sites, email, id, user, linked)
    previews = [preview_erasure(deployment.storage, site, person, email) for site, person in people]
    click.echo("\n".join(map(_shown, previews)) or "No site has anything from this person.")
    if not previews or not (yes or click.confirm("Erase all this? It cannot be undone")):
        raise click.exceptions.Exit(1)
    receipts = list[dict[str, Any]]()
    with _receipts_file(output) as file:
        try:
            for preview in previews:
                wanted = request_erasure(
                    deployment.storage, preview.site, preview.subject, CONSOLE, deployment.now(), keep_lessons, email
                )
                done = _finished(deployment, preview.site, wanted)
                receipts.append(receipt(done, Pseudonyms(deployment.settings.secret_key)))
        finally:
            file.write(json.dumps(receipts, ensure_ascii=False, indent=2) + "\n")
    if output:
        click.echo(f"Erased. The receipt is in {output}.")


def _receipts_file(path: Path | None) -> AbstractContextManager[TextIO]:
    """Open the file before anything is erased. A file that exists stays: it may be the only receipt of an erasure."""
    if path is None:
        return nullcontext(sys.stdout)
    try:
        return path.open("x")
    except OSError as error:
        raise click.ClickException(f"Nothing was erased: cannot create {path}: {error.strerror}") from error


@subject.command("verify")
@click.argument("file", type=click.File())
@click.option("--email", default="", help="Also check that the receipt is about this person.")
def verify_receipt(file: TextIO, email: str) -> None:
    """Check that this deployment signed the receipts in FILE, and that nobody changed them."""
    names = Pseudonyms(current_deployment().settings.secret_key)
    for values in _verified(file, names, email):
        n = values["erased"].get("comments", 0)
        click.echo(f"{values['id']}: valid. {n} comments of {values['site']} erased, finished {values['finished']}.")


def _verified(file: TextIO, names: Pseudonyms, email: str) -> list[dict[str, Any]]:
    """Return valid receipts. Raises Invalid, also if one is not about the person with the address."""
    found = verified_receipts(file.read(), names)
    for values in found:
        if email and names.author(email) not in values["subject"].get("identities", ()):
            raise Invalid([Problem("email", "different", f"is not the person of the receipt {values['id']}")])
    return found


def _again(deployment: Deployment, file: TextIO, email: str) -> list[tuple[Site, Subject]]:
    found = _verified(file, Pseudonyms(deployment.settings.secret_key), email)
    return [(site_named(values["site"]), subject_of_receipt(values)) for values in found]


def _chosen(sites: Sequence[str]) -> list[Site]:
    return [site_named(id) for id in sites] or current_deployment().storage.sites.all()


def _people(
    deployment: Deployment, sites: Sequence[str], email: str, id: str, user: str, linked: bool
) -> list[tuple[Site, Subject]]:
    """Return the sites to look at, with the person as named on each. Sites without the comment are left out."""
    names = Pseudonyms(deployment.settings.secret_key)
    found = [(site, named_subject(deployment.storage, site, names, email, id, user, linked)) for site in _chosen(sites)]
    return [(site, person) for site, person in found if person]


def _shown(preview: ErasurePreview) -> str:
    n = len(preview.comments)
    lines = [f"{preview.site.id}: {n} comment{'' if n == 1 else 's'}"]
    for comment in preview.comments[:COMMENTS_SHOWN]:
        text = " ".join(comment.content.split())[:EXCERPT_CHARACTERS]
        lines.append(f"  {comment.received:%Y-%m-%d}  {comment.status.label}  {comment.author}: {text}")
    if n > COMMENTS_SHOWN:
        lines.append(f"  and {n - COMMENTS_SHOWN} more")
    if preview.others:
        lines.append(f"  {preview.others} other comments from the same browsers stay (--linked erases them too)")
    lines += [f"  the saved view “{view.name}” goes too" for view in preview.team.views]
    lines += [f"  stays, look at it: {m.kind} {m.id}: {m.text[:EXCERPT_CHARACTERS]}" for m in preview.team.mentions]
    return "\n".join(lines)


def _finished(deployment: Deployment, site: Site, erasure: Erasure) -> Erasure:
    """Work on the erasure until it is done. A background process may do a part of it."""
    d = DeliveryDeps(deployment.settings, deployment.storage, deployment.now, signals=catalogue(BUILT_IN))
    while not (found := deployment.storage.subjects.get(site.id, erasure.id)).is_done:
        if not erase_some(d, site):
            time.sleep(SECONDS_BETWEEN_LOOKS)
    return found
