"""Show the typed text again after a refusal, whatever the reason: nobody has to type a comment twice."""

from collections.abc import Mapping

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from comments.errors import NotFound, ReplygateError, StorageDown
from comments.site import Site
from comments.thread_addresses import thread_key
from comments.thread_detail_rules import URL_FIELD
from service.deps import deps
from service.web import errors, request_body, site_cache
from service.web.errors import Refusal
from service.web.thread_links import back_link

from . import form_tokens, parsing
from .reply_form import ReplyFormView, new_token
from .signed_users import check_user

#: Page to go to after success, under WordPress's name. Only pages of the site and of this service are allowed.
RETURN_FIELD = "redirect_to"
#: Bytes of a form that is too large to be accepted, but that we show again.
MAX_SHOWN = 2**20


def show_again(site_id: str, error: ReplygateError | HTTPException) -> Response:
    """Show the form with its problems and the typed text. Raises the error again if the form cannot be read."""
    fields, refusal = typed_fields(), errors.refusal(error)
    if not fields:
        raise error
    try:
        site = site_cache.get_site(site_id)
        page = _form(site, fields, refusal)
    except (NotFound, StorageDown):
        return show_text(error)
    return Response(page, refusal.status, refusal.headers, mimetype="text/html")


def show_text(error: ReplygateError | HTTPException) -> Response:
    """Show the typed text without a form, where a form cannot work. Raises the error again if there is no text."""
    refusal, content = errors.refusal(error), typed_fields().get("content", "")
    if not content:
        raise error
    page = render_template("submission/unsent.html", refusal=refusal, content=content)
    return Response(page, refusal.status, refusal.headers, mimetype="text/html")


def typed_fields() -> Mapping[str, str]:
    """Return the fields of the request's form under our names, as far as the form can be read."""
    request.max_content_length = MAX_SHOWN
    try:
        raw = request.get_data()
    except RequestEntityTooLarge:
        return {}
    fields: dict[str, str] = {}
    boundary = request.mimetype_params.get("boundary", "")
    for name, value in request_body.readable_fields(raw, request.mimetype, boundary).items():
        if (name, value) != ("comment_parent", "0"):
            fields.setdefault(parsing.ALIASES.get(name, name), value)
    return fields


def _form(site: Site, fields: Mapping[str, str], refusal: Refusal) -> str:
    form = ReplyFormView(
        site,
        thread=fields.get("thread", ""),
        parent=fields.get("parent", ""),
        redirect_to=fields.get(RETURN_FIELD, ""),
        values=fields,
        problems=refusal.problems,
        notice=refusal.detail,
        token=_token(site, fields),
        user=check_user(deps(), site, request, fields).user,
    )
    return render_template("submission/form.html", site=site, form=form, back=_way_back(site, form))


def _way_back(site: Site, form: ReplyFormView) -> str:
    return back_link(site, form.thread) or back_link(site, form.values.get(URL_FIELD, ""))


def _token(site: Site, fields: Mapping[str, str]) -> str:
    """Keep the submitted token, which holds the time the form was first shown. Replace an invalid one."""
    token, thread = fields.get("form_token", ""), thread_key(fields.get("thread", ""), site)
    check = form_tokens.read_token(deps().pseudonyms, site.id, thread, token, deps().now())
    return token if check.seconds >= 0 else new_token(site, thread)
