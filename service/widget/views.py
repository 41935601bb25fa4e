"""Serve the widget's script at two addresses: one that follows upgrades, and one for exactly this version."""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha384
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import Field

from comments.errors import NotFound
from service.deps import deps
from service.web.operations import operation
from service.web.schemas import Wire

from .bundle import bundle

blueprint = Blueprint("widget", __name__)

_EXTENSION = "replygate.widget"

#: A fix reaches every page within five minutes. The content at an address with a hash never changes.
SHORT_CACHE = "public, max-age=300, stale-while-revalidate=86400"
LONG_CACHE = "public, max-age=31536000, immutable"

#: Any page may load the script, also with `integrity` (it needs CORS) or under a `Cross-Origin-Embedder-Policy`.
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class WidgetScript:
    """The script as it is sent. `version` is part of its lasting address, `integrity` the hash for browsers."""

    content: bytes
    compressed: bytes
    version: str
    integrity: str


def widget_script(content: bytes) -> WidgetScript:
    digest = sha384(content)
    return WidgetScript(
        content,
        gzip.compress(content, 9, mtime=0),
        digest.hexdigest()[:16],
        f"sha384-{b64encode(digest.digest()).decode()}",
    )


@cache
def bundled_script() -> WidgetScript:
    """Bundle the source once for each process: it takes about 10 ms."""
    return widget_script(bundle())


def init_widget(app: Flask) -> None:
    app.extensions[_EXTENSION] = bundled_script()


def _current() -> WidgetScript:
    return cast(WidgetScript, current_app.extensions[_EXTENSION])


class WidgetFile(Wire):
    """The addresses, hash and size of the widget's script."""

    url: str = Field(description="Follows upgrades of the server.", examples=["https://replies.example/widget.js"])
    lasting_url: str = Field(
        description="This version only, for use with `integrity`. Returns 404 after an upgrade to another version.",
        examples=["https://replies.example/widget-0123456789abcdef.js"],
    )
    integrity: str = Field(description="Value for the script tag's `integrity` attribute.", examples=["sha384-..."])
    bytes: int = Field(examples=[42_000])
    compressed_bytes: int = Field(examples=[14_000])


@blueprint.get("/widget.js")
def current_script() -> Response:
    return _script_response(_current(), SHORT_CACHE)


@blueprint.get("/widget-<version>.js")
def versioned_script(version: str) -> Response:
    script = _current()
    if version != script.version:
        raise NotFound("this server has another version of the widget")
    return _script_response(script, LONG_CACHE)


def _script_response(script: WidgetScript, cache_control: str) -> Response:
    gzipped = request.accept_encodings["gzip"] > 0
    content = script.compressed if gzipped else script.content
    response = Response(content, mimetype="text/javascript", headers=OPEN_HEADERS)
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = cache_control
    response.set_etag(f"{script.version}{'.gz' if gzipped else ''}")
    response.make_conditional(request)
    return response


@blueprint.get("/v1/widget.json")
@operation(
    summary="Get the widget's addresses and integrity hash",
    answers={200: WidgetFile},
    answer_headers={"Cache-Control": "How long the answer may be cached."},
    tags=("submission",),
)
def widget_file() -> Response:
    script, base_url = _current(), deps().settings.public_url.rstrip("/")
    about = WidgetFile(
        url=f"{base_url}/widget.js",
        lasting_url=f"{base_url}/widget-{script.version}.js",
        integrity=script.integrity,
        bytes=len(script.content),
        compressed_bytes=len(script.compressed),
    )
    response = Response(about.model_dump_json(), mimetype="application/json", headers=OPEN_HEADERS)
    response.headers["Cache-Control"] = SHORT_CACHE
    return response
