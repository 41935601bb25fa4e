"""Delete personal data whose time is over: the text of refused and withdrawn comments, browsers and networks."""

from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.retention import RetentionClass
from comments.text_deletion import KeptLesson, deletion_limits, kept_days, loses_text, without_details, without_text

from .deps import Deps
from .filters.reputation import linked_domains
from .learning.copy_tokens import lesson_tokens
from .learning.lesson_quotas import lesson_quotas

#: Comments of one step. One call of the store rewrites fewer.
EXPIRED_AT_ONCE = 100


def kept_lesson(comment: Comment) -> KeptLesson:
    """Return what the comment teaches, in the form that is kept without its text."""
    if not comment.lesson:
        return KeptLesson()
    quotas = tuple(f"{quota.short} {quota.most}" for quota in lesson_quotas(comment))
    return KeptLesson(tuple(sorted(lesson_tokens(comment))), quotas, linked_domains(comment))


def delete_some(d: Deps, site: Site, n: int = EXPIRED_AT_ONCE) -> bool:
    """Delete the data of up to `n` comments of each kind whose time is over; return True if there may be more."""
    pseudonyms, more = Pseudonyms(d.settings.secret_key), False
    for kind, before in deletion_limits(site, d.now()).items():
        ids = d.storage.retention.due(site.id, kind, before, n)
        more = more or len(ids) == n
        if not ids:
            continue
        if kind is RetentionClass.DETAILS:
            d.storage.retention.rewrite(site.id, ids, without_details, [kind])
            continue
        days = kept_days(site, kind)

        def deleted(comment: Comment, kind: RetentionClass = kind, days: int = days) -> Comment | None:
            if not loses_text(comment, kind):
                return None
            fingerprint = pseudonyms.text(site.id, comment.content)
            return without_text(comment, days, fingerprint, kept_lesson(comment))

        if d.storage.retention.rewrite(site.id, ids, deleted, [kind, RetentionClass.DETAILS]):
            d.storage.queue_index.purge(site.id)
    return more
