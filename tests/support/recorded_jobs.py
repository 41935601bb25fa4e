"""A stand-in for the queue: it remembers what was asked for."""


class RecordedJobs:
    def __init__(self) -> None:
        self.jobs: list[tuple[str, str, str]] = []

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        self.jobs.append((job, site, token))
