"""The jobs. Each works on one site until nothing is due, or until its time is up and it enqueues itself again.

A job may be repeated, interrupted, or run twice at once: storage guards every step that must happen only once with a
compare-and-set.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing

from comments.errors import NotFound
from comments.job_queue import (
    DELIVER,
    ERASE,
    IMPORT_UPLOAD,
    INDEX,
    JUDGE,
    LEARN,
    MOVED_THREADS,
    NOTIFY,
    NUMBERS,
    REMOVE_SITE,
    RETENTION,
)
from comments.queue_ranking import index_outdated
from comments.site import Site

from .deleted_sites import remove_some
from .delivery.notice_sender import start_notices
from .delivery.outbox import deliver_batch
from .deps import Deps, deps
from .importing.upload_import import import_step
from .judging.policy import catalogue
from .lessons import learn_some
from .moved_threads import follow_moves
from .published_expiry import delete_expired_data
from .queue_judging import judge_some
from .subject_erasure import erase_some
from .work_listener import WorkListener

log = logging.getLogger(__name__)

#: Comments that learning and indexing load at a time.
LOAD_BATCH = 100


def judge(site: str, token: str) -> None:
    """Judge the queued comments and checks of a site, and those that arrive soon after.

    When none is due, `claim` removes the wake-up `token`. A job that listens has none.
    """
    with closing(WorkListener(deps(), site)) as listener:
        _repeat(
            JUDGE, site, token, lambda d, s: judge_some(d, s, "" if listener.is_listening else token), listener.wait
        )


def learn(site: str, token: str) -> None:
    """Update the site's corpus with its moderators' decisions."""
    _repeat(LEARN, site, token, learn_some)


def deliver(site: str, token: str) -> None:
    """Queue new events for the site's webhooks and mails, and start sending what is due, without waiting for it."""
    _repeat(DELIVER, site, token, deliver_batch)


def update_queue_index(site: str, token: str) -> None:
    """Update the search index of comments. Review pages also update a small part of it themselves."""
    _repeat(INDEX, site, token, _index_batch)


def update_threads(site: str, token: str) -> None:
    """Join threads after a change of settings, and write the new threads into the records of comments that moved."""
    _repeat(MOVED_THREADS, site, token, follow_moves)


def count_numbers(site: str, token: str) -> None:
    """Count the numbers of a site again from its comments, a bounded step at a time."""
    _repeat(NUMBERS, site, token, lambda d, s: d.storage.numbers.recount_some(s.id))


def remove_site(site: str, token: str) -> None:
    """Remove everything that is stored for a site, some days after an owner deleted it."""
    _repeat(REMOVE_SITE, site, token, remove_some)


def delete_expired(site: str, token: str) -> None:
    """Delete the texts, browsers and networks that a site keeps for a time which is over."""
    _repeat(RETENTION, site, token, delete_expired_data)


def erase_subjects(site: str, token: str) -> None:
    """Erase the data of people who asked for it."""
    _repeat(ERASE, site, token, erase_some)


def import_upload(site: str, token: str) -> None:
    """Import the file that an owner uploaded, a batch at a time."""
    _repeat(IMPORT_UPLOAD, site, token, import_step)


def send_notices(_site: str, _token: str) -> None:
    """Start sending the notices of all sites that are due, without waiting for it."""
    start_notices(deps())


CALLABLES: Mapping[str, Callable[[str, str], None]] = {
    JUDGE: judge,
    LEARN: learn,
    DELIVER: deliver,
    INDEX: update_queue_index,
    MOVED_THREADS: update_threads,
    NUMBERS: count_numbers,
    REMOVE_SITE: remove_site,
    IMPORT_UPLOAD: import_upload,
    RETENTION: delete_expired,
    ERASE: erase_subjects,
    NOTIFY: send_notices,
}


def _repeat(
    job: str,
    site_id: str,
    token: str,
    work: Callable[[Deps, Site], bool],
    wait: Callable[[float], bool] = lambda until: False,
) -> None:
    """Call `work` with the settings of that moment until it returns False, and again after each `wait` that is True.

    After the time budget enqueue the job again, behind other sites' jobs.
    """
    d = deps()
    until = time.monotonic() + d.settings.judge_seconds
    while site := _site_for(job, site_id):
        if not work(d, site):
            if not wait(until):
                return
        elif time.monotonic() > until:
            d.jobs.enqueue(job, site_id, token)
            return


def _site_for(job: str, id: str) -> Site | None:
    """Return the site; None if it is gone or deleted, so that the job has no work."""
    try:
        site = deps().storage.sites.get(id)
    except NotFound:
        log.warning("%s was enqueued for a site that does not exist", job, extra={"job": job, "site": id})
        return None
    return None if site.deleted and job != REMOVE_SITE else site


def _index_batch(d: Deps, site: Site) -> bool:
    full = index_outdated(d.storage, site.id, catalogue(d.filters), LOAD_BATCH) == LOAD_BATCH
    return full or d.storage.queue_index.continue_upkeep(site.id)
