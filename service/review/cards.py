"""Cards of the queue: a comment with its context, author record, highlights, notes and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from comments.author_rules import SHARED_RULES, AuthorRule, RuleTarget, rule_name
from comments.drafts import before_last_edit
from comments.lifecycle import Status
from comments.model import Comment
from comments.page_links import NO_DETAILS
from comments.report_rules import report_summary
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Note
from comments.storage.thread_details import ThreadDetails
from comments.storage.values import Evidence, EvidenceQuery
from service.accounts.sessions import SignedIn
from service.deps import deps

from .highlights import highlight_html, highlight_text
from .presenter import ReviewedComment
from .text_diff import diff_html

#: Published replies to the same comment that are shown, and latest comments of the thread that are searched for them.
SIBLINGS, SEARCHED = 3, 100


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """Counts of the author's other comments on the site, by email address."""

    approved: int = 0
    spam: int = 0
    first_seen: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewCard:
    row: ReviewedComment
    site: Site
    html: Markup
    author: Markup
    identity: str
    parent: Comment | None
    published: Comment | None  # the comment that an edit would change
    changes: Markup  # against that comment, or the text before the author's last edit
    record: AuthorRecord | None  # None without an email address
    notes: tuple[Note, ...]
    reported: str  # summary of readers' reports; "" if there are none
    replies: int  # published comments below it
    hidden: bool  # published, but a comment above hides its replies
    about: ThreadDetails  # of its thread
    closed: bool  # its thread accepts no new comments
    pinned: bool
    rules: tuple[AuthorRule, ...]  # active ones about its author or network


def review_cards(
    storage: Storage, comments: Sequence[Comment], sites: Mapping[str, Site], signed: SignedIn
) -> list[ReviewCard]:
    """Build cards in the order of `comments`, with ten round trips for each site."""
    cards: dict[str, ReviewCard] = {}
    for site in dict.fromkeys(c.site for c in comments):
        own = [c for c in comments if c.site == site]
        named = [id for c in own for id in (c.parent, c.draft_of) if id]
        around = {c.id: c for c in storage.comments.load(site, named) if c}
        ids = [c.id for c in own]
        notes, reports = storage.notes.of(site, ids), storage.reports.of(site, ids)
        replies, visible = storage.threads.replies(site, own), storage.threads.are_visible(site, own)
        details = storage.thread_details.get(site, [c.thread for c in own])
        pins = storage.threads.are_pinned(site, own)
        rules = _active_rules(storage, site, own)
        rows = zip(own, _look_up(storage, site, own), notes, reports, replies, visible, details, pins, strict=True)
        for comment, found, own_notes, counts, below, is_visible, about, pinned in rows:
            hidden = comment.status is Status.APPROVED and not is_visible
            card = _card(comment, sites[site], signed, around, own_notes, report_summary(counts), below, hidden)
            record, closed = _record(comment, found), found.thread_closed
            about_source = tuple(rules[name] for name in _rule_names(comment) if name in rules)
            cards[comment.id] = replace(
                card, about=about, record=record, closed=closed, pinned=pinned, rules=about_source
            )
    return [cards[c.id] for c in comments]


def _look_up(storage: Storage, site: str, comments: Sequence[Comment]) -> list[Evidence]:
    """Look up the state of each comment's thread, and the other comments of its author by email address."""
    return storage.evidence.look_up(
        site, [EvidenceQuery(thread=c.thread, author=(c.history_key,), first_attempt=False) for c in comments]
    )


def _rule_names(comment: Comment) -> list[str]:
    sources = ((RuleTarget.AUTHOR, comment.history_key), (RuleTarget.ORIGIN, comment.origin))
    return [rule_name(target, value) for target, value in sources if value]


def _active_rules(storage: Storage, site: str, comments: Sequence[Comment]) -> dict[str, AuthorRule]:
    """Return the active rules about the authors and networks of these comments, by name."""
    names = sorted({name for comment in comments for name in _rule_names(comment)})
    found = [*storage.author_rules.get(site, names), *storage.author_rules.get(SHARED_RULES, names)]
    return {rule.name: rule for rule in reversed(found) if rule.is_active(deps().now())}


def _record(comment: Comment, found: Evidence) -> AuthorRecord | None:
    """A comment does not count towards its own record."""
    if not comment.history_key:
        return None
    return AuthorRecord(
        sum(found.approved) - (comment.status is Status.APPROVED),
        sum(found.spam) - (comment.status is Status.SPAM),
        found.first_seen,
    )


def _card(
    comment: Comment,
    site: Site,
    signed: SignedIn,
    around: Mapping[str, Comment],
    notes: tuple[Note, ...],
    reported: str,
    replies: int,
    hidden: bool,
) -> ReviewCard:
    row = ReviewedComment.of(comment, site, signed)
    signals = comment.filter_decision.signals if comment.filter_decision else ()
    author = highlight_text(comment.author or "Anonymous", signals, deps().signals)
    published = around.get(comment.draft_of)
    earlier = published or before_last_edit(comment)
    changes = diff_html(earlier.content, comment.content) if earlier else Markup()
    text = highlight_html(row.html, signals, deps().signals)
    return ReviewCard(
        row, site, text, author, comment.history_key, around.get(comment.parent),
        published, changes, None, notes, reported, replies, hidden, NO_DETAILS, False, False, (),
    )  # fmt: skip


def siblings(storage: Storage, comment: Comment) -> list[Comment]:
    """Published replies to the same comment or page, the latest first."""
    near = storage.threads.newest(comment.site, comment.thread, SEARCHED)
    return [c for c in near if c.parent == comment.parent and c.id != comment.id][:SIBLINGS]
