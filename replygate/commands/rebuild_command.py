"""`replygate rebuild`: repair a site's indexes and numbers, and relearn its corpus from moderators' decisions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import click

from comments.check_lessons import load_lessons
from comments.comment_export import all_comments
from comments.counted_events import HOUR_SECONDS, READER_REPORTS, count_events
from comments.lifecycle import Label, Status
from comments.model import Comment
from comments.queue_ranking import index_outdated
from comments.storage.corpus_lessons import counted_lessons, ham_ceiling, lesson_of
from comments.storage.interfaces import Storage
from comments.storage.number_periods import Unit, floor, latest_range
from comments.storage.values import TokenCounts
from replygate.deployment import current_deployment
from workers.filters import BUILT_IN
from workers.filters.reputation import linked_domains
from workers.judging.policy import catalogue
from workers.learning.copy_tokens import lesson_tokens
from workers.learning.lesson_quotas import lesson_quotas

from .site_commands import site_named

#: Months whose numbers are compared: as long as they are kept.
CHECKED_MONTHS = 120
#: Comments loaded at once.
RELEARN_BATCH = 500


@click.command("rebuild")
@click.option("--site", "id", required=True, metavar="ID")
@click.option("--check", is_flag=True, help="Only check. Exit status 1 means that a rebuild is needed.")
def rebuild(id: str, check: bool) -> None:
    """Relearn the corpus of a site from the histories of its comments, and repair the index of its threads.

    Use it after a crash of the server, after an upgrade that splits text into words in another way, and after a change
    of the sites that learn together, which are all relearned. The service can go on running. The numbers are counted
    again from the histories, except reports by readers, whose records expire. All comments are indexed
    for search again.
    """
    deployment, site = current_deployment(), site_named(id).id
    storage, sites = deployment.storage, deployment.settings.learn_together.of(site)
    damaged = repair_threads(storage, site, check)
    if damaged and not check:
        click.echo(f"Repaired the index of {damaged} threads of {id}.")
    numbers_differ = recount_numbers(storage, site, deployment.now(), check)
    if numbers_differ and not check:
        click.echo(f"Counted the numbers of {id} again.")
    if not check:
        reindex(storage, site)
        click.echo(f"Indexed the comments of {id} for search again.")
    if deployment.settings.share_repute and not check:
        share_lessons(storage, site)
    wanted = recount(comment for of in sites for comment in teaching_comments(storage, of))
    current = storage.corpus.snapshot(site) == wanted
    if check and (damaged or numbers_differ or not current):
        outdated = [f"the index of {damaged} threads"] * bool(damaged) + ["the corpus"] * (not current)
        outdated += ["the numbers"] * numbers_differ
        raise click.ClickException(
            f"out of date for {id}: {' and '.join(outdated)}; run `replygate rebuild --site {id}`"
        )
    if current:
        click.echo(f"The corpus of {id} is up to date: {_totals(wanted)}.")
    else:
        relearn(storage, sites)
        click.echo(f"Rebuilt the corpus of {id}: {_totals(storage.corpus.snapshot(site))}.")


def repair_threads(storage: Storage, site: str, check: bool) -> int:
    """Repair the index of each thread that differs from its comments, or only `check`. Returns their number."""
    published: defaultdict[str, list[str]] = defaultdict(list)
    for comment in all_comments(storage, site):
        if not comment.draft_of:
            ids = published[comment.thread]
            ids += [comment.id] * (comment.status is Status.APPROVED or comment.hides_replies)
    return sum(storage.thread_indexes.repair(site, thread, ids, check) for thread, ids in published.items())


def recount_numbers(storage: Storage, site: str, now: datetime, check: bool) -> bool:
    """Count the numbers again if they differ from the histories, or only `check`. Returns True if they differ."""
    wanted: Counter[tuple[datetime, str]] = Counter()
    for comment in all_comments(storage, site):
        for (hour, name), n in count_events(comment).items():
            wanted[floor(Unit.MONTH, datetime.fromtimestamp(hour * HOUR_SECONDS, UTC)), name] += n
    months = latest_range(Unit.MONTH, CHECKED_MONTHS, now)
    differs = storage.numbers.is_recounting(site) or any(
        {k: n for k, n in found.items() if k != READER_REPORTS}
        != {name: n for (month, name), n in wanted.items() if n and month == start}
        for start, found in zip(months.starts(), storage.numbers.counts(site, months), strict=True)
    )
    if differs and not check:
        storage.numbers.start_recount(site)
        while storage.numbers.recount_some(site):
            pass
    return differs


def reindex(storage: Storage, site: str) -> None:
    """Index every comment again for search. If interrupted, the background job does the rest."""
    storage.queue_index.renew(site)
    signals = catalogue(BUILT_IN)
    while index_outdated(storage, site, signals) or storage.queue_index.continue_upkeep(site):
        pass


def _totals(counts: TokenCounts) -> str:
    return f"{counts.ham} ham, {counts.spam} spam, {len(counts.tokens)} words"


def teaching_comments(storage: Storage, site: str) -> Iterator[Comment]:
    """Yield all comments, and those of checks that became lessons by feedback."""
    yield from all_comments(storage, site)
    ids = storage.checks.taught_ids(site)
    for start in range(0, len(ids), RELEARN_BATCH):
        yield from filter(None, storage.checks.taught(site, ids[start : start + RELEARN_BATCH]))


def recount(comments: Iterable[Comment]) -> TokenCounts:
    """Return the counts that the corpus should hold, from the histories of all comments."""
    lessons = {c.id: lesson for c in comments if (lesson := lesson_of(c, lesson_tokens(c), lesson_quotas(c)))}
    taught: Counter[Label] = Counter()
    seen: dict[Label, Counter[str]] = {label: Counter() for label in Label}
    counted = counted_lessons(lessons)
    for id in counted:
        taught[lessons[id].label] += 1
        seen[lessons[id].label].update(lessons[id].tokens)
    ham, spam = seen[Label.HAM], seen[Label.SPAM]
    pairs = {t: (ham[t], spam[t]) for t in {*ham, *spam}}
    residual = sum(lessons[id].residual for id in counted)
    return TokenCounts(taught[Label.HAM], taught[Label.SPAM], pairs, ham_ceiling(lessons), residual)


def share_lessons(storage: Storage, site: str) -> None:
    """Share this site's lessons about linked domains, as if `share_repute` had always been on."""
    for comment in teaching_comments(storage, site):
        if comment.lesson:
            storage.shared_reputation.update(site, comment.id, comment.lesson, linked_domains(comment))


def relearn(storage: Storage, sites: Sequence[str]) -> None:
    """Clear the corpus of these sites and learn again. If interrupted, the learn job does the rest."""
    lessons = {site: [comment.id for comment in teaching_comments(storage, site) if comment.lesson] for site in sites}
    storage.corpus.forget(sites[0], lessons)
    for site, ids in lessons.items():
        for start in range(0, len(ids), RELEARN_BATCH):
            for comment in load_lessons(storage, site, ids[start : start + RELEARN_BATCH]).values():
                if comment is not None:
                    storage.corpus.learn(site, comment, lesson_tokens(comment), lesson_quotas(comment))
