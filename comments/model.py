"""Comments, the signals found in them, and the decisions about them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from .author_keys import author_keys, proven_keys
from .author_rules import SHADOWED
from .errors import ActionNotAllowed
from .lifecycle import OUTCOME, Action, Label, Outcome, Role, Status, advance
from .probability import probability
from .text_notes import ERASED, check_text

#: Role of a comment by a member of the site's team, which readers see as a badge.
STAFF = "staff"
#: Values of Decision.replies.
REPLIES_HIDDEN, REPLIES_SHOWN = "hidden", "shown"

#: Actions after which a comment still teaches what the decision before taught.
NOT_ABOUT_SPAM = (Action.WITHDRAW, Action.SHOW_REPLIES)


@dataclass(frozen=True, slots=True)
class Signal:
    """One finding of a filter. `strength` is 0 to 1. The policy fills in `points` and `holds`."""

    name: str
    strength: float
    evidence: str
    points: float = 0.0  # negative for signals in favour of the comment
    holds: bool = False  # sends the comment to a moderator, whatever the points


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a comment's history: the new status, the person or filters behind it, and the reasons."""

    action: Action
    status: Status
    role: Role
    by: str  # a moderator's name, "filters", "its readers" or "its author"
    at: datetime
    policy: str = ""  # version of the policy that weighed the signals
    score: float = 0.0
    signals: tuple[Signal, ...] = ()
    hold_at: float = 0.0  # the site's threshold for holding, in points, at that moment
    spam_at: float = 0.0  # the threshold for spam
    before: Status = Status.QUEUED  # undo goes back to it
    masked: str = ""  # the content to publish, if it differs from the submission
    reason: str = ""  # code of the removal reason that a moderator chose
    replaced: str = ""  # of the latest edit: the content before it
    log_odds: float = 0.0  # of spam, by the shipped and the learned model alone
    wave: str = ""  # that a held comment shares with similar ones; "" if it was not held
    replies: str = ""  # "hidden" or "shown": what happens to published replies to the comment; "" changes nothing

    @property
    def probability(self) -> float | None:
        """P(spam) from 0 to 1; None in decisions without a model's estimate."""
        return round(probability(self.log_odds), 4) if self.log_odds else None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. The fields above `status` are the submission; only the author can change `content`."""

    id: str  # 128 random bits in base 32; a draft has an id of its own
    site: str
    thread: str  # the page's key or address
    received: datetime
    parent: str = ""  # id of the comment that this one replies to; "" for a top-level comment
    author: str = ""
    email: str = ""  # never shown in public
    url: str = ""
    content: str = ""
    origin: str = ""  # keyed hash of the visitor's network; the IP address itself is not stored
    identity: str = ""  # keyed hash of the author's email address
    user: str = ""  # keyed hash of the site's user who signed in, or of the moderator who replied
    browser: str = ""  # keyed hash of the secret that the author's browser keeps
    email_confirmed: bool = False  # the sender had proved that the email address is theirs
    role: str = ""  # STAFF for a member of the site's team
    avatar: str = ""  # https address of the signed user's picture
    user_agent: str = ""
    referrer: str = ""
    trap: str = ""  # content of the honeypot field; people leave it empty
    form_token: str = ""  # "valid", "invalid", or "" for none
    form_seconds: int = -1  # between loading the form and sending it; -1 if unknown
    form_proof: str = ""  # proof of work: "valid", "missing", or "" if none was required
    draft_of: str = ""  # id of the published comment that this draft edits; "" if this is not a draft
    network_56: str = ""  # keyed hash of the IPv6 /56 that `origin` is in; "" for IPv4
    network_48: str = ""  # the same for its /48
    ranges: tuple[str, ...] = ()  # keyed names of the ranges in rules that contained the visitor's address
    notify: str = ""  # "replies": the author asked for email about replies
    language: str = ""  # of that email, as a language tag; "" for the site's
    fingerprint: str = ""  # keyed hash of a text that was deleted
    kept_tokens: tuple[str, ...] = ()  # of the lesson, after the text was deleted
    kept_quotas: tuple[str, ...] = ()  # the same for the lesson's quotas
    kept_domains: tuple[str, ...] = ()  # the same for the domains of its links
    status: Status = Status.QUEUED
    version: int = 0  # counts the decisions
    text_kept_days: int = -1  # days after which the text was deleted; 0: at its author's request; -1: it is there
    decisions: tuple[Decision, ...] = ()

    def __hash__(self) -> int:
        # Judging looks a comment up in caches a dozen times. The hash of all fields took a tenth of the time.
        return hash((self.id, self.version, self.content, self.author))

    @property
    def has_text(self) -> bool:
        """False if the text was deleted: then nobody can decide about the comment any more."""
        return self.text_kept_days < 0

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that the visitor's address is in, the narrowest first; () if it is not known."""
        return tuple(network for network in (self.origin, self.network_56, self.network_48) if network)

    @property
    def outcome(self) -> Outcome:
        return OUTCOME[self.author_status]

    @property
    def is_shadowed(self) -> bool:
        """True if a rule hides the comment as spam without its author noticing. Any later decision ends that."""
        last = self.decisions[-1] if self.status is Status.SPAM and self.decisions else None
        return last is not None and last.role is Role.FILTERS and any(s.name == SHADOWED for s in last.signals)

    @property
    def author_status(self) -> Status:
        """The status that the author notices: a muted comment waits for a moderator."""
        return Status.HELD if self.is_shadowed else self.status

    @property
    def is_verified(self) -> bool:
        """True if the site signed the author in, or the author confirmed the email address."""
        return bool(self.user) or self.email_confirmed

    @property
    def history_key(self) -> str:
        """Key of the author's page for moderators: the signed user, or else the email address."""
        return self.user or self.identity

    @property
    def network_key(self) -> str:
        """Key of the record by email address and network: weak evidence of one author. "" without an address."""
        return f"{self.identity}@{self.origin}" if self.identity else ""

    @property
    def proven_keys(self) -> tuple[str, ...]:
        """Keys of the author's records that nobody can get by typing: signed user, confirmed email, browser."""
        return proven_keys(self.user, self.identity, self.browser, self.email_confirmed)

    @property
    def author_keys(self) -> tuple[str, ...]:
        """Keys of all records of this author, `history_key` first. A typed address counts only against its author."""
        return author_keys(self.user, self.identity, self.network_key, self.proven_keys)

    @property
    def _effective(self) -> list[Decision]:
        """The decisions that were not undone. An undo cancels the decision before it."""
        stack: list[Decision] = []
        for decision in self.decisions:
            if decision.action is Action.UNDO:
                stack.pop()
            else:
                stack.append(decision)
        return stack

    @property
    def current_decision(self) -> Decision | None:
        """The last decision that was not undone."""
        return next(reversed(self._effective), None)

    def was_undone(self, version: int) -> bool:
        """Return True if the decision that made this version was undone later."""
        kept = [*self._effective, *(d for d in self.decisions if d.action is Action.UNDO)]
        return any(all(step is not other for other in kept) for step in self.decisions[version - 1 : version])

    @property
    def filter_decision(self) -> Decision | None:
        """The last decision of the filters, with the signals that explain it."""
        return next((d for d in reversed(self.decisions) if d.role is Role.FILTERS), None)

    @property
    def lesson_decision(self) -> Decision | None:
        """The moderator's or imported decision to learn from, even if the author has withdrawn the comment since."""
        unlearned = self.text_kept_days == ERASED and not self.kept_tokens
        last = None if unlearned else next((d for d in self._effective[::-1] if d.action not in NOT_ABOUT_SPAM), None)
        return last if last and last.role in (Role.MODERATOR, Role.IMPORT) and last.action.row.lesson else None

    @property
    def lesson(self) -> Label | None:
        """The label to learn; None for removal, which is not a verdict on spam."""
        return self.lesson_decision.action.row.lesson if self.lesson_decision else None

    @property
    def can_undo(self) -> bool:
        current = self.current_decision
        return current is not None and current.role is Role.MODERATOR and self.has_text

    @property
    def hides_replies(self) -> bool:
        """True if the comment is not published and hides the published comments below it too."""
        for decision in reversed(self.decisions):
            if decision.status is Status.APPROVED:
                return False
            if decision.replies:
                return decision.replies == REPLIES_HIDDEN
        return False

    @property
    def public_content(self) -> str:
        """The content for readers; masked if the site masks profanity."""
        read = (d for d in reversed(self._effective) if d.role is Role.FILTERS or d.action is Action.EDIT)
        return next((d.masked for d in read), "") or self.content

    def with_decision(self, decision: Decision) -> Self:
        """This comment after `decision`. Raises ActionNotAllowed for a step that the lifecycle does not allow."""
        check_text(self.text_kept_days)
        before = self.author_status if decision.role is Role.AUTHOR else self.status
        given = advance(before, decision.action, decision.role)
        status = Status.APPLIED if self.draft_of and given is Status.APPROVED else given
        is_complete = decision.status is status and decision.before is self.status
        return self._with(decision if is_complete else replace(decision, status=status, before=self.status))

    def with_hidden_replies(self) -> Self:
        """This comment, whose last decision took it down, with the replies below it hidden too."""
        *earlier, last = self.decisions
        return replace(self, decisions=(*earlier, replace(last, replies=REPLIES_HIDDEN)))

    def with_replies_shown(self, by: str, at: datetime) -> Self:
        """This comment, which stays unpublished, with the replies below it shown again. Raises ActionNotAllowed."""
        if not self.hides_replies:
            raise ActionNotAllowed("The replies to this comment are not hidden.")
        action, role = Action.SHOW_REPLIES, Role.MODERATOR
        return self._with(Decision(action, self.status, role, by, at, before=self.status, replies=REPLIES_SHOWN))

    def with_undo(self, by: str, at: datetime) -> Self:
        """This comment after undoing the last moderator's decision. Raises ActionNotAllowed if there is none."""
        check_text(self.text_kept_days)
        current = self.current_decision
        if current is None or not self.can_undo:
            raise ActionNotAllowed("There is no moderator's decision to undo.")
        n = next(i for i, decision in enumerate(self.decisions) if decision is current)
        replies = REPLIES_HIDDEN if replace(self, decisions=self.decisions[:n]).hides_replies else ""
        return self._with(
            Decision(Action.UNDO, current.before, Role.MODERATOR, by, at, before=self.status, replies=replies)
        )

    def _with(self, decision: Decision) -> Self:
        return replace(self, status=decision.status, version=self.version + 1, decisions=(*self.decisions, decision))
