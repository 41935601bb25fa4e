"""The stores in this process's memory: for tests, and to say in plain Python what the Lua scripts promise."""

from collections.abc import Callable
from datetime import datetime

from comments.shared_learning import ALONE, Together
from comments.storage.interfaces import Storage

from .accounts import MemoryHeartbeats, MemoryPeople, MemoryServer, MemorySites
from .administration import MemoryAudit, MemoryAuthorHistory, MemoryAuthorRules
from .comments import MemoryComments
from .corpus import MemoryCorpus
from .deliveries import MemoryDeliveries
from .evidence import MemoryEvidence
from .notes_and_bulks import MemoryBulks, MemoryNotes
from .presence import MemoryPresence
from .queue import MemoryOutbox, MemoryQueue
from .queue_index import MemoryQueueIndex
from .reports import MemoryReports
from .shared_reputation import MemorySharedReputation
from .site_data import Shelves
from .subscriptions import MemorySubscriptions
from .threads import MemoryThreads


def open_memory(now: Callable[[], datetime], together: Together = ALONE) -> Storage:
    shelves = Shelves(now)
    return Storage(
        comments=MemoryComments(shelves),
        queue=MemoryQueue(shelves),
        threads=MemoryThreads(shelves),
        evidence=MemoryEvidence(shelves, together),
        corpus=MemoryCorpus(shelves, together),
        sites=MemorySites(shelves),
        people=MemoryPeople(shelves, now),
        outbox=MemoryOutbox(shelves),
        deliveries=MemoryDeliveries(now),
        server=MemoryServer(),
        heartbeats=MemoryHeartbeats(now),
        audit=MemoryAudit(shelves),
        author_rules=MemoryAuthorRules(shelves),
        author_history=MemoryAuthorHistory(shelves),
        queue_index=MemoryQueueIndex(shelves),
        presence=MemoryPresence(now),
        notes=MemoryNotes(shelves),
        bulks=MemoryBulks(shelves),
        subscriptions=MemorySubscriptions(now),
        shared_reputation=MemorySharedReputation(together),
        reports=MemoryReports(shelves),
    )
