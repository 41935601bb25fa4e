"""Preview API: show authors how their text will look. Nothing is stored."""

from threading import Lock
from typing import cast

from cachetools import TTLCache
from flask import Blueprint, Response, current_app, request
from pydantic import Field

from comments import markdown
from comments.errors import Invalid, TooMany
from comments.validation import field_problems, tidied
from service.deps import deps
from service.web import site_access, site_cache
from service.web.client_network import client_network
from service.web.operations import json_response, operation
from service.web.schemas import CommentEdit, Wire

blueprint = Blueprint("preview_api", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(site_access.add_cors_headers)

_EXTENSION = "replygate.preview_limit"

#: Previews for one network in a minute, counted in each web process. Nobody looks at more, and each costs CPU time.
MAX_PREVIEWS, _MINUTE = 30, 60
#: Networks that are counted at the same time.
MAX_NETWORKS = 10_000


class PreviewLimit:
    """Counts the previews of each network in memory, because nothing depends on an exact count."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: TTLCache[str, int] = TTLCache(MAX_NETWORKS, _MINUTE)

    def count(self, network: str) -> None:
        """Count a preview. Raises TooMany."""
        with self._lock:
            previews = self._counts.get(network, 0) + 1
            if previews > MAX_PREVIEWS:
                raise TooMany("Too many previews. Wait a minute.", _MINUTE)
            self._counts[network] = previews


class Preview(Wire):
    """A rendered text."""

    html: str = Field(description="Sanitized HTML.", examples=["<p>I <em>enjoyed</em> this.</p>\n"])


@blueprint.post("/preview")
@operation(
    summary="Preview a comment",
    description="Renders a text as readers would see it. Nothing is stored.",
    body=CommentEdit,
    answers={200: Preview},
    errors=(403, 422, 429),
    tags=("submission",),
)
def preview_comment(site: str, body: CommentEdit) -> Response:
    return json_response(Preview(html=rendered_preview(site, body.content)))


def rendered_preview(site: str, content: str) -> str:
    """Return the text as HTML. Raises NotFound, NotAllowed, Invalid and TooMany."""
    found = site_cache.get_site(site)
    site_access.check_site_origin(found, request, deps().settings)
    fields = tidied({"content": content})
    if problems := tuple(problem for problem in field_problems(fields, found) if problem.field == "content"):
        raise Invalid(problems)
    cast(PreviewLimit, current_app.extensions.setdefault(_EXTENSION, PreviewLimit())).count(client_network(deps()))
    return markdown.html(fields["content"])
