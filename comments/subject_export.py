"""Everything that a site has about one person, as one JSON document that people can read."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from .author_rules import SHARED_RULES, AuthorRule, RuleTarget
from .comment_export import all_comments
from .data_subjects import Subject
from .lifecycle import Status
from .model import Comment
from .report_rules import report_summary
from .site import Site
from .storage.codec import draft_id
from .storage.interfaces import Storage
from .storage.queue_index import INDEXED, IndexQuery
from .text_notes import deletion_note

#: Comments that are read at once, and comments whose notes are.
FOUND_PER_READ, NOTES_PER_READ = 500, 200
#: Comments whose entry in the index may be out of date. With more, the index is being built.
MOST_OUTDATED = 500


def find_comments(storage: Storage, site: str, subject: Subject) -> tuple[Subject, list[Comment]]:
    """Return all comments of a person, the oldest first, and the person with every name that they show.

    The search index finds them as fast on a site of any size. It has no browsers; for these, and while the index is
    being built, all records are searched.
    """
    while True:
        comments = _indexed_comments(storage, site, subject)
        found = _scanned_comments(storage, site, subject) if comments is None else comments
        wider = subject
        for comment in found.values():
            wider = wider.widened(comment)
        if wider == subject:
            return subject, sorted(found.values(), key=lambda c: (c.received, c.id))
        subject = wider


def _indexed_comments(storage: Storage, site: str, subject: Subject) -> dict[str, Comment] | None:
    """Return the person's comments by the index, and those not indexed yet; None if it cannot find all of them."""
    terms = tuple(f"identity:{name}" for name in (*subject.identities, *subject.users))
    if subject.browsers:
        return None
    named = storage.comments.load(site, [*subject.ids, *map(draft_id, subject.ids)])
    found = {c.id: c for c in named if c and subject.has(c)}
    if not terms:
        return found
    found |= {id: comment for id, comment in _waiting_comments(storage, site).items() if subject.has(comment)}
    query = IndexQuery((terms,), order="newest", limit=FOUND_PER_READ, statuses=INDEXED)
    while True:
        page = storage.queue_index.find(site, query)
        outdated = storage.queue_index.outdated(site, MOST_OUTDATED + 1)
        if len(outdated) > MOST_OUTDATED or page.unindexed > len(outdated):
            return None
        ids = [*(hit.id for hit in page.hits), *outdated]
        found |= {c.id: c for c in storage.comments.load(site, ids) if c and subject.has(c)}
        if not page.more:
            return found
        query = replace(query, after=page.hits[-1].position)


def _waiting_comments(storage: Storage, site: str) -> dict[str, Comment]:
    """Return the comments that wait for the filters. The index has none of them."""
    found, cursor = dict[str, Comment](), ""
    while True:
        page = storage.comments.by_status(site, Status.QUEUED, FOUND_PER_READ, cursor)
        found |= {comment.id: comment for comment in page.rows}
        cursor = page.cursor
        if not cursor:
            return found


def _scanned_comments(storage: Storage, site: str, subject: Subject) -> dict[str, Comment]:
    found, cursor = dict[str, Comment](), ""
    while True:
        some, cursor = storage.subjects.find_some(site, subject, cursor)
        found |= {comment.id: comment for comment in some}
        if not cursor:
            return found


def find_by_name(storage: Storage, site: str, name: str) -> list[tuple[Comment, int]]:
    """Return the latest comment of each author with this name or a longer one, and the number of such comments."""
    wanted, found = name.casefold(), dict[str, list[Comment]]()
    for comment in all_comments(storage, site):
        if wanted in comment.author.casefold():
            found.setdefault(comment.history_key or comment.id, []).append(comment)
    return [(max(own, key=lambda c: c.received), len(own)) for own in found.values()]


def export_subject(
    storage: Storage, site: Site, subject: Subject, now: datetime, for_operator: bool = False
) -> dict[str, Any]:
    """Return the person's data: comments with their history, notes about them, rules, and subscriptions.

    Only operators may read who made a rule for all sites, and why.
    """
    person, comments = find_comments(storage, site.id, subject)
    subscribed = {name: storage.subscriptions.confirmed_at(site.id, name) for name in person.identities}
    return {
        "kind": "replygate-subject-export",
        "version": 1,
        "exported": now.isoformat(),
        "site": {"id": site.id, "name": site.name},
        "names": {"identities": person.identities, "users": person.users, "browsers": person.browsers},
        "comments": list(_described(storage, site.id, comments)),
        "subscribed_since": {name: at.isoformat() for name, at in subscribed.items() if at},
        "rules": [
            _rule(rule if for_operator else rule.for_site_owners()) for rule in rules_about(storage, site.id, person)
        ],
    }


def _described(storage: Storage, site: str, comments: list[Comment]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(comments), NOTES_PER_READ):
        some = comments[start : start + NOTES_PER_READ]
        ids = [comment.id for comment in some]
        rows = zip(some, storage.notes.of(site, ids), storage.reports.of(site, ids), strict=True)
        for comment, notes, reports in rows:
            more: dict[str, Any] = {"notes_of_moderators": [asdict(note) for note in notes]} if notes else {}
            if reports:
                more["reports_of_readers"] = report_summary(reports)
            if not comment.has_text:
                more["text_deleted"] = deletion_note(comment.text_kept_days)
            yield {**plain(asdict(comment)), **plain(more)}


def rules_about(storage: Storage, site: str, subject: Subject) -> list[AuthorRule]:
    """Return the rules of the site, and those of all sites, that are about the person."""
    rules = [*storage.author_rules.all(site), *storage.author_rules.all(SHARED_RULES)]
    return [r for r in rules if r.target is RuleTarget.AUTHOR and r.value.partition("@")[0] in subject.names]


def _rule(rule: AuthorRule) -> dict[str, Any]:
    until = None if rule.is_forever else rule.until.isoformat()
    found = {"effect": rule.effect, "by": rule.by, "added": rule.at.isoformat(), "until": until, "reason": rule.note}
    return {**found, "all_sites": True} if rule.shared else found


def plain(value: Any) -> Any:
    """Return a value for JSON, without fields that are empty."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if part not in ("", (), [], None)}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value
