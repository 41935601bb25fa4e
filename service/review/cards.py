"""What a card shows beside the comment itself: context, its author's record, marks in the text, notes, reports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from comments.drafts import before_last_edit
from comments.lifecycle import Status
from comments.model import Comment
from comments.reports import report_summary
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Note
from comments.storage.values import EvidenceQuery
from service.accounts.sessions import SignedIn

from .highlights import marked, marked_text
from .presenter import Reviewed
from .text_diff import differences

#: Published neighbours shown around a comment, and how many of the thread's last are looked through for them.
SIBLINGS, LOOKED_AT = 3, 100


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the other comments with this e-mail here."""

    approved: int = 0
    spam: int = 0
    first_seen: date | None = None


@dataclass(frozen=True, slots=True)
class Card:
    row: Reviewed
    site: Site
    html: Markup
    author: Markup
    identity: str
    parent: Comment | None
    published: Comment | None  # what a draft would change
    changes: Markup  # against that, or against what it said before its author changed it
    record: Record | None  # None without an e-mail, by which authors are known
    notes: tuple[Note, ...]
    reported: str  # in words; "" where nobody did


def cards(storage: Storage, comments: Sequence[Comment], sites: Mapping[str, Site], signed: SignedIn) -> list[Card]:
    """In the order of `comments`; four round trips a site."""
    made: dict[str, Card] = {}
    for site in dict.fromkeys(c.site for c in comments):
        own = [c for c in comments if c.site == site]
        named = [id for c in own for id in (c.parent, c.draft_of) if id]
        around = {c.id: c for c in storage.comments.load(site, named) if c}
        ids = [c.id for c in own]
        notes, tallies = storage.notes.of(site, ids), storage.reports.of(site, ids)
        for comment, record, said, tally in zip(own, _records(storage, site, own), notes, tallies, strict=True):
            made[comment.id] = _card(comment, sites[site], signed, around, record, said, report_summary(tally))
    return [made[c.id] for c in comments]


def _records(storage: Storage, site: str, comments: Iterable[Comment]) -> list[Record | None]:
    """By e-mail. A comment's own decision does not speak for it."""
    own = list(comments)
    answers = storage.evidence.look_up(
        site, [EvidenceQuery(author=c.author_keys[:1], first_attempt=False) for c in own]
    )
    return [
        Record(
            sum(answer.approved) - (comment.status is Status.APPROVED),
            sum(answer.spam) - (comment.status is Status.SPAM),
            answer.first_seen,
        )
        if comment.author_keys
        else None
        for comment, answer in zip(own, answers, strict=True)
    ]


def _card(
    comment: Comment,
    site: Site,
    signed: SignedIn,
    around: Mapping[str, Comment],
    record: Record | None,
    notes: tuple[Note, ...],
    reported: str,
) -> Card:
    row = Reviewed.of(comment, site, signed)
    signals = comment.filter_decision.signals if comment.filter_decision else ()
    author = marked_text(comment.author or "Without a name", signals)
    published = around.get(comment.draft_of)
    earlier = published or before_last_edit(comment)
    changes = differences(earlier.content, comment.content) if earlier else Markup()
    return Card(
        row, site, marked(row.html, signals), author, comment.identity, around.get(comment.parent), published, changes,
        record, notes, reported,
    )  # fmt: skip


def siblings(storage: Storage, comment: Comment) -> list[Comment]:
    """Published comments that answer the same, the latest first."""
    near = storage.threads.newest(comment.site, comment.thread, LOOKED_AT)
    return [c for c in near if c.parent == comment.parent and c.id != comment.id][:SIBLINGS]
