"""Render a thread as an HTML fragment of nested lists for a site's own pages, without script or style."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, render_template
from markupsafe import Markup

from comments.errors import StorageDown
from comments.site import Site
from comments.translations import Translation
from service.deps import deps
from service.web.page_language import reader_translation
from service.web.schemas import CommentList, PageQuery, PublicComment

from . import published_threads

#: Nesting of lists, as deep as WordPress goes. Deeper replies stay on the last level and name the author they answer.
MAX_NESTED = 10


@dataclass(frozen=True, slots=True)
class NestedComment:
    """A comment with the list tags around it."""

    comment: PublicComment
    opens: bool  # it starts a list
    leaf: bool  # its entry contains no list
    closed: tuple[str, ...]  # for each nested list that ends after it, with its entry: cursor of the rest, or ""
    answers: str  # author of its parent, where the nesting does not show it


def register_fragment(app: Flask) -> None:
    """Let pages of other packages include a thread."""
    app.jinja_env.globals["thread_fragment"] = thread_fragment


def thread_fragment(site: Site, thread: str) -> Markup:
    """Render the first page of a thread, or nothing if storage does not respond."""
    threads = deps().storage.threads
    try:
        version = threads.version(site.id, thread)
        page = published_threads.thread_page(threads, site.id, thread, PageQuery(), version)
    except StorageDown:
        return Markup()
    comments, part = deps().settings.comment_path(site.id), urlencode({"thread": thread})
    rendered = render_fragment(page, comments, f"{comments}.html?{part}", reader_translation(site))
    return Markup(rendered)  # noqa: S704 - our template escapes the values


def render_fragment(found: CommentList, comments_url: str, part_url: str, translation: Translation) -> str:
    """Render a page of comments.

    `comments_url` is the address of the site's comments, for the report links. `part_url` and a cursor are the address
    of another part of the thread.
    """
    return render_template(
        "submission/comments.html",
        found=found,
        rows=list(nested(found.comments)),
        comments_url=comments_url,
        part_url=part_url,
        page_translation=translation,
    )


def nested(comments: Iterable[PublicComment]) -> Iterator[NestedComment]:
    """Compute the list tags. `comments` are in reading order, so depth never grows by more than one."""
    rows = list(comments)
    names = {comment.id: comment.author for comment in rows}
    top = rows[0].depth if rows else 0  # of a part of a thread
    depths = [min(comment.depth - top, MAX_NESTED - 1) for comment in rows]
    above: list[str] = []  # cursors of the comments whose lists are open
    for comment, before, depth, after in zip(rows, [-1, *depths], depths, [*depths[1:], 0], strict=False):
        closed = tuple(reversed(above[max(0, after) : depth]))
        del above[depth:]
        above.append(comment.more)
        yield NestedComment(
            comment,
            opens=depth > before,
            leaf=depth >= after,
            closed=closed,
            answers=(names.get(comment.parent) or "Anonymous") if comment.depth - top >= MAX_NESTED else "",
        )
