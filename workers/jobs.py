"""The jobs. Each does what is due for one site until nothing is, or its time is up and it goes to the back.

They can be repeated, cut short or run twice at once: what must happen once hangs on a compare-and-set in storage.
"""

import logging
import time
from collections.abc import Callable, Mapping

from comments.errors import NotFound
from comments.job_queue import DELIVER, FILE, JUDGE, LEARN
from comments.lifecycle import Status
from comments.model import Comment
from comments.queue_ranking import catch_up
from comments.site import Site
from comments.storage.values import Claim

from .delivery.outbox import queue_events, send_due
from .deps import Deps, deps
from .filters.reputation import domains
from .judging.judge import judge as judge_batch
from .learning.lesson_quotas import quotas
from .learning.site_model import tokens

log = logging.getLogger(__name__)

#: Comments that learning and filing take at a time.
BATCH = 100
#: Share of the lease after which a batch is not judged further, so that nobody else has claimed its comments by then.
PATIENCE = 0.5


def judge(site: str, token: str) -> None:
    """Judge what is queued for a site. `token` is spent, by `claim`, once nothing is due."""
    _work(JUDGE, site, token, lambda d, s: _judge_some(d, s, token))


def learn(site: str, token: str) -> None:
    """Bring the site's corpus in line with what its moderators decided."""
    _work(LEARN, site, token, _learn_some)


def deliver(site: str, token: str) -> None:
    """Queue what was decided for the site's webhooks, and send couriers with what is due; wait for none of them."""
    _work(DELIVER, site, token, _deliver_some)


def file(site: str, token: str) -> None:
    """Bring the index of held comments in line with them. Review pages do a little of it themselves."""
    _work(FILE, site, token, _file_some)


CALLABLES: Mapping[str, Callable[[str, str], None]] = {JUDGE: judge, LEARN: learn, DELIVER: deliver, FILE: file}


def _work(job: str, site_id: str, token: str, some: Callable[[Deps, Site], bool]) -> None:
    """Call `some` until it finds nothing to do; past the time budget ask for the job anew, behind other sites' jobs."""
    d = deps()
    try:
        site = d.storage.sites.get(site_id)
    except NotFound:
        log.warning("asked for %s of a site that does not exist", job, extra={"job": job, "site": site_id})
        return
    until = time.monotonic() + d.settings.judge_seconds
    while some(d, site):
        if time.monotonic() > until:
            d.jobs.enqueue(job, site_id, token)
            return


def _judge_some(d: Deps, site: Site, token: str) -> bool:
    claims = d.storage.queue.claim(site.id, token, d.settings.batch, d.settings.lease)
    claimed = _queued(d, site, claims)
    if claimed:
        until = time.monotonic() + d.settings.lease * PATIENCE
        changes = judge_batch(
            claimed,
            site,
            d.filters,
            d.policy,
            d.storage,
            d.now(),
            lambda: time.monotonic() > until,
            d.settings.share_repute,
        )
        d.storage.comments.decide(site.id, changes)
        reached = {change.before.id for change in changes}
        d.storage.queue.release(site.id, [c.id for c, _ in claimed if c.id not in reached])
    return bool(claims)


def _queued(d: Deps, site: Site, claims: list[Claim]) -> list[tuple[Comment, int]]:
    """The claimed comments with their attempts; without those that somebody decided since they were claimed."""
    loaded = d.storage.comments.load(site.id, [claim.id for claim in claims]) if claims else []
    pairs = zip(loaded, claims, strict=True)
    return [(comment, claim.attempts) for comment, claim in pairs if comment and comment.status is Status.QUEUED]


def _learn_some(d: Deps, site: Site) -> bool:
    due = d.storage.corpus.due(site.id, BATCH)
    known = [comment for comment in d.storage.comments.load(site.id, due) if comment] if due else []
    if d.settings.share_repute:
        for comment in known:
            # First, because only the corpus knows when a lesson is learned: what is cut short here is told again.
            d.storage.shared_reputation.update(site.id, comment.id, comment.lesson, domains(comment))
    learned = [d.storage.corpus.learn(site.id, comment, tokens(comment), quotas(comment)) for comment in known]
    if any(learned):
        log.info("learned", extra={"site": site.id, "n": sum(learned)})
    return len(due) == BATCH and bool(known)


def _file_some(d: Deps, site: Site) -> bool:
    return catch_up(d.storage, site.id, BATCH) == BATCH


def _deliver_some(d: Deps, site: Site) -> bool:
    more = queue_events(d, site)
    send_due(d, site)
    return more
