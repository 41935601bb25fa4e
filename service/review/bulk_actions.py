"""Bulk actions: one action on many comments, carried out in steps, with progress and undo.

A selection is a list of chosen comments, the filters of the queue (search text, author name, network, domain ...), or
everything by one author or network. The last of these searches older comments while it runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from comments.errors import Invalid, Problem
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.queue_ranking import index_outdated
from comments.signals import signal_title
from comments.site import Site
from comments.storage.notes_and_bulks import BulkAction, BulkItem, BulkProgress
from comments.storage.queue_index import IndexResult
from comments.storage.values import HistoryPage, HistoryQuery
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import Deps

from .decisions import CommentChanged, DecisionOutcome, ModeratorDecision, decide_all
from .search import AGES, EVERY_STATUS, FILTER_LABELS, QueueView, check_view
from .search_query import index_query

#: Comments of one bulk action at most, of one click without JavaScript, and of one round trip to storage.
MAX_BULK, COMMENTS_PER_CLICK, COMMENTS_PER_BATCH = 100_000, 500, 100
#: Statuses that "everything" covers: what readers see or may still see. Spam and removed comments stay as they are.
VISIBLE = (Status.HELD, Status.APPROVED)
#: Phrases for the comments of each list.
STATUS_NAMES: Mapping[str, str] = {
    "held": "that needs review",
    **{status.value: f"with the status {status.label}" for status in Status if status is not Status.HELD},
    EVERY_STATUS: "with any status",
}
#: Comments that a preview of "everything" counts.
MAX_PREVIEW_COUNT = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Comments on one site: a list, and everything by an author or network, if `everything` names one."""

    about: str  # describes it for people
    items: Sequence[BulkItem] = ()
    everything: HistoryQuery = field(default_factory=HistoryQuery)


def selected(items: Sequence[BulkItem]) -> Selection:
    """A selection of comments that a moderator chose one by one."""
    return Selection(f"{len(items)} selected comment{'' if len(items) == 1 else 's'}", items)


def find_listed(
    deps: Deps, site: Site, view: QueueView, action: Action, signed: SignedIn, limit: int = MAX_BULK
) -> IndexResult:
    """The comments that a view shows and the action changes, the newest first. Raises Invalid."""
    allowed = action.row.allowed[Role.MODERATOR]
    statuses = tuple(status for status in view.statuses if status in allowed)
    if not statuses:
        raise Invalid([Problem("action", "impossible", f"is not possible for comments with the status {view.status}")])
    check_view(view, view.status, view.order, [site.id], all_sites=bool(view.site))
    index_outdated(deps.storage, site.id, deps.signals)
    sees_email = sessions.may_see_emails(signed.person, site)
    query = index_query(view, view.status, "newest", deps.now().date(), limit, None, sees_email)
    return deps.storage.queue_index.find(site.id, replace(query, statuses=statuses))


def received_until(result: IndexResult, until: int) -> list[BulkItem]:
    """The comments received up to `until`, in ms: newer ones were not in the preview."""
    return [(hit.id, hit.version) for hit in result.hits if -hit.position.key <= until]


def newest_received(result: IndexResult) -> int:
    """Time of the newest comment, in ms; 0 if there are none."""
    return -result.hits[0].position.key if result.hits else 0


def describe(deps: Deps, view: QueueView) -> str:
    """Describe the filters of a view, such as "Author: Bot, Links to: shop.example"."""
    labels = {
        "age": AGES.get(view.age, ""),
        "decision_age": AGES.get(view.decision_age, ""),
        "signal": signal_title(deps.signals, view.signal),
    }
    parts = [f"{FILTER_LABELS[n]}: {labels.get(n, text)}" for n, text in view.filters.items() if n != "site"]
    listed = STATUS_NAMES[view.status]
    return ", ".join([listed] * (view.status != "held" and bool(parts)) + parts) or f"everything {listed}"


def describe_everything(deps: Deps, site: str, query: HistoryQuery) -> str:
    """Describe an author by the latest name used, or a network by its pseudonym."""
    if not query.identity:
        return f"network {query.origin}"
    latest = find_everything(deps, site, query, 1).rows
    return f"author {latest[0].author or 'Anonymous'}" if latest else f"author {query.identity}"


def find_everything(deps: Deps, site: str, query: HistoryQuery, limit: int, cursor: str = "") -> HistoryPage:
    """A page of comments by an author or network. A page may have a cursor and no rows."""
    return deps.storage.author_history.find(site, query, limit, cursor)


