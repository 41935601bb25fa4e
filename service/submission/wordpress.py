"""Accept forms made for WordPress: its address and field names, our answers."""

from flask import Blueprint, Response, request

from comments.site import Site
from comments.visitor_fields import VISITOR_FIELDS
from service.web import site_access
from service.web.request_body import RequestBody

from . import form_bodies, form_pages, parsing, views
from .acceptance import submissions
from .form_bodies import RETURN_FIELD

blueprint = Blueprint("wordpress", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(site_access.add_cors_headers)

#: Fields that are read. Themes and plug-ins send many others, which are ignored.
KNOWN_FIELDS = frozenset(
    {
        *VISITOR_FIELDS,
        *parsing.ALIASES,
        *("thread", "parent", "form_token", "form_proof", "notify", "user_token", "lang", RETURN_FIELD),
    }
)
#: The honeypot of Akismet's plug-in.
AKISMET_TRAP = "ak_hp_textarea"


@blueprint.post("/wp-comments-post.php")
def submit_wordpress_form(site: str) -> Response:
    """Answer with a page unless the client prefers JSON. Unlike WordPress, errors are 422 and success is 303."""
    accepted = request.accept_mimetypes
    if accepted["application/json"] > accepted["text/html"]:
        intake = submissions()
        found = intake.sites.get_site(site)
        return views.accepted_response(intake.submit(request, site, lambda: _read_form(found)), request)
    return form_pages.submit_form(site, _read_form)


def _read_form(site: Site) -> RequestBody:
    return known_fields(form_bodies.read_form(), site.trap_field)


def known_fields(body: RequestBody, trap_field: str) -> RequestBody:
    """Keep the fields that are read, and take Akismet's honeypot for the site's own."""
    fields = {name: value for name, value in body.fields.items() if name in KNOWN_FIELDS or name == trap_field}
    if caught := body.fields.get(AKISMET_TRAP):
        fields.setdefault(trap_field, caught)
    return RequestBody(fields, form=True)
