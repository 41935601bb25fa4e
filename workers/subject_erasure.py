"""Erase the data of a person on a site, in steps that can be repeated. The job and the command line run them."""

import logging
from collections import Counter
from dataclasses import replace
from itertools import islice

from comments.audit import AuditAction, AuditEntry
from comments.data_subjects import erased
from comments.erasures import Erasure
from comments.model import Comment
from comments.personal_texts import (
    ERASED_WORDS,
    TEXT_LISTS,
    WORD_LISTS,
    lists_with_name,
    personal_texts,
    without_listed_addresses,
)
from comments.queue_ranking import index_outdated
from comments.site import Site
from comments.storage.import_uploads import discard_import
from comments.storage.retention import RetentionClass
from comments.storage.values import EvidenceQuery
from comments.text_deletion import KeptLesson

from .delivery.deps import DeliveryDeps
from .expired_data import kept_lesson
from .learning.copy_tokens import lesson_tokens
from .learning.lesson_quotas import lesson_quotas
from .lessons import unlearn_comment
from .withdrawals import withdraw_open

log = logging.getLogger(__name__)

#: Comments that one step erases.
ERASED_AT_ONCE = 50
#: Taught checks that are read together.
TAUGHT_AT_ONCE = 200
#: Lessons of more comments are always unlearned: to compare their words would take longer than a job may.
MOST_KEPT_LESSONS = 500
#: Seconds that a process has for itself. Longer than a step, shorter than anyone waits.
LEASE = 30.0


def erase_some(d: DeliveryDeps, site: Site) -> bool:
    """Do a step of the oldest open erasure of a site. Return False if there is nothing left to do now."""
    store = d.storage.subjects
    if not store.has_open(site.id) or not store.lease(site.id, LEASE):
        return False
    try:
        erasure = next((e for e in reversed(store.erasures(site.id)) if not e.is_done), None)
        if erasure is None:
            return False
        after = _STEPS[erasure.stage](d, erasure)
        store.save(erasure, after)
        return after != erasure and (not after.is_done or store.has_open(site.id))
    finally:
        store.release(site.id)


