"""Leaving a comment without any script: the form, what was wrong with it, and what became of the comment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from flask import Response, render_template, request

from comments.errors import Invalid, Problem, Refused, ReplygateError, StorageDown
from comments.setting_values import VISITOR_FIELDS
from comments.site import Site
from comments.validation import LENGTHS, UNSAFE_IN_URL, thread_key
from service.deps import deps
from service.web import errors
from service.web.request_body import RequestBody
from service.web.thread_links import back_link

from . import form_tokens, parsing
from .acceptance import Kept, intake

#: Where the form leads after success, in WordPress's word. Only pages of the site, and ours, are gone to.
RETURN_FIELD = "redirect_to"
#: Sent along unseen. Their names tell a reader nothing; what is wrong with them is said in whole sentences.
UNSEEN_FIELDS = ("thread", "parent")


@dataclass(frozen=True, slots=True)
class Form:
    """A "Leave a Reply" form: what is already in it, and what has to be said about it."""

    site: Site
    thread: str
    parent: str = ""
    redirect_to: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notice: str = ""
    token: str = ""

    @property
    def action(self) -> str:
        return f"/v1/sites/{self.site.id}/comments"

    @property
    def lengths(self) -> Mapping[str, int]:
        return {**LENGTHS, "content": self.site.max_content}

    @property
    def mail(self) -> bool:
        """Whether to offer mail about replies."""
        return deps().settings.sends_mail

    def problem(self, name: str) -> str:
        """What is wrong with one field; "" for nothing."""
        return " ".join(p.message for p in self.problems if p.field == name)

    @property
    def elsewhere(self) -> tuple[Problem, ...]:
        """Problems with what the form does not show."""
        return tuple(p for p in self.problems if p.field not in VISITOR_FIELDS)

    def is_named(self, name: str) -> bool:
        """Whether a problem is told with its field's name, to whoever made the form."""
        return name not in UNSEEN_FIELDS


def submit(site: Site, sent: RequestBody, trusted: bool) -> Response:
    """Keep a browser's form and lead on, or show it again with every problem and everything that was typed."""
    fields = dict(sent.fields)
    onward = fields.pop(RETURN_FIELD, "")
    try:
        fields = parsing.fields_of(RequestBody(fields, form=True), site)
        kept = intake().accept(request, site, fields, trusted)
    except (Invalid, Refused, StorageDown) as error:
        return _again(site, fields, onward, error)
    return _lead_on(site, kept, onward)


def _again(site: Site, fields: Mapping[str, Any], onward: str, error: ReplygateError) -> Response:
    row = errors.error_mapping(error)
    form = Form(
        site,
        thread=fields.get("thread", ""),
        parent=fields.get("parent", ""),
        redirect_to=onward,
        values=fields,
        problems=error.problems if isinstance(error, Invalid) else (),
        notice="" if isinstance(error, Invalid) else row.public_detail or str(error),
        token=_token(site, fields),
    )
    page = render_template("submission/form.html", site=site, form=form, back=back_link(site, form.thread))
    return Response(page, row.status, errors.retry_after(error), mimetype="text/html")


def new_token(site: Site, thread: str) -> str:
    """For a form that is shown now."""
    return form_tokens.issue(deps().pseudonyms, site.id, thread, deps().now())


def _token(site: Site, fields: Mapping[str, Any]) -> str:
    """The one that came, which tells when the form was shown first; a new one if that was none of ours."""
    came, thread = str(fields.get("form_token", "")), thread_key(str(fields.get("thread", "")))
    known = form_tokens.read(deps().pseudonyms, site.id, thread, came, deps().now())
    return came if known.seconds >= 0 else new_token(site, thread)


def _lead_on(site: Site, kept: Kept, onward: str) -> Response:
    own = {"comment": kept.comment.id, "receipt": kept.receipt}
    target = _return_address(site, onward)
    if target:
        parts = urlsplit(target)
        query = urlencode([(n, v) for n, v in parse_qsl(parts.query) if n not in own] + list(own.items()))
        location = urlunsplit(parts._replace(query=query, fragment="reply-sent"))
    else:
        location = f"/v1/sites/{site.id}/comments/{kept.comment.id}?{urlencode({'receipt': kept.receipt})}"
    response = Response(status=303)
    response.headers["Location"] = location
    return response


def _return_address(site: Site, onward: str) -> str:
    """Where the form wants to lead, if it may; else "". urljoin silently drops control characters, so they go first."""
    if not onward or UNSAFE_IN_URL.search(onward):
        return ""
    try:
        return back_link(site, urljoin(request.host_url, onward))
    except ValueError:
        return ""
