"""Ask to erase the data of a person: who it is, what would be erased, and the record of the request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .data_subjects import Subject, subject_of_comment
from .erasures import Erasure
from .errors import Invalid, Problem, StaleVersion
from .lifecycle import Status
from .model import Comment
from .personal_texts import Mention, PersonalTexts, TeamTexts, lists_with_name, personal_texts
from .pseudonyms import Pseudonyms, new_id
from .site import Site
from .storage.interfaces import Storage
from .storage.queue_index import INDEXED, IndexQuery
from .subject_export import find_comments
from .validation import is_email

#: Comments in which a page looks for names and addresses of the person.
PREVIEWED_COMMENTS = 200
#: Steps of the search through notes and bulk actions for a page: 100,000 keys, in less than a second.
PREVIEW_STEPS = 100


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """A person as found on one site. `others` are comments from the same browsers, which are not erased."""

    site: Site
    subject: Subject
    comments: Sequence[Comment]
    team: TeamTexts
    others: int = 0


def named_subject(
    storage: Storage,
    site: Site,
    pseudonyms: Pseudonyms,
    email: str = "",
    id: str = "",
    user: str = "",
    linked: bool = False,
) -> Subject | None:
    """Return the person with an address, with a user id of the site, or who wrote a comment; None if it is not there.

    Raises Invalid if not exactly one of the three is given, or for a malformed address.
    """
    if sum(map(bool, (email, id, user))) != 1:
        raise Invalid(
            [Problem("email", "required", "or the id of a comment or of a user is needed, and only one of them")]
        )
    if email:
        if not is_email(email.strip()):
            raise Invalid([Problem("email", "malformed", "is not an email address")])
        return Subject(identities=(pseudonyms.author(email),), linked=linked)
    if user:
        return Subject(users=(pseudonyms.user(site.id, user),), linked=linked)
    (comment,) = storage.comments.load(site.id, [id])
    return subject_of_comment(comment, linked) if comment and comment.has_text else None


def preview_erasure(storage: Storage, site: Site, subject: Subject, email: str = "") -> ErasurePreview:
    """Find the person's comments, texts of the team, and the number of comments from the same browsers that stay."""
    person, comments = find_comments(storage, site.id, subject)
    texts = personal_texts(comments).with_address(email)
    team = _with_words(storage.subjects.team_texts(site.id, person, texts), site, texts)
    if subject.linked:
        return ErasurePreview(site, person, comments, team)
    _, all_linked = find_comments(storage, site.id, replace(subject, linked=True))
    return ErasurePreview(site, person, comments, team, len(all_linked) - len(comments))


@dataclass(frozen=True, slots=True)
class QuickPreview:
    """The preview of a page: the newest comments of a person, how many there are, and texts of the team."""

    total: int
    first: Sequence[Comment]
    unindexed: int
    team: TeamTexts


def quick_preview(storage: Storage, site: Site, subject: Subject, email: str = "") -> QuickPreview:
    """Look a person up in bounded time on a site of any size. The erasure itself looks everywhere."""
    terms = tuple(f"identity:{name}" for name in (*subject.identities, *subject.users))
    ids, total, unindexed = [*subject.ids], 0, 0
    if terms:
        query = IndexQuery((terms,), order="newest", limit=PREVIEWED_COMMENTS, statuses=INDEXED)
        found = storage.queue_index.find(site.id, query)
        ids, total, unindexed = [*ids, *(hit.id for hit in found.hits)], found.total, found.unindexed
        ids += storage.queue_index.outdated(site.id, PREVIEWED_COMMENTS)
    waiting = storage.comments.by_status(site.id, Status.QUEUED, PREVIEWED_COMMENTS, "").rows
    loaded = {c.id: c for c in (*storage.comments.load(site.id, ids), *waiting) if c and subject.has(c)}
    first = sorted(loaded.values(), key=lambda c: c.received, reverse=True)
    for comment in first:
        subject = subject.widened(comment)
    texts = personal_texts(first).with_address(email)
    team = storage.subjects.team_texts(site.id, subject, texts, PREVIEW_STEPS)
    return QuickPreview(max(total, len(first)), first, unindexed, _with_words(team, site, texts))


def _with_words(team: TeamTexts, site: Site, texts: PersonalTexts) -> TeamTexts:
    words = tuple(Mention("words", name, word) for name, word in lists_with_name(site, texts))
    return replace(team, mentions=(*team.mentions, *words))


def request_erasure(
    storage: Storage,
    site: Site,
    subject: Subject,
    by: str,
    now: datetime,
    keeps_lessons: bool | None = None,
    email: str = "",
) -> Erasure:
    """Store the request. A background job carries it out, or `workers.subject_erasure`.

    The address is kept until the erasure is done: texts of the team may have it when no comment has it any more.
    """
    keeps = site.erased_lessons == "keep" if keeps_lessons is None else keeps_lessons
    erasure = Erasure(new_id(), site.id, by, now, subject, keeps)
    storage.subjects.remember(erasure, (), PersonalTexts().with_address(email))
    if not storage.subjects.save(None, erasure):
        raise StaleVersion("Another request has the same id. Try again.")
    return erasure
