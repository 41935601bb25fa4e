"""Serves the widget: one file under a short-lived address, under one that names its content, and what both are."""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha384
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import Field

from comments.errors import NotFound

from .deps import deps
from .web.operations import operation
from .web.schemas import Wire

blueprint = Blueprint("widget", __name__)

FILE = Path(__file__).parent / "static" / "widget.js"
EXTENSION = "replygate.widget"

#: A fix reaches every page within five minutes; what is named by its content never changes.
SHORT = "public, max-age=300, stale-while-revalidate=86400"
LONG = "public, max-age=31536000, immutable"

#: Any page may load it, also with `integrity`, which needs CORS, and from behind `Cross-Origin-Embedder-Policy`.
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Accept-Encoding"}


@dataclass(frozen=True, slots=True)
class Script:
    """The widget as it is sent. `name` is part of its lasting address, `integrity` what a page may insist on."""

    source: bytes
    packed: bytes
    name: str
    integrity: str


def script(source: bytes) -> Script:
    digest = sha384(source)
    return Script(
        source,
        gzip.compress(source, 9, mtime=0),
        digest.hexdigest()[:16],
        f"sha384-{b64encode(digest.digest()).decode()}",
    )


def install(app: Flask) -> None:
    app.extensions[EXTENSION] = script(FILE.read_bytes())


def _current() -> Script:
    return cast(Script, current_app.extensions[EXTENSION])


class WidgetFile(Wire):
    """The widget that this server has now."""

    url: str = Field(description="Follows upgrades of the server.", examples=["https://replies.example/widget.js"])
    lasting_url: str = Field(
        description="This version only, for use with `integrity`; gone when the server has another one.",
        examples=["https://replies.example/widget-0123456789abcdef.js"],
    )
    integrity: str = Field(description="For the script's `integrity`.", examples=["sha384-..."])
    bytes: int = Field(examples=[39_000])
    compressed_bytes: int = Field(examples=[13_000])


@blueprint.get("/widget.js")
def newest() -> Response:
    return _send(_current(), SHORT)


@blueprint.get("/widget-<name>.js")
def lasting(name: str) -> Response:
    found = _current()
    if name != found.name:
        raise NotFound("this server has another version of the widget")
    return _send(found, LONG)


def _send(found: Script, cache_control: str) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if packed else found.source, mimetype="text/javascript", headers=OPEN)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = cache_control
    response.set_etag(f"{found.name}{'.gz' if packed else ''}")
    response.make_conditional(request)
    return response


@blueprint.get("/v1/widget.json")
@operation(
    summary="The widget's addresses and its integrity hash",
    answers={200: WidgetFile},
    answer_headers={"Cache-Control": "How long it may be kept."},
    tags=("submission",),
)
def about() -> Response:
    found, home = _current(), deps().settings.public_url.rstrip("/")
    told = WidgetFile(
        url=f"{home}/widget.js",
        lasting_url=f"{home}/widget-{found.name}.js",
        integrity=found.integrity,
        bytes=len(found.source),
        compressed_bytes=len(found.packed),
    )
    response = Response(told.model_dump_json(), mimetype="application/json", headers=OPEN)
    response.headers["Cache-Control"] = SHORT
    return response
