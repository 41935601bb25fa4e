"""The address that comment forms made for WordPress post to: its names and its order of things, with our answers."""

from flask import Blueprint, Response, request

from service.deps import deps
from service.web import request_body, site_access, site_cache
from service.web.cors import add_cors_headers
from service.web.request_body import RequestBody

from . import form_pages, parsing, views
from .acceptance import intake

blueprint = Blueprint("wordpress", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)

#: What such a form may send that means something here. Themes and plug-ins add much else, which is left aside.
UNDERSTOOD = frozenset(
    {
        *("author", "email", "url", "comment", "comment_post_ID", "comment_parent", form_pages.RETURN_FIELD),
        *("content", "thread", "parent", "form_token", "form_proof", "notify"),
    }
)
#: The honeypot of Akismet's plug-in.
AKISMET_TRAP = "ak_hp_textarea"


@blueprint.post("/wp-comments-post.php")
def submit(site: str) -> Response:
    """As WordPress: a page for whoever says nothing else. Other than WordPress, mistakes are 422 and success is 303."""
    found = site_cache.get_site(site)
    trusted = site_access.may_post(found, request, deps().settings)
    sent = understood(request_body.read_body(request, forms=True), found.trap_field)
    accepted = request.accept_mimetypes
    if accepted["application/json"] > accepted["text/html"]:
        return views.accepted(intake().accept(request, found, parsing.fields_of(sent, found), trusted))
    return form_pages.submit(found, sent, trusted)


def understood(sent: RequestBody, trap_field: str) -> RequestBody:
    fields = {name: value for name, value in sent.fields.items() if name in UNDERSTOOD or name == trap_field}
    if caught := sent.fields.get(AKISMET_TRAP):
        fields.setdefault(trap_field, caught)
    return RequestBody(fields, form=True)
