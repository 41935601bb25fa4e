"""Accept reply forms of browsers, which work without scripts, and answer with pages."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from flask import Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

from comments.errors import ReplygateError
from comments.site import Site
from comments.validation import UNSAFE_IN_URL
from service.deps import deps
from service.web import site_access, site_cache
from service.web.page_language import LANGUAGE_FIELD, keep_form_language
from service.web.request_body import RequestBody
from service.web.thread_links import back_link

from . import form_bodies, parsing, receipts, refused_forms
from .acceptance import AcceptedSubmission, submissions
from .author_secrets import keep_in_cookie
from .form_bodies import RETURN_FIELD


def submit_form(site: str, read: Callable[[Site], RequestBody] = lambda _: form_bodies.read_form()) -> Response:
    """Accept a browser's form and redirect, or show the form again with its errors and the typed text."""
    try:
        return _accept(site, read)
    except (ReplygateError, HTTPException) as error:
        return refused_forms.show_again(site, error)


def _accept(site: str, read: Callable[[Site], RequestBody]) -> Response:
    found, sent = site_cache.get_site(site), request_ctx.request  # `request` looks it up for each attribute
    trusted = site_access.may_post(found, sent, deps().settings)
    fields = dict(read(found).fields)
    return_to = fields.pop(RETURN_FIELD, "")
    keep_form_language(fields)
    fields.pop(LANGUAGE_FIELD, None)
    accepted = submissions().accept(
        sent, found, parsing.submitted_fields(RequestBody(fields, form=True), found), trusted
    )
    response = _redirect_after(found, accepted, return_to)
    keep_in_cookie(response, found, accepted.author_secret, deps().settings)
    return response


def _redirect_after(site: Site, accepted: AcceptedSubmission, return_to: str) -> Response:
    """Go to the page that the form names, with a code for the receipt, or to our own page about the comment."""
    target, id = _return_address(site, return_to), accepted.comment.id
    if not target:
        return receipts.redirect_to_status(site, id)
    added, parts = {"comment": id, **receipts.code_for(site, id)}, urlsplit(target)
    query = urlencode([(n, v) for n, v in parse_qsl(parts.query) if n not in added] + list(added.items()))
    response = Response(status=303)
    response.headers["Location"] = urlunsplit(parts._replace(query=query, fragment="reply-sent"))
    return response


def _return_address(site: Site, return_to: str) -> str:
    """Return the address to go to if it is allowed, or "". urljoin silently drops control characters: check first."""
    if not return_to or UNSAFE_IN_URL.search(return_to):
        return ""
    try:
        return back_link(site, urljoin(site_access.own_address(request, deps().settings), return_to))
    except ValueError:
        return ""
