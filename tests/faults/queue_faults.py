"""Faults of the jobs: unreadable ones, repeated ones, and workers killed at each step."""

import hashlib
from typing import Any

from rq import Queue
from rq.job import Job

from comments.job_queue import DELIVER, JUDGE, LEARN, QUEUES, RQJobs
from comments.storage.redis.scripts import source
from tests.faults.installation import Installation, pause
from tests.support.wait import wait_until

#: Faults of the hash of a job: field and value. Without a value the field is deleted, without a field everything is.
POISON: tuple[tuple[str, Any], ...] = (
    ("data", None),
    ("data", b"\x80\x04."),
    ("data", b"[1]"),
    ("data", b"[" * 100_000),
    ("data", b'["os.system",null,["true",""],{}]'),
    ("status", "sleeping"),
    ("timeout", "long"),
    ("created_at", "yesterday"),
    ("origin", b"\xff\xfe"),
    ("", None),
)
#: Steps of a judge, by the scripts it calls, after which it is killed: it has a batch, or has decided it.
STEPS = ("queue/claim", "comments/decide")


def poisoned_jobs(to: Installation) -> None:
    """Put unreadable jobs into all queues. No worker may end."""
    client, workers = to.valkey(), ("judge", "background", "delivery")
    before = [process.pid for part in workers for process in to.processes(part)]
    for job in (JUDGE, LEARN, DELIVER):
        queue = Queue(QUEUES[job], connection=client, serializer="json")
        for field, value in POISON:
            made = Job.create(job, args=(to.site, ""), connection=client, origin=QUEUES[job], serializer="json")
            made.save()
            if not field:
                client.delete(made.key)
            elif value is None:
                client.hdel(made.key, field)
            else:
                client.hset(made.key, field, value)
            queue.push_job_id(made.id)
        wait_until(lambda queue=queue: queue.count == 0, "the jobs are read")  # type: ignore[misc]
    pause(1)
    after = [process.pid for part in workers for process in to.processes(part)]
    assert after == before, "a worker ended"


def repeated_jobs(to: Installation) -> None:
    """Enqueue each job again and again, also while another one runs."""
    jobs = RQJobs(to.valkey())
    for _ in range(100):
        for job in (JUDGE, JUDGE, LEARN, DELIVER):
            jobs.enqueue(job, to.site, "repeated")
        pause(0.02)


def killed_at_steps(to: Installation) -> None:
    """Kill the judges at the moment in which Valkey runs one of their steps."""
    for step in (*STEPS, *STEPS):
        digest = hashlib.sha1(source(step).encode(), usedforsecurity=False).hexdigest()
        judges = to.processes("judge")
        with to.valkey().monitor() as commands:
            for command in commands.listen():
                if digest in command["command"]:
                    break
            for process in judges:
                process.kill()
        pause(3)
