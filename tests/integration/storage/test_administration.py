"""Store the audit log and author rules, and find all comments of one author."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments.audit import AuditAction, AuditEntry, AuditQuery
from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.drafts import withdrawn
from comments.errors import Invalid
from comments.lifecycle import Action, Role
from comments.model import Comment
from comments.person import Person
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, EvidenceQuery, HistoryQuery, Session
from tests.support.builders import NOW, a_decision, a_site, accepted, decided, moderated, published

ANY = AuditQuery()


def an_entry(**changes: object) -> AuditEntry:
    return replace(AuditEntry("mo", AuditAction.SITE_SET, "max_links", "2", "3", "blog", "origin-of-mo"), **changes)


def actions(entries: Sequence[AuditEntry]) -> list[tuple[str, str, str]]:
    return [(e.by, e.action, e.subject) for e in entries]


# Audit log


def test_a_withdrawal_by_the_author_gets_an_entry(storage: Storage) -> None:
    comment = published(storage)
    assert storage.comments.decide("blog", [CommentChange(comment, withdrawn(comment, datetime.now(UTC)))]) == [True]
    (entry,) = storage.audit.all("blog")
    assert (entry.by, entry.action, entry.subject) == ("its author", "comment.withdraw", comment.id)


def test_an_entry_reads_back_with_an_id_and_a_time(storage: Storage) -> None:
    storage.audit.append(an_entry())
    (kept,) = storage.audit.page("blog", ANY, 10).rows
    assert replace(kept, id="", at=an_entry().at) == an_entry()
    assert kept.id
    assert abs(kept.at.timestamp() - datetime.now().timestamp()) < 60


def test_each_site_and_the_deployment_has_its_own_audit_log(storage: Storage) -> None:
    storage.audit.append(
        an_entry(), an_entry(site="shop", by="al"), an_entry(site="", action=AuditAction.SIGN_IN, subject="")
    )
    assert [[e.by for e in storage.audit.page(site, ANY, 10).rows] for site in ("blog", "shop", "")] == [
        ["mo"],
        ["al"],
        ["mo"],
    ]


def test_pages_continue_correctly_while_entries_are_added(storage: Storage) -> None:
    storage.audit.append(*(an_entry(subject=f"n{i}") for i in range(7)))
    first = storage.audit.page("blog", ANY, 3)
    storage.audit.append(an_entry(subject="later"))
    second = storage.audit.page("blog", ANY, 3, first.cursor)
    third = storage.audit.page("blog", ANY, 3, second.cursor)
    assert [e.subject for p in (first, second, third) for e in p.rows] == ["n6", "n5", "n4", "n3", "n2", "n1", "n0"]
    assert third.cursor == ""
    assert [e.subject for e in storage.audit.all("blog")] == ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "later"]


def test_entries_are_found_by_person_action_subject_and_time(storage: Storage) -> None:
    storage.audit.append(an_entry(), an_entry(by="al"), an_entry(action=Action.APPROVE.row.audit, subject="c1"))
    now = storage.audit.page("blog", ANY, 1).rows[0].at

    def found(**wanted: object) -> list[tuple[str, str, str]]:
        return actions(storage.audit.page("blog", AuditQuery(**wanted), 10).rows)

    assert found(by="al") == [("al", "site.set", "max_links")]
    assert found(action="comment") == found(action="comment.approve") == [("mo", "comment.approve", "c1")]
    assert found(subject="c1", by="al") == []
    hour = timedelta(hours=1)
    assert len(found(since=now - hour, until=now + hour)) == 3
    assert found(since=now + hour) == found(until=now - hour) == []


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "-", "1-x"])
def test_a_malformed_cursor_is_refused(storage: Storage, cursor: str) -> None:
    with pytest.raises(Invalid):
        storage.audit.page("blog", ANY, 3, cursor)


def test_decisions_of_people_get_an_audit_entry_and_those_of_filters_none(storage: Storage) -> None:
    comment = decided(storage, accepted(storage), Action.HOLD)
    after = comment.with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo"))
    assert storage.comments.decide("blog", [CommentChange(comment, after, "origin-of-mo")]) == [True]
    undone = after.with_undo("al", NOW)
    assert storage.comments.decide("blog", [CommentChange(after, undone)]) == [True]
    rows = storage.audit.page("blog", ANY, 10).rows
    assert [(e.by, e.action, e.subject, e.before, e.after, e.origin) for e in rows] == [
        ("al", Action.UNDO.row.audit, comment.id, "spam", "held", ""),
        ("mo", Action.SPAM.row.audit, comment.id, "held", "spam", "origin-of-mo"),
    ]


def test_a_refused_decision_gets_no_audit_entry(storage: Storage) -> None:
    comment = decided(storage, accepted(storage), Action.HOLD)
    late = comment.with_decision(a_decision(Action.APPROVE, Role.MODERATOR, "al"))
    moderated(storage, comment, Action.SPAM)
    assert storage.comments.decide("blog", [CommentChange(comment, late)]) == [False]
    assert [e.by for e in storage.audit.page("blog", ANY, 10).rows] == ["mo"]


def test_a_site_is_changed_together_with_its_entry_and_only_as_it_was_read(storage: Storage) -> None:
    storage.sites.put(a_site(), an_entry(action=AuditAction.SITE_ADD))
    changed = a_site(name="Renamed")
    assert storage.sites.compare_and_set(a_site(), changed, an_entry(), an_entry(by="al"))
    assert not storage.sites.compare_and_set(a_site(), a_site(name="Late"), an_entry(by="late"))
    assert storage.sites.get("blog") == changed
    assert [e.by for e in storage.audit.all("blog")] == ["mo", "mo", "al"]


def test_only_the_first_of_two_accounts_with_a_name_is_added(storage: Storage) -> None:
    assert storage.people.compare_and_set(
        None, Person("mo", {"blog": "owner"}), an_entry(action=AuditAction.PERSON_INVITE)
    )
    assert not storage.people.compare_and_set(None, Person("mo", {"shop": "owner"}), an_entry())
    known = storage.people.get("mo")
    assert storage.people.compare_and_set(known, replace(known, roles={}), an_entry(action=AuditAction.PERSON_REMOVE))
    assert not storage.people.compare_and_set(known, known, an_entry())
    assert [e.action for e in storage.audit.all("blog")] == [AuditAction.PERSON_INVITE, AuditAction.PERSON_REMOVE]
    storage.people.put(known, an_entry(action=AuditAction.PASSWORD, site=""))
    assert [e.action for e in storage.audit.all("")] == [AuditAction.PASSWORD]


def test_a_persons_sessions_are_listed_until_they_end(storage: Storage) -> None:
    sessions = {d: Session(who, "csrf", NOW, "origin", "Browser") for d, who in (("a", "mo"), ("b", "mo"), ("c", "al"))}
    for digest, session in sessions.items():
        storage.people.open_session(digest, session, 60)
    assert storage.people.sessions("mo") == {"a": sessions["a"], "b": sessions["b"]}
    storage.people.close_session("a")
    assert list(storage.people.sessions("mo")) == ["b"]
    assert storage.people.sessions("nobody") == {}


# Author rules

BAN = AuthorRule(RuleTarget.ORIGIN, "origin-of-ada", RuleEffect.BAN, "mo", NOW, NOW + timedelta(days=7), "a flood")


def test_a_rule_is_stored_replaced_and_deleted(storage: Storage) -> None:
    mute = replace(BAN, effect=RuleEffect.HOLD, at=NOW + timedelta(seconds=1))
    word = AuthorRule(RuleTarget.TERM, "casino", RuleEffect.BAN, "mo", NOW)
    storage.author_rules.put("blog", BAN, an_entry(action=AuditAction.RULE_SET))
    storage.author_rules.put("blog", mute, an_entry(action=AuditAction.RULE_SET))
    storage.author_rules.put("blog", word, an_entry(action=AuditAction.RULE_SET))
    assert storage.author_rules.all("blog") == [mute, word]
    assert storage.author_rules.get("blog", [mute.name, word.name, "origin:other"]) == [mute, word]
    assert storage.author_rules.all("shop") == []
    assert storage.author_rules.delete("blog", BAN.name, an_entry(action=AuditAction.RULE_DELETE))
    assert not storage.author_rules.delete("blog", BAN.name, an_entry(action=AuditAction.RULE_DELETE))
    assert storage.author_rules.delete("blog", word.name, an_entry(action=AuditAction.RULE_DELETE))
    assert storage.author_rules.all("blog") == []
    assert [e.action for e in storage.audit.all("blog")] == [AuditAction.RULE_SET] * 3 + [AuditAction.RULE_DELETE] * 2


def test_evidence_has_the_rules_asked_for_and_those_about_terms(storage: Storage) -> None:
    word = AuthorRule(RuleTarget.TERM, "casino", RuleEffect.HOLD, "mo", NOW)
    for rule in (BAN, word, replace(BAN, value="somebody else")):
        storage.author_rules.put("blog", rule, an_entry())
    asked, other = storage.evidence.look_up("blog", [EvidenceQuery(rules=(BAN.name, "author:x")), EvidenceQuery()])
    assert (asked.rules, asked.text_rules) == ((BAN,), (word,))
    assert (other.rules, other.text_rules) == ((), (word,))
    assert storage.evidence.look_up("shop", [EvidenceQuery(rules=(BAN.name,))])[0].rules == ()


# Author history


def at(n: int) -> datetime:
    return NOW + timedelta(seconds=n)


def everything(storage: Storage, trace: HistoryQuery, limit: int) -> list[Comment]:
    found = storage.author_history.find("blog", trace, limit)
    rows = list(found.rows)
    while found.cursor:
        found = storage.author_history.find("blog", trace, limit, found.cursor)
        rows += found.rows
    return rows


def test_all_comments_of_an_author_or_network_are_found_newest_first(storage: Storage) -> None:
    mine = [published(storage, received=at(n), identity="ada") for n in range(3)]
    held = decided(storage, accepted(storage, received=at(5), identity="ada", origin="elsewhere"), Action.HOLD)
    removed = moderated(storage, published(storage, received=at(1), identity="ada"), Action.REMOVE)
    theirs = published(storage, received=at(2), identity="bob", content='"identity":"ada" and "origin":"elsewhere"')
    accepted(storage, identity="ada")  # not decided yet
    published(storage, site="shop", identity="ada")
    same_moment = sorted([mine[1], removed], key=lambda c: c.id, reverse=True)
    expected = [held, mine[2], *same_moment, mine[0]]
    for limit in (1, 2, 10):
        assert everything(storage, HistoryQuery(identity="ada"), limit) == expected
    assert everything(storage, HistoryQuery(origin="elsewhere"), 2) == [held]
    assert everything(storage, HistoryQuery("bob", theirs.origin), 2) == [theirs]
    assert everything(storage, HistoryQuery(), 2) == []


def test_the_author_history_is_read_in_bounded_steps(redis_storage: Storage) -> None:
    published(redis_storage, received=at(-9), identity="ada")
    for n in range(1100):  # more than one page
        decided(redis_storage, accepted(redis_storage, received=at(n // 600), identity="bob"), Action.SPAM)
    assert len(everything(redis_storage, HistoryQuery(identity="bob"), 300)) == 1100
    found = redis_storage.author_history.find("blog", HistoryQuery(identity="ada"), 5)
    assert (len(found.rows), found.searched, found.cursor) == (1, 1101, "")


def test_the_cursor_of_the_author_history_is_checked(storage: Storage) -> None:
    with pytest.raises(Invalid):
        storage.author_history.find("blog", HistoryQuery("ada"), 3, "x")
