"""Apply edits and withdrawals by authors. The rules are in `comments/drafts.py`."""

from dataclasses import dataclass

from comments.drafts import AuthorView, edit_change, withdrawn
from comments.errors import Invalid, NotFound, StaleVersion
from comments.hidden_replies import after_takedown
from comments.job_queue import JUDGE
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.values import CommentChange
from comments.validation import field_problems, tidied
from service.deps import Deps
from service.web.client_network import client_network
from service.web.schemas import CommentStatus

from .acceptance import admission

#: Attempts to apply a change while filters or moderators decide about the comment; usually one or two are enough.
EDIT_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class AuthorProof:
    """Proof of authorship: the receipt of the comment, or the keyed id of the signed user who wrote it."""

    receipt: str = ""
    user: str = ""


def author_view(deps: Deps, site: Site, id: str, proof: AuthorProof) -> AuthorView:
    """Load a comment with its draft. Raises NotFound, also for a wrong receipt and for another user."""
    has_receipt = deps.pseudonyms.is_receipt(site.id, id, proof.receipt)
    if not has_receipt and not proof.user:
        raise NotFound("no comment with this receipt")
    comment, draft = deps.storage.comments.load_with_draft(site.id, id)
    if comment is None or not (has_receipt or comment.user == proof.user):
        raise NotFound("no such comment")
    hidden = comment.status is Status.APPROVED and not deps.storage.threads.is_visible(comment)
    return AuthorView(site, comment, draft, deps.now(), hidden)


def comment_status(view: AuthorView) -> CommentStatus:
    """Return what the author may know about the comment."""
    return CommentStatus(
        id=view.comment.id,
        status=view.comment.outcome,
        hidden=view.hidden,
        received=view.comment.received,
        reason=author_reason(view.comment, view.site),
        content=view.content,
        edit=view.edit or "",
        edit_reason=author_reason(view.draft, view.site) if view.draft else "",
        seconds_to_edit=view.seconds_to_edit,
    )


def author_reason(comment: Comment, site: Site) -> str:
    """Return the reason for a removal that the moderator chose to share; "" for spam."""
    code = comment.current_decision.reason if comment.current_decision and comment.status is Status.REMOVED else ""
    return next((reason.message for reason in site.reasons if reason.code == code), "")


def apply_edit(deps: Deps, site: Site, id: str, proof: AuthorProof, content: str) -> AuthorView:
    """Store the edit and have it judged. Repeating an edit changes nothing.

    Raises NotFound, Invalid, ActionNotAllowed, TooLate, TooMany, Busy, StaleVersion, StorageDown.
    """
    text = tidied({"content": content})["content"]
    if found := [p for p in field_problems({"content": text}, site) if p.field == "content"]:
        raise Invalid(found)
    for _ in range(EDIT_ATTEMPTS):
        view = author_view(deps, site, id, proof)
        if view.content == text:
            deps.storage.comments.wait_for_replicas(site.id)
            return view
        view.check_edit(deps.storage.threads.is_closed(site.id, view.comment.thread))
        if _store_edit(deps, view, text):
            deps.storage.comments.wait_for_replicas(site.id)
            return author_view(deps, site, id, proof)
    raise StaleVersion("The comment is being moderated right now. Try again in a moment.")


def withdraw(deps: Deps, site: Site, id: str, proof: AuthorProof) -> AuthorView:
    """Withdraw the comment and its draft for good, at any time. Repeating it changes nothing.

    Raises NotFound, ActionNotAllowed, StaleVersion, StorageDown.
    """
    for _ in range(EDIT_ATTEMPTS):
        view = author_view(deps, site, id, proof)
        remaining = view.to_withdraw()
        if not remaining:
            deps.storage.comments.wait_for_replicas(site.id)
            return view
        network = client_network(deps)
        after = [after_takedown(comment, withdrawn(comment, view.now), site) for comment in remaining]
        changes = [CommentChange(*change, network) for change in zip(remaining, after, strict=True)]
        deps.storage.comments.decide(site.id, changes)
    raise StaleVersion("The comment is being moderated right now. Try again in a moment.")


def _store_edit(deps: Deps, view: AuthorView, text: str) -> bool:
    """Store the edit and ask for it to be judged; return False if the comment changed in the meantime."""
    site, settings, storage = view.site, deps.settings, deps.storage
    before, after = edit_change(view.comment, view.draft, text, view.now)
    if before:
        (stored,) = storage.comments.decide(site.id, [CommentChange(before, after)])
        wakeups = (
            storage.queue.missing_wakeups(site.id, settings.batch, settings.judges, settings.lease) if stored else []
        )
    else:
        stored, wakeups = _store_first_draft(deps, site, after)
    for wakeup in wakeups:
        deps.jobs.enqueue(JUDGE, site.id, wakeup)
    return stored


def _store_first_draft(deps: Deps, site: Site, draft: Comment) -> tuple[bool, list[str]]:
    """Return True if the draft was stored, and the wake-ups to enqueue."""
    try:
        accepted = deps.storage.comments.accept(draft, admission(deps, site, digest(draft.id, draft.content)))
    except StaleVersion:
        return False, []
    return True, [accepted.wakeup] if accepted.wakeup else []
