"""The core stores in memory: a readable specification of the Lua scripts, and a fast store for tests.

The other stores are simple and exist on Redis only.
"""

from collections.abc import Callable
from datetime import datetime

from comments.shared_learning import ALONE, LearningGroups
from comments.storage.interfaces import CoreStorage

from .checks import MemoryAnnouncements, MemoryChecks
from .comments import MemoryComments
from .corpus import MemoryCorpus
from .evidence import MemoryEvidence
from .numbers import MemoryNumbers
from .queue import MemoryOutbox, MemoryQueue
from .queue_index import MemoryQueueIndex
from .retention import MemoryRetention
from .site_data import AllSites
from .thread_moves import MemoryThreadMoves
from .threads import MemoryThreads


def open_memory(now: Callable[[], datetime], together: LearningGroups = ALONE) -> CoreStorage:
    sites = AllSites(now)
    return CoreStorage(
        comments=MemoryComments(sites),
        queue=MemoryQueue(sites),
        outbox=MemoryOutbox(sites),
        threads=MemoryThreads(sites),
        thread_moves=MemoryThreadMoves(sites),
        evidence=MemoryEvidence(sites, together),
        corpus=MemoryCorpus(sites, together),
        checks=MemoryChecks(sites),
        announcements=MemoryAnnouncements(sites),
        numbers=MemoryNumbers(sites),
        queue_index=MemoryQueueIndex(sites),
        retention=MemoryRetention(sites),
    )
