"""Fill a site with answered checks, and measure their memory and what each step costs Valkey as their number grows.

Each figure stands beside that of a second Valkey with 1,000 checks, measured at the same time in turns: the load of the
machine changes all times, also those of steps that do not depend on the number of checks.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from multiprocessing import get_context

from bench.text import sentence
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.checks import CheckAdmission, CheckAnswer, CheckedComment, CheckRequest, new_check_id
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from workers.deps import build_deps, set_deps
from workers.jobs import judge

CHARACTERS = 200
#: Checks that a judge really answers. All others get these answers in turn: judging a million would take an hour.
JUDGED = 500
BATCH, FILLERS, SENTENCES = 500, 2, 1_000
#: Checks on the second Valkey.
FEW = 1_000
#: Calls of each step that are measured at each size.
CALLS = 200
STEPS = ("ask", "ask a full site", "claim", "answer", "read")
KEPT = CheckAdmission(seconds=15 * 86_400, max_kept=10**9)


@dataclass(frozen=True, slots=True)
class StoredChecks:
    """A number of stored checks: bytes of each, and microseconds of Valkey for each step, also with a few checks."""

    stored: int
    bytes: float
    steps: dict[str, float]
    steps_with_few: dict[str, float]


@dataclass(frozen=True, slots=True)
class CheckStore:
    """A Valkey with checks of one site. `before` is its memory without them."""

    settings: Settings
    site: Site
    storage: Storage
    verdicts: Sequence[CheckedComment]
    before: int

    def fill(self, first: int, end: int) -> None:
        tasks = ((self.settings, self.site, i, min(i + BATCH, end), self.verdicts) for i in range(first, end, BATCH))
        with get_context("fork").Pool(FILLERS) as fillers:
            fillers.starmap(_fill, tasks, chunksize=1)


def measure_stored(many: Settings, few: Settings, site: Site, n: int) -> Iterator[StoredChecks]:
    """Yield the figures with 1,000 checks, ten times as many and so on, up to `n`."""
    store, control = _opened(many, site), _opened(few, site)
    control.fill(JUDGED, FEW)
    stored = JUDGED
    for size in _sizes(n):
        store.fill(stored, size)
        stored = max(stored, size)
        each = (connect(many).info("memory")["used_memory"] - store.before) / stored
        yield StoredChecks(stored, each, *_steps((store, stored), (control, FEW)))


def _opened(settings: Settings, site: Site) -> CheckStore:
    storage = open_redis(settings)
    storage.sites.put(site)
    set_deps(build_deps(replace(settings, judge_seconds=600.0)))
    before = connect(settings).info("memory")["used_memory"]
    ids = [_ask(storage, _check_request(i, site)) for i in range(JUDGED)]
    judge(site.id, new_id())
    verdicts = [answer.results[0] for answer in storage.checks.answers(site.id, ids) if answer]
    return CheckStore(settings, site, storage, verdicts, before)


def _sizes(n: int) -> Iterator[int]:
    size = 1_000
    while size < n:
        yield size
        size *= 10
    yield n


def _check_request(i: int, site: Site) -> CheckRequest:
    """Return a request that differs from all others of the run."""
    comment = Comment(
        id=new_check_id(),
        site=site.id,
        thread=f"https://bench.example/post-{i // 20}",
        received=datetime.now(UTC),
        author=f"Reader {i}",
        email=f"reader{i}@example.org",
        content=f"{_sentences()[i % SENTENCES]} {i:011d}",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    )
    return CheckRequest(None, "key:k1", datetime.now(UTC), (comment,))


@cache
def _sentences() -> list[str]:
    """Return beginnings of texts. Records are compressed one by one, so that it saves nothing if they repeat."""
    return [sentence(random.Random(i), CHARACTERS - 12) for i in range(SENTENCES)]


def _fill(settings: Settings, site: Site, first: int, end: int, verdicts: Sequence[CheckedComment]) -> None:
    """Store, claim and answer checks, as web processes and judges do."""
    storage = open_redis(settings)
    ids = [_ask(storage, _check_request(i, site)) for i in range(first, end)]
    storage.queue.claim(site.id, "", BATCH, 10.0)
    _answer(storage, site, ids, verdicts)


def _ask(storage: Storage, request: CheckRequest, admission: CheckAdmission = KEPT) -> str:
    (comment,) = request.comments
    return storage.checks.ask(comment.site, comment.id, request, admission).id


def _answer(storage: Storage, site: Site, ids: Sequence[str], verdicts: Sequence[CheckedComment]) -> None:
    answers: dict[str, CheckAnswer | None] = {}
    for i, answer in enumerate(storage.checks.answers(site.id, ids)):
        if answer:
            result = replace(verdicts[i % len(verdicts)], id=ids[i])
            answers[ids[i]] = replace(answer, results=(result,), judged=1)
    storage.checks.put(site.id, answers)


def _steps(*stores: tuple[CheckStore, int]) -> list[dict[str, float]]:
    """Return the median microseconds of each step on each store, in turns. It has as many checks as before after that.

    Valkey measures each call itself, so that the time in which this process waits for a core does not count.
    """
    found = [{name: list[float]() for name in STEPS} for _ in stores]
    for i in range(CALLS):
        for (store, stored), times in zip(stores, found, strict=True):
            _check_once(store, 2 * i, KEPT, times, "ask")
            _check_once(store, 2 * i + 1, replace(KEPT, max_kept=stored), times, "ask a full site")
    return [{name: statistics.median(of_step) for name, of_step in times.items()} for times in found]


def _check_once(store: CheckStore, i: int, admission: CheckAdmission, times: dict[str, list[float]], ask: str) -> None:
    """Measure each step of a check. It is deleted again, unless the site dropped another one for it."""
    client, storage, site = connect(store.settings), store.storage, store.site
    request = _check_request(10**9 + i, site)
    id = request.comments[0].id
    steps: tuple[tuple[str, str, Callable[[], object]], ...] = (
        (ask, "evalsha", partial(_ask, storage, request, admission)),
        ("claim", "evalsha", partial(storage.queue.claim, site.id, "", 1, 10.0)),
        ("answer", "evalsha", partial(_answer, storage, site, [id], store.verdicts)),
        ("read", "mget", partial(storage.checks.answer, site.id, id)),
    )
    for name, command, step in steps:
        client.config_resetstat()
        step()
        times[name].append(client.info("commandstats")[f"cmdstat_{command}"]["usec"])
    if admission is KEPT:
        storage.checks.forget(site.id, id)
