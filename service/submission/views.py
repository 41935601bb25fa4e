"""Submission API: leave a comment, close a thread."""

from flask import Blueprint, Request, Response, request
from flask.globals import request_ctx

from service.deps import deps
from service.web import site_access, site_cache
from service.web.errors import prefers_html
from service.web.operations import Header, PreparedResponse, json_response, operation, parsed_body
from service.web.request_body import JSON, read_request_body
from service.web.request_headers import preferred_wait
from service.web.schemas import AcceptedComment, Submission, ThreadState
from service.web.thread_links import requested_thread

from . import form_bodies, form_pages
from .acceptance import AcceptedSubmission, submissions
from .verdict_wait import when_judged

blueprint = Blueprint("submission", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(site_access.add_cors_headers)


@blueprint.post("/comments")
@operation(
    summary="Submit a comment",
    description="202 means that the comment is stored durably and will be judged. Send the same comment again within "
    "a minute, or with the same `Idempotency-Key`, and you get the same answer and no second comment. A form sent by "
    "a browser is answered with pages: 303 to the comment's status, or the form again with its errors.",
    body=Submission,
    forms=True,
    parse=False,
    answers={202: AcceptedComment, 303: "For a browser's form: go to the comment's status or back to the page."},
    headers=(
        Header("Idempotency-Key", "Identifies this submission, so that you can send it again safely."),
        Header("Replygate-User", "Signed token of the site's user: see the docs about identity."),
        Header("Replygate-Author", "`author_secret` of an earlier answer to the same browser."),
        Header("Prefer", "`wait=N` waits up to N seconds (at most 10) for the verdict."),
    ),
    answer_headers={
        "Location": "URL of the comment's status.",
        "Replygate-Repeat": "`true` if this comment was accepted before.",
        "Preference-Applied": "`wait=N` if the request waited for the verdict.",
    },
    errors=(403, 429),
    auth="site-key?",
    tags=("submission",),
)
def submit_comment(site: str) -> Response:
    sent = request_ctx.request  # `request` looks it up again for each attribute, of which a submission reads forty
    if sent.mimetype == JSON:
        return accepted_response(submissions().submit(sent, site, lambda: read_request_body(sent)), sent)
    if prefers_html():
        return form_pages.submit_form(site)
    return accepted_response(submissions().submit(sent, site, form_bodies.read_form), sent)


def accepted_response(accepted: AcceptedSubmission, request: Request) -> Response:
    """Answer a submission, after the verdict if the client prefers to wait for it."""
    return when_judged(accepted, preferred_wait(request), _response)


def _response(accepted: AcceptedSubmission) -> Response:
    text, headers = accepted.answer()
    return PreparedResponse(text, 202, headers, content_type=JSON)


@blueprint.put("/threads/<thread:thread>")
@operation(
    summary="Close or open a thread",
    description="A closed thread refuses new comments and keeps its published ones. For the site's own server.",
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
    deps().storage.threads.set_closed(found.id, requested_thread(found, thread), state.closed)
    return json_response(state)
