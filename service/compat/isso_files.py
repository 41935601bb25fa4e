"""Serve Isso's own client, unchanged, so that a page needs no file from an Isso server any more."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Blueprint, Response

from comments.errors import NotFound
from service.web import site_cache
from service.widget.views import SHORT_CACHE, ServedFile, file_response, served_file

blueprint = Blueprint("isso_files", __name__, url_prefix="/isso/<site>")

FOLDER = Path(__file__).parents[1] / "static" / "vendor" / "isso"
#: By the addresses at which Isso has them.
FILES = ("js/embed.min.js", "js/count.min.js", "css/isso.css")


@cache
def isso_files() -> Mapping[str, ServedFile]:
    return {path: served_file((FOLDER / Path(path).name).read_bytes(), path) for path in FILES}


@blueprint.get("/<any(js, css):folder>/<name>")
def client_file(site: str, folder: str, name: str) -> Response:
    site_cache.get_site(site)
    file = isso_files().get(f"{folder}/{name}")
    if file is None:
        raise NotFound("no such file of Isso's client")
    return file_response(file, SHORT_CACHE)
