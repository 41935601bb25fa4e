"""Compose a notice from the items that wait for a receiver: what to show, in no format yet.

Names of authors and texts come from strangers. They are included only if the receiver chose so, and only for comments
that do not look like spam: nobody can send advertising through our notices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.moderator_notices import REVIEW_TOPICS, NoticeChoice, NoticeTopic
from comments.notice_links import (
    DECISION_LIFETIME,
    NOTICE_ACTIONS,
    DecisionLink,
    link_token,
    seconds_until,
)
from comments.page_links import page_link
from comments.pseudonyms import Pseudonyms
from comments.signals import SignalCatalogue, signal_title
from comments.site import Site
from comments.storage.notices import NoticeItem
from comments.storage.thread_details import ThreadDetails
from comments.text_cleaning import without_reordering

from .deps import DeliveryDeps
from .email_messages import one_line

#: Comments that one notice lists; the others are counted. Characters of a quoted text, and reasons of a comment.
MAX_LISTED, MAX_EXCERPT, MAX_SIGNALS_NAMED = 8, 300, 3
#: Comments of a digest that are loaded. After a flood the others are counted without a look at what became of them.
MAX_LOADED = 500
#: A comment is quoted only if the models give spam a smaller probability than this.
QUOTED_BELOW = 0.3


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One comment in a notice. Texts are plain and not escaped."""

    comment: str
    version: int
    headline: str  # such as "Likely harmful"
    article: str
    reasons: tuple[str, ...]
    card: str  # address of the comment's card
    author: str = ""  # "" with `text`, unless both are to be shown
    text: str = ""
    links: tuple[tuple[Action, str], ...] = ()  # addresses that decide


@dataclass(frozen=True, slots=True)
class Notice:
    """Contents of one message to one receiver."""

    site: Site
    receiver: str
    title: str
    rows: tuple[NoticeRow, ...]
    more: int  # comments that are not listed
    facts: tuple[str, ...]  # sentences that are about no comment
    queue: str  # address of the site's queue


@dataclass(frozen=True, slots=True)
class NoticeTarget:
    """The receiver of a notice, and the digest of its address to which links are bound."""

    receiver: str
    choice: NoticeChoice
    address: str = ""


def compose(
    d: DeliveryDeps, site: Site, target: NoticeTarget, items: Sequence[NoticeItem], now: datetime
) -> Notice | None:
    """Return the notice about these items; None if none of them matters any more, such as decided comments."""
    topics = _topics_by_comment(items)
    ids = sorted(topics, key=lambda id: NoticeTopic.URGENT not in topics[id])
    loaded = d.storage.comments.load(site.id, ids[:MAX_LOADED]) if ids else []
    unchecked = ids[MAX_LOADED:]
    comments = [comment for comment in loaded if comment and _still_matters(comment, topics[comment.id])]
    facts = tuple(_facts(items))
    if not comments and not facts:
        return None
    comments.sort(key=lambda c: (NoticeTopic.URGENT not in topics[c.id], c.received))
    listed = comments[:MAX_LISTED]
    details = d.storage.thread_details.get(site.id, [comment.thread for comment in listed]) if listed else []
    rows = tuple(
        _row(d, site, target, comment, topics[comment.id], detail, now)
        for comment, detail in zip(listed, details, strict=True)
    )
    title = _title(site, [topics[id] for id in (*(comment.id for comment in comments), *unchecked)], len(facts))
    queue = f"{d.settings.public_url.rstrip('/')}/review/{site.id}"
    return Notice(site, target.receiver, title, rows, len(comments) + len(unchecked) - len(rows), facts, queue)


def test_notice(d: DeliveryDeps, site: Site, receiver: str) -> Notice:
    """Return a message that is about no comment and shows that the receiver works."""
    queue = f"{d.settings.public_url.rstrip('/')}/review/{site.id}"
    title = f"Test message from Replygate · {one_line(site.name)}"
    return Notice(site, receiver, title, (), 0, ("Notices about this site arrive here.",), queue)


def _topics_by_comment(items: Sequence[NoticeItem]) -> dict[str, set[NoticeTopic]]:
    found: dict[str, set[NoticeTopic]] = {}
    for item in items:
        if item.topic in (*REVIEW_TOPICS, NoticeTopic.REPLY):
            found.setdefault(item.subject, set()).add(NoticeTopic(item.topic))
    return found


