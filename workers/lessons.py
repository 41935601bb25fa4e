"""Learn from the decisions of moderators, some comments at a time."""

import logging

from comments.check_lessons import load_lessons
from comments.site import Site
from comments.storage.interfaces import Storage

from .deps import Deps
from .filters.reputation import linked_domains
from .learning.copy_tokens import lesson_tokens
from .learning.lesson_quotas import lesson_quotas

log = logging.getLogger(__name__)

#: Comments loaded at a time.
LESSONS_AT_ONCE = 100


def unlearn_comment(storage: Storage, site: str, id: str) -> None:
    """Unlearn what a comment taught that is gone."""
    storage.shared_reputation.update(site, id, None, ())
    storage.corpus.forget_lesson(site, id)


def learn_some(d: Deps, site: Site) -> bool:
    """Learn from some comments whose lesson may have changed; return True if there may be more."""
    due = d.storage.corpus.due(site.id, LESSONS_AT_ONCE)
    found = load_lessons(d.storage, site.id, due) if due else {}
    comments = [comment for comment in found.values() if comment]
    for id in [id for id, comment in found.items() if comment is None]:
        unlearn_comment(d.storage, site.id, id)
    if d.settings.share_repute:
        for comment in comments:
            # Before the corpus, which records that a lesson is learned: an interrupted job then repeats both.
            d.storage.shared_reputation.update(site.id, comment.id, comment.lesson, linked_domains(comment))
    learned = [
        d.storage.corpus.learn(site.id, comment, lesson_tokens(comment), lesson_quotas(comment)) for comment in comments
    ]
    if any(learned):
        log.info("learned", extra={"site": site.id, "n": sum(learned)})
    return len(due) == LESSONS_AT_ONCE
