"""Judging a batch of comments: gather the facts, ask the filters, decide.

`gather` is the only step that touches storage; `ask` and `Policy.decide` are pure.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from comments.drafts import before_last_edit, was_held_before_edit
from comments.lifecycle import Action
from comments.model import Comment, Decision, Signal
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, Evidence, EvidenceQuery, WindowUse
from workers.filters import Facts, Filter, Mark, author_rules
from workers.filters.profanity import MASKED, masked
from workers.filters.reputation import domains
from workers.learning.combined_model import judged
from workers.learning.site_model import is_trusted, tokens

from .policy import AUDIT, FAILED, HELD_BEFORE, NEEDS_HUMAN, Policy

log = logging.getLogger(__name__)

#: Claims after which judging gives up on a comment: something in it, or around it, kills workers.
MAX_ATTEMPTS = 5


def question(comment: Comment, attempts: int, filters: Iterable[Filter], sharing: bool = False) -> EvidenceQuery:
    """Everything that all filters together want to know about one comment; of other sites what those let them hear."""
    earlier = before_last_edit(comment)
    noted = [(w, value) for f in filters for w in f.windows if (sharing or not w.told) and (value := w.value(comment))]
    return EvidenceQuery(
        uses=tuple(
            [WindowUse(w.name, w.seconds, v, w.shared, earlier is not None and v == w.value(earlier)) for w, v in noted]
        ),
        thread=comment.thread,
        parent=comment.parent,
        author=comment.author_keys,
        tokens=tokens(comment),
        rules=author_rules.names(comment),
        first_attempt=attempts == 1,
    )


def facts(site: Site, answer: Evidence, now: datetime) -> Facts:
    return Facts(
        site=site,
        now=now,
        counts=answer.counts,
        approved=answer.approved,
        spam=answer.spam,
        parent_published=answer.parent_published,
        thread_closed=answer.thread_closed,
        thread_opened=answer.thread_opened,
        corpus=answer.corpus,
        rules=answer.rules,
    )


def gather(
    claimed: Sequence[tuple[Comment, int]],
    site: Site,
    filters: Sequence[Filter],
    storage: Storage,
    now: datetime,
    sharing: bool = False,
) -> list[Facts]:
    """The facts about each comment, in one round trip for all; one more where sites hear from each other."""
    questions = [question(comment, attempts, filters, sharing) for comment, attempts in claimed]
    linked = dict.fromkeys(domain for comment, _ in claimed for domain in domains(comment)) if sharing else {}
    elsewhere = storage.shared_reputation.other_sites(site.id, list(linked)) if linked else {}
    known = [facts(site, answer, now) for answer in storage.evidence.look_up(site.id, questions)]
    return [replace(about, elsewhere=elsewhere) for about in known] if elsewhere else known


def check(signals: Iterable[Signal], asked: Filter) -> None:
    """Raises ValueError for a signal that the filter did not declare, or whose strength is none."""
    for signal in signals:
        if signal.name not in asked.weights or not 0 <= signal.strength <= 1:
            raise ValueError(f"{asked.name} gave {signal.name} with strength {signal.strength}")


def ask(comment: Comment, known: Facts, filters: Iterable[Filter]) -> tuple[Signal, ...]:
    """Every filter's signals. A filter that breaks becomes a signal itself; the others still count."""
    signals: list[Signal] = []
    for f in filters:
        try:
            if found := list(f(comment, known)):
                check(found, f)
                signals += found
        except Exception as error:
            # The name of the error only: its text may quote the comment, and logs hold nothing personal.
            log.error("filter %s failed on comment %s: %s", f.name, comment.id, type(error).__name__)
            signals.append(Signal(FAILED, 1.0, f"{f.name}: {type(error).__name__}"))
    return tuple(signals)


def sampled(id: str, known: Facts) -> bool:
    """The same answer each time for one comment; none on a site that has not taught enough, where people see most."""
    if not is_trusted(known.corpus):
        return False
    draw = int.from_bytes(blake2b(id.encode(), digest_size=4).digest()) / 2**32
    return draw < known.site.audit_share


def decide(comment: Comment, known: Facts, signals: Sequence[Signal], policy: Policy) -> Decision:
    """The policy's decision, with what readers get instead of the content where the site masks it.

    Some of what the filters would settle alone goes to a person; what the site's own lists reject does not. What was
    held stays so, however its author changes it: else somebody could try words until none is noticed.
    """
    if was_held_before_edit(comment):
        signals = (*signals, Signal(HELD_BEFORE, 1.0, "was held when its author changed it"))
    decision = policy.decide(signals, known.now)
    rejected = any(policy.weights[s.name] is Mark.REJECT for s in signals)
    if decision.action is not Action.HOLD and not rejected and sampled(comment.id, known):
        seen = Signal(AUDIT, 1.0, f"looked at by chance; the filters would have said {decision.action}")
        decision = policy.decide((*signals, seen), known.now)
    shown = masked(comment, known) if any(s.name == MASKED for s in signals) else ""
    return replace(decision, masked=shown, log_odds=round(judged(comment, known.corpus).log_odds, 2))


def judge(
    comments: Sequence[tuple[Comment, int]],
    site: Site,
    filters: Sequence[Filter],
    policy: Policy,
    storage: Storage,
    now: datetime,
    expired: Callable[[], bool] = lambda: False,
    sharing: bool = False,
) -> list[CommentChange]:
    """Decide about claimed comments, given with how often each was claimed.

    Stops between two comments once the time has `expired` and returns what is decided by then; the others stay
    leased. A comment that was claimed too often goes to a person without the filters seeing it again.
    """
    weights = policy.for_site(site)
    worn = [comment for comment, attempts in comments if attempts > MAX_ATTEMPTS]
    fresh = [pair for pair in comments if pair[1] <= MAX_ATTEMPTS]
    given_up = Signal(NEEDS_HUMAN, 1.0, f"judging was begun {MAX_ATTEMPTS} times and never finished")
    changes = [CommentChange(c, c.with_decision(weights.decide([given_up], now))) for c in worn]
    known = gather(fresh, site, filters, storage, now, sharing) if fresh else []
    for (comment, _), about in zip(fresh, known, strict=True):
        if expired():
            break
        signals = ask(comment, about, filters)
        changes.append(CommentChange(comment, comment.with_decision(decide(comment, about, signals, weights))))
    return changes
