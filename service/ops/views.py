"""Health and figures: for load balancers, for Prometheus, and the ops page for people.

Strangers learn whether the service is alive and ready, and nothing else.
"""

import hmac
import time
from dataclasses import dataclass
from functools import partial
from typing import Literal, cast

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from comments.errors import NotFound, ReplygateError
from service.accounts.sessions import require_operator
from service.deps import Deps, deps
from service.web.access_log import log_exceptions_without_urls
from service.web.operations import json_response, operation
from service.web.request_counters import RequestCounters

from . import prometheus
from .dashboard import Figures, duration, figures, memory
from .health import Condition, Watch, gather, problems

blueprint = Blueprint("ops", __name__)


@dataclass(frozen=True, slots=True)
class Ops:
    """What the views share; one for each app."""

    counters: RequestCounters
    watch: Watch


@blueprint.record_once
def install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    of: Deps = app.extensions["replygate"]
    look = partial(_look, of)
    ops = Ops(RequestCounters(of.settings.metrics_dir), Watch(look, time.monotonic))
    app.extensions["replygate.ops"] = ops
    log_exceptions_without_urls(app)
    app.jinja_env.filters["duration"] = duration
    app.jinja_env.filters["memory"] = memory


def request_counters(app: Flask) -> RequestCounters:
    """Where all requests of `app` are counted."""
    return cast(Ops, app.extensions["replygate.ops"]).counters


class Alive(BaseModel):
    alive: Literal[True] = True


class Ready(BaseModel):
    ready: bool = Field(description="Whether comments can be accepted and judged.")
    problems: list[str] | None = Field(
        default=None, description="What is wrong, in sentences; only with the ops token or an operator's session."
    )


@blueprint.get("/healthz")
@operation(summary="Is this web process alive?", answers={200: Alive}, tags=("ops",))
def healthz() -> Alive:
    return Alive()


@blueprint.get("/readyz")
@operation(
    summary="Can comments be accepted and judged?",
    answers={200: Ready, 503: Ready},
    tags=("ops",),
)
def readyz() -> Response:
    wrong = problems(_ops().watch.now())
    ready = Ready(ready=not wrong, problems=wrong if _is_trusted() else None)
    return Response(ready.model_dump_json(exclude_none=True), 503 if wrong else 200, mimetype="application/json")


@blueprint.get("/metrics")
@operation(
    summary="Every figure, as Prometheus reads it",
    answers={200: "The figures in Prometheus's text format."},
    errors=(404,),
    auth="ops",
    tags=("ops",),
)
def metrics_text() -> Response:
    require_ops()
    condition, totals = _ops().watch.now(), _ops().counters.totals()
    return Response(prometheus.exposition(condition, totals), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/ops/figures")
@operation(summary="Every figure of the ops page", answers={200: Figures}, errors=(404,), auth="ops", tags=("ops",))
def ops_figures() -> Response:
    require_ops()
    return json_response(_figures())


@blueprint.get("/ops")
def page() -> str:
    signed = require_operator()
    return render_template("ops/ops.html", figures=_figures(), signed=signed)


def require_ops() -> None:
    """Let the ops token or an operator pass. Raises SignInNeeded, or NotFound for a wrong token or another person."""
    if "Authorization" not in request.headers:
        require_operator()
    elif not _has_token():
        raise NotFound("there is nothing here that you may see")


def _has_token() -> bool:
    """Without a token in the settings nobody has it."""
    token = deps().settings.ops_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    right = hmac.compare_digest(token.encode(), given.encode("utf-8", "replace"))
    return bool(token) and right and scheme.lower() == "bearer"


def _is_trusted() -> bool:
    """Whether to say more than strangers hear; not while storage, which holds the sessions, is away."""
    try:
        require_ops()
    except ReplygateError:
        return False
    return True


def _look(of: Deps) -> Condition:
    return gather(of.storage, of.queues, of.now())


def _figures() -> Figures:
    return figures(_ops().watch.now(), _ops().counters.totals())


def _ops() -> Ops:
    return cast(Ops, current_app.extensions["replygate.ops"])
