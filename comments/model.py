"""What a comment is, what was decided about it, and the site it was sent to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from .errors import ActionNotAllowed
from .lifecycle import LESSON, OUTCOME, Action, Label, Outcome, Role, Status, advance
from .probability import probability
from .removal_reasons import REASONS, Reason


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing a filter saw. `strength` is 0 to 1. The policy fills in what follows the evidence."""

    name: str
    strength: float
    evidence: str
    points: float = 0.0  # negative where it speaks for the comment
    holds: bool = False  # asks for a person, whatever the points


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a comment's history: who moved it to `status`, when, and on what grounds."""

    action: Action
    status: Status
    role: Role
    by: str  # a moderator's name, "filters", "its readers" or "its author"
    at: datetime
    policy: str = ""  # version of the policy that weighed the signals
    score: float = 0.0
    signals: tuple[Signal, ...] = ()
    hold_at: float = 0.0  # points from which on a comment was held, at that moment
    spam_at: float = 0.0  # points from which on it was taken for spam
    before: Status = Status.QUEUED  # where undo goes back to
    masked: str = ""  # the content to publish, where it differs from what was sent
    reason: str = ""  # code of what the author is told, where a moderator gave one
    replaced: str = ""  # of an edit: the content until then, as long as it is the latest edit
    log_odds: float = 0.0  # of spam, by what is shipped and learned alone

    @property
    def probability(self) -> float | None:
        """The same from 0 to 1; None where nobody asked for it, and in histories from before it was kept."""
        return round(probability(self.log_odds), 4) if self.log_odds else None


#: Ends the id of a draft. A comment has one draft at most, and each finds the other by its name.
DRAFT = "-edit"


