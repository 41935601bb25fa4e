"""Reply forms that work without scripts: show the form with its errors, or redirect after success."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from flask import Response, render_template, request

from comments.errors import Invalid, Problem, Refused, ReplygateError, StorageDown
from comments.site import Site
from comments.thread_addresses import thread_key
from comments.validation import LENGTHS, UNSAFE_IN_URL
from comments.visitor_fields import FIELDS_BY_NAME, VISITOR_FIELDS, VisitorField
from service.deps import deps
from service.web import errors, site_access, site_cache
from service.web.request_body import RequestBody, read_request_body
from service.web.thread_links import back_link

from . import form_tokens, parsing, receipts
from .acceptance import AcceptedSubmission, submissions
from .author_secrets import keep_in_cookie
from .signed_users import USER_FIELD, SignedUser, check_user

#: Page to go to after success, under WordPress's name. Only pages of the site and of this service are allowed.
RETURN_FIELD = "redirect_to"
#: Hidden fields. Their names mean nothing to a reader, so their errors are shown without the name.
HIDDEN_FIELDS = ("thread", "parent", USER_FIELD)


@dataclass(frozen=True, slots=True)
class ReplyFormView:
    """A "Leave a reply" form with its values and errors."""

    site: Site
    thread: str
    parent: str = ""
    redirect_to: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notice: str = ""
    token: str = ""
    user: SignedUser | None = None  # then the form has no fields for name and email

    @property
    def action(self) -> str:
        return f"/v1/sites/{self.site.id}/comments"

    @property
    def fields(self) -> list[VisitorField]:
        """The visible fields in the order of the form: the comment first."""
        shown = [f for f in FIELDS_BY_NAME.values() if not (self.user and f.name in ("author", "email"))]
        return sorted(shown, key=lambda field: field.kind != "markdown")

    @property
    def lengths(self) -> Mapping[str, int]:
        return field_lengths(self.site)

    @property
    def sends_mail(self) -> bool:
        """True if visitors can ask for email about replies."""
        return deps().settings.sends_mail

    def problem(self, name: str) -> str:
        """Return the error messages of one field; "" for none."""
        return " ".join(p.message for p in self.problems if p.field == name)

    @property
    def other_problems(self) -> tuple[Problem, ...]:
        """Problems with fields that the form does not show."""
        shown = {field.name for field in self.fields}
        return tuple(p for p in self.problems if p.field not in shown)

    def shows_name(self, problem: Problem) -> bool:
        """Return True if the message needs the field's name, for the person who built the form."""
        return problem.field not in HIDDEN_FIELDS


def field_lengths(site: Site) -> dict[str, int]:
    """Return the maximum length of every visitor field on this site."""
    return {name: LENGTHS.get(name, site.max_content) for name in VISITOR_FIELDS}


def _read_form(site: Site) -> RequestBody:
    return read_request_body(request, forms=True)


def submit_form(site: str, read_form: Callable[[Site], RequestBody] = _read_form) -> Response:
    """Accept a browser's form and redirect, or show the form again with its errors and the typed text."""
    found = site_cache.get_site(site)
    trusted = site_access.may_post(found, request, deps().settings)
    fields = dict(read_form(found).fields)
    return_to = fields.pop(RETURN_FIELD, "")
    try:
        fields = parsing.submitted_fields(RequestBody(fields, form=True), found)
        accepted = submissions().accept(request, found, fields, trusted)
    except (Invalid, Refused, StorageDown) as error:
        return _show_form_again(found, fields, return_to, error)
    response = _redirect_after(found, accepted, return_to)
    keep_in_cookie(response, found, accepted.author_secret, deps().settings)
    return response


def _show_form_again(site: Site, fields: Mapping[str, Any], return_to: str, error: ReplygateError) -> Response:
    mapping = errors.error_mapping(error)
    form = ReplyFormView(
        site,
        thread=fields.get("thread", ""),
        parent=fields.get("parent", ""),
        redirect_to=return_to,
        values=fields,
        problems=error.problems if isinstance(error, Invalid) else (),
        notice="" if isinstance(error, Invalid) else mapping.public_detail or str(error),
        token=_token(site, fields),
        user=check_user(deps(), site, request, fields).user,
    )
    page = render_template("submission/form.html", site=site, form=form, back=back_link(site, form.thread))
    return Response(page, mapping.status, errors.retry_after(error), mimetype="text/html")


def new_token(site: Site, thread: str) -> str:
    """Issue a token for a form that is shown now."""
    return form_tokens.issue_token(deps().pseudonyms, site.id, thread, deps().now())


def _token(site: Site, fields: Mapping[str, Any]) -> str:
    """Keep the submitted token, which holds the time the form was first shown. Replace an invalid one."""
    token, thread = str(fields.get("form_token", "")), thread_key(str(fields.get("thread", "")), site)
    check = form_tokens.read_token(deps().pseudonyms, site.id, thread, token, deps().now())
    return token if check.seconds >= 0 else new_token(site, thread)


def _redirect_after(site: Site, accepted: AcceptedSubmission, return_to: str) -> Response:
    """Go to the page that the form names, with a code for the receipt, or to our own page about the comment."""
    target, id = _return_address(site, return_to), accepted.comment.id
    if not target:
        return receipts.redirect_to_status(site, id)
    added, parts = {"comment": id, **receipts.new_code(site, id)}, urlsplit(target)
    query = urlencode([(n, v) for n, v in parse_qsl(parts.query) if n not in added] + list(added.items()))
    response = Response(status=303)
    response.headers["Location"] = urlunsplit(parts._replace(query=query, fragment="reply-sent"))
    return response


def _return_address(site: Site, return_to: str) -> str:
    """Return the address to go to if it is allowed, or "". urljoin silently drops control characters: check first."""
    if not return_to or UNSAFE_IN_URL.search(return_to):
        return ""
    try:
        return back_link(site, urljoin(request.host_url, return_to))
    except ValueError:
        return ""
