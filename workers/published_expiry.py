"""Delete published comments of threads that had no new comment for the days that a site chose."""

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.published_retention import quiet_since
from comments.site import Site
from comments.storage.codec import draft_id
from comments.storage.quiet_threads import THREADS_PER_STEP
from comments.storage.retention import RetentionClass
from comments.text_deletion import without_text

from .deps import Deps
from .expired_data import delete_some, kept_lesson
from .withdrawals import withdraw_open

#: Comments of one step.
DELETED_AT_ONCE = 50


def delete_expired_data(d: Deps, site: Site) -> bool:
    """Do a step of everything that a site deletes after a time. Return True if there may be more."""
    more = delete_some(d, site)
    return delete_published(d, site) or more


def delete_published(d: Deps, site: Site) -> bool:
    """Delete comments of the next quiet threads, and return True while the pass over all threads goes on."""
    store = d.storage.quiet_threads
    after = store.place(site.id) if site.published_days else None
    if after is None:
        return False
    quiet, following = store.some(site.id, quiet_since(site.published_days, d.now()), after, THREADS_PER_STEP)
    for n, thread in enumerate(quiet):
        ids = store.published(site.id, thread.thread, DELETED_AT_ONCE)
        if _delete(d, site, [id for each in ids for id in (each, draft_id(each))]):
            if n:  # the next step finds the rest of this thread, if there is more
                store.move(site.id, quiet[n - 1].thread)
            return True
    store.move(site.id, following)
    return bool(following)


def _delete(d: Deps, site: Site, ids: list[str]) -> int:
    """Take comments and their drafts down, and delete their texts. Return the number that lost its text."""
    pseudonyms = Pseudonyms(d.settings.secret_key)
    withdraw_open(d.storage, site.id, ids, d.now())

    def deleted(comment: Comment) -> Comment | None:
        if comment.status is not Status.WITHDRAWN or not comment.has_text:
            return None
        fingerprint = pseudonyms.text(site.id, comment.content)
        return without_text(comment, site.published_days, fingerprint, kept_lesson(comment))

    n = d.storage.retention.rewrite(site.id, ids, deleted, [RetentionClass.WITHDRAWN, RetentionClass.DETAILS])
    if n:
        d.storage.queue_index.purge(site.id)
    return n
