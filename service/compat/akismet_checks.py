"""The Akismet API for comments: comment-check, submit-spam and submit-ham."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Response, request

from comments.lifecycle import Label
from comments.model import Comment
from comments.origins import origin_of
from comments.pseudonyms import digest, new_id
from comments.site import Site
from comments.storage.check_records import AkismetEvent, CheckCallback
from comments.storage.checks import CheckAnswer, is_check_id
from comments.validation import is_web_address
from service.checks.checking import kept_seconds, read_check, start_check, when_answered
from service.checks.comment_fields import checked_comment, time_note
from service.checks.feedback import read_lesson, teach_check, teach_text
from service.deps import deps
from service.web.request_headers import preferred_wait

from . import akismet_answers as answers
from .akismet_answers import CheckWord, help_answer, text_answer
from .akismet_counts import count_event
from .akismet_fields import AkismetFields
from .akismet_keys import AkismetAccess, with_access

#: Seconds that a request waits for the verdict. Akismet's plugin waits for 15 seconds.
WAIT_SECONDS = 8
#: Seconds after which a client may ask again.
RECHECK_SECONDS = 120
#: Time in which the same fields are a repeat of the same check, by a client that did not wait for the answer. Another
#: check would find the comment to be a copy of itself.
REPEAT_TIME = timedelta(seconds=60)

#: Values that always get the same answer, for tests. The last one is ours, the others are Akismet's.
SPAM_AUTHORS = frozenset({"viagra-test-123", "akismet-guaranteed-spam"})
SPAM_EMAIL = "akismet-guaranteed-spam@example.com"
SPAM_CONTENT = "akismet-guaranteed-spam"
DISCARD_AUTHOR = "akismet-guaranteed-discard"
#: Label of feedback and word of the answer that it contradicts -> the number that counts it.
CONTRADICTIONS: Mapping[tuple[str, str], AkismetEvent] = {
    (Label.SPAM, answers.HAM_WORD): AkismetEvent.MISSED_SPAM,
    (Label.HAM, answers.SPAM_WORD): AkismetEvent.FALSE_POSITIVE,
}


@with_access
def check_comment(access: AkismetAccess, fields: AkismetFields) -> Response:
    """Answer comment-check: wait for the judge outside the request threads, and give its verdict as one word."""
    if not is_web_address(fields.text("blog").strip()):
        return help_answer(answers.NO_BLOG)
    if fixed := fixed_word(fields):
        return _answer(fixed, new_id(), access.site, fields)
    comment = checked_comment(access.site, fields.checked_fields(), lenient=True)
    is_new = not (fields.is_test or fields.text("recheck_reason"))
    id = (is_new and _repeated_check(access.site, comment)) or start_check(
        access.site, comment, access.asker, counts=is_new
    )
    # Feedback finds the check by its fields for as long as there is one.
    deps().storage.check_records.put(access.site.id, same_fields(comment), id, kept_seconds(access.site))
    seconds = preferred_wait(request, WAIT_SECONDS, WAIT_SECONDS)
    return when_answered(access.site.id, id, seconds, lambda answer: _verdict(answer, id, access, fields))


def _repeated_check(site: Site, comment: Comment) -> str:
    """Return the id of a check of the same fields from the same author a moment ago; "" if there is none."""
    id, now = deps().storage.check_records.get(site.id, same_fields(comment)), deps().now()
    check = read_check(site.id, id) if id else None
    if check is None or check.failed or now - check.request.asked > REPEAT_TIME:
        return ""
    (earlier,) = check.request.comments
    same = replace(comment, id=earlier.id, received=earlier.received) == earlier
    return id if same and check.request.counts else ""


def fixed_word(fields: AkismetFields) -> CheckWord | None:
    """Return the answer to a test value, or to a comment of an administrator."""
    author = fields.text("comment_author")
    if author == DISCARD_AUTHOR:
        return answers.DISCARDED
    spam = (fields.text("comment_author_email") == SPAM_EMAIL, fields.text("comment_content") == SPAM_CONTENT)
    if author in SPAM_AUTHORS or any(spam):
        return answers.SURE_SPAM
    return answers.SURE_HAM if fields.is_administrator else None


def same_fields(comment: Comment) -> str:
    """Name a check by what clients send again with feedback, for those that do not know its guid."""
    return f"same {digest(comment.author, comment.content, comment.thread)}"


def _verdict(answer: CheckAnswer | None, id: str, access: AkismetAccess, fields: AkismetFields) -> Response:
    if answer is None:
        answer = _late_verdict(id, access, fields)
    if answer is None or answer.failed or not answer.results:
        return _no_verdict(id)
    return _answer(answers.check_word(answer.decision, access.site), id, access.site, fields)


def _late_verdict(id: str, access: AkismetAccess, fields: AkismetFields) -> CheckAnswer | None:
    """Store the callback for a verdict that is not there yet. Return the verdict if it came at that moment.

    The receiver gets the key, so that only addresses of the site are accepted.
    """
    url, site = fields.text("callback").strip(), access.site
    if not is_web_address(url) or origin_of(url) not in site.origins:
        return None
    deps().storage.check_records.add_callback(site.id, id, CheckCallback(url, access.key_id, deps().now()))
    check = read_check(site.id, id)
    is_there = check is not None and check.is_complete and deps().storage.check_records.remove_callback(site.id, id)
    return check if is_there else None


def _no_verdict(id: str) -> Response:
    """Answer with the guid: a verdict that comes later names it."""
    return text_answer(answers.NO_ANSWER, 503, {"Retry-After": str(RECHECK_SECONDS), answers.GUID: id})


def _answer(word: CheckWord, id: str, site: Site, fields: AkismetFields) -> Response:
    if not word.word:
        return _no_verdict(id)
    if not fields.is_test:
        count_event(site, AkismetEvent.SPAM if word.word == answers.SPAM_WORD else AkismetEvent.HAM)
    note = time_note("comment_date_gmt", fields.written_time, deps().now())
    return text_answer(word.word, headers={answers.GUID: id, **word.headers, **note})


@with_access
def submit_spam(access: AkismetAccess, fields: AkismetFields) -> Response:
    return _submit(access, fields, Label.SPAM)


@with_access
def submit_ham(access: AkismetAccess, fields: AkismetFields) -> Response:
    return _submit(access, fields, Label.HAM)


def _submit(access: AkismetAccess, fields: AkismetFields, label: Label) -> Response:
    """Teach the site's model. Tests are accepted and teach nothing."""
    is_fixed = (fixed_word(fields) or answers.SURE_HAM) is not answers.SURE_HAM
    if not (fields.is_test or is_fixed):
        _teach(access, fields, label)
    return text_answer(answers.FEEDBACK_TAKEN)


