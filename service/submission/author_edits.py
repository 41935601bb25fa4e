"""What authors, who hold the receipt, still do with comments of their own: say them in other words, take them back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from comments.drafts import MAX_EDITS, draft_id, edits, in_other_words, is_open, withdrawn
from comments.errors import ActionNotAllowed, Invalid, NotFound, StaleVersion, TooLate
from comments.job_queue import JUDGE
from comments.lifecycle import Action, Outcome, Role, Status, actions_for
from comments.model import Comment
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.values import CommentChange
from comments.validation import problems, tidied
from service.deps import Deps
from service.web.client_network import client_network
from service.web.schemas import CommentStatus

from .acceptance import admission

#: How often a step is tried anew while the filters or moderators are faster; each of them is once or twice.
TRIES = 5


def author_reason(comment: Comment, site: Site) -> str:
    """The reason for a removal that the moderator chose to share; empty for spam."""
    code = comment.current_decision.reason if comment.current_decision and comment.status is Status.REMOVED else ""
    return next((reason.message for reason in site.reasons if reason.code == code), "")


@dataclass(frozen=True, slots=True)
class AuthorView:
    """A comment and the draft beside it, if there is one, as they stand at a moment."""

    site: Site
    comment: Comment
    draft: Comment | None
    now: datetime

    @property
    def content(self) -> str:
        """What its author said last that was not refused."""
        if self.draft and self.draft.outcome is Outcome.PENDING:
            return self.draft.content
        return self.comment.content

    @property
    def edit(self) -> Outcome | None:
        """What became of the latest edit of a published comment."""
        return self.draft.outcome if self.draft else None

    @property
    def seconds_to_edit(self) -> int:
        """0 where it cannot be changed, or not any more."""
        made = edits(self.comment, self.draft) if self.draft else edits(self.comment)
        if not is_open(self.comment, self.draft) or made >= MAX_EDITS:
            return 0
        end = self.comment.received + timedelta(seconds=self.site.edit_seconds)
        return max(0, ceil((end - self.now).total_seconds()))

    @property
    def is_edited(self) -> bool:
        """Whether it waits in other words than it was sent with."""
        return self.comment.outcome is Outcome.PENDING and edits(self.comment) > 0

    @property
    def may_withdraw(self) -> bool:
        return Action.WITHDRAW in actions_for(Role.AUTHOR, self.comment.status)

    @property
    def status(self) -> CommentStatus:
        """What the holder of the receipt may know."""
        return CommentStatus(
            id=self.comment.id,
            status=self.comment.outcome,
            received=self.comment.received,
            reason=author_reason(self.comment, self.site),
            content=self.content,
            edit=self.edit or "",
            edit_reason=author_reason(self.draft, self.site) if self.draft else "",
            seconds_to_edit=self.seconds_to_edit,
        )


def author_view(deps: Deps, site: Site, id: str, receipt: str) -> AuthorView:
    """Raises NotFound, also for a receipt that is not the comment's."""
    if not deps.pseudonyms.is_receipt(site.id, id, receipt):
        raise NotFound("no such comment for this receipt")
    comment, draft = deps.storage.comments.load(site.id, [id, draft_id(id)])
    if comment is None:
        raise NotFound("there is no such comment")
    return AuthorView(site, comment, draft, deps.now())


def apply_edit(deps: Deps, site: Site, id: str, receipt: str, content: str) -> AuthorView:
    """The comment said in other words, which will be judged. Saying the same again changes nothing.

    Raises NotFound, Invalid, ActionNotAllowed, TooLate, TooMany, Busy, StaleVersion, StorageDown.
    """
    text = _checked(site, content)
    for _ in range(TRIES):
        found = author_view(deps, site, id, receipt)
        if found.content == text:
            return found
        _refuse(deps, found)
        if _write(deps, found, text):
            return author_view(deps, site, id, receipt)
    raise StaleVersion("it is being decided about at this moment; please try again")


def withdraw(deps: Deps, site: Site, id: str, receipt: str) -> AuthorView:
    """The comment taken back, with its draft, for good; at any time. Doing it again changes nothing.

    Raises NotFound, ActionNotAllowed, StaleVersion, StorageDown.
    """
    for _ in range(TRIES):
        found = author_view(deps, site, id, receipt)
        if not found.may_withdraw and found.comment.status is not Status.WITHDRAWN:
            raise ActionNotAllowed("what was not published cannot be withdrawn")
        both = [c for c in (found.comment, found.draft) if c and Action.WITHDRAW in actions_for(Role.AUTHOR, c.status)]
        if not both:
            return found
        deps.storage.comments.decide(
            site.id, [CommentChange(c, withdrawn(c, found.now), client_network(deps)) for c in both]
        )
    raise StaleVersion("it is being decided about at this moment; please try again")


def _checked(site: Site, content: str) -> str:
    """The text as it is kept. Raises Invalid."""
    text = tidied({"content": content})["content"]
    if found := [p for p in problems({"content": text}, site) if p.field == "content"]:
        raise Invalid(found)
    return text


def _refuse(deps: Deps, found: AuthorView) -> None:
    if not is_open(found.comment, found.draft):
        raise ActionNotAllowed("it cannot be changed any more, as it was withdrawn or not published")
    if deps.storage.threads.is_closed(found.site.id, found.comment.thread):
        raise TooLate("the thread is closed")
    if not found.seconds_to_edit:
        raise TooLate("the time in which it could be changed is over")


def _write(deps: Deps, found: AuthorView, text: str) -> bool:
    """Keep the edit and ask for it to be judged; False if somebody was faster."""
    site, settings, storage = found.site, deps.settings, deps.storage
    before, after = in_other_words(found.comment, found.draft, text, found.now)
    if before:
        (kept,) = storage.comments.decide(site.id, [CommentChange(before, after)])
        wakes = storage.queue.missing_wakeups(site.id, settings.batch, settings.judges) if kept else []
    else:
        kept, wakes = _accept(deps, found, after)
    for wake in wakes:
        deps.jobs.enqueue(JUDGE, site.id, wake)
    return kept


def _accept(deps: Deps, found: AuthorView, draft: Comment) -> tuple[bool, list[str]]:
    """Whether the first draft is kept, and wake-ups to ask for."""
    admitted = admission(deps, found.site, digest(draft.id, draft.content))
    try:
        accepted = deps.storage.comments.accept(draft, admitted)
    except StaleVersion:
        return False, []
    return True, [accepted.wakeup] if accepted.wakeup else []
