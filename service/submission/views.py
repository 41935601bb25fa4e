"""The public API of those who write: leave a comment, close a thread."""

from flask import Blueprint, Response, request

from service.deps import deps
from service.web import request_body, site_access, site_cache
from service.web.cors import add_cors_headers
from service.web.errors import prefers_html
from service.web.operations import Header, PreparedResponse, json_response, operation, parsed_body
from service.web.request_body import JSON
from service.web.schemas import AcceptedComment, Submission, ThreadState
from service.web.thread_links import requested_thread

from . import form_pages, parsing
from .acceptance import REFUSED, Kept, intake

blueprint = Blueprint("api", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

SUBMISSION = ("submission",)


@blueprint.post("/comments")
@operation(
    summary="Leave a comment",
    description="202 means that the comment is safe and will be judged. Sending the same again within a minute, or "
    "with the same `Idempotency-Key`, gives the same answer and no second comment. A form sent by a browser is "
    "answered with pages: 303 to the comment's status, or the form again with what is wrong.",
    body=Submission,
    forms=True,
    parse=False,
    answers={202: AcceptedComment, 303: "For a browser's form: see the comment's status, or the page it came from."},
    headers=(
        Header("Idempotency-Key", "Names this submission, so that it can safely be sent again.", {"type": "string"}),
        Header("Prefer", "`wait=N` waits up to N seconds, 10 at most, for the verdict.", {"type": "string"}),
    ),
    answer_headers={
        "Location": "Where to ask what became of the comment.",
        "Replygate-Repeat": "`true` if this comment was accepted before.",
        "Preference-Applied": "`wait=N` if the answer waited.",
    },
    errors=(403, 429),
    auth="site-key?",
    tags=SUBMISSION,
)
def submit(site: str) -> Response:
    if refused := request.environ.get(REFUSED):
        raise refused
    found = site_cache.get_site(site)
    trusted = site_access.may_post(found, request, deps().settings)
    sent = request_body.read_body(request, forms=True)
    if sent.form and prefers_html():
        return form_pages.submit(found, sent, trusted)
    return accepted(intake().accept(request, found, parsing.fields_of(sent, found), trusted))


def accepted(kept: Kept) -> Response:
    text, headers = acceptance(kept)
    return PreparedResponse(text, 202, headers, content_type=JSON)


def acceptance(kept: Kept) -> tuple[str, dict[str, str]]:
    """The body and headers of 202."""
    comment = kept.comment
    where = f"/v1/sites/{comment.site}/comments/{comment.id}"
    headers = {"Location": where}
    if kept.repeat:
        headers["Replygate-Repeat"] = "true"
    if kept.waited:
        headers["Preference-Applied"] = f"wait={kept.waited}"
    model = AcceptedComment(
        id=comment.id, status=comment.outcome, received=comment.received, receipt=kept.receipt, status_url=where
    )
    return model.model_dump_json(), headers


@blueprint.put("/threads/<path:thread>")
@operation(
    summary="Close or open a thread",
    description="Closed threads refuse new comments; what is published stays. For the site's own server.",
    body=ThreadState,
    parse=False,
    answers={200: ThreadState},
    auth="site-key",
    tags=("threads",),
)
def set_state(site: str, thread: str) -> Response:
    found = site_cache.get_site(site)
    site_access.require_key(found, request)
    state = parsed_body(ThreadState)
    deps().storage.threads.set_closed(found.id, requested_thread(thread), state.closed)
    return json_response(state)
