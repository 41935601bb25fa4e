"""Rules from acceptance to the decision: ranges of addresses, muted authors, shared rules, expiry and hits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import FOREVER, SHARED_RULES, AuthorRule, RuleEffect, RuleHits, RuleTarget
from comments.lifecycle import Status
from comments.model import Comment
from comments.rule_values import RuleValue, parse_value, with_value
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.redis.client import Client
from tests.support.builders import a_site, accepted, settings
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge
from workers.judging.policy import build_policy

ENTRY = AuditEntry("mo", AuditAction.RULE_SET, site="blog")


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    """The web process of a site without limits, and a judge with all filters."""
    site = a_site(per_minute=0, moderation="suspicious")
    set_deps(Deps(settings(), storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    return open_public_app(storage, site, replace(site, id="shop"))


def put(web: PublicApp, kind: str, value: str, effect: RuleEffect = RuleEffect.BAN, **changes: Any) -> AuthorRule:
    owner = changes.pop("owner", "blog")
    found: RuleValue = parse_value(kind, value, owner, web.pseudonyms)
    rule = AuthorRule(RuleTarget.TERM, "", effect, "mo", datetime.now(UTC), FOREVER)
    rule = replace(with_value(rule, found), **changes)
    web.storage.author_rules.put(owner, rule, replace(ENTRY, site="" if owner == SHARED_RULES else owner))
    return rule


def sent(web: PublicApp, address: str = "198.51.100.7", site: str = "blog", **fields: Any) -> Comment:
    """Return a comment from this address after the filters' decision."""
    url = SUBMIT.replace("blog", site)
    answer = web.client.post(url, json=a_reply(**fields), environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 202, answer.text
    judge(site, "token")
    return web.comment(answer.json["id"], site)


@pytest.mark.parametrize(
    ("value", "inside", "outside"),
    [
        ("203.0.113.0/24", "203.0.113.200", "203.0.114.1"),
        ("203.0.113.9", "203.0.113.9", "203.0.113.8"),
        ("203.0.113.0/24", "::ffff:203.0.113.4", "2001:db8::1"),
        ("2001:db8:aa00::/40", "2001:db8:aaff:1::5", "2001:db8:ab00::5"),
        ("2001:db8:1:2::/64", "2001:db8:1:2:f::5", "2001:db8:1:3::5"),
        ("2001:db8:1:200::/56", "2001:db8:1:2ff::5", "2001:db8:1:300::5"),
        ("2001:db8:1::/48", "2001:db8:1:ffff::5", "2001:db8:2::5"),
    ],
)
def test_a_range_bans_the_addresses_inside_it_only(web: PublicApp, value: str, inside: str, outside: str) -> None:
    put(web, "range", value)
    assert sent(web, inside, content="first").status is Status.SPAM
    assert sent(web, outside, content="second").status is Status.APPROVED


def test_no_address_of_a_visitor_is_stored(web: PublicApp, valkey_settings: Settings) -> None:
    put(web, "range", "203.0.113.0/24")
    put(web, "range", "203.0.113.77")
    sent(web, "203.0.113.77")
    client: Client = connect(valkey_settings)
    for key in client.scan_iter():
        assert b"203.0.113.77" not in client.dump(key)


def test_a_muted_author_sees_pending_while_the_comment_is_spam(web: PublicApp) -> None:
    put(web, "email", "ada@example.org", RuleEffect.SHADOW)
    answer = web.client.post(SUBMIT, json=a_reply())
    judge("blog", "token")
    id, receipt = answer.json["id"], answer.json["receipt"]
    comment = web.comment(id)
    assert (comment.status, comment.outcome.value) == (Status.SPAM, "pending")
    shown = web.client.get(f"{SUBMIT}/{id}", headers={"Replygate-Receipt": receipt})
    assert shown.json["status"] == "pending"
    edit = web.client.patch(f"{SUBMIT}/{id}", json={"content": "Better said."}, headers={"Replygate-Receipt": receipt})
    assert (edit.status_code, edit.json["status"]) == (202, "pending")
    judge("blog", "token")
    assert (web.comment(id).status, web.comment(id).outcome.value) == (Status.SPAM, "pending")
    gone = web.client.delete(f"{SUBMIT}/{id}", headers={"Replygate-Receipt": receipt})
    assert gone.status_code in (200, 204)
    assert web.comment(id).status is Status.WITHDRAWN


def test_a_rule_for_all_sites_applies_to_each_and_counts_there(web: PublicApp) -> None:
    rule = put(web, "domain", "spam.example", owner=SHARED_RULES, note="a known shop")
    put(web, "term", "casino", owner=SHARED_RULES)
    first = sent(web, content="see https://a.spam.example/x")
    second = sent(web, site="shop", content="a casino")
    assert {first.status, second.status} == {Status.SPAM}
    assert first.filter_decision is not None
    assert "by a rule of mo for all sites (a known shop)" in first.filter_decision.signals[0].evidence
    hits = web.storage.author_rules.hits(SHARED_RULES)
    assert {name: of.n for name, of in hits.items()} == {rule.name: 1, "term:casino": 1}
    assert web.storage.author_rules.hits("blog") == {}


def test_a_rule_added_later_applies_to_the_next_comment_and_a_deleted_one_does_not(web: PublicApp) -> None:
    assert sent(web, content="a casino").status is Status.APPROVED
    rule = put(web, "expression", "ca[s5]ino")
    assert sent(web, content="another ca5ino").status is Status.SPAM
    web.storage.author_rules.delete("blog", rule.name, ENTRY)
    assert sent(web, content="the last casino").status is Status.APPROVED
    assert web.storage.author_rules.hits("blog") == {}


@pytest.mark.parametrize("kind", ["email", "term"])
def test_an_expired_rule_does_nothing_from_its_second_on(web: PublicApp, kind: str) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    put(web, kind, "ada@example.org" if kind == "email" else "said", until=end)
    banned = []
    for moment in (end - timedelta(milliseconds=1), end):
        made = Deps(settings(), web.storage, lambda at=moment: at, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {}))
        set_deps(made)
        decision = sent(web, content=f"Well said, {moment}").filter_decision
        assert decision is not None
        banned.append(any(signal.name == "standing.banned" for signal in decision.signals))
    assert banned == [True, False]


def test_hits_are_counted_once_for_each_decided_comment(web: PublicApp) -> None:
    rule = put(web, "term", "pills", RuleEffect.HOLD)
    for n in range(7):
        accepted(web.storage, content=f"pills {n} and pills")
    judge("blog", "token")
    judge("blog", "token")
    of: RuleHits = web.storage.author_rules.hits("blog")[rule.name]
    assert of.n == 7
    assert of.last is not None


def test_ten_thousand_rules_are_stored_read_and_deleted_in_steps(storage: Storage) -> None:
    rules = [AuthorRule(RuleTarget.DOMAIN, f"s{n}.example", RuleEffect.BAN, "mo", now()) for n in range(5000)]
    rules += [AuthorRule(RuleTarget.TERM, f"word{n}", RuleEffect.BAN, "mo", now()) for n in range(5000)]
    storage.author_rules.put_many("blog", rules, ENTRY)
    assert storage.author_rules.count("blog") == len(storage.author_rules.all("blog")) == 10_000
    assert storage.author_rules.delete_many("blog", [rule.name for rule in rules], ENTRY) == 10_000
    assert storage.author_rules.count("blog") == 0
    assert len(list(storage.audit.all("blog"))) == 2
