"""A site in every state: random comments, edits and decisions, and everything else that a site can have."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.chat_receivers import ChatKind, ChatReceiver
from comments.drafts import edit_change, is_editable, withdrawn
from comments.errors import ActionNotAllowed
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import STAFF, Comment, Signal
from comments.moderator_notices import NoticeChoice, NoticeFrequency, SiteNotices
from comments.person import Person, PersonKey
from comments.report_rules import ReaderReport
from comments.saved_views import SavedView
from comments.site import Site, SiteKey, Webhook
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.notices import NoticeItem, NoticeResult
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_comment, a_decision, a_site, accepted, an_admission
from workers.filters.reputation import linked_domains
from workers.learning.copy_tokens import lesson_tokens
from workers.learning.lesson_quotas import lesson_quotas

WORDS = [
    "bread",
    "pier",
    "winter",
    "essay",
    "casino",
    "pills",
    "thanks",
    "agree",
    "never",
    "bitcoin",
    "😀",
    "\u2028",
    "<b>",
    "naïve",
]
THREADS = ("https://blog.example/a", "https://blog.example/b", "first-post", "https://blog.example/old")
#: Decisions of filters and of moderators, as a share of all steps.
STEPS = ("accept", "filter", "filter", "moderate", "moderate", "edit", "withdraw", "undo", "learn")


def the_site(id: str = "blog") -> Site:
    """A site with settings of every kind, secrets included."""
    return a_site(
        id=id,
        origins=("https://blog.example", "https://www.blog.example"),
        keys=(SiteKey("k1", "d" * 64),),
        user_keys=("u1",),
        webhooks=(Webhook("w1", "https://hook.example/secret-path", NOW, ("k1",)),),
        chat_receivers=(
            ChatReceiver("c1", ChatKind.SLACK, "#team", NOW, url="https://hooks.slack.com/services/secret-slack"),
            ChatReceiver("c2", ChatKind.TELEGRAM, "Mo", NOW, token="123:secret-telegram", chat="@mo"),
        ),
        canned_replies=("Thanks: Thank you!", "Topic: Please stay on topic."),
        removed_replies="hide",
        close_after_days=30,
        paused=True,
    )


def fill_site(storage: Storage, seed: int, id: str = "blog", n_steps: int = 120) -> None:
    """Store a site in every state, as `seed` draws it."""
    random = Random(seed)
    storage.sites.put(the_site(id), AuditEntry(CONSOLE, AuditAction.SITE_ADD, id, site=id))
    _add_people(storage, id)
    ids = _play(storage, id, random, n_steps)
    _change_threads(storage, id, random, ids)
    _add_the_rest(storage, id, ids)


def _play(storage: Storage, site: str, random: Random, n_steps: int) -> list[str]:
    ids: list[str] = []
    for n in range(n_steps):
        step = random.choice(STEPS) if ids else "accept"
        comment = storage.comments.get(site, random.choice(ids)) if ids else None
        if step == "accept" or comment is None:
            ids.append(_accepted(storage, site, random, ids, n).id)
        elif step == "edit":
            _edit(storage, comment, random, n)
        elif step == "learn":
            learn_due(storage, site)
        else:
            _decide(storage, comment, step, random, n)
    return ids


def _accepted(storage: Storage, site: str, random: Random, ids: Sequence[str], n: int) -> Comment:
    parents = [c for c in storage.comments.load(site, ids) if c and storage.threads.is_visible(c)]
    parent = random.choice([*parents, None, None])
    author = random.choice(("ada", "bob", "eve"))
    return accepted(
        storage,
        site=site,
        thread=parent.thread if parent else random.choice(THREADS),
        parent=parent.id if parent else "",
        received=NOW + timedelta(minutes=n, milliseconds=random.randrange(1000)),
        author=author.title(),
        email=f"{author}@example.org",
        identity=f"identity-of-{author}",
        origin=f"origin-{random.randrange(3)}",
        user=random.choice(("", "", "user-1")),
        browser=random.choice(("", "browser-1")),
        role=random.choice(("", "", "", STAFF)),
        content=" ".join(random.choices(WORDS, k=random.randrange(4, 30))),
        url=random.choice(("", "https://pills.example/x")),
        notify=random.choice(("", "replies")),
        network_56="net-56",
        ranges=("range-1",),
    )


def _decide(storage: Storage, comment: Comment, step: str, random: Random, n: int) -> None:
    at, by, role = NOW + timedelta(hours=n), "filters", Role.FILTERS
    if step == "withdraw":
        try:
            after = withdrawn(comment, at)
        except ActionNotAllowed:
            return
    else:
        by, role = (by, role) if step == "filter" else (random.choice(("mo", "ines")), Role.MODERATOR)
        wanted = [Action.UNDO] if step == "undo" else [Action.APPROVE, Action.SPAM, Action.HOLD, Action.REMOVE]
        allowed = [a for a in actions_for(role, comment.status) if a in wanted]
        if not allowed or (step == "undo" and not comment.can_undo):
            return
        after = _after(comment, random.choice(allowed), role, by, at, random)
    storage.comments.decide(comment.site, [CommentChange(comment, after)])


def _after(comment: Comment, action: Action, role: Role, by: str, at: datetime, random: Random) -> Comment:
    if action is Action.UNDO:
        return comment.with_undo(by, at)
    signals = (Signal("links.many", round(random.random(), 3), "3 links", 1.5),) if role is Role.FILTERS else ()
    odds = round(random.uniform(-3, 3), 2) if role is Role.FILTERS else 0.0
    after = comment.with_decision(a_decision(action, role, by, at=at, signals=signals, log_odds=odds, score=1.5))
    return after.with_hidden_replies() if action is Action.REMOVE and random.random() < 0.5 else after


def _edit(storage: Storage, comment: Comment, random: Random, n: int) -> None:
    _, draft = storage.comments.load_with_draft(comment.site, comment.id)
    if not is_editable(comment, draft):
        return
    before, after = edit_change(comment, draft, f"Edited {n} {random.choice(WORDS)}", NOW + timedelta(hours=n))
    if before is None:
        storage.comments.accept(after, an_admission())
    else:
        storage.comments.decide(comment.site, [CommentChange(before, after)])
    _, draft = storage.comments.load_with_draft(comment.site, comment.id)
    if draft and draft.status is Status.QUEUED and random.random() < 0.7:
        _decide(storage, draft, "filter", random, n)


def learn_due(storage: Storage, site: str) -> None:
    """Learn what is due, and share it with the other sites, as the background job does."""
    for comment in storage.comments.load(site, storage.corpus.due(site, 100)):
        if comment:
            storage.corpus.learn(site, comment, lesson_tokens(comment), lesson_quotas(comment))
            storage.shared_reputation.update(site, comment.id, comment.lesson, linked_domains(comment))


def _change_threads(storage: Storage, site: str, random: Random, ids: Sequence[str]) -> None:
    roots = [c for c in storage.comments.load(site, ids) if c and not c.parent and c.status is Status.APPROVED]
    for thread in THREADS:
        for comment in [c for c in roots if c.thread == thread][: random.randrange(4)]:
            storage.threads.set_pinned(comment, True)
    storage.thread_details.put(site, THREADS[0], "The pier in winter", f"{THREADS[0]}?x=1")
    storage.threads.set_closed(site, THREADS[1], True)
    storage.thread_moves.move(site, THREADS[3], "https://blog.example/new")
    storage.thread_moves.add_prefix(site, "https://blog.example/x/", "https://blog.example/y/")
    storage.thread_moves.set_rules(site, "scheme www")


def _add_people(storage: Storage, site: str) -> None:
    notices = (SiteNotices(site, NoticeChoice(NoticeFrequency.OFF, hour=7)),)
    views = (SavedView(site, "Mine", "status=spam"),)
    storage.people.put(
        Person(
            "mo",
            {site: "owner"},
            password="argon2-hash",
            totp_salt="salt",
            last_totp_step=7,
            email="mo@example.org",
            api_keys=(PersonKey("k", "f" * 64),),
        )
    )
    ines = Person("ines", {site: "moderator"}, notices=notices, views=views, chat_users=("telegram:1",), setup="done")
    storage.people.put(ines)


def _add_the_rest(storage: Storage, site: str, ids: Sequence[str]) -> None:
    entry = AuditEntry("mo", AuditAction.RULE_SET, "term:casino", site=site)
    term = AuthorRule(RuleTarget.TERM, "casino", RuleEffect.HOLD, "mo", NOW, note="too often")
    rules = [term, AuthorRule(RuleTarget.RANGE, "192.0.2.0/24", RuleEffect.BAN, "mo", NOW, id="range-1")]
    storage.author_rules.put_many(site, rules, entry)
    storage.author_rules.count_hits(site, [(term, 2)], NOW)
    for id in ids[:3]:
        storage.notes.add(site, id, Note("mo", NOW, "ask Ines about this"))
    storage.notes.add(site, ids[0], Note("ines", NOW, "done"))
    storage.shared_views.replace(site, (), (SavedView(site, "Spam", "status=spam", "mo"),), entry)
    storage.subscriptions.confirm(site, "identity-of-ada")
    storage.subscriptions.prove(site, "identity-of-ada", "browser-1")
    storage.subscriptions.mute(site, ids[0])
    storage.subscriptions.mark_notified(site, ids[1])
    storage.evidence.add_staff_name(site, "The Team")
    storage.notices.count(site, "email", "sent")
    for comment in filter(None, storage.comments.load(site, ids)):
        if comment.status is Status.APPROVED:
            storage.reports.add(comment, ReaderReport("spam", "network", "household", "provider", NOW), 5)
            break


def leave_work(storage: Storage, site: str) -> None:
    """Leave temporary things behind: deliveries, notices, a claim, a bulk action, a presence."""
    comment = a_comment(site=site)
    storage.comments.accept(comment, an_admission(key="idempotency", per_minute=5))
    storage.queue.claim(site, "token", 1, 60.0, "claim")
    storage.notices.add(site, "person:mo", [NoticeItem("review", comment.id, 1)], NOW, NOW)
    storage.notices.claim(NOW, 60)
    storage.notices.add(site, "chat:c1", [NoticeItem("review", comment.id, 1)], NOW, NOW)
    storage.notices.record_result(site, "chat:c1", NoticeResult(NOW))
    storage.notices.count(site, "chat", "failed")
    storage.bulks.create(site, BulkAction("one", Action.SPAM, "mo", NOW), [(comment.id, 1)])
    storage.presence.set(site, "mo", comment.id, 60)
    storage.receipt_codes.use(site, "code", 60)
    storage.subscriptions.reserve_request(site, "identity-of-bob", comment.id)
