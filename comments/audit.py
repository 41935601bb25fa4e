"""The audit log: a permanent record of people's actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from .lifecycle import Action, Role
from .model import Comment

#: Time of an entry that is not stored yet.
UNDATED = datetime.fromtimestamp(0, UTC)

#: Name of the actor for commands: people who use them have access to the server anyway.
CONSOLE = "the command line"
#: Name of the actor for steps that a person started earlier.
SYSTEM = "Replygate"
#: Name of the actor for requests of a site's own server.
BY_SITE_KEY = "a site key"


class AuditAction(StrEnum):
    """Actions other than decisions about comments; the table of actions names those.

    The part before the dot is the kind of the entry's subject. The names are stored: rules were called standings.
    """

    RULE_SET = "standing.set"
    RULE_DELETE = "standing.lift"
    SITE_ADD = "site.add"
    SITE_SET = "site.set"
    SITE_DELETE = "site.delete"
    SITE_RESTORE = "site.restore"
    SITE_REMOVE = "site.remove"
    SITE_IMPORT = "site.import"
    KEY_MAKE = "key.make"
    KEY_REVOKE = "key.revoke"
    USER_KEY = "user-key.change"
    AKISMET_KEY = "akismet-key.change"
    CORAL_SECRET = "coral-secret.change"  # noqa: S105 -- no secret
    WEBHOOK_ADD = "webhook.add"
    WEBHOOK_SET = "webhook.set"
    WEBHOOK_ROTATE = "webhook.rotate"
    WEBHOOK_REMOVE = "webhook.remove"
    WEBHOOK_REPLAY = "webhook.replay"
    PERSON_INVITE = "person.invite"
    PERSON_ROLE = "person.role"
    PERSON_REMOVE = "person.remove"
    PERSON_KEY_MAKE = "person.key-make"
    PERSON_KEY_REVOKE = "person.key-revoke"
    LINK_MAKE = "link.make"
    LINK_USE = "link.use"
    SIGN_IN = "session.sign-in"
    SIGN_IN_FAILED = "session.sign-in-failed"
    SIGN_OUT = "session.sign-out"
    SESSION_END = "session.end"
    PASSWORD = "account.password"  # noqa: S105 - the name of an action
    CODES_ON = "account.codes-on"
    CODES_OFF = "account.codes-off"
    DISPLAY_NAME = "account.display-name"
    RECOVERY = "account.recovery-code"
    NOTICE_ADDRESS = "account.address"
    NOTICES_SET = "account.notices"
    CHAT_LINK = "account.chat-link"
    CHAT_UNLINK = "account.chat-unlink"
    CHANNEL_ADD = "channel.add"
    CHANNEL_SET = "channel.set"
    CHANNEL_REMOVE = "channel.remove"
    JUDGING_PAUSE = "judging.pause"
    JUDGING_RESUME = "judging.resume"
    INTAKE_PAUSE = "intake.pause"
    INTAKE_RESUME = "intake.resume"
    JUDGING_RETRY = "comment.judge-again"
    JUDGING_STOP = "comment.stop-judging"
    EXPORT = "export.comments"
    EXPORT_AUDIT = "export.audit"
    IMPORT = "import.comments"
    SUBJECT_EXPORT = "export.person"
    ERASURE_ASKED = "erasure.asked"
    ERASURE = "erasure"
    REPORTS_LIMITED = "report.limited"
    PROPOSE = "comment.propose"
    PIN = "comment.pin"
    UNPIN = "comment.unpin"
    THREAD_MOVE = "thread.move"
    THREAD_SET = "thread.set"
    THREAD_CLOSE = "thread.close"
    THREAD_OPEN = "thread.open"
    VIEW_SHARE = "view.share"
    VIEW_RENAME = "view.rename"
    VIEW_DELETE = "view.delete"


#: Labels for people. Decisions about comments have theirs in the table of actions.
AUDIT_LABELS: Mapping[str, str] = {
    **{action.row.audit: action.row.past for action in Action if action.row.audit},
    AuditAction.RULE_SET: "Rule added",
    AuditAction.RULE_DELETE: "Rule deleted",
    AuditAction.SITE_ADD: "Site added",
    AuditAction.SITE_SET: "Setting changed",
    AuditAction.SITE_DELETE: "Site deleted",
    AuditAction.SITE_RESTORE: "Site restored",
    AuditAction.SITE_REMOVE: "Data of a deleted site removed",
    AuditAction.SITE_IMPORT: "Site imported",
    AuditAction.KEY_MAKE: "API key created",
    AuditAction.KEY_REVOKE: "API key revoked",
    AuditAction.USER_KEY: "Key for signed users changed",
    AuditAction.AKISMET_KEY: "Akismet key changed",
    AuditAction.CORAL_SECRET: "Coral’s signing secret changed",
    AuditAction.WEBHOOK_ADD: "Webhook added",
    AuditAction.WEBHOOK_SET: "Webhook changed",
    AuditAction.WEBHOOK_ROTATE: "Webhook secret rotated",
    AuditAction.WEBHOOK_REMOVE: "Webhook removed",
    AuditAction.WEBHOOK_REPLAY: "Delivery sent again",
    AuditAction.PERSON_INVITE: "Person invited",
    AuditAction.PERSON_ROLE: "Role changed",
    AuditAction.PERSON_REMOVE: "Person removed",
    AuditAction.PERSON_KEY_MAKE: "API key of a person created",
    AuditAction.PERSON_KEY_REVOKE: "API key of a person revoked",
    AuditAction.LINK_MAKE: "Sign-in link created",
    AuditAction.LINK_USE: "Sign-in link used",
    AuditAction.SIGN_IN: "Signed in",
    AuditAction.SIGN_IN_FAILED: "Sign-in failed",
    AuditAction.SIGN_OUT: "Signed out",
    AuditAction.SESSION_END: "Session ended",
    AuditAction.PASSWORD: "Password changed",
    AuditAction.CODES_ON: "Two-factor authentication turned on",
    AuditAction.CODES_OFF: "Two-factor authentication turned off",
    AuditAction.DISPLAY_NAME: "Display name changed",
    AuditAction.RECOVERY: "Recovery code used",
    AuditAction.NOTICE_ADDRESS: "Email address for notices changed",
    AuditAction.NOTICES_SET: "Notices changed",
    AuditAction.CHAT_LINK: "Chat account linked",
    AuditAction.CHAT_UNLINK: "Chat account unlinked",
    AuditAction.CHANNEL_ADD: "Notice channel added",
    AuditAction.CHANNEL_SET: "Notice channel changed",
    AuditAction.CHANNEL_REMOVE: "Notice channel removed",
    AuditAction.JUDGING_PAUSE: "Judging paused",
    AuditAction.JUDGING_RESUME: "Judging resumed",
    AuditAction.INTAKE_PAUSE: "New comments paused",
    AuditAction.INTAKE_RESUME: "New comments accepted again",
    AuditAction.JUDGING_RETRY: "Judged again",
    AuditAction.JUDGING_STOP: "Sent to review without the filters",
    AuditAction.EXPORT: "Comments exported",
    AuditAction.EXPORT_AUDIT: "Audit log exported",
    AuditAction.IMPORT: "Comments imported",
    AuditAction.SUBJECT_EXPORT: "Data of a person exported",
    AuditAction.ERASURE_ASKED: "Erasure requested",
    AuditAction.ERASURE: "Personal data erased",
    AuditAction.REPORTS_LIMITED: "Reports hold no more comments for an hour",
    AuditAction.PROPOSE: "Decision proposed",
    AuditAction.PIN: "Comment pinned",
    AuditAction.UNPIN: "Comment unpinned",
    AuditAction.THREAD_MOVE: "Thread moved",
    AuditAction.THREAD_SET: "Title or address of a thread changed",
    AuditAction.THREAD_CLOSE: "Thread closed",
    AuditAction.THREAD_OPEN: "Thread opened",
    AuditAction.VIEW_SHARE: "Saved view shared",
    AuditAction.VIEW_RENAME: "Shared view renamed",
    AuditAction.VIEW_DELETE: "Shared view deleted",
}

#: All actions in the log: decisions about comments first, then the others.
ACTS: tuple[str, ...] = (*(action.row.audit for action in Action if action.row.audit), *AuditAction)


#: Ways to decide other than in the browser with a session, as they are stored, and in words.
VIA_LABELS: Mapping[str, str] = {
    "api": "by a program with an API key",
    "email": "by a link from an email",
    "chat": "by a link from a chat",
    "slack": "by a button in Slack",
    "telegram": "by a button in Telegram",
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action of a person. The store sets `id` and `at`, which order the entries of a site."""

    by: str  # a person's name; "" for a failed sign-in with an unknown name
    action: str  # one of ACTS; text, because a later version may have more
    subject: str = ""  # a comment's id, a setting, a person's name or a rule
    before: str = ""
    after: str = ""
    site: str = ""  # "" for an entry of the whole deployment
    origin: str = ""  # keyed name of the person's network
    id: str = ""
    at: datetime = UNDATED
    via: str = ""  # one of VIA_LABELS; "" for the browser


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Conditions on entries; "" and None match any."""

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
    """Entries, the newest first. A cursor without rows means that older entries may match."""

    rows: tuple[AuditEntry, ...]
    cursor: str = ""


def decision_entry(comment: Comment, origin: str, via: str = "") -> AuditEntry | None:
    """Return the entry for a comment's last decision; None for decisions by filters and for edits."""
    last = comment.decisions[-1]
    if last.role is Role.FILTERS or not last.action.row.audit:
        return None
    return AuditEntry(
        last.by, last.action.row.audit, comment.id, last.before, last.status, comment.site, origin, via=via
    )
