"""The public API of those who read and object: report a comment, by a program or on a page without any script."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from comments.model import Comment
from comments.site import Site
from service.deps import deps
from service.web import request_body, site_access, site_cache
from service.web.cors import add_cors_headers
from service.web.errors import prefers_html
from service.web.operations import operation, validated
from service.web.schemas import Report
from service.web.thread_links import back_link

from .reports import readable, report

blueprint = Blueprint("reporting", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)


@blueprint.get("/comments/<id>/reports")
def ask(site: str, id: str) -> str:
    found = site_cache.get_site(site)
    return _page(found, readable(deps(), found, id))


@blueprint.post("/comments/<id>/reports")
@operation(
    summary="Report a comment",
    description="For readers of published comments. 202 says that it was received, and never what became of it. From "
    "one network it counts once; of as many networks as the site chose, it makes a person look at the comment.",
    body=Report,
    forms=True,
    parse=False,
    answers={202: "Received. A browser's form is answered with a page."},
    errors=(403, 404, 429),
    tags=("submission",),
)
def send(site: str, id: str) -> ResponseReturnValue:
    found = site_cache.get_site(site)
    site_access.check_origin(found, request, deps().settings)
    sent = request_body.read_body(request, forms=True)
    asked, comment = validated(Report, sent.fields, strict=True), readable(deps(), found, id)
    report(deps(), found, comment, asked.reason)
    if sent.form and prefers_html():
        return Response(_page(found, comment, sent=True), 202, mimetype="text/html")
    return Response(status=202)


def _page(site: Site, comment: Comment, sent: bool = False) -> str:
    back = back_link(site, comment.thread)
    return render_template(
        "reading/report.html", site=site, comment=comment, sent=sent, back=back and f"{back}#comment-{comment.id}"
    )
