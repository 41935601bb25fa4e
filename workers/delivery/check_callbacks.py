"""Send verdicts that came too late for the answer to a check, in the form of Akismet's webhook.

Only verdicts that a program may apply by itself are sent. A comment that needs review stays with its moderators. A
callback is sent once: the program asks again by itself if it gets none.
"""

import json
import logging
from datetime import timedelta
from functools import partial

from comments.errors import NotSent
from comments.lifecycle import Status
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.check_records import CALLBACK_SECONDS, AkismetEvent, CheckCallback
from comments.storage.checks import CheckAnswer

from .deps import DeliveryDeps

log = logging.getLogger(__name__)

CALLBACK_WORDS = {Status.APPROVED: "false", Status.SPAM: "true"}
#: The answers to checks are counted as they are given.
CALLBACK_EVENTS = {"false": AkismetEvent.HAM, "true": AkismetEvent.SPAM}
#: With `X-Akismet-Webhook` Akismet's plugin does not report the change back as feedback of a moderator.
CALLBACK_HEADERS = {"Content-Type": "application/json", "X-Akismet-Webhook": "1"}


def start_callbacks(d: DeliveryDeps, site: Site) -> None:
    """Start sending the verdicts that are there, without waiting for the receivers."""
    for id, callback in d.storage.check_records.callbacks(site.id).items():
        answer = d.storage.checks.answer(site.id, id)
        is_expired = d.now() - callback.asked > timedelta(seconds=CALLBACK_SECONDS)
        if answer is None or answer.failed or is_expired:
            d.storage.check_records.remove_callback(site.id, id)
        elif answer.is_complete:
            d.senders.start(f"check {site.id} {id}", partial(_send, d, site, id, callback, answer), low_priority=True)


def _send(d: DeliveryDeps, site: Site, id: str, callback: CheckCallback, answer: CheckAnswer) -> None:
    word = CALLBACK_WORDS.get(answer.decision.status) if answer.results else None
    is_ours = d.storage.check_records.remove_callback(site.id, id)
    if word is None or not is_ours or callback.key_id not in site.akismet_keys:
        return
    key = Pseudonyms(d.settings.secret_key).akismet_key(site.id, callback.key_id)
    body = {"key": key, "endpoint": "comment-check", "comments": [{"guid": id, "result": word}]}
    try:
        status = d.http.post(callback.url, CALLBACK_HEADERS, json.dumps(body).encode())
    except NotSent as error:
        log.info("could not send a late verdict: %s", error.kind, extra={"site": site.id})
        return
    d.storage.check_records.count(site.id, CALLBACK_EVENTS[word], d.now())
    log.info("sent a late verdict, status %d", status, extra={"site": site.id})
