"""Judge comments without deciding: those of other programs, texts that somebody tries, comments under other settings.

Nothing is stored and nothing is learned from them. Windows count only those of programs that ask for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from comments.lifecycle import Label
from comments.model import Comment, Decision, Signal
from comments.signals import SignalCatalogue
from comments.site import Site
from comments.storage.checks import CheckedComment
from comments.storage.people_records import record_of_links, records_of_people
from comments.storage.values import TokenCounts
from workers.filters import Facts

from .judge import NOT_CLAIMED, Judging, collect_facts, decision_for, judge_batch, run_filters
from .policy import catalogue

#: Comments of one check that are judged before their results are stored: a fraction of the time that a job may take.
CHECK_BATCH = 25


def advising(site: Site) -> Site:
    """Return the settings for checks of programs, which decide about publishing by themselves.

    Rules for first-time commenters and spot checks would hold comments that nothing speaks against.
    """
    return replace(site, moderation="suspicious", audit_share=0.0, required=())


def check_new(
    judging: Judging,
    claimed: Sequence[tuple[Comment, int]],
    site: Site,
    now: datetime,
    expired: Callable[[], bool] = lambda: False,
) -> list[CheckedComment]:
    """Judge comments as if they arrived now, each given with its claims (NOT_CLAIMED: no window counts it).

    Returns fewer results if the time `expired`.
    """
    changes = judge_batch(judging, claimed, site, now, expired)
    return [CheckedComment(change.before.id, _last(change.after)) for change in changes]


def _last(comment: Comment) -> Decision:
    return comment.decisions[-1]


def check_stored(judging: Judging, comments: Sequence[Comment], site: Site) -> list[CheckedComment]:
    """Judge stored comments as if they came again at their own time.

    Their own decisions and lessons do not count. Signals about that moment, such as copies within a day, are those that
    were found then.
    """
    policy, signals = judging.policy.for_site(site), catalogue(judging.filters)
    claimed = [(comment, NOT_CLAIMED) for comment in comments]
    collected = (
        collect_facts(claimed, site, judging.filters, judging.storage, site.created, judging.sharing) if claimed else []
    )
    checked = []
    for comment, facts in zip(comments, collected, strict=True):
        at_its_time = facts_without_itself(comment, facts)
        found = (*run_filters(comment, at_its_time, judging.filters), *_momentary(comment, signals))
        checked.append(CheckedComment(comment.id, decision_for(comment, at_its_time, found, policy)))
    return checked


def _momentary(comment: Comment, signals: SignalCatalogue) -> tuple[Signal, ...]:
    """Return the signals that only the moment of the first judgement could give."""
    verdict = comment.filter_decision
    return tuple(s for s in verdict.signals if s.name in signals and signals[s.name].momentary) if verdict else ()


def facts_without_itself(comment: Comment, facts: Facts) -> Facts:
    """Return the facts for a stored comment without what its own decisions added, and without windows.

    It was accepted, so its thread was open and its parent published.
    """
    facts = replace(
        facts,
        now=comment.received,
        counts={},
        parent_published=True,
        thread_closed=False,
        corpus=_without(comment, facts),
    )
    if not (records := records_of_people(comment)):
        return facts
    is_ham = comment.lesson is Label.HAM
    links_approved = facts.links_approved
    if is_ham and any(record_of_links(key) in records for key in comment.author_keys):
        links_approved = not _was_first(comment)
    return replace(
        facts,
        approved=tuple(max(0, n - is_ham) for n in facts.approved),
        spam=tuple(max(0, n - (not is_ham)) for n in facts.spam),
        links_approved=links_approved,
    )


def _was_first(comment: Comment) -> bool:
    """Return True if no link of the author had been approved when the filters judged the comment."""
    verdict = comment.filter_decision
    return verdict is None or any(s.name in ("author.first", "author.first-link") for s in verdict.signals)


def _without(comment: Comment, facts: Facts) -> TokenCounts:
    """Return the lessons without the one of this comment."""
    lessons, label = facts.corpus, comment.lesson
    if label is None:
        return lessons
    ham, spam = int(label is Label.HAM), int(label is Label.SPAM)
    counts: Mapping[str, tuple[int, int]] = {
        token: (max(0, in_ham - ham), max(0, in_spam - spam)) for token, (in_ham, in_spam) in lessons.tokens.items()
    }
    return replace(
        lessons,
        ham=max(0, lessons.ham - ham),
        spam=max(0, lessons.spam - spam),
        tokens={token: both for token, both in counts.items() if any(both)},
    )
