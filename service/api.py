"""The public API of those who write: leave a comment, close a thread."""

from flask import Blueprint, Response, request

from comments.errors import NotFound, StorageDown

from . import access, body, forms, reading, sites, submission
from .body import JSON
from .deps import deps
from .errors import prefers_html
from .intake import REFUSED, Kept, intake
from .openapi import Answer, Header, answer, operation, parsed_body
from .schemas import (
    AcceptedComment,
    Submission,
    ThreadState,
)

blueprint = Blueprint("api", __name__, url_prefix="/v1/sites/<site>")

SUBMISSION = ("submission",)


@blueprint.after_request
def share(response: Response) -> Response:
    """Let the scripts of the site's own pages read the answer, errors included."""
    response.headers.setdefault("Vary", "Origin")
    if "Origin" in request.headers:
        try:
            access.share(response, sites.get((request.view_args or {}).get("site", "")))
        except (NotFound, StorageDown):
            return response  # without the site nobody is entitled; the answer itself says what is wrong
    return response


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
    found = sites.get(site)
    trusted = access.may_post(found, request, deps().settings)
    sent = body.read(request, forms=True)
    if sent.form and prefers_html():
        return forms.submit(found, sent, trusted)
    return accepted(intake().accept(request, found, submission.fields_of(sent, found), trusted))


def accepted(kept: Kept) -> Response:
    text, headers = acceptance(kept)
    return Answer(text, 202, headers, content_type=JSON)


def acceptance(kept: Kept) -> tuple[str, dict[str, str]]:
    """What 202 says, and the headers it says it with."""
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
    found = sites.get(site)
    access.require_key(found, request)
    state = parsed_body(ThreadState)
    deps().storage.threads.set_closed(found.id, reading.asked_thread(thread), state.closed)
    return answer(state)