def _still_matters(comment: Comment, topics: set[NoticeTopic]) -> bool:
    waits = comment.status is Status.HELD and not topics.isdisjoint(REVIEW_TOPICS)
    return waits or (comment.status is Status.APPROVED and NoticeTopic.REPLY in topics)


def _facts(items: Sequence[NoticeItem]) -> Iterator[str]:
    for item in items:
        if item.topic == NoticeTopic.LIMIT:
            yield f"Reports by readers reached their limit at {item.subject}. They hold no more comments for an hour."
        elif item.topic == NoticeTopic.FAILURE:
            yield f"Not delivered: {item.subject}"


def _title(site: Site, topics: Sequence[set[NoticeTopic]], n_facts: int) -> str:
    """Return the title of a notice: counts and the name of the site."""
    review = [each for each in topics if not each.isdisjoint(REVIEW_TOPICS)]
    urgent, replies = sum(NoticeTopic.URGENT in each for each in review), len(topics) - len(review)
    parts = [
        _counted(len(review), "comment needs review", "comments need review")
        + (f" ({urgent} urgent)" if urgent else ""),
        _counted(replies, "reply to the team", "replies to the team"),
        _counted(n_facts if not topics else 0, "message about the site", "messages about the site"),
    ]
    return f"{', '.join(filter(None, parts))} · {one_line(site.name)}"


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}" if n else ""


def _row(
    d: DeliveryDeps,
    site: Site,
    target: NoticeTarget,
    comment: Comment,
    topics: set[NoticeTopic],
    details: ThreadDetails,
    now: datetime,
) -> NoticeRow:
    public_url, is_quoted = d.settings.public_url.rstrip("/"), target.choice.with_text and not looks_like_spam(comment)
    waits = comment.status is Status.HELD
    return NoticeRow(
        comment.id,
        comment.version,
        _headline(topics),
        article_name(site, comment, details),
        tuple(review_reasons(comment, d.signals)) if waits else (),
        f"{public_url}/review/{site.id}/{comment.id}",
        (one_line(comment.author) or "Someone") if is_quoted else "",
        _excerpt(comment.content) if is_quoted else "",
        tuple(_links(d, site, target, comment, now)) if waits and target.choice.with_links else (),
    )


def _headline(topics: set[NoticeTopic]) -> str:
    if NoticeTopic.URGENT in topics:
        return "Urgent"
    if NoticeTopic.REPORTED in topics:
        return "Reported by readers"
    return "Needs review" if NoticeTopic.REVIEW in topics else "Reply to the team"


def article_name(site: Site, comment: Comment, details: ThreadDetails) -> str:
    """Return the title or path of the article. Visitors can invent threads, so other names are not shown."""
    if details.title:
        return one_line(details.title)
    page = page_link(site, comment.thread, details)
    return one_line(page.split("://", 1)[1]) if page else "a page"


def review_reasons(comment: Comment, signals: SignalCatalogue) -> Iterator[str]:
    """Yield the titles of the strongest signals against the comment. They quote nothing of it."""
    decision = comment.filter_decision
    against = [signal for signal in decision.signals if signal.points > 0 or signal.holds] if decision else []
    against.sort(key=lambda signal: (not signal.holds, -signal.points))
    yield from dict.fromkeys(signal_title(signals, signal.name) for signal in against[:MAX_SIGNALS_NAMED])


def looks_like_spam(comment: Comment) -> bool:
    """True if the filters call it spam, lean that way, or have no estimate."""
    decision = comment.filter_decision
    if decision is None or decision.probability is None or decision.probability >= QUOTED_BELOW:
        return True
    return comment.status is Status.SPAM or decision.score >= decision.hold_at > 0


def _excerpt(text: str) -> str:
    plain = without_reordering(" ".join(text.split()))
    return plain if len(plain) <= MAX_EXCERPT else f"{plain[:MAX_EXCERPT].rstrip()} …"


def _links(
    d: DeliveryDeps, site: Site, target: NoticeTarget, comment: Comment, now: datetime
) -> Iterator[tuple[Action, str]]:
    names, until = Pseudonyms(d.settings.secret_key), seconds_until(now, DECISION_LIFETIME)
    start = f"{d.settings.public_url.rstrip('/')}/sites/{site.id}/decide"
    for action in NOTICE_ACTIONS:
        link = DecisionLink(site.id, target.receiver, target.address, action.value, comment.id, comment.version, until)
        yield action, f"{start}/{link_token(names, 'decide', link)}"
