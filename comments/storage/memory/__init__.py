"""The stores in this process's memory: for tests, and to say in plain Python what the Lua scripts promise."""

from collections.abc import Callable
from datetime import datetime

from comments.shared_learning import ALONE, Together
from comments.storage import Storage

from .accounts import MemoryBeats, MemoryPeople, MemoryServer, MemorySites
from .administration import MemoryAudit, MemoryStandings, MemoryTraces
from .comments import MemoryComments
from .corpus import MemoryCorpus
from .deliveries import MemoryDeliveries
from .evidence import MemoryEvidence
from .notes_and_bulks import MemoryBulks, MemoryNotes
from .presence import MemoryAttention
from .queue import MemoryBacklog, MemoryOutbox
from .queue_index import MemoryHeld
from .reports import MemoryReports
from .shared_reputation import MemoryRepute
from .site_data import Shelves
from .subscriptions import MemorySubscriptions
from .threads import MemoryThreads


def open_memory(now: Callable[[], datetime], together: Together = ALONE) -> Storage:
    shelves = Shelves(now)
    return Storage(
        comments=MemoryComments(shelves),
        backlog=MemoryBacklog(shelves),
        threads=MemoryThreads(shelves),
        evidence=MemoryEvidence(shelves, together),
        corpus=MemoryCorpus(shelves, together),
        sites=MemorySites(shelves),
        people=MemoryPeople(shelves, now),
        outbox=MemoryOutbox(shelves),
        deliveries=MemoryDeliveries(now),
        server=MemoryServer(),
        beats=MemoryBeats(now),
        audit=MemoryAudit(shelves),
        standings=MemoryStandings(shelves),
        traces=MemoryTraces(shelves),
        held=MemoryHeld(shelves),
        attention=MemoryAttention(now),
        notes=MemoryNotes(shelves),
        bulks=MemoryBulks(shelves),
        subscriptions=MemorySubscriptions(now),
        repute=MemoryRepute(together),
        reports=MemoryReports(shelves),
    )
