"""The comments in an export of Replygate, for a site that exists already.

Only comments, titles and closed threads are read. People with their rights, keys, settings, rules and lessons could
harm the installation that reads them: an operator restores a whole site with `replygate import replygate`.
"""

from collections.abc import Iterator

from comments.archive.export_reader import ExportedSite, ExportPart, read_export
from comments.email_subscriptions import REPLIES
from comments.errors import Invalid
from comments.lifecycle import Status
from comments.model import STAFF, Comment
from comments.pseudonyms import digest
from comments.storage.archives import ArchivedComment, StoredRow

from .export_files import ExportReader, ExportUnreadable
from .source_rows import SourceComment, SourceName, SourcePage, SourceRow, SourceStatus, UnreadableRow

_STATUSES = {
    Status.QUEUED: SourceStatus.PENDING,
    Status.HELD: SourceStatus.PENDING,
    Status.APPROVED: SourceStatus.APPROVED,
    Status.SPAM: SourceStatus.SPAM,
    Status.REMOVED: SourceStatus.TRASH,
    Status.WITHDRAWN: SourceStatus.DELETED,
}


def read_replygate(file: ExportReader) -> Iterator[SourceRow]:
    """Yield each thread when it appears first, and each comment; titles come at the end. Raises ExportUnreadable."""
    seen: set[int] = set()
    try:
        for _, part in read_export(file.lines()):
            if isinstance(part, ArchivedComment):
                name = digest(part.comment.thread)
                if hash(name) not in seen:
                    seen.add(hash(name))
                    yield SourcePage(name, part.comment.thread)
                yield _comment_row(part.comment, name)
            else:
                yield from _other_rows(part)
    except Invalid as error:
        where, what = error.problems[0].field, error.problems[0].message
        raise ExportUnreadable(f"This export of Replygate cannot be read: {where} {what}.") from error


def _other_rows(part: ExportPart) -> Iterator[SourceRow]:
    if isinstance(part, ExportedSite):
        yield SourceName(part.site.id)
    elif isinstance(part, StoredRow) and part.key == "thread_titles":
        yield SourcePage(part.name, "", part.value)
    elif isinstance(part, StoredRow) and part.key == "closed_threads":
        yield SourcePage(part.name, "", closed=True)


def _comment_row(comment: Comment, page: str) -> SourceRow:
    if comment.draft_of:
        return UnreadableRow(f"comment {comment.id}", "it is an edit that nobody has decided about")
    return SourceComment(
        id=comment.id,
        page=page,
        content=comment.content,
        received=comment.received,
        status=_STATUSES[comment.status] if comment.has_text else SourceStatus.DELETED,
        parent=comment.parent,
        author=comment.author,
        email=comment.email,
        url=comment.url,
        user_agent=comment.user_agent,
        is_staff=comment.role == STAFF,
        wants_replies=comment.notify == REPLIES,
    )
