"""Data of the previous version is read, and all work continues with it.

`tests/data/version_before.jsonl` holds one key a line. It was written on a fresh server by the code of commit 52c52f1:
comments and drafts in every status, deliveries, rules, notes, reports, lessons, the audit and a session.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comments import queue_ranking
from comments.audit import AuditQuery
from comments.author_rules import RuleEffect
from comments.counted_events import count_events
from comments.drafts import draft_id, edited
from comments.lifecycle import Action, Label, Role, Status
from comments.settings import Settings
from comments.storage.deliveries import DeliveryStatus
from comments.storage.interfaces import Storage
from comments.storage.number_periods import Unit, latest_range
from comments.storage.queue_index import IndexQuery
from comments.storage.redis import connect
from comments.storage.retention import RetentionClass
from comments.storage.values import CommentChange, EvidenceQuery, HistoryQuery, WindowUse
from tests.support.builders import decided, moderated
from tests.support.deliveries import claimed, finish
from workers.learning.lesson_quotas import lesson_quotas
from workers.learning.site_model import tokens

DATA = Path(__file__).parents[2] / "data/version_before.jsonl"
THREAD = "first-post"

BY_STATUS = {
    Status.QUEUED: {"queued", "claimed", "with-waiting-edit"},
    Status.HELD: {"held", "held-not-indexed", "held-late", "with-open-edit"},
    Status.APPROVED: {"root", "below", "hidden", "ham", "with-applied", "with-open", "with-waiting"},
    Status.SPAM: {"spam", "unlearned"},
    Status.REMOVED: {"gone"},
    Status.WITHDRAWN: {"withdrawn"},
    Status.APPLIED: {"with-applied-edit"},
}


def _stored(value: Any) -> Any:
    """Return the bytes of a stored value."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, list):
        return [_stored(part) for part in value]
    if isinstance(value, dict):
        return {_stored(name): _stored(part) for name, part in value.items()}
    return value


def _write(client: Any, key: bytes, kind: str, value: Any) -> None:
    writers: dict[str, Callable[[], object]] = {
        "string": lambda: client.set(key, value),
        "hash": lambda: client.hset(key, mapping=value),
        "set": lambda: client.sadd(key, *value),
        "zset": lambda: client.zadd(key, dict(value)),
        "list": lambda: client.rpush(key, *value),
        "stream": lambda: [client.xadd(key, fields, id=id) for id, fields in value],
    }
    writers[kind]()


@pytest.fixture
def old(storage: Storage, valkey_settings: Settings) -> Storage:
    """A storage with the data of the previous version."""
    with connect(valkey_settings) as client:
        for line in DATA.read_text().splitlines():
            row = json.loads(line)
            key = row["key"].encode("utf-8", "surrogateescape")
            _write(client, key, row["type"], _stored(row["value"]))
            if row["expires"]:
                client.expire(key, 3600)
    storage.server.prepare()
    return storage


def ids(storage: Storage, status: Status) -> set[str]:
    return {comment.id for comment in storage.comments.by_status("blog", status, 50).rows}


def now() -> datetime:
    return datetime.now(UTC)


def test_comments_of_every_status_are_read(old: Storage) -> None:
    assert {status: ids(old, status) for status in Status} == BY_STATUS
    assert {status: n for status, n in old.comments.counters("blog").current.items() if n} == {
        status: len(found) for status, found in BY_STATUS.items()
    }
    root = old.comments.get("blog", "root")
    assert (root.content, root.status, root.version) == ("The published root", Status.APPROVED, 1)


def test_a_thread_is_read_and_replies_below_a_removed_comment_are_shown(old: Storage) -> None:
    visible = BY_STATUS[Status.APPROVED]
    page = old.threads.page("blog", THREAD, 50)
    assert ({row.id for row in page.rows if not row.removed}, page.total) == (visible, len(visible))
    assert {row.id for row in page.rows if row.removed} == {"gone"}
    assert not old.thread_indexes.repair("blog", THREAD, BY_STATUS[Status.APPROVED], check=True)
    assert {c.id for c in old.threads.newest("blog", THREAD, 50)} == visible
    assert {c.id for c in old.threads.recent("blog", 50)} == visible - {"hidden"}, "it was not recent before"
    version = old.threads.version("blog", THREAD)
    moderated(old, old.comments.get("blog", "gone"), Action.APPROVE)
    changes = old.threads.changes("blog", THREAD, version)
    assert (changes.complete, changes.appeared) == (True, ("gone",))
    assert {row.id for row in old.threads.page("blog", THREAD, 50).rows} == {*visible, "gone"}
    assert old.threads.is_closed("blog", "a-closed-thread")