@dataclass(frozen=True, slots=True)
class _Feedback:
    """The check that feedback is about. `id` is "" if there is none."""

    check: CheckAnswer | None  # None if it has expired
    id: str
    comment: Comment | None  # None if the check was found by its guid


def _teach(access: AkismetAccess, fields: AkismetFields, label: Label) -> None:
    """Teach the check by its guid, or else by the same fields. A text that was never checked teaches too."""
    site, by = access.site, access.asker
    found = _find_check(site, fields)
    if found.id and teach_check(site, found.id, label, by):
        _count_correction(site, found, label)
    elif found.comment:
        teach_text(site, found.comment, label, by, f"akismet {same_fields(found.comment)}")


def _find_check(site: Site, fields: AkismetFields) -> _Feedback:
    """Raises Invalid if there is neither the guid of a check nor a text."""
    guid = fields.text("guid").strip()
    if is_check_id(guid) and ((check := read_check(site.id, guid)) or read_lesson(site.id, guid)):
        return _Feedback(check, guid, None)
    comment = checked_comment(site, fields.checked_fields(), lenient=True)
    id = deps().storage.check_records.get(site.id, same_fields(comment))
    return _Feedback(read_check(site.id, id) if id else None, id, comment)


def _count_correction(site: Site, found: _Feedback, label: Label) -> None:
    """Count feedback that contradicts the verdict once for each check, and take it back if the label changes back.

    The record has the label and the time, so that a correction is taken back in the month in which it counted.
    """
    if found.check is None or not found.check.is_complete or not found.check.results:
        return
    records, name, now = deps().storage.check_records, f"feedback {found.id}", deps().now()
    stored = records.put(site.id, name, f"{label} {now.isoformat()}", kept_seconds(site))
    before, _, at = stored.partition(" ")
    if before == label:
        records.put(site.id, name, stored, kept_seconds(site))
        return
    word = answers.check_word(found.check.decision, site).word
    if before and (wrong := CONTRADICTIONS.get((before, word))):
        count_event(site, wrong, -1, datetime.fromisoformat(at) if at else now)
    if wrong := CONTRADICTIONS.get((label, word)):
        count_event(site, wrong)
