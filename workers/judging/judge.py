"""Judge a batch of comments: collect facts, run the filters, decide.

`collect_facts` is the only step that uses storage; `run_filters` and `Policy.decide` are pure.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from comments.author_rules import AuthorRule
from comments.drafts import before_last_edit, was_held_before_edit
from comments.lifecycle import Action
from comments.model import Comment, Decision, Signal
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, Evidence, EvidenceQuery, WindowUse
from workers.filters import Facts, Filter, Override, ScorerAnswer, author_rules
from workers.filters.profanity import MASKED, masked_content
from workers.filters.reputation import linked_domains
from workers.learning.combined_model import combined_score
from workers.learning.copy_tokens import LessonTokens
from workers.learning.lesson_quotas import wave_name
from workers.learning.site_model import has_enough_lessons

from .policy import CERTAIN, CERTAIN_PROBABILITY, FILTER_FAILED, HELD_BEFORE, NEEDS_HUMAN, SPOT_CHECK, Policy

log = logging.getLogger(__name__)

#: Asks the operator's scorer about comments of a site, each with the title of its thread. Returns one answer for each,
#: also for a failure.
AskScorer = Callable[[Sequence[tuple[Comment, str]], Site], Sequence[ScorerAnswer]]


@dataclass(frozen=True, slots=True)
class Judging:
    """Everything that a judge uses for the comments of any site."""

    filters: Sequence[Filter]
    policy: Policy
    storage: Storage
    sharing: bool = False  # evidence about domains that other sites linked to
    ask_scorer: AskScorer | None = None


#: Decisions of the filters that a spot check replaces, as verbs.
_OUTCOMES = {Action.APPROVE: "published it", Action.SPAM: "marked it as spam"}
#: Number of claims of a comment that is judged and not decided (`comments.storage.checks`): no window counts it.
NOT_CLAIMED = 0
#: Claims after which a comment goes to a moderator unjudged: something in it, or around it, kills workers.
MAX_ATTEMPTS = 5


def evidence_query(comment: Comment, attempts: int, filters: Iterable[Filter], sharing: bool = False) -> EvidenceQuery:
    """Return the query for everything that the filters need from storage for one comment.

    Windows that need sharing are left out if sites do not share. With 0 attempts the comment is only checked.
    """
    earlier = before_last_edit(comment)
    windows = [
        (w, value)
        for f in filters
        for w in f.windows
        if (sharing or not w.needs_sharing) and (value := w.value(comment))
    ]
    return EvidenceQuery(
        uses=tuple(
            [
                WindowUse(w.name, w.seconds, v, w.shared, earlier is not None and v == w.value(earlier))
                for w, v in windows
            ]
        ),
        thread=comment.thread,
        parent=comment.parent,
        author=comment.author_keys,
        trusted=(*comment.proven_keys, comment.network_key),
        tokens=LessonTokens(comment),
        rules=author_rules.rule_names(comment),
        first_attempt=attempts == 1,
        is_check=attempts == NOT_CLAIMED,
    )


def facts_from(site: Site, evidence: Evidence, now: datetime) -> Facts:
    return Facts(
        site=site,
        now=now,
        counts=evidence.counts,
        approved=evidence.approved_by_people,
        spam=evidence.spam_by_people,
        links_approved=evidence.links_approved,
        parent_published=evidence.parent_published,
        thread_closed=evidence.thread_closed,
        thread_opened=evidence.thread_opened,
        corpus=evidence.corpus,
        staff_names=evidence.staff_names,
        rules=evidence.rules,
        text_rules=evidence.text_rules,
    )


def collect_facts(
    claimed: Sequence[tuple[Comment, int]],
    site: Site,
    filters: Sequence[Filter],
    storage: Storage,
    now: datetime,
    sharing: bool = False,
) -> list[Facts]:
    """Return the facts about each comment. Takes one round trip for all comments, and one more if sites share."""
    queries = [evidence_query(comment, attempts, filters, sharing) for comment, attempts in claimed]
    linked = dict.fromkeys(domain for comment, _ in claimed for domain in linked_domains(comment)) if sharing else {}
    other_sites = storage.shared_reputation.other_sites(site.id, list(linked)) if linked else {}
    collected = [facts_from(site, evidence, now) for evidence in storage.evidence.look_up(site.id, queries)]
    return [replace(facts, other_sites=other_sites) for facts in collected] if other_sites else collected


def check_signals(signals: Iterable[Signal], of: Filter) -> None:
    """Raise ValueError for a signal that the filter did not declare, or with a strength outside 0 to 1."""
    for signal in signals:
        if signal.name not in of.signals or not 0 <= signal.strength <= 1:
            raise ValueError(f"{of.name} gave {signal.name} with strength {signal.strength}")


def run_filters(comment: Comment, facts: Facts, filters: Iterable[Filter]) -> tuple[Signal, ...]:
    """Return the signals of all filters. A filter that fails becomes a signal itself; the others still count."""
    signals: list[Signal] = []
    for f in filters:
        try:
            if found := list(f(comment, facts)):
                check_signals(found, f)
                signals += found
        except Exception as error:
            # Only the name of the error: its text may quote the comment, and logs contain no personal data.
            log.error("filter %s failed on comment %s: %s", f.name, comment.id, type(error).__name__)
            signals.append(Signal(FILTER_FAILED, 1.0, f"{f.name}: {type(error).__name__}"))
    return tuple(signals)


def is_spot_check(id: str, facts: Facts) -> bool:
    """Select a share of the comments for a moderator, always the same ones.

    A site with few lessons has no spot checks, because its moderators see most comments anyway.
    """
    if not has_enough_lessons(facts.corpus):
        return False
    draw = int.from_bytes(blake2b(id.encode(), digest_size=4).digest()) / 2**32
    return draw < facts.site.audit_share


def decision_for(comment: Comment, facts: Facts, signals: Sequence[Signal], policy: Policy) -> Decision:
    """Return the policy's decision, with the masked content if the site masks profanity.

    Spot checks go to a moderator, except comments that the site's own lists reject. A held comment stays held after an
    edit. Otherwise its author could try words until no filter reacts. Nothing that the model is certain about is
    published, whoever wrote it. Points refuse only on a site with enough lessons, and only what the model finds more
    likely spam than not.
    """
    score = combined_score(comment, facts.corpus, facts.site.refusals)
    may_refuse = has_enough_lessons(facts.corpus) and score.log_odds >= 0
    log_odds = round(score.log_odds, 2)
    if was_held_before_edit(comment):
        signals = (*signals, Signal(HELD_BEFORE, 1.0, "It waited for a moderator when its author edited it"))
    weighed = policy.weigh(signals, may_refuse)
    if weighed.action is Action.APPROVE and score.probability >= CERTAIN_PROBABILITY:
        signals = (
            *signals,
            Signal(
                CERTAIN,
                score.probability,
                f"It is spam with a probability of {100 * score.probability:.0f} %, and that is never published unseen",
            ),
        )
        weighed = policy.weigh(signals, may_refuse)
    may_check = weighed.action is not Action.HOLD and is_spot_check(comment.id, facts)
    if may_check and not any(policy.weights[s.name] is Override.REJECT for s in signals):
        spot_check = Signal(
            SPOT_CHECK,
            1.0,
            f"It was chosen at random to check the filters, which would have {_OUTCOMES[weighed.action]}",
        )
        weighed = policy.weigh((*signals, spot_check), may_refuse)
    masked = masked_content(comment, facts) if any(s.name == MASKED for s in signals) else ""
    wave = wave_name(comment.content) if weighed.action is Action.HOLD else ""
    return policy.decision(weighed, facts.now, log_odds, masked, wave)


def _hit_rules(comment: Comment, facts: Facts, signals: Iterable[Signal]) -> tuple[AuthorRule, ...]:
    """Return the rules behind the signals."""
    has_hits = any(signal.name in author_rules.RULE_SIGNALS for signal in signals)
    return tuple(author_rules.applied_rules(comment, facts)) if has_hits else ()


def judge_batch(
    judging: Judging,
    comments: Sequence[tuple[Comment, int]],
    site: Site,
    now: datetime,
    expired: Callable[[], bool] = lambda: False,
) -> list[CommentChange]:
    """Decide on claimed comments, each given with the number of its claims.

    Stops between two comments when the time has `expired`; the rest stay leased. A comment that was claimed too often
    goes to a moderator without running the filters again.
    """
    policy, storage = judging.policy.for_site(site), judging.storage
    given_up = [comment for comment, attempts in comments if attempts > MAX_ATTEMPTS]
    fresh = [pair for pair in comments if pair[1] <= MAX_ATTEMPTS]
    too_often = Signal(NEEDS_HUMAN, 1.0, f"Judging was started {MAX_ATTEMPTS} times and never finished")
    changes = [CommentChange(c, c.with_decision(policy.decide([too_often], now))) for c in given_up]
    collected = collect_facts(fresh, site, judging.filters, storage, now, judging.sharing) if fresh else []
    if judging.ask_scorer and fresh:
        details = storage.thread_details.get(site.id, [comment.thread for comment, _ in fresh])
        titled = [(comment, thread.title) for (comment, _), thread in zip(fresh, details, strict=True)]
        answers = judging.ask_scorer(titled, site)
        collected = [replace(facts, scorer=answer) for facts, answer in zip(collected, answers, strict=True)]
    for (comment, _), facts in zip(fresh, collected, strict=True):
        if expired():
            break
        signals = run_filters(comment, facts, judging.filters)
        after = comment.with_decision(decision_for(comment, facts, signals, policy))
        changes.append(CommentChange(comment, after, rules=_hit_rules(comment, facts, signals)))
    return changes