def test_the_queue_continues(old: Storage) -> None:
    # The one that was claimed before is leased alone.
    claims = [claim for _ in range(3) for claim in old.queue.claim("blog", "token", 9, 30)]
    assert {c.id: c.attempts for c in claims} == {"queued": 1, "claimed": 2, "with-waiting-edit": 1}
    for claim in claims:
        decided(old, old.comments.get("blog", claim.id), Action.HOLD)
    assert old.queue.depth("blog").queued == 0
    assert old.queue.claim("blog", "token", 9, 30) == []


def test_the_review_queue_finds_held_comments_and_decides_them(old: Storage) -> None:
    while queue_ranking.index_outdated(old, "blog", {}) or old.queue_index.continue_upkeep("blog"):
        pass
    found = old.queue_index.find("blog", IndexQuery())
    assert {hit.id for hit in found.hits} == BY_STATUS[Status.HELD]
    assert old.queue_index.find("blog", IndexQuery((("word:pills",),))).total == 1
    held = old.comments.get("blog", "held")
    moderated(old, held, Action.SPAM)
    assert old.queue_index.find("blog", IndexQuery()).total == len(BY_STATUS[Status.HELD]) - 1
    entry = old.audit.page("blog", AuditQuery(), 1).rows[0]
    assert (entry.by, entry.action, entry.subject) == ("mo", "comment.spam", "held")


def test_an_old_decision_can_be_undone(old: Storage) -> None:
    spam = old.comments.get("blog", "spam")
    assert old.comments.decide("blog", [CommentChange(spam, spam.with_undo("mo", now()))]) == [True]
    assert old.comments.get("blog", "spam").status is Status.HELD


def test_drafts_are_applied_and_edited(old: Storage) -> None:
    assert old.comments.get("blog", "with-applied").content == "The new words"
    draft = old.comments.get("blog", draft_id("with-open"))
    decided(old, draft, Action.APPROVE, Role.MODERATOR, "mo")
    assert old.comments.get("blog", "with-open").content == "The new words"
    waiting = old.comments.get("blog", draft_id("with-waiting"))
    again = CommentChange(waiting, edited(waiting, "Other words", now()))
    assert old.comments.decide("blog", [again]) == [True]


def test_lessons_are_learned_and_removed(old: Storage) -> None:
    assert old.corpus.totals("blog") == (1, 1)
    assert old.corpus.snapshot("blog").ham_ceiling == 1.25
    assert "unlearned" in old.corpus.due("blog", 50)
    lesson = old.comments.get("blog", "unlearned")
    assert old.corpus.learn("blog", lesson, tokens(lesson), lesson_quotas(lesson))
    assert old.corpus.totals("blog") == (1, 2)
    for id in ("spam", "unlearned", "ham"):
        removed = moderated(old, old.comments.get("blog", id), Action.REMOVE)
        assert old.corpus.learn("blog", removed, tokens(removed), lesson_quotas(removed))
    empty = old.corpus.snapshot("blog")
    assert (empty.ham, empty.spam, dict(empty.tokens), empty.ham_ceiling, empty.residual) == (0, 0, {}, 0.0, 0)
    assert old.shared_reputation.other_sites("other", ["casino.example"]) == {"casino.example": (0, 1)}
    old.shared_reputation.update("blog", "spam", Label.HAM, ["casino.example"])
    assert old.shared_reputation.other_sites("other", ["casino.example"]) == {"casino.example": (1, 0)}


def test_evidence_includes_earlier_comments(old: Storage) -> None:
    author = old.comments.get("blog", "below").author_keys
    window = WindowUse("duplicates.here", 10**8, "same text")
    (evidence,) = old.evidence.look_up("blog", [EvidenceQuery(uses=(window,), thread=THREAD, author=author)])
    assert evidence.counts == {"duplicates.here": 1}
    assert evidence.approved[0] >= 5
    assert evidence.first_seen == datetime(2026, 11, 29, tzinfo=UTC).date()
    assert {rule.value: rule.effect for rule in evidence.text_rules} == {"crypto": RuleEffect.HOLD}


