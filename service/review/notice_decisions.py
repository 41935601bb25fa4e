"""Decide about a comment from a notice: check the right again, decide once, and say in words what happened."""

from dataclasses import dataclass

from comments.chat_receivers import CHAT_LABELS, ChatReceiver
from comments.errors import ActionNotAllowed, NotAllowed, NotFound
from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from comments.notice_links import CHAT_RECEIVER, EMAIL_RECEIVER, DecisionLink, address_digest
from comments.notice_queue import may_receive
from comments.person import Person
from comments.site import Site
from service.accounts.sessions import SignedIn, has_role, read_session, require_role
from service.deps import Deps

from .decisions import CommentChanged, ModeratorDecision, decide_comment

NO_RIGHT = "You may not decide about comments of this site any more."


@dataclass(frozen=True, slots=True)
class LinkActor:
    """The person, or the channel, that decides by a link. `signed` is set if a session was needed."""

    name: str
    via: str
    signed: SignedIn | None = None


def link_actor(deps: Deps, site: Site, link: DecisionLink) -> LinkActor:
    """Check who may use a link now. Raises NotAllowed, NotFound, and SignInNeeded for a link in a channel."""
    if link.receiver.startswith(EMAIL_RECEIVER):
        return LinkActor(_mail_person(deps, site, link).name, "email")
    channel = channel_of(site, link.receiver)
    if channel.open_links:
        signed = read_session()
        if signed and has_role(signed.person, site.id, "moderator"):
            return LinkActor(signed.person.name, "chat", signed)
        return LinkActor(f"{channel.name} ({CHAT_LABELS[channel.kind]})", "chat")
    signed = require_role(site.id, "moderator")
    return LinkActor(signed.person.name, "chat", signed)


def _mail_person(deps: Deps, site: Site, link: DecisionLink) -> Person:
    """Raises NotAllowed, also if the address changed since the email was sent."""
    try:
        person = deps.storage.people.get(link.receiver.removeprefix(EMAIL_RECEIVER))
    except NotFound as error:
        raise NotAllowed(NO_RIGHT) from error
    if not may_receive(person, site.id) or address_digest(deps.pseudonyms, person.email) != link.address:
        raise NotAllowed(NO_RIGHT)
    return person


def channel_of(site: Site, receiver: str) -> ChatReceiver:
    """Raises NotAllowed if the channel was removed or turned off."""
    id = receiver.removeprefix(CHAT_RECEIVER)
    found = next((each for each in site.chat_receivers if each.id == id and each.enabled), None)
    if found is None or not receiver.startswith(CHAT_RECEIVER):
        raise NotAllowed("The channel of this link was removed.")
    return found


def person_of_chat(deps: Deps, site: Site, user: str) -> Person:
    """Return the moderator who linked this chat account. Raises NotAllowed."""
    person = next((person for person in deps.storage.people.all() if user in person.chat_users), None)
    if person is None:
        raise NotAllowed(f"Link your account first: open {deps.settings.public_url.rstrip('/')}/account/notices.")
    if not person.moderates(site.id):
        raise NotAllowed(NO_RIGHT)
    return person


def decide_once(deps: Deps, site: str, link: DecisionLink, by: str, via: str) -> tuple[Comment, bool]:
    """Decide, if the comment is still as it was in the notice. Return the comment, and whether it was decided now.

    Raises NotFound.
    """
    decision = ModeratorDecision(link.comment, link.version, Action(link.action))
    try:
        return decide_comment(deps, site, decision, by, via), True
    except CommentChanged as changed:
        return changed.comment, False
    except ActionNotAllowed:
        return deps.storage.comments.get(site, link.comment), False


def describe_state(comment: Comment) -> str:
    """Say what happened to a comment, and by whom: "Approved by Ines"."""
    last = comment.current_decision
    if last is None or comment.status is Status.HELD:
        return "Needs review. It changed after this notice."
    by = last.by if last.role is not Role.FILTERS else "the filters"
    return f"{last.action.row.past} by {by}"
