"""One step for many comments: which they are, and going on with it a piece at a time."""

from collections.abc import Iterator, Sequence

from comments.errors import ReplygateError
from comments.lifecycle import Action
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.queue_ranking import catch_up
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Bulk, BulkItem, BulkProgress
from comments.storage.queue_index import IndexResult
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import Deps

from .decisions import Stale, Step, settle_all
from .search import AGES, FACETS, NARROWING, View, sought

#: Comments of one bulk step at most, those settled by one click without JavaScript, and by one round trip to storage.
MOST, PIECE, CHUNK = 100_000, 500, 100


def matching(deps: Deps, site: Site, view: View, signed: SignedIn, limit: int = MOST) -> IndexResult:
    """The held comments of one site that a view shows, the latest first."""
    catch_up(deps.storage, site.id)
    asked = view.model_copy(update={"order": "newest", "status": "held"})
    sees = sessions.may_see_emails(signed.person, site)
    return deps.storage.queue_index.find(site.id, sought(asked, deps.now().date(), limit, None, sees))


def snapshot(hits: IndexResult, upto: int) -> list[BulkItem]:
    """What was received up to `upto`, in ms: what came after somebody looked is not what they meant."""
    return [(spot.id, spot.version) for spot in hits.spots if -spot.place.key <= upto]


def latest(hits: IndexResult) -> int:
    """When the last of them was received, in ms; 0 if there are none."""
    return -hits.spots[0].place.key if hits.spots else 0


def about(view: View) -> str:
    """In words, which comments a view shows."""
    names = {**FACETS, "q": "Search", "origin": "Network", "identity": "Same e-mail"}
    told = {"age": AGES.get(view.age, "")}
    parts = [f"{names[n]}: {told.get(n, text)}" for n, text in view.narrowing.items() if n in names]
    return ", ".join(parts) or "everything that is held"


def begin(
    deps: Deps,
    site: str,
    items: Sequence[BulkItem],
    by: str,
    action: Action,
    about: str,
    reason: str = "",
    undoes: str = "",
) -> Bulk:
    """Write down what is to be done; `go_on` does it."""
    bulk = Bulk(new_id(), action, by, deps.now(), about, reason, undoes)
    deps.storage.bulks.create(site, bulk, items[:MOST])
    return bulk


def go_on(deps: Deps, site: str, bulk: Bulk, by: str, n: int = PIECE) -> BulkProgress:
    """Settle up to `n` more; safe to repeat, and for two at once. Raises NotFound."""
    items = deps.storage.bulks.left(site, bulk.id, n)
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        steps = [Step(id, version, bulk.action, bulk.reason) for id, version in chunk]
        done = list(_done(bulk, by, steps, settle_all(deps, site, steps, by)))
        deps.storage.bulks.check_off(site, bulk.id, chunk, done)
    return deps.storage.bulks.progress(site, bulk.id)


def _done(
    bulk: Bulk, by: str, steps: Sequence[Step], results: Sequence[Comment | ReplygateError]
) -> Iterator[BulkItem]:
    for step, result in zip(steps, results, strict=True):
        # A process that died between settling and noting it leaves comments that are settled already, by the same step.
        after = result.comment if isinstance(result, Stale) and _is_ours(result.comment, step, bulk, by) else result
        if isinstance(after, Comment):
            yield after.id, after.version


def _is_ours(now: Comment, step: Step, bulk: Bulk, by: str) -> bool:
    last = now.decisions[-1]
    return (last.by, last.action, now.version) == (by, step.action, step.version + 1) and last.at >= bulk.at


def undo(deps: Deps, site: str, bulk: Bulk, by: str) -> Bulk:
    """A bulk step that takes back what another one did."""
    items = deps.storage.bulks.done(site, bulk.id)
    return begin(deps, site, items, by, Action.UNDO, bulk.about, undoes=bulk.id)


def sample(storage: Storage, site: str, items: Sequence[BulkItem]) -> list[Comment]:
    return [c for c in storage.comments.load(site, [id for id, _ in items]) if c]


def fields(view: View) -> dict[str, str]:
    """What narrows a view, as hidden fields of a form."""
    return {name: text for name, text in view.narrowing.items() if name in NARROWING and name != "site"}