def test_pending_deliveries_are_sent(old: Storage) -> None:
    assert old.deliveries.figures("blog").pending == 2
    assert old.deliveries.due("blog", ["hook"]) == ["hook"]
    for _ in range(2):
        delivery = claimed(old, "hook", 30)
        assert delivery is not None
        assert finish(old, delivery, replace(delivery, state=DeliveryStatus.DELIVERED), healthy=True)
    assert claimed(old, "hook", 30) is None
    assert {d.state for d in old.deliveries.recent("blog", 9)} == {DeliveryStatus.DELIVERED, DeliveryStatus.FAILED}
    events = old.outbox.read("blog", 100)
    assert events[0].before is Status.QUEUED
    old.outbox.done("blog", [event.id for event in events])
    assert old.outbox.length("blog") == 0


def test_records_of_moderators_are_read_and_replaced(old: Storage) -> None:
    site, person = old.sites.get("blog"), old.people.get("mo")
    assert old.sites.compare_and_set(site, replace(site, name="The blog"))
    assert old.people.compare_and_set(person, replace(person, operator=True))
    assert old.people.sessions("mo")["digest-of-mo"].csrf == "csrf-of-mo"
    assert old.people.take_link("digest-of-a-link") == "mo"
    assert [note.text for note in old.notes.of("blog", ["held"])[0]] == ["Is this an advert?"]
    assert (old.bulks.get("blog", "bulk1").action, old.bulks.progress("blog", "bulk1").left) == (Action.SPAM, 2)
    assert old.reports.of("blog", ["root"]) == [{"spam": 1}]
    assert len(old.author_rules.all("blog")) == 4
    assert old.subscriptions.wants_mail("blog", "identity-of-ada", "below")
    assert old.subscriptions.was_notified("blog", "below")
    assert len(list(old.audit.all("blog"))) >= 8
    below = HistoryQuery(identity=old.comments.get("blog", "below").identity)
    assert "below" in {comment.id for comment in old.author_history.find("blog", below, 50).rows}


def test_an_upgrade_counts_what_people_decided_for_each_author(old: Storage) -> None:
    ham = old.comments.get("blog", "ham")
    (evidence,) = old.evidence.look_up("blog", [EvidenceQuery(author=ham.author_keys)])
    by_label = {
        label: sum(
            comment.lesson is label and comment.author_keys[:1] == ham.author_keys[:1]
            for status in Status
            for comment in old.comments.by_status("blog", status, 50).rows
        )
        for label in Label
    }
    assert by_label[Label.HAM] >= 1
    assert (evidence.approved_by_people[0], evidence.spam_by_people[0]) == (by_label[Label.HAM], by_label[Label.SPAM])
    assert evidence.approved[0] > evidence.approved_by_people[0]
    moderated(old, ham, Action.SPAM)
    (after,) = old.evidence.look_up("blog", [EvidenceQuery(author=ham.author_keys)])
    assert after.approved_by_people[0] == by_label[Label.HAM] - 1
    assert after.spam_by_people[0] == by_label[Label.SPAM] + 1


def test_comments_of_before_are_counted_in_the_background(old: Storage) -> None:
    assert old.numbers.is_recounting("blog")
    while old.numbers.recount_some("blog"):
        assert old.numbers.is_recounting("blog")
    comments = [old.comments.get("blog", id) for found in BY_STATUS.values() for id in found]
    wanted = sum((count_events(comment) for comment in comments), Counter[tuple[int, str]]())
    counted = sum(old.numbers.counts("blog", latest_range(Unit.MONTH, 24, now())), Counter[str]())
    assert counted == sum((Counter({name: n}) for (_, name), n in wanted.items()), Counter[str]())
    assert counted["f:held"] > 0


def test_the_time_of_old_texts_and_details_begins_with_the_upgrade(old: Storage) -> None:
    soon, before = now() + timedelta(minutes=1), now() - timedelta(minutes=1)
    everything = {id for found in BY_STATUS.values() for id in found}
    expected = {
        RetentionClass.REFUSED: BY_STATUS[Status.SPAM] | BY_STATUS[Status.REMOVED],
        RetentionClass.WITHDRAWN: BY_STATUS[Status.WITHDRAWN],
        RetentionClass.DETAILS: everything,
    }
    assert {kind: set(old.retention.due("blog", kind, soon, 99)) for kind in expected} == expected
    assert [old.retention.due("blog", kind, before, 99) for kind in expected] == [[], [], []]
