"""Records of an author that count only what people decided.

They are kept next to the counts of all decisions, under other names: the author's key with "!" for all comments, and
with "!links" for those with a link or a website. Trust in an author covers links only after a person saw one.
"""

from comments.hosts import hosts_in
from comments.lifecycle import Label, Status
from comments.model import Comment

#: The status whose record counts the lessons of a label.
STATUS_OF_LESSON = {Label.HAM: Status.APPROVED, Label.SPAM: Status.SPAM}
#: The statuses in which authors have records.
AUTHOR_STATUSES = tuple(STATUS_OF_LESSON.values())


def record_of_people(author: str) -> str:
    return f"{author}!"


def record_of_links(author: str) -> str:
    return f"{author}!links"


def records_of_people(comment: Comment) -> list[str]:
    """Return the names of all records in which a person's decision counts this comment; empty without one."""
    names = [record_of_people(name) for name in comment.author_keys] if comment.lesson else []
    if names and any(hosts_in(f"{comment.content} {comment.url}")):
        names += [record_of_links(name) for name in comment.author_keys]
    return names


def status_by_people(comment: Comment) -> str:
    """Return the status in which people's decisions count the comment; "" if none does."""
    return STATUS_OF_LESSON[comment.lesson] if comment.lesson else ""
