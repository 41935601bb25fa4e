"""Comments, the signals found in them, and the decisions about them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from .errors import ActionNotAllowed
from .lifecycle import LESSON, OUTCOME, Action, Label, Outcome, Role, Status, advance
from .probability import probability


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
