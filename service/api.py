"""The public API: leave a comment, ask what became of it, read what is published, count it, close a thread."""

from flask import Blueprint, Response, request

from comments.errors import Invalid, NotFound, StorageDown
from comments.validation import thread_key, thread_problems

from . import access, body, forms, reading, sites, submission
from .deps import deps
from .errors import prefers_html
from .openapi import Header, answer, operation, parsed_body
from .schemas import (
    AcceptedComment,
    CommentList,
    Counts,
    CountsBody,
    CountsQuery,
    OwnComment,
    PageQuery,
    ReceiptQuery,
    Submission,
    ThreadQuery,
    ThreadState,
)

blueprint = Blueprint("api", __name__, url_prefix="/v1/sites/<site>")

#: Readers' browsers ask each time, mostly to hear 304; a CDN asks for all of them every 10 seconds, and shows what it
#: has while it asks again. So a removed comment is gone within 10 seconds and one more visit.
CACHE_CONTROL = "public, max-age=0, s-maxage=10, stale-while-revalidate=30"

READING = ("reading",)
SUBMISSION = ("submission",)

IF_NONE_MATCH = Header("If-None-Match", "The ETag of the answer you have; 304 says that it still holds.")
CACHING = {"ETag": "Names this state of the page.", "Cache-Control": "How long shared caches may keep it."}


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
    found = sites.get(site)
    trusted = access.has_key(found)
    if not trusted:
        access.refuse_strangers(found)
    sent = body.read(request, forms=True)
    if sent.form and prefers_html():
        return forms.submit(found, sent, trusted)
    return accepted(submission.accept(deps(), found, submission.fields_of(sent, found), trusted))


def accepted(kept: submission.Kept) -> Response:
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
    return answer(model, 202, headers)


@blueprint.get("/comments/<id>")
@operation(
    summary="What became of a comment",
    description="For its author, who holds the receipt. A wrong receipt is answered as if there were no such comment. "
    "A browser gets a page.",
    query=ReceiptQuery,
    answers={200: OwnComment},
    headers=(Header("Replygate-Receipt", "The receipt that came with 202."),),
    tags=SUBMISSION,
)
def status(site: str, id: str, query: ReceiptQuery) -> Response:
    found = sites.get(site)
    receipt = request.headers.get("Replygate-Receipt", query.receipt)
    if not deps().pseudonyms.is_receipt(found.id, id, receipt):
        raise NotFound("no such comment for this receipt")
    comment = deps().storage.comments.get(found.id, id)
    return forms.status_page(found, comment) if prefers_html() else answer(reading.own(comment))


@blueprint.get("/comments")
@operation(
    summary="Read a thread",
    description="Published comments only, threaded, by key or address of the page.",
    query=ThreadQuery,
    answers={200: CommentList, 304: "Nothing changed since the ETag you sent."},
    headers=(IF_NONE_MATCH,),
    answer_headers=CACHING,
    tags=READING,
)
def read(site: str, query: ThreadQuery) -> Response:
    return _page(site, query.thread, query)


@blueprint.get("/threads/<path:thread>/comments")
@operation(
    summary="Read a thread by its path",
    description="The same with the thread in the path, percent-encoded. Some proxies merge the two slashes of an "
    "address in a path; `GET .../comments?thread=` is safe from them.",
    query=PageQuery,
    answers={200: CommentList, 304: "Nothing changed since the ETag you sent."},
    headers=(IF_NONE_MATCH,),
    answer_headers=CACHING,
    tags=READING,
)
def read_by_path(site: str, thread: str, query: PageQuery) -> Response:
    return _page(site, thread, query)


def _page(site: str, thread: str, query: PageQuery) -> Response:
    found, threads = sites.get(site), deps().storage.threads
    key = _thread(thread)
    etag = reading.etag(threads, found.id, key, query)
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = answer(reading.page(threads, found.id, key, query))
    response.set_etag(etag)
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _thread(given: str) -> str:
    """The key of a thread somebody asks about. Raises Invalid."""
    key = thread_key(given)
    if problems := thread_problems(key):
        raise Invalid(problems)
    return key


@blueprint.get("/counts")
@operation(
    summary="Count the comments of several threads",
    query=CountsQuery,
    answers={200: Counts},
    answer_headers={"Cache-Control": CACHING["Cache-Control"]},
    tags=READING,
)
def counts(site: str, query: CountsQuery) -> Response:
    response = _counts(site, query.thread)
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


@blueprint.post("/counts")
@operation(
    summary="Count the comments of many threads",
    body=CountsBody,
    answers={200: Counts},
    tags=READING,
)
def counts_of_many(site: str, body: CountsBody) -> Response:
    return _counts(site, body.threads)


def _counts(site: str, threads: list[str]) -> Response:
    return answer(Counts(counts=reading.counts(deps().storage.threads, sites.get(site).id, threads)))


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
    access.require_key(found)
    state = parsed_body(ThreadState)
    deps().storage.threads.set_closed(found.id, _thread(thread), state.closed)
    return answer(state)
