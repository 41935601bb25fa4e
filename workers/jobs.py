"""The jobs. Each works on one site until nothing is due, or until its time is up and it enqueues itself again.

A job may be repeated, interrupted, or run twice at once: storage guards every step that must happen only once with a
compare-and-set.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from comments.audit import SYSTEM, AuditAction, AuditEntry
from comments.errors import NotFound
from comments.job_queue import (
    CHECK,
    DELIVER,
    ERASE,
    INDEX,
    JUDGE,
    LEARN,
    MOVED_THREADS,
    NOTIFY,
    NUMBERS,
    REMOVE_SITE,
    RETENTION,
)
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.queue_ranking import index_outdated
from comments.site import Site
from comments.site_deletion import is_removable
from comments.storage.checks import CheckAnswer, CheckedComment
from comments.storage.store_waits import retried
from comments.storage.values import Claim

from .delivery.notice_sender import start_notices
from .delivery.outbox import deliver_batch
from .deps import Deps, deps
from .expired_data import delete_some
from .judging.attribute_answers import with_attributes
from .judging.check_verdicts import check_new, check_stored
from .judging.judge import judge_batch
from .judging.policy import catalogue
from .lessons import learn_some
from .moved_threads import follow_moves
from .subject_erasure import erase_some

log = logging.getLogger(__name__)

#: Comments that learning and indexing load at a time.
LOAD_BATCH = 100
#: Share of the lease after which the rest of a batch is released, before another worker can claim it.
LEASE_SHARE = 0.5
#: Comments of a check that are judged before their results are stored: a fraction of the time that a job may take.
CHECK_BATCH = 25


def judge(site: str, token: str) -> None:
    """Judge the queued comments of a site. When none is due, `claim` removes the wake-up `token`."""
    _repeat(JUDGE, site, token, lambda d, s: _judge_batch(d, s, token))


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


def check(site: str, id: str) -> None:
    """Judge the comments of a check, and store nothing but the verdicts. The sweep never repeats it."""
    _repeat(CHECK, site, id, lambda d, s: _check_batch(d, s, id))


def count_numbers(site: str, token: str) -> None:
    """Count the numbers of a site again from its comments, a bounded step at a time."""
    _repeat(NUMBERS, site, token, lambda d, s: d.storage.numbers.recount_some(s.id))


def remove_site(site: str, token: str) -> None:
    """Remove everything that is stored for a site, some days after an owner deleted it."""
    _repeat(REMOVE_SITE, site, token, _removal_step)


def delete_expired(site: str, token: str) -> None:
    """Delete the texts, browsers and networks that a site keeps for a time which is over."""
    _repeat(RETENTION, site, token, delete_some)


def erase_subjects(site: str, token: str) -> None:
    """Erase the data of people who asked for it."""
    _repeat(ERASE, site, token, erase_some)


def send_notices(_site: str, _token: str) -> None:
    """Start sending the notices of all sites that are due, without waiting for it."""
    start_notices(deps())


CALLABLES: Mapping[str, Callable[[str, str], None]] = {
    JUDGE: judge,
    CHECK: check,
    LEARN: learn,
    DELIVER: deliver,
    INDEX: update_queue_index,
    MOVED_THREADS: update_threads,
    NUMBERS: count_numbers,
    REMOVE_SITE: remove_site,
    RETENTION: delete_expired,
    ERASE: erase_subjects,
    NOTIFY: send_notices,
}


def _repeat(job: str, site_id: str, token: str, work: Callable[[Deps, Site], bool]) -> None:
    """Call `work` until it returns False. After the time budget enqueue the job again, behind other sites' jobs."""
    d = deps()
    try:
        site = d.storage.sites.get(site_id)
    except NotFound:
        log.warning("%s was enqueued for a site that does not exist", job, extra={"job": job, "site": site_id})
        return
    if site.deleted and job != REMOVE_SITE:
        return
    until = time.monotonic() + d.settings.judge_seconds
    while work(d, site):
        if time.monotonic() > until:
            d.jobs.enqueue(job, site_id, token)
            return


