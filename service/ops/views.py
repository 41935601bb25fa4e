"""Health checks, Prometheus metrics and the operations page.

Without the ops token or an operator's session, only the two health checks are visible.
"""

import hmac
import time
from dataclasses import dataclass
from typing import Literal, cast
from wsgiref.types import WSGIApplication

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import Invalid, NotFound, Problem, ReplygateError
from service.accounts.sessions import require_operator
from service.deps import Deps, deps
from service.web.access_log import AccessLogMiddleware, log_exceptions_without_urls
from service.web.operations import json_response, operation, parsed_query
from service.web.request_counters import RequestCounters

from . import prometheus
from .dashboard import Figures, busiest_sites, figures, format_bytes, format_duration
from .health import CachedHealth, Readiness, SystemHealth, problems, read_health, read_readiness
from .history_charts import DEFAULT_HISTORY_RANGE, HISTORY_RANGES, HistoryRange, format_value, history_charts
from .request_errors import RequestErrors
from .site_metrics import SiteMetrics

blueprint = Blueprint("ops", __name__)


@dataclass(frozen=True, slots=True)
class Ops:
    """State that the views share; one per app."""

    counters: RequestCounters
    errors: RequestErrors
    health: CachedHealth[SystemHealth]
    readiness: CachedHealth[Readiness]
    site_metrics: SiteMetrics


@blueprint.record_once
def init_ops(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    of: Deps = app.extensions["replygate"]
    ops = Ops(
        RequestCounters(of.settings.metrics_dir),
        RequestErrors(of.storage.system_history),
        CachedHealth(lambda: read_health(of.storage, of.queues, of.now()), time.monotonic),
        CachedHealth(lambda: read_readiness(of.storage, of.queues, of.now()), time.monotonic),
        SiteMetrics(),
    )
    app.extensions["replygate.ops"] = ops
    log_exceptions_without_urls(app)
    app.jinja_env.filters["duration"] = format_duration
    app.jinja_env.filters["bytes"] = format_bytes
    app.jinja_env.filters["history_value"] = format_value


def with_access_log(wsgi: WSGIApplication, app: Flask) -> AccessLogMiddleware:
    """Count, time and log every request of `wsgi`, with the counters of `app`."""
    ops: Ops = app.extensions["replygate.ops"]
    return AccessLogMiddleware(wsgi, ops.counters, ops.errors.add)


class Alive(BaseModel):
    alive: Literal[True] = True


class Ready(BaseModel):
    ready: bool = Field(description="True if comments can be accepted and judged.")
    problems: list[str] | None = Field(
        default=None, description="Problems in sentences; only with the ops token or an operator's session."
    )


@blueprint.get("/healthz")
@operation(summary="Check that this web process runs", answers={200: Alive}, tags=("ops",))
def healthz() -> Alive:
    return Alive()


@blueprint.get("/readyz")
@operation(
    summary="Check that comments can be accepted and judged",
    answers={200: Ready, 503: Ready},
    tags=("ops",),
)
def readyz() -> Response:
    wrong = problems(_ops().readiness.get())
    ready = Ready(ready=not wrong, problems=wrong if _is_trusted() else None)
    return Response(ready.model_dump_json(exclude_none=True), 503 if wrong else 200, mimetype="application/json")


@blueprint.get("/metrics")
@operation(
    summary="Get all metrics in the format of Prometheus",
    answers={200: "Metrics in the text format of Prometheus."},
    errors=(404,),
    auth="ops",
    tags=("ops",),
)
def metrics_text() -> Response:
    require_ops()
    health, totals = _ops().health.get(), _ops().counters.totals()
    return Response(prometheus.exposition(health, totals, _ops().site_metrics), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/ops/figures")
@operation(summary="Get the operational figures", answers={200: Figures}, errors=(404,), auth="ops", tags=("ops",))
def ops_figures() -> Response:
    require_ops()
    return json_response(_figures())


class OperationsQuery(BaseModel):
    """The query string of the page."""

    model_config = ConfigDict(extra="forbid")

    range: str = Field(DEFAULT_HISTORY_RANGE, max_length=10, description=f"One of {', '.join(HISTORY_RANGES)}.")
    charts: Literal["yes", "no"] = "yes"

    @property
    def choice(self) -> HistoryRange:
        """Raises Invalid."""
        if self.range not in HISTORY_RANGES:
            raise Invalid([Problem("range", "unknown", f"must be one of {', '.join(HISTORY_RANGES)}")])
        return HISTORY_RANGES[self.range]


@blueprint.get("/ops")
def operations_page() -> str:
    signed, query, of = require_operator(), parsed_query(OperationsQuery), deps()
    samples = [] if query.charts == "no" else of.storage.system_history.read(query.choice.resolution)
    found = _figures()
    return render_template(
        "ops/ops.html",
        figures=found,
        sites=busiest_sites(found.sites),
        signed=signed,
        query=query,
        ranges=HISTORY_RANGES,
        charts=None if query.charts == "no" else history_charts(samples, query.choice, of.now()),
    )


def require_ops() -> None:
    """Require the ops token or an operator. Raises SignInNeeded, or NotFound for a wrong token or another person."""
    if "Authorization" not in request.headers:
        require_operator()
    elif not _has_token():
        raise NotFound("this page does not exist, or you may not see it")


def _has_token() -> bool:
    """False for every request if the settings have no token."""
    token = deps().settings.ops_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    right = hmac.compare_digest(token.encode(), given.encode("utf-8", "replace"))
    return bool(token) and right and scheme.lower() == "bearer"


def _is_trusted() -> bool:
    """True with the ops token or an operator's session; without storage there are no sessions."""
    try:
        require_ops()
    except ReplygateError:
        return False
    return True


def _figures() -> Figures:
    return figures(_ops().health.get(), _ops().counters.totals())


def _ops() -> Ops:
    return cast(Ops, current_app.extensions["replygate.ops"])
