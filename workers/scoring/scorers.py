"""Scorers of the operator: a Python function, or an HTTP endpoint, for example of a local language model.

Both get the same fields of a comment, and answer with P(spam) from 0 to 1, or with `{"spam": 0.97, "reason": "..."}`.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from comments.errors import Invalid, SettingsInvalid
from comments.settings import Settings
from workers.delivery.address_guard import target, trusted_hosts
from workers.delivery.guarded_http import GuardedHTTP

from .scorer_pool import Scorer, ScorerPool

#: Group of the installed entry points that REPLYGATE_SCORER may name.
ENTRY_POINT_GROUP = "replygate.scorers"
#: Largest share of a lease that one batch may wait for the scorer. After half of the lease the batch is released.
SCORER_LEASE_SHARE = 0.25


def open_scorer(settings: Settings) -> ScorerPool:
    """Return the pool that asks the scorer of these settings. Raises SettingsInvalid if they cannot be used."""
    return ScorerPool(
        _scorer(settings),
        seconds=settings.scorer_seconds,
        batch_seconds=min(settings.scorer_batch_seconds, settings.lease * SCORER_LEASE_SHARE),
        hold_at=settings.scorer_hold_at,
    )


def _scorer(settings: Settings) -> Scorer:
    name = settings.scorer
    if name.startswith(("http://", "https://")):
        return _http_scorer(settings)
    if ":" in name:
        entry = EntryPoint("scorer", name, ENTRY_POINT_GROUP)
    elif name in (installed := entry_points(group=ENTRY_POINT_GROUP)).names:
        entry = installed[name]
    else:
        raise SettingsInvalid(
            f"REPLYGATE_SCORER: no package has the entry point {name!r} in the group {ENTRY_POINT_GROUP}"
        )
    try:
        function: Callable[[Mapping[str, str]], object] = entry.load()
    except (ImportError, AttributeError, SyntaxError, ValueError) as error:
        raise SettingsInvalid(f"REPLYGATE_SCORER: {name!r} cannot be imported: {error}") from error
    if not callable(function):
        raise SettingsInvalid(f"REPLYGATE_SCORER: {name!r} is not a function")
    return function


def _http_scorer(settings: Settings) -> Scorer:
    trusted = trusted_hosts(settings.scorer_http_allow)
    try:
        target(settings.scorer, trusted)
    except Invalid as error:
        hint = "REPLYGATE_SCORER_HTTP_ALLOW lists private hosts"
        raise SettingsInvalid(f"REPLYGATE_SCORER {error.problems[0].message}; {hint}") from error
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if settings.scorer_token:
        headers["Authorization"] = f"Bearer {settings.scorer_token}"
    return partial(_post, GuardedHTTP(trusted, total=settings.scorer_seconds), settings.scorer, headers)


def _post(http: GuardedHTTP, url: str, headers: Mapping[str, str], fields: Mapping[str, str]) -> object:
    """Send the fields and return the decoded answer. Raises NotSent, or ValueError for an answer that is no score."""
    status, body = http.ask(url, headers, json.dumps(fields).encode())
    if status != 200:
        raise ValueError(f"status {status}")
    return json.loads(body)
