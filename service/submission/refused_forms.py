"""Show the typed text again after a refusal, whatever the reason: nobody has to type a comment twice."""

from collections.abc import Mapping

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from comments.errors import NotFound, ReplygateError, StorageDown
from comments.site import Site
from comments.thread_addresses import thread_key
from comments.thread_detail_rules import URL_FIELD
from service.deps import deps
from service.web import errors, site_cache
from service.web.errors import Refusal
from service.web.security_headers import framed_by
from service.web.thread_links import back_link

from . import form_tokens
from .form_bodies import RETURN_FIELD, typed_fields
from .reply_form import ReplyFormView, new_token
from .signed_users import check_user


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
    return Response(page, refusal.status, {**refusal.headers, **framed_by(site)}, mimetype="text/html")


def show_text(error: ReplygateError | HTTPException) -> Response:
    """Show the typed text without a form, where a form cannot work. Raises the error again if there is no text."""
    refusal, content = errors.refusal(error), typed_fields().get("content", "")
    if not content:
        raise error
    page = render_template("submission/unsent.html", refusal=refusal, content=content)
    return Response(page, refusal.status, refusal.headers, mimetype="text/html")


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
