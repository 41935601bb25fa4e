"""Turn exported comments into our own: ids, names, times and texts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from comments.email_subscriptions import REPLIES
from comments.import_programs import ImportProgram
from comments.isso_names import FIRST_OWN_NUMBER, id_of_isso_comment
from comments.lifecycle import Action, Role, Status
from comments.model import STAFF, Comment, Decision
from comments.pseudonyms import ID_LETTERS, Pseudonyms, id_of
from comments.storage.codec import milliseconds, moment
from comments.text_cleaning import clean_email, clean_line, clean_text, clean_website
from comments.validation import ID, LENGTHS, is_blank, is_email, is_web_address

from .html_text import markdown_of
from .planned_rows import PlannedComment
from .source_rows import SourceComment, SourceStatus, TextForm

#: Characters of a text. Longer ones are cut: they would make pages slow.
MAX_CONTENT = 50_000
#: Characters of a browser's name and version.
MAX_USER_AGENT = 400
_STATUSES = {
    SourceStatus.APPROVED: Status.APPROVED,
    SourceStatus.PENDING: Status.HELD,
    SourceStatus.SPAM: Status.SPAM,
    SourceStatus.TRASH: Status.REMOVED,
    SourceStatus.DELETED: Status.WITHDRAWN,
}
_LESSONS = {Status.APPROVED: Action.APPROVE, Status.SPAM: Action.SPAM}


def imported_id(program: str, source: str, old_id: str) -> str:
    """Return the id of a comment. It is always the same, so that importing again adds nothing.

    A comment from Isso keeps its number, unless the import has a name of its own. One from Replygate keeps its id, so
    that a site gets back what it has lost.
    """
    if program == "replygate" and ID.fullmatch(old_id):
        return old_id
    if program == "isso" and not source and old_id.isdecimal() and 0 < int(old_id[:20]) < FIRST_OWN_NUMBER:
        return id_of_isso_comment(int(old_id))
    name = "\0".join(("replygate import", program, source, old_id)).encode("utf-8", "replace")
    return id_of(blake2b(name, digest_size=ID_LETTERS).digest())


@dataclass(frozen=True, slots=True)
class ConvertedComment:
    """One of our comments, its old id, and what was changed in it."""

    comment: Comment
    old_id: str
    changes: list[str] = field(default_factory=list)


def converted(
    planned: PlannedComment, program: ImportProgram, site: str, names: Pseudonyms, staff: Collection[str]
) -> ConvertedComment:
    """Convert a comment. `staff` are email addresses of the team, in lower case."""
    source, changes = planned.comment, list[str]()
    at = moment(milliseconds(source.received)) if source.received else moment(0)
    status = _STATUSES[source.status]
    comment = Comment(
        id=imported_id(program.name, planned.source, source.id),
        site=site,
        thread=planned.thread,
        received=at,
        parent=imported_id(program.name, planned.source, planned.above) if planned.above else "",
        **({} if status is Status.WITHDRAWN else _visitor_fields(source, changes, names, staff)),
    )
    action = _LESSONS.get(status, Action.IMPORT) if planned.teaches else Action.IMPORT
    step = Decision(action, status, Role.IMPORT, program.label, at)
    return ConvertedComment(_decided(comment, step), source.id, changes)


def _decided(comment: Comment, step: Decision) -> Comment:
    return replace(comment, status=step.status, version=1, decisions=(step,))


def _visitor_fields(
    source: SourceComment, changes: list[str], names: Pseudonyms, staff: Collection[str]
) -> dict[str, Any]:
    """Return everything that came from the visitor, each within our limits."""
    email = _kept(clean_email(source.email), "email", is_email, changes)
    url = _kept(clean_website(source.url), "url", is_web_address, changes)
    wide_56, wide_48 = names.wider_networks(source.ip)
    return {
        "author": _author(source.author, changes),
        "email": email,
        "url": url,
        "content": content_of(source, changes),
        "identity": names.author(email),
        "origin": names.origin(source.ip),
        "network_56": wide_56,
        "network_48": wide_48,
        "user_agent": clean_line(source.user_agent)[:MAX_USER_AGENT],
        "role": STAFF if source.is_staff or email.lower() in staff else "",
        "notify": REPLIES if source.wants_replies and email else "",
    }


def _author(text: str, changes: list[str]) -> str:
    name = clean_line(text)
    if len(name) > LENGTHS["author"]:
        changes.append("with a very long name, which is cut")
    return "" if is_blank(name) else name[: LENGTHS["author"]].strip()


def _kept(text: str, field_name: str, is_valid: Callable[[str], bool], changes: list[str]) -> str:
    """Return a field that we could have accepted ourselves; "" for any other."""
    if not text or (len(text) <= LENGTHS[field_name] and is_valid(text)):
        return text
    changes.append(f"with {_FIELDS[field_name]} that is not valid, which is left out")
    return ""


_FIELDS = {"email": "an email address", "url": "a website"}


def content_of(source: SourceComment, changes: list[str]) -> str:
    """Return the text as Markdown."""
    text = source.content
    if source.form is not TextForm.MARKDOWN:
        text = markdown_of(text, keeps_lines=source.form is TextForm.HTML_LINES)
    text = clean_text(text)
    if source.cut or len(text) > MAX_CONTENT:
        changes.append(f"longer than {MAX_CONTENT:,} characters, which are cut")
    if source.has_rating:
        changes.append("reviews, whose stars are dropped")
    if source.votes:
        changes.append("with votes, which are dropped")
    return text[:MAX_CONTENT].rstrip()
