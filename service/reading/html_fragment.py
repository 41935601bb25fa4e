"""A thread as a piece of HTML that a site puts into its own pages: no script, no style, nested lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import render_template

from service.web.schemas import CommentList, PublicComment

#: Lists inside lists, as deep as WordPress goes; deeper answers stand beside what they answer and name it.
MAX_NESTED = 10


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment and the lists around it."""

    comment: PublicComment
    opens: bool  # a list begins with it
    leaf: bool  # no list is nested in its entry
    closes: int  # nested lists, and the entries that hold them, that end after it
    answers: str  # the author it answers, where its place does not show that


def html(found: CommentList, comments: str) -> str:
    """`comments` is the address of the site's comments, below which each can be reported."""
    rows = list(placed(found.comments))
    return render_template("submission/comments.html", total=found.total, rows=rows, comments=comments)


def placed(comments: Iterable[PublicComment]) -> Iterator[Placed]:
    """`comments` come in reading order, so depths never grow by more than one."""
    rows = list(comments)
    names = {comment.id: comment.author for comment in rows}
    depths = [min(comment.depth, MAX_NESTED - 1) for comment in rows]
    for comment, before, depth, after in zip(rows, [-1, *depths], depths, [*depths[1:], 0], strict=False):
        yield Placed(
            comment,
            opens=depth > before,
            leaf=depth >= after,
            closes=max(0, depth - after),
            answers=(names[comment.parent] or "Anonymous") if comment.depth >= MAX_NESTED else "",
        )
