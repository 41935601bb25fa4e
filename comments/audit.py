"""What people did, as the audit keeps it: who, what, to what, from where. Nothing is ever changed or taken out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from .lifecycle import Action, Role
from .model import Comment

#: What an entry has before the store has taken it.
UNDATED = datetime.fromtimestamp(0, UTC)

#: Who did what the command line does: somebody who may read everything on the server anyway.
CONSOLE = "the command line"


class AuditAction(StrEnum):
    """Acts besides decisions about comments, whose names are in the table of actions.

    The part before the dot is the kind of the entry's subject.
    """

    RULE_SET = "standing.set"
    RULE_DELETE = "standing.lift"
    SITE_ADD = "site.add"
    SITE_SET = "site.set"
    KEY_MAKE = "key.make"
    KEY_REVOKE = "key.revoke"
    WEBHOOK_ADD = "webhook.add"
    WEBHOOK_SET = "webhook.set"
    WEBHOOK_ROTATE = "webhook.rotate"
    WEBHOOK_REMOVE = "webhook.remove"
    WEBHOOK_REPLAY = "webhook.replay"
    PERSON_INVITE = "person.invite"
    PERSON_ROLE = "person.role"
    PERSON_REMOVE = "person.remove"
    LINK_MAKE = "link.make"
    LINK_USE = "link.use"
    SIGN_IN = "session.sign-in"
    SIGN_IN_FAILED = "session.sign-in-failed"
    SIGN_OUT = "session.sign-out"
    SESSION_END = "session.end"
    PASSWORD = "account.password"  # noqa: S105 - the name of an act
    CODES_ON = "account.codes-on"
    CODES_OFF = "account.codes-off"
    RECOVERY = "account.recovery-code"
    EXPORT = "export.comments"
    EXPORT_AUDIT = "export.audit"
    ERASURE = "erasure"


#: Every act that an entry may have: decisions about comments first, then the others.
ACTS: tuple[str, ...] = (*(action.row.audit for action in Action if action.row.audit), *AuditAction)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did. `id` and `at` are the store's: they order the entries of a site."""

    by: str  # a person's name; "" where nobody of that name exists
    action: str  # one of ACTS; text, because a later version may have more
    subject: str = ""  # a comment's id, a site's choice, a person's name, a rule
    before: str = ""
    after: str = ""
    site: str = ""  # "" for what concerns the whole deployment
    origin: str = ""  # keyed name of the network they came from
    id: str = ""
    at: datetime = UNDATED


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries are wanted; "" and None stand for any."""

    by: str = ""
    action: str = ""  # the whole name, or the part before its dot
    subject: str = ""
    origin: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, entry: AuditEntry) -> bool:
        return (
            self.by in ("", entry.by)
            and self.action in ("", entry.action, entry.action.partition(".")[0])
            and self.subject in ("", entry.subject)
            and self.origin in ("", entry.origin)
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
        )


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, the newest first. A cursor may come without rows: there is more to look through."""

    rows: tuple[AuditEntry, ...]
    cursor: str = ""


def decision_entry(comment: Comment, origin: str) -> AuditEntry | None:
    """The entry for a comment's last decision; None for the filters' decisions and for edits: the history has those."""
    last = comment.decisions[-1]
    if last.role is Role.FILTERS or not last.action.row.audit:
        return None
    return AuditEntry(last.by, last.action.row.audit, comment.id, last.before, last.status, comment.site, origin)
