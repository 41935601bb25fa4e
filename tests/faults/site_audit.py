"""The audit of a site after a fault: wait for the work that is left, then compare what is stored with the answers."""

from dataclasses import dataclass

from comments.lifecycle import Status
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from tests.faults.audit import problems, records, wrongly_published
from tests.faults.installation import Installation
from tests.faults.traffic import Traffic, decided_within
from tests.support.wait import wait_until


@dataclass(frozen=True)
class SiteAudit:
    lost: int
    doubled: int
    wrongly_published: int
    longest_wait: float  # seconds from the 202 of a comment to the time in its first decision
    problems: tuple[str, ...]


def seconds_until_decided(storage: Storage, traffic: Traffic) -> list[tuple[float, float]]:
    """Return for each decided comment the time of its 202, and the seconds from that to its first decision."""
    found = []
    for comment in records(storage, traffic.site):
        acknowledged = traffic.seen.acknowledged.get(comment.id)
        decided = next((d.at for d in comment.decisions if d.status is not Status.QUEUED), None)
        if acknowledged and decided:
            found.append((acknowledged, decided.timestamp() - acknowledged))
    return found


def audited(to: Installation, traffic: Traffic) -> SiteAudit:
    """Return the figures, and all problems as sentences."""
    storage, site, seen = open_redis(to.settings), traffic.site, traffic.seen
    promised = seen.acknowledged_ids()
    late = decided_within(storage, site, promised, 60.0) == float("inf")
    wait_until(lambda: not storage.queue.depth(site).queued, "all edits are decided", 60)
    wait_until(lambda: storage.queue_index.is_complete(site), "all comments are indexed", 240)
    wait_until(lambda: not storage.corpus.due(site, 1), "all decisions are learned", 60)
    found = [*problems(to.settings, storage, site, seen)]
    stored = [comment for comment in records(storage, site) if not comment.draft_of]
    wrong = wrongly_published(stored)
    return SiteAudit(
        lost=len(promised - {comment.id for comment in stored}),
        doubled=sum(len(ids) - 1 for ids in seen.ids.values()),
        wrongly_published=len(wrong),
        longest_wait=max((wait for _, wait in seconds_until_decided(storage, traffic)), default=0.0),
        problems=(
            *(f"{id} is published, although a moderator must decide" for id in wrong),
            *(["some comments were not decided within a minute"] if late else []),
            *seen.wrong_answers,
            *found,
        ),
    )
