"""Judge what waits in the queue of a site: comments, which are decided, and checks, which are only answered."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.site import Site
from comments.storage.checks import CheckAnswer, CheckedComment, CheckRequest, is_check_id
from comments.storage.store_waits import retried
from comments.storage.values import Claim

from .deps import Deps
from .judging.attribute_answers import with_attributes
from .judging.check_verdicts import CHECK_BATCH, advising, check_new, check_stored
from .judging.judge import MAX_ATTEMPTS, NOT_CLAIMED, judge_batch

#: Share of the lease after which the rest of a batch is released, before another worker can claim it.
LEASE_SHARE = 0.5


def judge_some(d: Deps, site: Site, token: str) -> bool:
    """Claim and judge a batch; return False if nothing was due, or judging is paused.

    Both are repeated while the server does not answer, so that no batch waits for its lease. A pause claims nothing,
    which ends the wake-up; after it the sweep enqueues a job for what is due.
    """
    settings, claim_id, tries, check_tries = d.settings, new_id(), count(1), count(1)
    until = time.monotonic() + settings.lease * LEASE_SHARE
    is_paused = retried(lambda: d.storage.judging_pauses.is_paused(site.id), until)
    n = 0 if is_paused else settings.batch
    claims = retried(lambda: d.storage.queue.claim(site.id, token, n, settings.lease, claim_id), until)
    checks = [claim for claim in claims if is_check_id(claim.id)]
    comments = [claim for claim in claims if not is_check_id(claim.id)]
    if checks:
        retried(lambda: _answer_checks(d, site, checks, next(check_tries)), until)
    if comments:
        retried(lambda: _judge_comments(d, site, comments, next(tries)), until)
    return bool(claims)


def _judge_comments(d: Deps, site: Site, claims: Sequence[Claim], n: int) -> None:
    """Judge a batch; `n` counts the tries. Windows count a comment on the first attempt only."""
    claimed = [(comment, max(attempts, min(n, 2))) for comment, attempts in _load_queued(d, site, claims)]
    if claimed:
        until = time.monotonic() + d.settings.lease * LEASE_SHARE
        changes = judge_batch(d.judging, claimed, site, d.now(), lambda: time.monotonic() > until)
        decided = d.storage.comments.decide(site.id, changes)
        judged = {change.before.id for change in changes}
        d.storage.queue.release(site.id, [c.id for c, _ in claimed if c.id not in judged])
        hits = Counter(rule for change, done in zip(changes, decided, strict=True) if done for rule in change.rules)
        if hits:
            d.storage.author_rules.count_hits(site.id, hits.items(), d.now())


def _load_queued(d: Deps, site: Site, claims: Sequence[Claim]) -> list[tuple[Comment, int]]:
    """Load the claimed comments with their attempts. Skip comments that a moderator has decided since the claim."""
    loaded = d.storage.comments.load(site.id, [claim.id for claim in claims])
    pairs = zip(loaded, claims, strict=True)
    return [(comment, claim.attempts) for comment, claim in pairs if comment and comment.status is Status.QUEUED]


def _answer_checks(d: Deps, site: Site, claims: Sequence[Claim], n: int) -> None:
    """Judge claimed checks and store their answers; `n` counts the tries."""
    stored = dict(zip(claims, d.storage.checks.answers(site.id, [claim.id for claim in claims]), strict=True))
    over = [claim.id for claim, answer in stored.items() if answer is None or not answer.is_waiting]
    d.storage.checks.put(site.id, {claim.id: stored[claim] for claim in stored if claim.id in over})
    waiting = {claim: answer for claim, answer in stored.items() if answer and claim.id not in over}
    of_people = {claim.id: answer for claim, answer in waiting.items() if answer.request.site}
    _answer_programs(d, site, {c: answer for c, answer in waiting.items() if c.id not in of_people}, n)
    for id, answer in of_people.items():
        with _failure_recorded(d, site, id, answer):
            d.storage.checks.put(site.id, {id: _continued(d, site, answer)})


def _answer_programs(d: Deps, site: Site, waiting: Mapping[Claim, CheckAnswer], n: int) -> None:
    """Judge checks of one comment each in one batch, with the settings of the site."""
    until = time.monotonic() + d.settings.lease * LEASE_SHARE
    given_up = {c.id: replace(answer, failed=True) for c, answer in waiting.items() if c.attempts > MAX_ATTEMPTS}
    judged = {claim: answer for claim, answer in waiting.items() if claim.id not in given_up}
    pairs = [
        (answer.request.comments[0], max(claim.attempts, min(n, 2)) if answer.request.counts else NOT_CLAIMED)
        for claim, answer in judged.items()
    ]
    results = check_new(d.judging, pairs, advising(site), d.now(), lambda: time.monotonic() > until)
    answered = zip(judged.items(), results, strict=False)  # fewer results if the time is up
    answers = {
        claim.id: replace(answer, results=tuple(_with_attributes([result], answer.request)), judged=1)
        for (claim, answer), result in answered
    }
    d.storage.checks.put(site.id, given_up | answers)
    d.storage.queue.release(site.id, [claim.id for claim in judged if claim.id not in answers])


def _continued(d: Deps, site: Site, answer: CheckAnswer) -> CheckAnswer:
    """Judge the next comments of a check: first the new ones, then the stored ones."""
    request, start = answer.request, answer.judged
    settings, end = request.site or site, start + CHECK_BATCH
    ids = request.ids[max(0, start - len(request.comments)) : max(0, end - len(request.comments))]
    stored = [comment for comment in d.storage.comments.load(site.id, ids) if comment] if ids else []
    pairs = [(comment, NOT_CLAIMED) for comment in request.comments[start:end]]
    new = check_new(d.judging, pairs, settings, d.now())
    results = [*_with_attributes(new, request), *check_stored(d.judging, stored, settings)]
    return replace(answer, results=(*answer.results, *results), judged=min(end, request.size))


def _with_attributes(results: list[CheckedComment], request: CheckRequest) -> list[CheckedComment]:
    return with_attributes(results, request.comments, request.attributes) if request.attributes else results


@contextmanager
def _failure_recorded(d: Deps, site: Site, id: str, answer: CheckAnswer) -> Iterator[None]:
    """Record that a check failed if judging raises anything, also for running out of time: a person waits for it."""
    is_judged = False
    try:
        yield
        is_judged = True
    finally:
        if not is_judged:
            d.storage.checks.put(site.id, {id: replace(answer, failed=True)})
