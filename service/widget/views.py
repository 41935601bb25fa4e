"""Serve the widget's files: the script at an address that follows upgrades, and every file at one for its content."""

import gzip
from base64 import b64encode
from collections.abc import Mapping
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

from .bundle import SCRIPT_NAME, bundle

blueprint = Blueprint("widget", __name__)

_EXTENSION = "replygate.widget"

#: A fix reaches every page within five minutes. The content at an address with a hash never changes. A script that is
#: older than its server cannot load its parts, so it is not used for long while the browser asks for the new one.
SHORT_CACHE = "public, max-age=300, stale-while-revalidate=600"
LONG_CACHE = "public, max-age=31536000, immutable"

#: Any page may load the files, also with `integrity` (it needs CORS) or under a `Cross-Origin-Embedder-Policy`.
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}

MEDIA = {"json": "application/json", "css": "text/css"}


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file as it is sent. `version` is part of the script's lasting address, `integrity` the hash for browsers."""

    content: bytes
    compressed: bytes
    version: str
    integrity: str
    media: str = "text/javascript"


def served_file(content: bytes, name: str = SCRIPT_NAME) -> ServedFile:
    digest = sha384(content)
    return ServedFile(
        content,
        gzip.compress(content, 9, mtime=0),
        digest.hexdigest()[:16],
        f"sha384-{b64encode(digest.digest()).decode()}",
        MEDIA.get(name.rpartition(".")[2], "text/javascript"),
    )


@cache
def bundled_files() -> Mapping[str, ServedFile]:
    """Bundle the source once for each process: it takes about 20 ms."""
    files = {name: served_file(content, name) for name, content in bundle().items()}
    script = files[SCRIPT_NAME]
    return files | {f"widget-{script.version}.js": script}


def init_widget(app: Flask) -> None:
    app.extensions[_EXTENSION] = bundled_files()


def _files() -> Mapping[str, ServedFile]:
    return cast(Mapping[str, ServedFile], current_app.extensions[_EXTENSION])


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
    return file_response(_files()[SCRIPT_NAME], SHORT_CACHE)


@blueprint.get("/widget-<name>")
def lasting_file(name: str) -> Response:
    """Serve the script of this version, or a file that it loads on demand."""
    file = _files().get(f"widget-{name}")
    if file is None:
        raise NotFound("this server has another version of the widget")
    return file_response(file, LONG_CACHE)


def file_response(file: ServedFile, cache_control: str) -> Response:
    gzipped = request.accept_encodings["gzip"] > 0
    content = file.compressed if gzipped else file.content
    response = Response(content, mimetype=file.media, headers=OPEN_HEADERS)
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = cache_control
    response.set_etag(f"{file.version}{'.gz' if gzipped else ''}")
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
    script, base_url = _files()[SCRIPT_NAME], deps().settings.public_url.rstrip("/")
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
