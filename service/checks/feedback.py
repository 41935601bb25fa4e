"""Feedback about checks: each teaches the site's model once, like a moderator's decision, and can be undone."""

from dataclasses import replace

from comments.check_lessons import with_lesson, with_verdict
from comments.errors import StaleVersion
from comments.job_queue import LEARN
from comments.lifecycle import Label
from comments.model import Comment
from comments.site import Site
from comments.storage.checks import named_check_id
from service.deps import deps

#: Feedback of one program in a minute.
FEEDBACK_PER_MINUTE = 600
#: Attempts while other requests change the same lesson.
_ATTEMPTS = 5


def teach_check(site: Site, id: str, label: Label, by: str) -> bool:
    """Teach the site's model this check's comment exactly once. A repeat changes nothing; the other label replaces it.

    Returns False for an unknown or expired check. A lesson can be replaced and undone after its check has expired.
    Raises TooMany.
    """
    return _change_lesson(site, id, label, by)


def forget_lesson(site: Site, id: str, by: str) -> bool:
    """Take back what feedback about a check taught. Returns False for an unknown or expired check. Raises TooMany."""
    return _change_lesson(site, id, None, by)


def teach_text(site: Site, comment: Comment, label: Label, by: str, name: str) -> None:
    """Teach a text that was never checked. Raises TooMany.

    There is one lesson for each `name`: a repeat changes nothing, and the other label replaces it.
    """
    id = named_check_id(name)
    _change_lesson(site, id, label, by, replace(comment, id=id))


def read_lesson(site: str, id: str) -> Label | None:
    """Return what feedback about the check taught, if anything."""
    (taught,) = deps().storage.checks.taught(site, [id])
    return taught.lesson if taught else None


def _change_lesson(site: Site, id: str, label: Label | None, by: str, unchecked: Comment | None = None) -> bool:
    """Change the lesson of a check, or of a comment that was not checked."""
    d = deps()
    _count_feedback(by)
    for _ in range(_ATTEMPTS):
        (before,) = d.storage.checks.taught(site.id, [id])
        comment = before or unchecked or _checked_comment(site.id, id)
        if comment is None:
            return False
        if (before.lesson if before else None) is label:
            return True
        after = with_lesson(comment, label, by, d.now()) if label else None
        if d.storage.checks.teach(site.id, before, after):
            d.jobs.enqueue(LEARN, site.id)
            return True
    raise StaleVersion("The feedback about this check changes all the time. Try again.")


def _checked_comment(site: str, id: str) -> Comment | None:
    """Return the comment of a stored check of a program, with the verdict if there is one."""
    answer = deps().storage.checks.answer(site, id)
    if answer is None or answer.request.site is not None or not answer.request.comments:
        return None
    (comment,) = answer.request.comments
    return with_verdict(comment, answer.decision) if answer.results else comment


def _count_feedback(by: str) -> None:
    deps().storage.people.attempt(f"feedback of {by}", FEEDBACK_PER_MINUTE, 60)
