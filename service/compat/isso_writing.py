"""Isso's API for authors: send, edit and delete a comment, and preview a text. There are no votes."""

from typing import Any

from flask import Response, request

from comments.drafts import AuthorView
from comments.email_subscriptions import REPLIES
from comments.errors import Invalid, NotAllowed, NotFound, Problem
from comments.isso_names import thread_of_isso_uri
from comments.lifecycle import Outcome
from comments.site import Site
from comments.storage.values import ThreadRow
from service.deps import deps
from service.submission.acceptance import AcceptedSubmission, submissions
from service.submission.author_edits import AuthorProof, apply_edit, author_view, withdraw
from service.submission.author_secrets import keep_in_cookie
from service.submission.preview_api import rendered_preview
from service.submission.verdict_wait import when_judged
from service.web import request_body, site_access, site_cache
from service.web.request_body import RequestBody

from .isso_access import (
    check_content_type,
    cookie_path,
    end_rights,
    give_rights,
    given_rights,
    is_plain,
    isso_blueprint,
    json_answer,
    requested_uri,
    sent_text,
)
from .isso_comments import own_comment, shown_comment
from .isso_reading import requested_isso_thread
from .isso_threads import find_comment, number_of, top_numbers

blueprint = isso_blueprint("isso_writing")

#: Isso's names of the fields that have another name here.
ISSO_FIELDS = {"text": "content", "author": "author", "email": "email", "website": "url", "title": "thread_title"}
OTHER_FIELDS = ("parent", "notification")
#: The client shows the comment at once, or as waiting for a moderator: seconds to wait for the verdict before that.
VERDICT_SECONDS = 3


@blueprint.post("/new")
def submit_new(site: str) -> Response:
    """Accept a comment: 201 if it is published by now, 202 if it is not."""
    check_content_type()
    found, uri = site_cache.get_site(site), requested_uri()
    accepted = submissions().submit(request, site, lambda: _submitted(found, uri))
    return when_judged(accepted, VERDICT_SECONDS, lambda judged: _new_answer(found, judged))


def _new_answer(found: Site, accepted: AcceptedSubmission) -> Response:
    comment = accepted.comment
    mode = 201 if comment.outcome is Outcome.PUBLISHED else 202
    (parent,) = top_numbers(deps().storage, found.id, [comment])
    response = json_answer(own_comment(comment, comment.content, comment.outcome, parent, plain=False), mode)
    keep_in_cookie(response, found, accepted.author_secret, deps().settings, cookie_path(found))
    return give_rights(response, found, number_of(comment), comment.id)


def _submitted(site: Site, uri: str) -> RequestBody:
    """Read the body, with the names of our fields. Raises BadRequest and Invalid with every problem."""
    sent = {name: value for name, value in request_body.json_object(request.get_data()).items() if value is not None}
    problems = [
        Problem(name, "string_type", f"{name} must be a string or null.")
        for name in ISSO_FIELDS
        if not isinstance(sent.get(name, ""), str)
    ]
    parent = sent.get("parent")
    if parent is not None and type(parent) is not int:
        problems.append(Problem("parent", "int_type", "parent must be an integer or null."))
    if problems:
        raise Invalid(problems)
    fields = {ours: sent[theirs] for theirs, ours in ISSO_FIELDS.items() if theirs in sent}
    fields["thread"] = thread_of_isso_uri(uri, site)
    if parent:
        fields["parent"] = _parent_id(site, parent)
    if sent.get("notification") and fields.get("email") and deps().settings.sends_mail:
        fields["notify"] = REPLIES
    if site.trap_field in sent and site.trap_field not in (*ISSO_FIELDS, *OTHER_FIELDS):
        fields[site.trap_field] = sent[site.trap_field]
    return RequestBody(fields, form=False)


def _parent_id(site: Site, number: int) -> str:
    """Return the id of the comment that readers see under this number. Raises Invalid."""
    row = find_comment(deps().storage, site.id, requested_isso_thread(site), number)
    if row is None:
        raise Invalid([Problem("parent", "parent", "The comment you are replying to does not exist.")])
    return row.id


def _own(own: AuthorView, plain: bool = False) -> dict[str, Any]:
    """Return a comment to its author, with the latest text and its status."""
    comment, outcome = own.comment, Outcome.PENDING if own.edit is Outcome.PENDING else own.comment.outcome
    (parent,) = top_numbers(deps().storage, comment.site, [comment])
    return _without_hash(own_comment(comment, own.content, outcome, parent, plain))


def _without_hash(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "hash"}


def _with_rights(site: Site, number: int) -> tuple[str, AuthorProof]:
    """Return the id of the comment and the proof of its author. Raises NotAllowed."""
    site_access.check_site_origin(site, request, deps().settings)
    id, receipt = given_rights(number)
    try:
        view = author_view(deps(), site, id, AuthorProof(receipt))
    except NotFound as error:
        raise NotAllowed("This cookie gives no right to the comment.") from error
    if number_of(view.comment) != number or view.comment.outcome is Outcome.WITHDRAWN:
        raise NotAllowed("This cookie gives no right to the comment.")
    return id, AuthorProof(receipt)


@blueprint.get("/id/<int:number>")
def own_text(site: str, number: int) -> Response:
    """Return the author's own comment, to edit it."""
    found = site_cache.get_site(site)
    own = author_view(deps(), found, *_with_rights(found, number))
    return json_answer(_own(own, is_plain()))


@blueprint.put("/id/<int:number>")
def edit_text(site: str, number: int) -> Response:
    """Edit the text. Readers see it once it is judged."""
    check_content_type()
    found = site_cache.get_site(site)
    id, proof = _with_rights(found, number)
    own = apply_edit(deps(), found, id, proof, sent_text("text is missing"))
    answer = json_answer(_own(own) | {"modified": deps().now().timestamp()})
    return give_rights(answer, found, number, id)


@blueprint.delete("/id/<int:number>")
def delete_own(site: str, number: int) -> Response:
    """Withdraw the comment. The answer is null, or what stays of it while there are replies."""
    check_content_type()
    found, storage = site_cache.get_site(site), deps().storage
    id, proof = _with_rights(found, number)
    comment = withdraw(deps(), found, id, proof).comment
    (replies,), (parent,) = storage.threads.replies(site, [comment]), top_numbers(storage, site, [comment])
    stub = _without_hash(shown_comment(ThreadRow(comment, removed=True), parent, plain=False))
    return end_rights(json_answer(stub if replies else None), found, number)


@blueprint.post("/id/<int:number>/<any(like, dislike):vote>")
def refuse_vote(site: str, number: int, vote: str) -> Response:
    """Refuse votes in the form in which Isso denies them."""
    site_cache.get_site(site)
    return json_answer({"likes": 0, "dislikes": 0, "message": "Votes are not offered on this site."}, 403)


@blueprint.post("/preview")
def preview_text(site: str) -> Response:
    return json_answer({"text": rendered_preview(site, sent_text("no text given")).rstrip("\n")})
