"""Lessons from feedback about checks: the history that the comment of a check has as a lesson."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from .lifecycle import Action, Label, Role, Status
from .model import Comment, Decision
from .storage.checks import is_check_id
from .storage.interfaces import CoreStorage

#: The moderator's action that teaches a label.
_ACTIONS = {Label.HAM: (Action.APPROVE, Status.APPROVED), Label.SPAM: (Action.SPAM, Status.SPAM)}


def with_verdict(comment: Comment, verdict: Decision) -> Comment:
    """Return the comment of a check with the filters' verdict as its history."""
    return replace(comment, status=verdict.status, version=1, decisions=(verdict,))


def with_lesson(comment: Comment, label: Label, by: str, at: datetime) -> Comment:
    """Return the comment with the verdict of the filters, if it has one, and the decision that teaches the label.

    Any status can be followed by any label: nothing is published or taken down here.
    """
    action, status = _ACTIONS[label]
    verdicts = tuple(decision for decision in comment.decisions if decision.role is Role.FILTERS)
    before = verdicts[-1].status if verdicts else Status.QUEUED
    lesson = Decision(action, status, Role.MODERATOR, by, at, before=before)
    return replace(comment, status=status, version=len(verdicts) + 1, decisions=(*verdicts, lesson))


def load_lessons(storage: CoreStorage, site: str, ids: Sequence[str]) -> dict[str, Comment | None]:
    """Return the comments, and those of checks, whose lesson may have changed; None for those that are gone."""
    of_checks = [id for id in ids if is_check_id(id)]
    others = [id for id in ids if not is_check_id(id)]
    return {
        **dict(zip(of_checks, storage.checks.taught(site, of_checks), strict=True)),
        **dict(zip(others, storage.comments.load(site, others) if others else [], strict=True)),
    }
