"""Audit entries in words. To add an action, add a row to `SENTENCES`; a test names the actions without one."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comments.audit import BY_SITE_KEY, CONSOLE, AuditAction, AuditEntry
from comments.drafts import AUTHOR
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.page_links import page_address_of, page_link
from comments.report_rules import DECIDED_BY_READERS
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Note
from comments.storage.queue_index import INDEXED, IndexQuery
from comments.storage.thread_details import ThreadDetails
from comments.thread_addresses import readable_address

from .accepted_proposals import accepted_proposal
from .audit_values import setting_change
from .sentence_parts import SentencePart

#: What somebody did. `{name}` stands for a part of the entry (`SENTENCE_PARTS`). Text in [] goes if a part is empty.
SENTENCES: Mapping[str, str] = {
    # A new action on comments reads well by default.
    **{a.row.audit: f"{a.row.past[:1].lower()}{a.row.past[1:]} {{comment}}" for a in Action if a.row.audit},
    Action.APPROVE.row.audit: "published {comment}",
    Action.SPAM.row.audit: "marked {comment} as spam",
    Action.UNDO.row.audit: "undid a decision on {comment}[, which {again}]",
    Action.SHOW_REPLIES.row.audit: "showed the replies to {comment} again",
    Action.HOLD.row.audit: "sent {comment} to review",
    Action.REPLY.row.audit: "replied as the team with {comment}",
    Action.WITHDRAW.row.audit: "withdrew {comment}",
    AuditAction.RULE_SET: "added {rule}[: {after}]",
    AuditAction.RULE_DELETE: "deleted {rule}[: {before}]",
    AuditAction.SITE_ADD: "added the site[ “{site}”]",
    AuditAction.SITE_SET: "{setting}",
    AuditAction.JUDGING_PAUSE: "paused judging on {subject}",
    AuditAction.JUDGING_RESUME: "resumed judging on {subject}",
    AuditAction.INTAKE_PAUSE: "paused new comments on {subject}",
    AuditAction.INTAKE_RESUME: "accepts new comments on {subject} again",
    AuditAction.JUDGING_RETRY: "had {comment} judged again",
    AuditAction.JUDGING_STOP: "sent {comment} to review without the filters",
    AuditAction.SITE_DELETE: "deleted the site[ “{site}”]",
    AuditAction.SITE_RESTORE: "restored the deleted site[ “{site}”]",
    AuditAction.SITE_REMOVE: "removed the data of the deleted site[ “{before}”]",
    AuditAction.SITE_IMPORT: "imported the site {subject}[ with {after} comments]",
    AuditAction.KEY_MAKE: "created the API key {subject}[ ({after})]",
    AuditAction.KEY_REVOKE: "revoked the API key {subject}[ ({before})]",
    AuditAction.USER_KEY: "changed the key for signed users[ from {before}][ to {after}]",
    AuditAction.AKISMET_KEY: "changed the Akismet key[ from {before}][ to {after}]",
    AuditAction.CORAL_SECRET: "changed Coral’s signing secret",
    AuditAction.WEBHOOK_ADD: "added the webhook {subject}[ ({after})]",
    AuditAction.WEBHOOK_SET: "changed the webhook {subject}[ from “{before}”][ to “{after}”]",
    AuditAction.WEBHOOK_ROTATE: "changed the secret of the webhook {subject}",
    AuditAction.WEBHOOK_REMOVE: "removed the webhook {subject}[ ({before})]",
    AuditAction.WEBHOOK_REPLAY: "sent a delivery to {subject} again",
    AuditAction.PERSON_INVITE: "invited {subject}[ as {after}]",
    AuditAction.PERSON_ROLE: "changed the role of {subject}[ from {before}][ to {after}]",
    AuditAction.PERSON_REMOVE: "removed {subject} from the team[ (was {before})]",
    AuditAction.PERSON_KEY_MAKE: "created an API key for {subject}[ ({after})]",
    AuditAction.PERSON_KEY_REVOKE: "revoked an API key of {subject}[ ({before})]",
    AuditAction.LINK_MAKE: "created a sign-in link for {subject}",
    AuditAction.LINK_USE: "used a sign-in link",
    AuditAction.SIGN_IN: "signed in",
    AuditAction.SIGN_IN_FAILED: "failed to sign in[ (wrong {subject})]",
    AuditAction.SIGN_OUT: "signed out",
    AuditAction.SESSION_END: "ended sessions[ of {subject}][ ({after})]",
    AuditAction.PASSWORD: "changed their password",
    AuditAction.CODES_ON: "turned on two-factor authentication",
    AuditAction.CODES_OFF: "turned off two-factor authentication[ of {subject}]",
    AuditAction.DISPLAY_NAME: "changed their display name[ to “{after}”]",
    AuditAction.RECOVERY: "used a recovery code[ ({after})]",
    AuditAction.NOTICE_ADDRESS: "changed their email address for notices",
    AuditAction.NOTICES_SET: "changed their notices[ for {subject}]",
    AuditAction.CHAT_LINK: "linked a chat account[ ({subject})]",
    AuditAction.CHAT_UNLINK: "unlinked a chat account[ ({subject})]",
    AuditAction.CHANNEL_ADD: "added the notice channel {subject}[ ({after})]",
    AuditAction.CHANNEL_SET: "changed the notice channel {subject}[ from “{before}”][ to “{after}”]",
    AuditAction.CHANNEL_REMOVE: "removed the notice channel {subject}[ ({before})]",
    AuditAction.VIEW_SHARE: "shared the view “{subject}” with the team",
    AuditAction.VIEW_RENAME: "renamed the shared view “{subject}”[ to “{after}”]",
    AuditAction.VIEW_DELETE: "deleted the shared view “{subject}”",
    AuditAction.EXPORT: "exported comments",
    AuditAction.EXPORT_AUDIT: "exported the audit log",
    AuditAction.IMPORT: "imported comments[ from {after}]",
    AuditAction.SUBJECT_EXPORT: "exported the data of a person",
    AuditAction.ERASURE_ASKED: "asked to erase the data of a person",
    AuditAction.ERASURE: "erased the data of a person[ (receipt {subject})]",
    AuditAction.REPORTS_LIMITED: "reported so many comments that reports hold no more for an hour",
    AuditAction.PROPOSE: "proposed a decision on {comment}[: {after}]",
    AuditAction.PIN: "pinned {comment}",
    AuditAction.UNPIN: "unpinned {comment}",
    AuditAction.THREAD_MOVE: "moved the thread “{before}” to “{after}”",
    AuditAction.THREAD_SET: "changed the title or address of “{subject}”[ from “{before}”][ to “{after}”]",
    AuditAction.THREAD_CLOSE: "closed the thread “{subject}”",
    AuditAction.THREAD_OPEN: "opened the thread “{subject}”",
}
FIRST_OWNER = "created this site and owns it"  # in the browser
UNKNOWN_ACTION = "did “{action}”[: {subject}][ from “{before}”][ to “{after}”]"  # an action of a later version

#: Names of actors that are not people.
ACTORS: Mapping[str, str] = {
    "": "Somebody",
    CONSOLE: "The command line",
    BY_SITE_KEY: "The site’s server",
    AUTHOR: "The author",
    DECIDED_BY_READERS: "Readers",
}
#: What a comment is again after an undo.
AGAIN: Mapping[str, str] = {
    Status.HELD: "needs review again",
    Status.APPROVED: "is published again",
    Status.SPAM: "is spam again",
    Status.REMOVED: "is removed again",
    Status.APPLIED: "is published again",
}
COMMENT_GONE = "a comment that no longer exists"
#: Longer values are cut.
LONGEST_VALUE = 160

#: Rules in words, by the first part of their name. The name of a range is a keyed hash.
_RULES = {
    "origin": "the network {}",
    "domain": "links to {}",
    "email-domain": "email addresses at {}",
    "term": "the text “{}”",
    "expression": "text like {}",
    "range": "a range of IP addresses",
}
_SEVERAL_RULES = re.compile(r"[0-9]+ rules")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class AuditContext:
    """Comments and pages of one site that its entries are about."""

    site: Site | None = None
    comments: Mapping[str, Comment] = field(default_factory=dict)
    details: Mapping[str, ThreadDetails] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)  # key -> latest name
    notes: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)  # id of a comment -> notes and proposals


def read_context(storage: Storage, site: Site | None, entries: Sequence[AuditEntry]) -> AuditContext:
    ids = list(dict.fromkeys(e.subject for e in entries if e.action.startswith("comment.") and e.subject))
    if site is None:
        return AuditContext(site)
    authors = _author_names(storage, site.id, entries)
    comments = {c.id: c for c in storage.comments.load(site.id, ids) if c} if ids else {}
    threads = list(dict.fromkeys(c.thread for c in comments.values()))
    details = storage.thread_details.get(site.id, threads) if threads else []
    notes = storage.notes.of(site.id, [*comments]) if comments else []
    noted = {id: found for id, found in zip(comments, notes, strict=True) if found}
    return AuditContext(site, comments, dict(zip(threads, details, strict=True)), authors, noted)


def _author_names(storage: Storage, site: str, entries: Sequence[AuditEntry]) -> dict[str, str]:
    """Look up the latest name of each author that a rule is about."""
    subjects = [e.subject for e in entries if e.action in (AuditAction.RULE_SET, AuditAction.RULE_DELETE)]
    keys = dict.fromkeys(s.removeprefix("author:").partition("@")[0] for s in subjects if s.startswith("author:"))
    names: dict[str, str] = {}
    for key in keys:
        query = IndexQuery(all_of=((f"identity:{key}",),), order="newest", limit=1, statuses=INDEXED)
        latest = storage.comments.load(site, [hit.id for hit in storage.queue_index.find(site, query).hits])
        if latest and latest[0] and latest[0].author:
            names[key] = latest[0].author
    return names


def sentence(entry: AuditEntry, context: AuditContext) -> list[SentencePart]:
    """Return an entry as a sentence without its full stop."""
    actor = SentencePart(ACTORS.get(entry.by, entry.by), "" if entry.by in ACTORS else "person", entry.by)
    template = SENTENCES.get(entry.action, UNKNOWN_ACTION)
    if (entry.action, entry.subject, entry.before, entry.after) == (AuditAction.PERSON_ROLE, entry.by, "", "owner"):
        template = FIRST_OWNER
    return [actor, SentencePart(" "), *_filled(template, entry, context), *_proposal(entry, context)]


def plain_sentence(entry: AuditEntry, context: AuditContext) -> str:
    return "".join(part.text for part in sentence(entry, context))


def _filled(template: str, entry: AuditEntry, context: AuditContext) -> Iterator[SentencePart]:
    def kept(match: re.Match[str]) -> str:
        parts = [SENTENCE_PARTS[name](entry, context) for name in _PLACEHOLDER.findall(match[1])]
        return match[1] if all(any(part.text for part in found) for found in parts) else ""

    for i, piece in enumerate(_PLACEHOLDER.split(_OPTIONAL.sub(kept, template))):
        if i % 2:
            yield from SENTENCE_PARTS[piece](entry, context)
        elif piece:
            yield SentencePart(piece)


def _comment(entry: AuditEntry, context: AuditContext) -> list[SentencePart]:
    comment = context.comments.get(entry.subject)
    if comment is None:
        return [SentencePart(COMMENT_GONE)]
    details = context.details.get(comment.thread, ThreadDetails())
    title = details.title or readable_address(page_address_of(comment.thread, details))
    href = page_link(context.site, comment.thread, details) if context.site else ""
    key = comment.history_key
    author = SentencePart(comment.author or "an unnamed author", "author" if key else "", key)
    noun = "an edit of a comment" if comment.draft_of else "a comment"
    return [
        SentencePart(noun, "comment", comment.id), SentencePart(" by "), author, SentencePart(" on “"),
        SentencePart(title, "page" if href else "", href), SentencePart("”"),
    ]  # fmt: skip


def _proposal(entry: AuditEntry, context: AuditContext) -> list[SentencePart]:
    """Name the proposal that a decision took, with a link to it."""
    comment, notes = context.comments.get(entry.subject), context.notes.get(entry.subject, ())
    found = accepted_proposal(entry, comment, notes) if comment and notes else None
    return [SentencePart(", as "), SentencePart(f"{found.by} proposed", "proposal", entry.subject)] if found else []


def _rule(entry: AuditEntry, context: AuditContext) -> list[SentencePart]:
    """Name a rule by what it is about. Rules that were changed together have only their number."""
    target, _, value = entry.subject.partition(":")
    if target == "author":
        key = value.partition("@")[0]
        return [SentencePart("a rule about "), SentencePart(context.authors.get(key) or value, "author", key)]
    if target in _RULES and value:
        return _text(f"a rule about {_RULES[target].format(value)}")
    return _text(entry.subject) if _SEVERAL_RULES.fullmatch(entry.subject) else _text(f"the rule “{entry.subject}”")


def _text(text: str) -> list[SentencePart]:
    return [SentencePart(text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…")]


#: Name in a sentence -> its text. Sentences quote values as they were stored; secrets are never stored in entries.
SENTENCE_PARTS: Mapping[str, Callable[[AuditEntry, AuditContext], list[SentencePart]]] = {
    "comment": _comment,
    "again": lambda entry, _: _text(AGAIN.get(entry.after, "")),
    "rule": _rule,
    "site": lambda entry, context: _text(context.site.name if context.site else entry.subject),
    "setting": lambda entry, _: [SentencePart(setting_change(entry.subject, entry.before, entry.after))],
    "subject": lambda entry, _: _text(entry.subject),
    "before": lambda entry, _: _text(entry.before),
    "after": lambda entry, _: _text(entry.after),
    "action": lambda entry, _: _text(entry.action),
}
