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
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis

from .delivery.address_guard import trusted_hosts
from .delivery.guarded_http import Outgoing
from .delivery.sender_pool import Couriers
from .delivery.smtp import Mailer
from .filters import BUILT_IN, Filter
from .judging.policy import Policy, build


@dataclass(frozen=True, slots=True)
class Deps:
    """`now` gives aware UTC datetimes."""

    settings: Settings
    storage: Storage
    jobs: Jobs
    filters: tuple[Filter, ...]
    policy: Policy
    now: Callable[[], datetime]
    outgoing: Outgoing = field(default_factory=Outgoing)
    couriers: Couriers = field(default_factory=Couriers)
    mailer: Mailer | None = None  # None: nobody gets mail


def now() -> datetime:
    return datetime.now(UTC)


def build_deps(settings: Settings, filters: tuple[Filter, ...] = BUILT_IN) -> Deps:
    """Build the Deps for the server and the policy file in `settings`.

    Raises SettingsInvalid for a policy file that cannot be used.
    """
    return Deps(
        settings=settings,
        storage=open_redis(settings),
        jobs=RQJobs(connect(settings)),
        filters=filters,
        policy=policy_of(settings, filters),
        now=now,
        outgoing=Outgoing(trusted_hosts(settings.webhook_http_allow)),
        mailer=Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None,
    )


def policy_of(settings: Settings, filters: tuple[Filter, ...]) -> Policy:
    """Build the policy from the filters' weights and the policy file. Raises SettingsInvalid."""
    return build(filters, _read(settings.policy))


def _read(path: Path | None) -> Mapping[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SettingsInvalid(f"the policy file cannot be read: {error}") from error


_installed: list[Deps] = []


def install(deps: Deps) -> None:
    """Set the Deps of this process. RQ calls jobs with ids only, so they read everything else from here."""
    _installed[:] = [deps]


def deps() -> Deps:
    return _installed[0]
