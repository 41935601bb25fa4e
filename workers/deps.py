"""Dependencies of a worker process, built once in its entry point (`run.py`, `sweep.py`). Tests build their own."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from comments.errors import SettingsInvalid
from comments.job_queue import Jobs, RQJobs
from comments.settings import Settings
from comments.storage.redis import connect_queue, open_redis

from .delivery.deps import DeliveryDeps, open_http, open_mailer
from .filters import BUILT_IN, Filter
from .judging.judge import AskScorer, Judging
from .judging.policy import Policy, build_policy, catalogue


@dataclass(frozen=True, slots=True)
class Deps(DeliveryDeps):
    """Dependencies of all jobs: those of delivery, and those of judging and learning."""

    jobs: Jobs
    filters: tuple[Filter, ...]
    policy: Policy
    ask_scorer: AskScorer | None = field(default=None, kw_only=True)
    #: Returns True while a judging job may wait for more work: no other job waits, and the process is not to stop.
    may_listen: Callable[[], bool] = field(default=lambda: False, kw_only=True)

    @property
    def judging(self) -> Judging:
        return Judging(self.filters, self.policy, self.storage, self.settings.share_repute, self.ask_scorer)


def now() -> datetime:
    return datetime.now(UTC)


def build_deps(settings: Settings, filters: tuple[Filter, ...] = BUILT_IN) -> Deps:
    """Build the Deps for the server and the policy file in `settings`.

    Raises SettingsInvalid for a policy file that cannot be used.
    """
    return Deps(
        settings=settings,
        storage=open_redis(settings),
        jobs=RQJobs(connect_queue(settings), settings.prefix),
        filters=filters,
        policy=policy_of(settings, filters),
        now=now,
        http=open_http(settings),
        mailer=open_mailer(settings),
        signals=catalogue(filters),
    )


def policy_of(settings: Settings, filters: tuple[Filter, ...]) -> Policy:
    """Build the policy from the filters' weights and the policy file. Raises SettingsInvalid."""
    try:
        return build_policy(filters, _read(settings.policy))
    except SettingsInvalid as error:
        raise SettingsInvalid(f"REPLYGATE_POLICY: {error}") from error


def _read(path: Path | None) -> Mapping[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SettingsInvalid(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


_installed: list[Deps] = []


def set_deps(deps: Deps) -> None:
    """Set the Deps of this process. RQ calls jobs with ids only, so they read their dependencies from `deps`."""
    _installed[:] = [deps]


def deps() -> Deps:
    return _installed[0]
