"""The stores in this process's memory: for tests, and to say in plain Python what the Lua scripts promise."""

from collections.abc import Callable
from datetime import datetime

from ...together import ALONE, Together
from .. import Storage
from .attention import MemoryAttention
from .comments import MemoryComments
from .corpus import MemoryCorpus
from .deliveries import MemoryDeliveries
from .evidence import MemoryEvidence
from .held import MemoryHeld
from .oversight import MemoryAudit, MemoryStandings, MemoryTraces
from .queue import MemoryBacklog, MemoryOutbox
from .registry import MemoryBeats, MemoryPeople, MemoryServer, MemorySites
from .reports import MemoryReports
from .repute import MemoryRepute
from .room import MemoryBulks, MemoryNotes
from .shelf import Shelves
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