def _find(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    """Look for the person's comments. A new name, such as that of a signed user, begins the search again."""
    found, cursor = d.storage.subjects.find_some(erasure.site, erasure.subject, erasure.cursor)
    _remember(d, erasure, found)
    subject = erasure.subject
    for comment in found:
        subject = subject.widened(comment)
    if subject != erasure.subject:
        return replace(erasure, subject=subject, cursor="")
    if cursor:
        return replace(erasure, cursor=cursor)
    # Before the comments: words of the person's checks must not count as words that others taught too.
    return erasure.counted(lessons=_unlearn_checks(d, erasure)).at_next_stage()


def _erase(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    """Erase some of the comments that were found."""
    store = d.storage.subjects
    ids = store.found(erasure, ERASED_AT_ONCE)
    if not ids:
        discard_import(d.storage.import_uploads, erasure.site)  # its file may have comments of this person
        return erasure.at_next_stage()
    kept = _shared_tokens(d, erasure) if erasure.keeps_lessons else frozenset()
    withdraw_open(d.storage, erasure.site, ids, d.now())
    n, lessons = 0, 0
    for comment in filter(None, d.storage.comments.load(erasure.site, ids)):
        lessons += comment.lesson is not None
        n += _erase_comment(d, comment, kept)
    counts = store.erased(erasure, [id for id in ids if _is_erased(d, erasure.site, id)])
    return erasure.counted(comments=n, lessons=lessons, **counts)


def _is_erased(d: DeliveryDeps, site: str, id: str) -> bool:
    (comment,) = d.storage.comments.load(site, [id])
    return comment is None or not (comment.identity or comment.user or comment.has_text)


def _erase_comment(d: DeliveryDeps, comment: Comment, kept: frozenset[str]) -> int:
    """Replace the record by a stub, and unlearn what the comment taught. A comment that changes stays for later."""
    lesson = _kept_part(comment, kept)
    done = d.storage.retention.rewrite(
        comment.site, [comment.id], lambda now: erased(now, lesson) if now == comment else None, [*RetentionClass]
    )
    if not done:
        return 0
    (stub,) = d.storage.comments.load(comment.site, [comment.id])
    if stub:
        d.storage.shared_reputation.update(comment.site, stub.id, stub.lesson, stub.kept_domains)
        d.storage.corpus.learn(comment.site, stub, lesson_tokens(stub), lesson_quotas(stub))
    return 1


def _kept_part(comment: Comment, kept: frozenset[str]) -> KeptLesson:
    """Return the part of the lesson that may be kept: words that comments of others taught too, and no domains."""
    whole = kept_lesson(comment)
    tokens = tuple(token for token in whole.tokens if token in kept)
    return KeptLesson(tokens, whole.quotas) if tokens else KeptLesson()


def _shared_tokens(d: DeliveryDeps, erasure: Erasure) -> frozenset[str]:
    """Return the words of the person's lessons that comments of others taught too; none for very many lessons."""
    ids = d.storage.subjects.found(erasure, 0)
    if len(ids) > MOST_KEPT_LESSONS:
        return frozenset()
    own: Counter[str] = Counter()
    for comment in filter(None, d.storage.comments.load(erasure.site, ids)):
        if comment.lesson:
            own.update(lesson_tokens(comment))
    query = EvidenceQuery(tokens=frozenset(own), first_attempt=False, is_check=True)
    (found,) = d.storage.evidence.look_up(erasure.site, [query])
    return frozenset(token for token, (ham, spam) in found.corpus.tokens.items() if ham + spam > own[token])


def _remember(d: DeliveryDeps, erasure: Erasure, found: list[Comment]) -> None:
    d.storage.subjects.remember(erasure, [comment.id for comment in found], personal_texts(found))


def _find_again(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    """Look for comments that arrived or changed in between, and go back to erase them."""
    found, cursor = d.storage.subjects.find_some(erasure.site, erasure.subject, erasure.cursor)
    if found:
        _remember(d, erasure, found)
        return replace(erasure, stage="erase", cursor="")
    return replace(erasure, cursor=cursor) if cursor else erasure.at_next_stage()


def _remove_traces(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    lessons = _unlearn_checks(d, erasure)
    after = d.storage.subjects.remove_author(erasure).counted(lessons=lessons, words=_clear_word_lists(d, erasure))
    with_name = [
        name for name, _ in lists_with_name(d.storage.sites.get(erasure.site), d.storage.subjects.texts(erasure))
    ]
    return after.mentioning("words", with_name).at_next_stage()


def _scan_keys(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    after, is_over = d.storage.subjects.scan_keys(erasure)
    return after.at_next_stage() if is_over else after


def _clear_word_lists(d: DeliveryDeps, erasure: Erasure) -> int:
    """Take addresses of the person out of the site's settings. Return the number of changed settings."""
    texts = d.storage.subjects.texts(erasure)
    while True:
        before = d.storage.sites.get(erasure.site)
        after = without_listed_addresses(before, texts)
        changed = [name for name in (*WORD_LISTS, *TEXT_LISTS) if getattr(after, name) != getattr(before, name)]
        entries = [
            AuditEntry(erasure.by, AuditAction.SITE_SET, name, after=ERASED_WORDS, site=after.id) for name in changed
        ]
        if not changed or d.storage.sites.compare_and_set(before, after, *entries):
            return len(changed)


def _unlearn_checks(d: DeliveryDeps, erasure: Erasure) -> int:
    """Unlearn feedback about checks of the person's comments. Return the number of lessons."""
    site, checks, n = erasure.site, d.storage.checks, 0
    ids = iter(checks.taught_ids(site))
    while some := [*islice(ids, TAUGHT_AT_ONCE)]:
        for taught in checks.taught(site, some):
            if taught and erasure.subject.has(taught):
                n += checks.teach(site, taught, None)
                unlearn_comment(d.storage, site, taught.id)
    return n


def _rewrite_audit(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    after, is_over = d.storage.subjects.rewrite_audit(erasure)
    if not is_over:
        return after
    d.storage.subjects.forget_words(after)
    d.storage.queue_index.purge(after.site)
    return after.at_next_stage()


def _update_index(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    """Wait until the index has no word of the comments. Return the same erasure while it is being updated."""
    busy = index_outdated(d.storage, erasure.site, d.signals) or d.storage.queue_index.continue_upkeep(erasure.site)
    if busy or not d.storage.queue_index.is_complete(erasure.site):
        return replace(erasure, cursor="b" if erasure.cursor == "a" else "a")
    return erasure.at_next_stage()


def _rewrite_disk(d: DeliveryDeps, erasure: Erasure) -> Erasure:
    """Let the server write its files anew, and end the erasure once it has done that."""
    store = d.storage.subjects
    if not store.is_disk_rewritten():
        return erasure
    if not erasure.cursor:
        return replace(erasure, cursor="written", disk=store.rewrite_disk())
    done = replace(erasure, finished=d.now()).at_next_stage()
    d.storage.audit.append(AuditEntry(erasure.by, AuditAction.ERASURE, erasure.id, site=erasure.site))
    log.info("erased the data of a person", extra={"site": erasure.site, "n": done.counts.get("comments", 0)})
    return done


_STEPS = {
    "find": _find,
    "erase": _erase,
    "check": _find_again,
    "traces": _remove_traces,
    "keys": _scan_keys,
    "audit": _rewrite_audit,
    "index": _update_index,
    "disk": _rewrite_disk,
}
