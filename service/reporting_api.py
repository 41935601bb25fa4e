"""The public API of those who read and object: report a comment, by a program or on a page without any script."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from comments.model import Comment, Site

from . import access, api, body, sites
from .deps import deps
from .errors import prefers_html
from .forms import way_back
from .openapi import operation, validated
from .reporting import readable, report
from .schemas import Report

blueprint = Blueprint("reporting", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(api.share)


@blueprint.get("/comments/<id>/reports")
def ask(site: str, id: str) -> str:
    found = sites.get(site)
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
    found = sites.get(site)
    access.refuse_strangers(found, request, deps().settings)
    sent = body.read(request, forms=True)
    asked, comment = validated(Report, sent.fields, strict=True), readable(deps(), found, id)
    report(deps(), found, comment, asked.reason)
    if sent.form and prefers_html():
        return Response(_page(found, comment, sent=True), 202, mimetype="text/html")
    return Response(status=202)


def _page(site: Site, comment: Comment, sent: bool = False) -> str:
    back = way_back(site, comment.thread)
    return render_template(
        "public/report.html", site=site, comment=comment, sent=sent, back=back and f"{back}#comment-{comment.id}"
    )
