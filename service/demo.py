"""Demo website: one article with its replies and a reply form, built from public parts only."""

from flask import Blueprint, render_template, request, url_for

from comments.errors import Invalid, NotFound
from comments.lifecycle import Outcome
from comments.site import Site

from .deps import deps
from .reading import published_threads
from .submission.reply_form import ReplyFormView, new_token
from .web import site_cache
from .web.schemas import CommentList, PageQuery

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

DEMO_SITE = "demo"


@blueprint.get("/")
def article() -> str:
    site = site_cache.get_site(DEMO_SITE)
    thread = thread_address()
    cursor = request.args.get("cursor", "")
    replies = _replies(site, thread, cursor)
    parent = next((c for c in replies.comments if c.id == request.args.get("reply")), None)
    token = new_token(site, thread)
    form = ReplyFormView(site, thread, parent.id if parent else "", redirect_to=url_for("demo.article"), token=token)
    return render_template(
        "demo.html",
        site=site,
        replies=replies,
        cursor=cursor,
        names={comment.id: comment.author or "Anonymous" for comment in replies.comments},
        parent=parent,
        form=form,
        closed=deps().storage.threads.is_closed(site.id, thread),
        sent=request.args.get("comment", ""),
        code=request.args.get("code", ""),
        outcome=_outcome(site),
    )


def thread_address() -> str:
    return f"{deps().settings.public_url.rstrip('/')}/demo/"


def _replies(site: Site, thread: str, cursor: str) -> CommentList:
    threads = deps().storage.threads
    version = threads.version(site.id, thread)
    try:
        return published_threads.thread_page(threads, site.id, thread, PageQuery(cursor=cursor[:200]), version)
    except Invalid:
        return published_threads.thread_page(threads, site.id, thread, PageQuery(), version)  # a truncated address


def _outcome(site: Site) -> Outcome | None:
    """Return the status of the reply whose author was redirected back to this page."""
    id, code = request.args.get("comment", ""), request.args.get("code", "")
    if not code or not deps().storage.receipt_codes.is_valid(site.id, id, code):
        return None
    try:
        return deps().storage.comments.get(site.id, id).outcome
    except NotFound:
        return None
