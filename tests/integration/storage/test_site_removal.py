"""Removing a deleted site leaves nothing of it, and does not touch the others."""

import re
import time
from typing import Any

import pytest

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import AuthorRule
from comments.lifecycle import Action
from comments.report_rules import ReaderReport
from comments.settings import Settings
from comments.shared_learning import LearningGroups
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.redis import connect, open_redis
from comments.storage.values import EvidenceQuery, WindowUse
from tests.support.builders import NOW, a_comment, a_site, accepted, an_admission, moderated, published, settings
from workers.learning.copy_tokens import lesson_tokens


@pytest.fixture(params=["one server", "cluster"])
def valkey_settings(request: pytest.FixtureRequest, valkey_url: str) -> Settings:
    if request.param == "one server":
        return settings(redis_url=valkey_url)
    of_cluster: Settings = request.getfixturevalue("cluster_settings")
    return of_cluster


def fill(storage: Storage, site: str) -> None:
    """Write keys of every store for a site."""
    storage.sites.put(a_site(id=site), AuditEntry("ow", AuditAction.SITE_ADD, site, site=site))
    storage.comments.accept(a_comment(site=site), an_admission(key="key", per_minute=5))
    storage.queue.claim(site, "token", 10, 10.0, "claim")
    storage.evidence.look_up(site, [EvidenceQuery((WindowUse("name", 3600, "value"),), "first-post")])
    storage.evidence.add_staff_name(site, "Ines")
    storage.receipt_codes.use(site, "code", 600)
    storage.check_records.put(site, "name", "text", 300)
    storage.check_records.count(site, "ham", NOW)
    storage.subscriptions.reserve_request(site, "first", "comment")
    storage.presence.set(site, "mo", "a", 120)
    shown = published(storage, site=site)
    storage.reports.add(shown, ReaderReport("spam", "network", "household", "provider", NOW), 5)
    storage.bulks.create(site, BulkAction("one", Action.SPAM, "mo", NOW), [("a", 1)])
    storage.notes.add(site, shown.id, Note("mo", NOW, "text"))
    storage.author_rules.put(site, AuthorRule("identity", "ada", "mute", "mo", NOW), AuditEntry("mo", "x", site=site))
    taught = moderated(storage, published(storage, site=site), Action.SPAM)
    storage.corpus.learn(site, taught, lesson_tokens(taught))
    storage.shared_reputation.update(site, taught.id, taught.lesson, ["casino.example"])


def dump(settings: Settings) -> dict[str, Any]:
    """Return every key with its value, without keys that expire: their value may have gone by itself."""
    client = connect(settings)
    return {key.decode(): client.dump(key) for key in client.scan_iter() if client.pttl(key) < 0}


def remove(storage: Storage, site: str) -> float:
    """Remove everything, and return the seconds of the longest step."""
    longest, more = 0.0, True
    while more:
        start = time.perf_counter()
        more = storage.sites.remove_step(site)
        longest = max(longest, time.perf_counter() - start)
    storage.sites.remove(site, AuditEntry("Replygate", AuditAction.SITE_REMOVE, site))
    return longest


def names_of(settings: Settings, site: str) -> list[str]:
    """Return the keys and shared fields that name the site."""
    client = connect(settings)
    keys = [key.decode() for key in client.scan_iter() if f"{{{site}}}" in key.decode()]
    shared = [*client.hkeys("rg:sites"), *client.hkeys("rg:{~}:repute:told")]
    counts = b" ".join(client.hvals("rg:{~}:repute")).decode()
    return [*keys, *(n.decode() for n in shared if re.match(rf"{site}( |$)", n.decode())), *re.findall(site, counts)]


def test_nothing_of_the_site_is_left_and_the_others_are_untouched(
    redis_storage: Storage, valkey_settings: Settings
) -> None:
    fill(redis_storage, "shop")
    before = dump(valkey_settings)
    fill(redis_storage, "blog")
    assert len(names_of(valkey_settings, "blog")) > 30
    remove(redis_storage, "blog")
    assert names_of(valkey_settings, "blog") == []
    after = dump(valkey_settings)
    entries = redis_storage.audit.all("")
    assert [(e.action, e.subject) for e in entries] == [(AuditAction.SITE_REMOVE, "blog")]
    del after["rg:{~}:audit"]
    for found in (before, after):  # in a cluster, a stream whose entries have moved
        found.pop("rg:{~}:audit-waiting", None)
    assert after == before


def test_an_interrupted_removal_goes_on_where_it_was(redis_storage: Storage, valkey_settings: Settings) -> None:
    redis_storage.sites.put(a_site())
    for _ in range(700):
        accepted(redis_storage)
    assert redis_storage.sites.remove_step("blog")
    left = len(names_of(valkey_settings, "blog"))
    again = open_redis(valkey_settings)
    remove(again, "blog")
    assert left > 1
    assert names_of(valkey_settings, "blog") == []


def test_a_step_holds_the_server_for_a_few_milliseconds(redis_storage: Storage, valkey_settings: Settings) -> None:
    """The longest command is read from the server's own slow log, which other programs on the machine cannot blur."""
    client = connect(valkey_settings).server_of("rg:{blog}")
    redis_storage.sites.put(a_site())
    for key in range(3):
        client.hset(f"rg:{{blog}}:large:{key}", mapping={str(n): "x" * 20 for n in range(50_000)})
    client.zadd("rg:{blog}:index", {str(n): n for n in range(100_000)})
    client.config_set("slowlog-log-slower-than", 20_000)
    client.slowlog_reset()
    remove(redis_storage, "blog")
    slow = [entry for entry in client.slowlog_get(100) if b"blog" in entry["command"] or b"SCAN" in entry["command"]]
    assert slow == []


@pytest.mark.parametrize("group", [("blog", "shop"), ("shop", "blog")])
def test_sites_that_learn_together_lose_only_the_lessons_of_the_removed_site(
    valkey_settings: Settings, redis_storage: Storage, group: tuple[str, str]
) -> None:
    settings = Settings(**{**_fields(valkey_settings), "learn_together": LearningGroups((group,))})
    storage = open_redis(settings)
    fill(storage, "shop")
    before = storage.corpus.snapshot("shop")
    fill(storage, "blog")
    assert storage.corpus.snapshot("shop") != before
    remove(storage, "blog")
    assert storage.corpus.snapshot("shop") == before


def _fields(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
