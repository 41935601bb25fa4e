"""Pages on which owners add, change and test the chat channels that receive notices about a site."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction, AuditEntry
from comments.channel_rules import (
    MAX_CHANNEL_NAME,
    MAX_CHANNEL_TOKEN,
    MAX_CHANNEL_URL,
    channel_problems,
    channel_summary,
)
from comments.chat_receivers import CHAT_LABELS, ChatKind, ChatReceiver
from comments.errors import Invalid, NotFound, Problem, StaleVersion
from comments.moderator_notices import NoticeChoice, NoticeFrequency, NoticeTopic
from comments.notice_links import CHAT_RECEIVER
from comments.site import Site
from comments.storage.notices import TEST_MESSAGE, NoticeItem
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.notice_forms import choice_from_form, choice_options
from service.accounts.sessions import SignedIn
from service.deps import deps

blueprint = Blueprint("chat_receiver_pages", __name__, url_prefix="/sites/<site>/notices")

#: Channels of one site.
MAX_CHANNELS = 20
#: Test messages of a site in an hour.
TESTS_PER_HOUR = 20
#: Choices of a new channel.
NEW_CHOICE = NoticeChoice(NoticeFrequency.INSTANT)


@blueprint.get("")
def channels_page(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(deps().storage.sites.get(site), signed, done=request.args.get("done", ""))


def _page(site: Site, signed: SignedIn, problems: Sequence[Problem] = (), wrong: str = "", done: str = "") -> str:
    receivers = [CHAT_RECEIVER + each.id for each in site.chat_receivers]
    return render_template(
        "sites/chat_receivers.html",
        site=site,
        signed=signed,
        kinds=[(kind.value, label) for kind, label in CHAT_LABELS.items()],
        labels=CHAT_LABELS,
        results=dict(zip(receivers, deps().storage.notices.results(site.id, receivers), strict=True)),
        options=choice_options(tuple(NoticeTopic)),
        new_choice=NEW_CHOICE,
        limits={"name": MAX_CHANNEL_NAME, "url": MAX_CHANNEL_URL, "token": MAX_CHANNEL_TOKEN},
        has_bot=bool(deps().settings.telegram_bot_token),
        problems=problems,
        wrong=wrong,
        form=request.form,
        now=deps().now(),
        done=done,
    )


@blueprint.post("")
def save_channel(site: str) -> ResponseReturnValue:
    """Add a channel, or change the one with the given id. Empty secrets of an existing channel stay as they are."""
    signed = sessions.require_change(site, "owner")
    stored, id = deps().storage.sites.get(site), request.form.get("id", "")
    before = _channel(stored, id) if id else None
    try:
        after = _from_form(stored, before)
    except Invalid as error:
        return _page(stored, signed, error.problems, id or "new"), 422
    action = AuditAction.CHANNEL_SET if before else AuditAction.CHANNEL_ADD
    change = entry(signed, action, after.id, channel_summary(before) if before else "", channel_summary(after), site)
    others = tuple(after if each is before else each for each in stored.chat_receivers)
    _save(stored, others if before else (*others, after), change)
    return redirect(url_for("chat_receiver_pages.channels_page", site=site, done="saved"), 303)


def _from_form(site: Site, before: ChatReceiver | None) -> ChatReceiver:
    """Raises Invalid with every problem."""
    form, problems = request.form, list[Problem]()
    kind = before.kind.value if before else form.get("kind", "")
    if kind not in set(ChatKind):
        raise Invalid([Problem("kind", "unknown", "is unknown")])
    if not before and len(site.chat_receivers) >= MAX_CHANNELS:
        problems.append(Problem("kind", "too-many", f"cannot be added: a site has at most {MAX_CHANNELS} channels"))
    try:
        choice = choice_from_form(tuple(NoticeTopic))
    except Invalid as error:
        choice = NEW_CHOICE
        problems += error.problems
    start = before or ChatReceiver(secrets.token_hex(4), ChatKind(kind), "", deps().now())
    after = replace(
        start,
        name=form.get("name", "").strip() or CHAT_LABELS[start.kind],
        url=form.get("url", "").strip() or start.url,
        token=form.get("token", "").strip() or start.token,
        chat=form.get("chat", "").strip(),
        choice=choice,
        open_links="open_links" in form,
        enabled="enabled" in form or before is None,
    )
    problems += channel_problems(after, bool(deps().settings.telegram_bot_token))
    if problems:
        raise Invalid(problems)
    return after


@blueprint.post("/remove")
def remove_channel_by_form(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "owner")
    stored = deps().storage.sites.get(site)
    channel = _channel(stored, request.form.get("id", ""))
    kept = tuple(each for each in stored.chat_receivers if each is not channel)
    _save(stored, kept, entry(signed, AuditAction.CHANNEL_REMOVE, channel.id, channel_summary(channel), "", site))
    deps().storage.notices.forget(site, CHAT_RECEIVER + channel.id)
    return redirect(url_for("chat_receiver_pages.channels_page", site=site, done="removed"), 303)


@blueprint.post("/test")
def test_channel(site: str) -> ResponseReturnValue:
    """Queue a test message. The page shows the result. Raises TooMany."""
    sessions.require_change(site, "owner")
    channel, now = _channel(deps().storage.sites.get(site), request.form.get("id", "")), deps().now()
    deps().storage.people.attempt(f"test notices {site}", TESTS_PER_HOUR, 3_600)
    item = NoticeItem(TEST_MESSAGE, str(round(now.timestamp())))
    deps().storage.notices.add(site, CHAT_RECEIVER + channel.id, [item], now, now)
    return redirect(url_for("chat_receiver_pages.channels_page", site=site, done="tested"), 303)


def _channel(site: Site, id: str) -> ChatReceiver:
    """Raises NotFound."""
    found = next((each for each in site.chat_receivers if each.id == id), None)
    if found is None:
        raise NotFound("the site has no such channel")
    return found


def _save(site: Site, channels: tuple[ChatReceiver, ...], change: AuditEntry) -> None:
    """Raises StaleVersion."""
    if not deps().storage.sites.compare_and_set(site, replace(site, chat_receivers=channels), change):
        raise StaleVersion("Someone changed this site after you opened the page. Reload it and try again.")