@dataclass(frozen=True, slots=True)
class Comment:
    """One reply. Everything above `status` is what was received; of that only the author can change `content`."""

    id: str  # 128 random bits in base 32; of a draft its comment's, with DRAFT behind it
    site: str
    thread: str  # the page's key or address
    received: datetime
    parent: str = ""  # id of the comment replied to; "" for a reply to the page
    author: str = ""
    email: str = ""  # never leaves by a public way
    url: str = ""
    content: str = ""
    origin: str = ""  # keyed hash of the visitor's network; the address itself is not kept
    identity: str = ""  # keyed hash of the author's e-mail
    user_agent: str = ""
    referrer: str = ""
    trap: str = ""  # what was written into the honeypot field; people leave it empty
    form_token: str = ""  # of the form it was sent with: "valid", "invalid", or "" for none
    form_seconds: int = -1  # from showing that form to sending it; -1 where that is not known
    form_proof: str = ""  # of work: "valid", "missing" while the site was flooded, "" where none was asked for
    notify: str = ""  # "replies": their author asked for mail about them

    status: Status = Status.QUEUED
    version: int = 0  # one more with every decision
    decisions: tuple[Decision, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return OUTCOME[self.status]

    @property
    def known_as(self) -> tuple[str, ...]:
        """Names of this author's record: by e-mail, and by e-mail from this network. Empty without an e-mail."""
        return (self.identity, f"{self.identity}@{self.origin}") if self.identity else ()

    @property
    def revises(self) -> str:
        """Id of the published comment that this draft says in other words; "" for what is no draft."""
        return self.id.removesuffix(DRAFT) if self.id.endswith(DRAFT) else ""

    @property
    def _in_force(self) -> list[Decision]:
        """Each undo takes the decision before it back."""
        stack: list[Decision] = []
        for decision in self.decisions:
            if decision.action is Action.UNDO:
                stack.pop()
            else:
                stack.append(decision)
        return stack

    @property
    def standing(self) -> Decision | None:
        """The decision that holds now."""
        return next(reversed(self._in_force), None)

    def took_back(self, version: int) -> bool:
        """Whether the decision that made this version was undone since."""
        kept = [*self._in_force, *(d for d in self.decisions if d.action is Action.UNDO)]
        return any(all(step is not other for other in kept) for step in self.decisions[version - 1 : version])

    @property
    def verdict(self) -> Decision | None:
        """The filters' own last decision, with the signals that explain it."""
        return next((d for d in reversed(self.decisions) if d.role is Role.FILTERS), None)

    @property
    def teaching(self) -> Decision | None:
        """The decision that teaches: a moderator's, whether or not the author took the comment back since."""
        last = next((d for d in reversed(self._in_force) if d.action is not Action.WITHDRAW), None)
        return last if last and last.role is Role.MODERATOR and last.status in LESSON else None

    @property
    def lesson(self) -> Label | None:
        """What this comment teaches; removal teaches nothing."""
        return LESSON[self.teaching.status] if self.teaching else None

    @property
    def undoable(self) -> bool:
        standing = self.standing
        return standing is not None and standing.role is Role.MODERATOR

    @property
    def shown(self) -> str:
        """The content as readers get it: masked where the site masks profanity, as the filters last read it."""
        read = (d for d in reversed(self._in_force) if d.role is Role.FILTERS or d.action is Action.EDIT)
        return next((d.masked for d in read), "") or self.content

    def decided(self, decision: Decision) -> Self:
        """This comment after `decision`. Raises ActionNotAllowed for a step the lifecycle does not have."""
        status = advance(self.status, decision.action, decision.role)
        if self.revises and status is Status.APPROVED:
            status = Status.APPLIED
        return self._with(replace(decision, status=status, before=self.status))

    def undone(self, by: str, at: datetime) -> Self:
        """This comment with the last moderator's decision taken back. Raises ActionNotAllowed if there is none."""
        standing = self.standing
        if standing is None or not self.undoable:
            raise ActionNotAllowed("there is no moderator's decision to take back")
        return self._with(Decision(Action.UNDO, standing.before, Role.MODERATOR, by, at, before=self.status))

    def _with(self, decision: Decision) -> Self:
        return replace(self, status=decision.status, version=self.version + 1, decisions=(*self.decisions, decision))


#: What a visitor fills in, in the order a form shows it.
VISITOR_FIELDS = ("author", "email", "url", "content")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase a site watches for, in the fields it names."""

    text: str
    fields: tuple[str, ...] = VISITOR_FIELDS


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A key with which the site's own server authenticates; only its SHA-256 is kept."""

    id: str
    digest: str


#: What a webhook may be told of: a comment that readers see from now on, and every other decision.
WEBHOOK_EVENTS = ("published", "decision")


@dataclass(frozen=True, slots=True)
class Webhook:
    """A web address that is told of events. Its secrets follow from its keys (`Pseudonyms.webhook_secret`)."""

    id: str
    url: str
    created: datetime
    keys: tuple[str, ...]  # the newest first; each of them signs
    events: tuple[str, ...] = WEBHOOK_EVENTS
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """A website and its own choices. Every choice has a default that suits a small blog."""

    id: str  # 1 to 40 of a-z, 0-9 and "-"
    name: str
    created: datetime
    origins: tuple[str, ...] = ()  # "https://example.com"; pages of these may post and be linked back to
    keys: tuple[SiteKey, ...] = ()
    required: tuple[str, ...] = ("author", "email", "content")
    moderation: str = "first"  # hold "all", the "first" comment of an author, or only the "suspicious"
    max_content: int = 10_000  # characters
    max_links: int = 2  # links from which on a comment looks like advertising
    close_after_days: int = 0  # threads close this long after their first comment; 0: never
    per_minute: int = 10  # submissions and reports of one origin; 0: no limit
    reports_hold: int = 3  # networks that reported a comment, from which on a person looks; 0: never
    edit_seconds: int = 900  # in which an author may change a comment; 0: never
    max_pending: int = 20_000  # undecided comments
    hold_words: tuple[Term, ...] = ()
    reject_words: tuple[Term, ...] = ()
    match_inside_words: bool = False  # WordPress's way: "cialis" is then found in "specialist"
    profanity: str = "hold"  # "hold", "mask" (published with asterisks) or "off"
    profanity_tier: str = "strong"  # the mildest words that are profane: "slur", "strong" or "mild"
    profanity_also: tuple[str, ...] = ()
    profanity_allow: tuple[str, ...] = ()
    toxicity: str = "blatant"  # attacks to hold: the "blatant", the "clear", the "possible", or none ("off")
    trap_field: str = "website"  # name of the honeypot field in this site's forms
    form_token: str = "off"  # "expected": every form of the site sends one  # noqa: S105 -- no secret
    proof_of_work: str = "off"  # "auto": forms ask for it while the site is flooded
    hold_at: float = 3.0  # points
    spam_at: float = 8.0  # points
    refusals: str = "1 in 1000"  # honest replies that what was learned may refuse, at most; "none": it only holds
    audit_share: float = 0.02  # of what the filters would settle alone, shown to a person; 0: none
    hide_emails: bool = False  # from moderators; owners see them
    webhooks: tuple[Webhook, ...] = ()
    reasons: tuple[Reason, ...] = REASONS  # nine at most: each has a key


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. `roles` maps a site's id to what they may do there."""

    name: str
    roles: Mapping[str, str] = field(default_factory=dict)
    password: str = ""  # argon2id hash; "" until one is chosen
    operator: bool = False  # sees the ops page
    codes: str = ""  # salt of the authenticator's secret; "" while signing in takes no code
    code_used: int = 0  # step of the last code that was taken: none works twice
    recovery: tuple[str, ...] = ()  # digests of the codes for when the authenticator is lost