def is_covered(comment: Comment, action: Action) -> bool:
    """True for a comment that a bulk action on everything by its author or network changes."""
    return comment.status in VISIBLE and action in actions_for(Role.MODERATOR, comment.status)


def start_bulk(deps: Deps, site: str, selection: Selection, action: Action, by: str, reason: str = "") -> BulkAction:
    """Store a bulk action; `run_bulk` carries it out."""
    query = selection.everything
    bulk = BulkAction(
        new_id(), action, by, deps.now(), selection.about, reason, identity=query.identity, origin=query.origin
    )
    deps.storage.bulks.create(site, bulk, selection.items[:MAX_BULK])
    return bulk


def start_undo(deps: Deps, site: str, bulk: BulkAction, by: str) -> BulkAction:
    """Store a bulk action that undoes what `bulk` did so far, and stop `bulk`."""
    bulks = deps.storage.bulks
    cursor = bulks.search_cursor(site, bulk.id)
    if cursor is not None:
        bulks.extend(site, bulk.id, [], cursor, None)
    bulks.check_off(site, bulk.id, bulks.left(site, bulk.id, MAX_BULK), [])
    undo = BulkAction(new_id(), Action.UNDO, by, deps.now(), bulk.about, undoes=bulk.id)
    bulks.create(site, undo, bulks.done(site, bulk.id))
    return undo


def run_bulk(
    deps: Deps, site: str, bulk: BulkAction, by: str, n: int = COMMENTS_PER_CLICK, limit: int = MAX_BULK
) -> list[tuple[str, DecisionOutcome]]:
    """Continue with about `n` comments; returns the outcome of each. Safe to repeat, and to run twice at once.

    A search for more comments takes as long as a decision on COMMENTS_PER_BATCH of them, and counts as that.
    """
    outcomes: list[tuple[str, DecisionOutcome]] = []
    while n > 0:
        items = deps.storage.bulks.left(site, bulk.id, min(n, COMMENTS_PER_BATCH))
        if items:
            outcomes += _decide(deps, site, bulk, by, items)
            n -= len(items)
        elif _search(deps, site, bulk, limit):
            n -= COMMENTS_PER_BATCH
        else:
            break
    return outcomes


def _decide(
    deps: Deps, site: str, bulk: BulkAction, by: str, items: Sequence[BulkItem]
) -> list[tuple[str, DecisionOutcome]]:
    decisions = [ModeratorDecision(id, version, bulk.action, bulk.reason) for id, version in items]
    outcomes = decide_all(deps, site, decisions, by)
    deps.storage.bulks.check_off(site, bulk.id, items, list(_changed(bulk, by, decisions, outcomes)))
    return [(decision.id, outcome) for decision, outcome in zip(decisions, outcomes, strict=True)]


def _changed(
    bulk: BulkAction, by: str, decisions: Sequence[ModeratorDecision], outcomes: Sequence[DecisionOutcome]
) -> Iterator[BulkItem]:
    for decision, outcome in zip(decisions, outcomes, strict=True):
        # A process that died before `check_off` leaves comments that this bulk action has already changed.
        repeated = isinstance(outcome, CommentChanged) and _has_done_already(outcome.comment, decision, bulk, by)
        after = outcome.comment if isinstance(outcome, CommentChanged) and repeated else outcome
        if isinstance(after, Comment):
            yield after.id, after.version


def _has_done_already(now: Comment, decision: ModeratorDecision, bulk: BulkAction, by: str) -> bool:
    last = now.decisions[-1]
    same = (last.by, last.action, now.version) == (by, decision.action, decision.version + 1)
    return same and last.at >= bulk.at


def _search(deps: Deps, site: str, bulk: BulkAction, limit: int) -> bool:
    """Search for more comments of an author or network, from the newest to the oldest; False if the search is over."""
    bulks = deps.storage.bulks
    cursor = bulks.search_cursor(site, bulk.id)
    if cursor is None:
        return False
    page = find_everything(deps, site, HistoryQuery(bulk.identity, bulk.origin), COMMENTS_PER_BATCH, cursor)
    free = limit - bulks.progress(site, bulk.id).total
    found = [(c.id, c.version) for c in page.rows if c.received <= bulk.at and is_covered(c, bulk.action)]
    after = page.cursor if page.cursor and len(found) < free else None
    bulks.extend(site, bulk.id, found[:free], cursor, after)
    return True


def is_full(progress: BulkProgress) -> bool:
    """True for a bulk action that reached the limit, so that more comments may be left for another one."""
    return progress.total >= MAX_BULK
