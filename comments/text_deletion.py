"""Comments without their text or without details of the visitor: after a time, or because a person asked for it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .lifecycle import Status
from .model import Comment, Decision
from .site import Site
from .storage.retention import CLASS_OF_STATUS, RetentionClass


@dataclass(frozen=True, slots=True)
class KeptLesson:
    """The part of a lesson that is kept without the text, so that it can be rebuilt and exactly unlearned."""

    tokens: tuple[str, ...] = ()
    quotas: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


def kept_days(site: Site, kind: RetentionClass) -> int:
    """Return the days for which a site keeps this kind of data; 0 for ever."""
    return {
        RetentionClass.REFUSED: site.refused_days,
        RetentionClass.WITHDRAWN: site.withdrawn_days,
        RetentionClass.DETAILS: site.details_days,
    }[kind]


def deletion_limits(site: Site, now: datetime) -> dict[RetentionClass, datetime]:
    """Return for each kind that is not kept for ever the time: what began before it is due at `now`."""
    days = {kind: kept_days(site, kind) for kind in RetentionClass}
    return {kind: now - timedelta(days=n) for kind, n in days.items() if n}


def loses_text(comment: Comment, kind: RetentionClass) -> bool:
    """True if the comment still has a text, and a status in which texts of this kind are deleted."""
    return comment.has_text and CLASS_OF_STATUS.get(comment.status) is kind


def without_text(comment: Comment, days: int, fingerprint: str, lesson: KeptLesson) -> Comment:
    """Return what is kept of a comment: id, place, time, decisions, fingerprint, and what it taught.

    The keyed names of its author stay too, so that the author's record stays exact and an erasure finds the comment.
    """
    return replace(
        Comment(comment.id, comment.site, comment.thread, comment.received),
        parent=comment.parent,
        identity=comment.identity,
        user=comment.user,
        browser=comment.browser,
        email_confirmed=comment.email_confirmed,
        role=comment.role,
        draft_of=comment.draft_of,
        fingerprint=fingerprint,
        kept_tokens=lesson.tokens,
        kept_quotas=lesson.quotas,
        kept_domains=lesson.domains,
        status=comment.status,
        version=comment.version,
        text_kept_days=days,
        decisions=tuple(_without_quotes(decision) for decision in comment.decisions),
    )


def _without_quotes(decision: Decision) -> Decision:
    """Return the decision without parts of the text, which the evidence of signals may quote."""
    signals = tuple(replace(signal, evidence="") for signal in decision.signals)
    return replace(decision, signals=signals, masked="", replaced="")


def without_details(comment: Comment) -> Comment | None:
    """Return the comment without browser and network; None if it has none, or if the filters still need them."""
    if comment.status is Status.QUEUED:
        return None
    after = replace(comment, user_agent="", referrer="", origin="", network_56="", network_48="", ranges=())
    return after if after != comment else None
