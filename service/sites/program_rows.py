"""The other programs that can ask a site: what to enter in each of them, and their latest requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from comments.lifecycle import Action
from comments.site import Site
from comments.storage.checks import CheckAnswer, CheckRequest
from service.deps import Deps

#: Stored checks that are read to find the latest one of each program.
READ_CHECKS = 100
VERDICT_WORDS: Mapping[Action, str] = {
    Action.APPROVE: "no spam",
    Action.HOLD: "needs review",
    Action.SPAM: "spam",
}


@dataclass(frozen=True, slots=True)
class LatestRequest:
    """The latest request of a program that is still stored."""

    at: datetime
    verdict: str


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A kind of programs. `page` is the end point of the page with its keys; `command` makes its secret instead."""

    name: str
    title: str
    help: str
    docs: str  # page of the documentation
    address_label: str = ""
    address: str = ""
    page: str = ""
    page_label: str = ""
    command: str = ""
    latest: LatestRequest | None = None
    is_tested: bool = True  # its requests are checks, so that the latest one can be shown


def program_rows(d: Deps, site: Site) -> tuple[ProgramRow, ...]:
    latest = latest_requests(d.storage.checks.latest(site.id, READ_CHECKS))
    server = d.settings.public_url.rstrip("/")
    keys = ("site_key_pages.site_keys_page", "API keys")
    return (
        ProgramRow(
            "akismet", "Akismet API",
            "WordPress, and every program with a field for an Akismet key. Enter the key there, and this server in "
            "place of https://rest.akismet.com.",
            "Akismet API", "Server", server, "akismet_pages.akismet_page", "Akismet keys",
            latest=latest.get("akismet"),
        ),
        ProgramRow(
            "checks", "Checks API", "Your own programs send comments and get verdicts. The key needs no other right.",
            "Checks", "Address", f"{server}/v1/sites/{site.id}/checks", *keys, latest=latest.get("checks"),
        ),
        ProgramRow(
            "perspective", "Perspective API",
            "In place of https://commentanalyzer.googleapis.com/v1alpha1. The API key is one of this site.",
            "Perspective API", "Endpoint", f"{server}/v1alpha1", *keys, latest=latest.get("perspective"),
        ),
        ProgramRow(
            "coral", "Coral", "Configure, Moderation Phases, Add external moderation phase. The command asks for the "
            "signing secret that Coral shows.",
            "Coral", "Callback URL", f"{server}/v1/sites/{site.id}/coral",
            command=f"replygate site coral-secret {site.id}", latest=latest.get("coral"),
        ),
        ProgramRow(
            "isso", "Isso", "The value of data-isso in your pages, after importing Isso’s database. It needs no key.",
            "Move from Isso", "data-isso", f"{server}/isso/{site.id}/", "import_pages.comment_import_page",
            "Import comments", is_tested=False,
        ),
        ProgramRow(
            "mcp", "Assistants by MCP", "A language model proposes decisions. Enter this address as RG_URL, the id of "
            f"the site ({site.id}) as RG_SITE, and the key of an assistant as RG_KEY.",
            "Assistants by MCP", "RG_URL", server, "members.team_page", "Assistants", is_tested=False,
        ),
    )  # fmt: skip


def latest_requests(answers: list[CheckAnswer]) -> dict[str, LatestRequest]:
    """Return the latest request of each program, by the names of the rows."""
    found: dict[str, LatestRequest] = {}
    for answer in answers:
        at, name = answer.request.asked, _program(answer.request)
        if name not in found or at > found[name].at:
            found[name] = LatestRequest(at, _verdict(answer))
    return found


def _program(request: CheckRequest) -> str:
    if request.by.startswith("akismet "):
        return "akismet"
    if request.by == "coral":
        return "coral"
    return "perspective" if request.attributes else "checks"


def _verdict(answer: CheckAnswer) -> str:
    if answer.results:
        return VERDICT_WORDS[answer.decision.action]
    return "no verdict" if answer.failed else "waiting for a verdict"
