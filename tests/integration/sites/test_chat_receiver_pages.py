"""Owners add, change, test and remove the chat channels of a site. Secrets are never shown again."""

from typing import Any

import pytest

from comments.audit import AuditAction
from comments.chat_receivers import ChatKind, ChatReceiver
from comments.moderator_notices import NoticeFrequency, NoticeTopic
from comments.storage.notices import TEST_MESSAGE
from tests.support.web_app import SignedInClient, WebApp, audit_log, page

PATH = "/sites/blog/notices"
HOOK = "https://hooks.slack.com/services/T0/B0/very-secret"
CHANNEL = {
    "kind": "slack",
    "name": "#moderation",
    "url": HOOK,
    "frequency": "instant",
    "topics": ["urgent", "failure"],
    "hour": "8",
    "time_zone": "UTC",
    "quiet_from": "0",
    "quiet_to": "0",
    "per_hour": "6",
}


def channels(web: WebApp) -> tuple[ChatReceiver, ...]:
    return web.storage.sites.get("blog").chat_receivers


def add(owner: SignedInClient, **changes: Any) -> int:
    return owner.post_form(PATH, **{**CHANNEL, **changes}).status_code


def test_an_owner_adds_a_channel_whose_secret_is_not_shown_again(web_app: WebApp, owner: SignedInClient) -> None:
    assert add(owner) == 303
    (channel,) = channels(web_app)
    assert (channel.kind, channel.url, channel.choice.frequency) == (ChatKind.SLACK, HOOK, NoticeFrequency.INSTANT)
    assert channel.choice.topics == (NoticeTopic.URGENT, NoticeTopic.FAILURE)
    assert not channel.open_links
    text = page(owner, PATH)
    assert "hooks.slack.com/…" in text
    assert "very-secret" not in text
    entries = list(web_app.storage.audit.all("blog"))
    assert (entries[-1].by, entries[-1].action) == ("ow", AuditAction.CHANNEL_ADD)
    assert "very-secret" not in entries[-1].after
    assert "very-secret" not in repr(channel)


def test_empty_secrets_stay_as_they_are(web_app: WebApp, owner: SignedInClient) -> None:
    add(owner)
    (before,) = channels(web_app)
    assert add(owner, id=before.id, url="", name="#night", open_links="on") == 303
    (after,) = channels(web_app)
    assert (after.id, after.url, after.name, after.enabled, after.open_links) == (
        before.id,
        HOOK,
        "#night",
        False,
        True,
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": ""}, "must be an https address"),
        ({"url": "javascript:alert(1)"}, "must be an https address"),
        ({"kind": "irc"}, "is unknown"),
        ({"kind": "telegram", "token": "1:" + "a" * 20, "chat": ""}, "must be a number"),
        ({"kind": "telegram", "token": "../x", "chat": "-1"}, "must look like 123456:ABC"),
        ({"kind": "telegram", "chat": "-1"}, "the operator has set up no bot"),
        ({"kind": "gotify", "url": "https://gotify.example"}, "is required"),
        ({"kind": "ntfy", "url": "https://ntfy.sh/"}, "must end with the topic"),
        ({"topics": []}, "needs at least one topic"),
    ],
)
def test_problems_are_named_beside_the_field(
    web_app: WebApp, owner: SignedInClient, changes: dict[str, Any], message: str
) -> None:
    answer = owner.post_form(PATH, **{**CHANNEL, **changes})
    assert answer.status_code == 422
    assert message in answer.text
    assert channels(web_app) == ()


def test_moderators_and_forged_requests_are_refused(web_app: WebApp, owner: SignedInClient) -> None:
    mo = web_app.signed_in("mo", blog="moderator")
    assert mo.get(PATH).status_code == 403
    assert add(mo) == 403
    assert owner.client.post(PATH, data=CHANNEL).status_code == 403
    assert channels(web_app) == ()


def test_a_test_message_waits_for_the_delivery_process(web_app: WebApp, owner: SignedInClient) -> None:
    add(owner)
    (channel,) = channels(web_app)
    assert owner.post_form(f"{PATH}/test", id=channel.id).status_code == 303
    claim = web_app.storage.notices.claim(web_app.clock(), 10)
    assert claim
    assert (claim.site, claim.receiver, claim.items[0].topic) == ("blog", f"chat:{channel.id}", TEST_MESSAGE)
    assert owner.post_form(f"{PATH}/test", id="other").status_code == 404


def test_an_owner_removes_a_channel(web_app: WebApp, owner: SignedInClient) -> None:
    add(owner)
    (channel,) = channels(web_app)
    assert owner.post_form(f"{PATH}/remove", id=channel.id).status_code == 303
    assert channels(web_app) == ()
    assert [action for _, action, _ in audit_log(web_app)] == [AuditAction.CHANNEL_ADD, AuditAction.CHANNEL_REMOVE]
