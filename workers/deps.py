"""What a worker process needs, built once in its root (`run.py`, `sweep.py`); tests build another one."""

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
    """The Deps of a process that works on the server and with the policy that `settings` name.

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
    """The filters' weights, and what the policy file puts in their place. Raises SettingsInvalid."""
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
    """Make `deps` those of this process: RQ calls jobs with ids only, so they must find everything else here."""
    _installed[:] = [deps]


def deps() -> Deps:
    return _installed[0]