def _judge_batch(d: Deps, site: Site, token: str) -> bool:
    """Claim and judge a batch. Repeat both while the server does not answer, so that no batch waits for its lease."""
    settings, claim_id, tries = d.settings, new_id(), count(1)
    until = time.monotonic() + settings.lease * LEASE_SHARE
    claims = retried(lambda: d.storage.queue.claim(site.id, token, settings.batch, settings.lease, claim_id), until)
    retried(lambda: _judge_claims(d, site, claims, next(tries)), until)
    return bool(claims)


def _judge_claims(d: Deps, site: Site, claims: list[Claim], n: int) -> None:
    """Judge a batch; `n` counts the tries. Windows count a comment on the first attempt only."""
    claimed = [(comment, max(attempts, min(n, 2))) for comment, attempts in _load_queued(d, site, claims)]
    if claimed:
        until = time.monotonic() + d.settings.lease * LEASE_SHARE
        changes = judge_batch(
            claimed,
            site,
            d.filters,
            d.policy,
            d.storage,
            d.now(),
            lambda: time.monotonic() > until,
            d.settings.share_repute,
            d.ask_scorer,
        )
        decided = d.storage.comments.decide(site.id, changes)
        judged = {change.before.id for change in changes}
        d.storage.queue.release(site.id, [c.id for c, _ in claimed if c.id not in judged])
        hits = Counter(rule for change, done in zip(changes, decided, strict=True) if done for rule in change.rules)
        if hits:
            d.storage.author_rules.count_hits(site.id, hits.items(), d.now())


def _load_queued(d: Deps, site: Site, claims: list[Claim]) -> list[tuple[Comment, int]]:
    """Load the claimed comments with their attempts. Skip comments that a moderator has decided since the claim."""
    loaded = d.storage.comments.load(site.id, [claim.id for claim in claims]) if claims else []
    pairs = zip(loaded, claims, strict=True)
    return [(comment, claim.attempts) for comment, claim in pairs if comment and comment.status is Status.QUEUED]


def _check_batch(d: Deps, site: Site, id: str) -> bool:
    answer = d.storage.checks.answer(site.id, id)
    if answer is None or answer.failed or answer.is_complete:
        return False
    start = answer.judged
    with _failure_recorded(d, site, id):
        results = _checked(d, answer)
    judged = min(CHECK_BATCH, answer.request.size - start)
    d.storage.checks.add(site.id, id, start, judged, results)
    return start + judged < answer.request.size


def _checked(d: Deps, answer: CheckAnswer) -> list[CheckedComment]:
    """Judge the next comments of a check: first the new ones, then the stored ones."""
    request, start, sharing = answer.request, answer.judged, d.settings.share_repute
    end = start + CHECK_BATCH
    ids = request.ids[max(0, start - len(request.comments)) : max(0, end - len(request.comments))]
    stored = [comment for comment in d.storage.comments.load(request.site.id, ids) if comment] if ids else []
    new = request.comments[start:end]
    checked = check_new(new, request.site, d.filters, d.policy, d.storage, d.now(), sharing, d.ask_scorer)
    return [
        *(with_attributes(checked, new, request.attributes) if request.attributes else checked),
        *check_stored(stored, request.site, d.filters, d.policy, d.storage, sharing),
    ]


@contextmanager
def _failure_recorded(d: Deps, site: Site, id: str) -> Iterator[None]:
    """Record that a check failed if judging raises anything, also for running out of time."""
    is_judged = False
    try:
        yield
        is_judged = True
    finally:
        if not is_judged:
            d.storage.checks.fail(site.id, id)


def _index_batch(d: Deps, site: Site) -> bool:
    full = index_outdated(d.storage, site.id, catalogue(d.filters), LOAD_BATCH) == LOAD_BATCH
    return full or d.storage.queue_index.continue_upkeep(site.id)


def _removal_step(d: Deps, site: Site) -> bool:
    """Remove some keys; after the last ones, what people have on the site and the site itself."""
    if not is_removable(site, d.now()):
        return False
    if d.storage.sites.remove_step(site.id):
        return True
    for person in d.storage.people.all():
        after = person.without_site(site.id)
        if after != person and not d.storage.people.compare_and_set(person, after):
            return True  # changed in between: read the people again
    d.storage.sites.remove(site.id, AuditEntry(SYSTEM, AuditAction.SITE_REMOVE, site.id, before=site.name))
    log.info("removed a deleted site", extra={"site": site.id})
    return False
