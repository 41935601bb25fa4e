"""A job queue that only records what is enqueued."""


class RecordedJobs:
    def __init__(self) -> None:
        self.jobs: list[tuple[str, str, str]] = []

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        self.jobs.append((job, site, token))
