"""Audit entries read as sentences, also those of other versions and about what no longer exists."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments.audit import ACTS, BY_SITE_KEY, CONSOLE, AuditAction, AuditEntry
from comments.drafts import AUTHOR
from comments.lifecycle import Action
from comments.storage.thread_details import ThreadDetails
from service.sites.audit_sentences import (
    SENTENCES,
    AuditContext,
    plain_sentence,
    sentence,
)
from service.sites.sentence_parts import without_emails
from tests.support.builders import a_comment, a_site

GOLDEN = Path(__file__).parents[3] / "data/audit_sentences.txt"
PIER = "https://blog.example/pier"
COMMENT = a_comment(id="c1", thread=PIER, author="Gus Marlow", received=datetime(2026, 11, 1, tzinfo=UTC))
CONTEXT = AuditContext(a_site(), {"c1": COMMENT}, {PIER: ThreadDetails("The pier in winter")})

#: One entry of each action: by, subject, before, after.
EXAMPLES: dict[str, tuple[str, str, str, str]] = {
    **{action.row.audit: ("Ines", "c1", "held", "approved") for action in Action if action.row.audit},
    "comment.undo": ("Ines", "c1", "approved", "held"),
    "comment.withdraw": (AUTHOR, "c1", "held", "withdrawn"),
    AuditAction.RULE_SET: ("Ines", "term:casino", "", "mute for 30 days"),
    AuditAction.RULE_DELETE: ("Ines", "term:casino", "mute", ""),
    AuditAction.SITE_SET: ("Ines", "per_minute", "10000", "5000"),
    AuditAction.PERSON_ROLE: ("Ines", "Mo", "viewer", "moderator"),
    AuditAction.PERSON_INVITE: (CONSOLE, "Mo", "", "owner"),
    AuditAction.JUDGING_PAUSE: ("Ines", "all sites", "", ""),
    AuditAction.JUDGING_RESUME: ("Ines", "blog", "", ""),
    AuditAction.INTAKE_PAUSE: ("Ines", "all sites", "", ""),
    AuditAction.INTAKE_RESUME: ("Ines", "all sites", "", ""),
    AuditAction.JUDGING_RETRY: ("Ines", "c1", "", ""),
    AuditAction.JUDGING_STOP: ("Ines", "c1", "", ""),
    AuditAction.PROPOSE: ("a helper", "c1", "", "spam"),
    AuditAction.PIN: ("Ines", "c1", "", ""),
    AuditAction.UNPIN: ("Ines", "c1", "", ""),
    AuditAction.THREAD_MOVE: ("Ines", PIER, PIER, "https://blog.example/quay"),
    AuditAction.THREAD_SET: (BY_SITE_KEY, PIER, "", "The pier in winter"),
    AuditAction.SIGN_IN_FAILED: ("", "", "", ""),
    AuditAction.RECOVERY: ("Ines", "", "", "9 left"),
    AuditAction.SITE_REMOVE: (CONSOLE, "blog", "The Daily Loaf", ""),
    AuditAction.SITE_IMPORT: (CONSOLE, "blog", "", "214"),
}


def entry(action: str, by: str, subject: str = "", before: str = "", after: str = "") -> AuditEntry:
    return AuditEntry(by, action, subject, before, after, "blog")


def words(action: str, by: str, subject: str = "", before: str = "", after: str = "") -> str:
    return plain_sentence(entry(action, by, subject, before, after), CONTEXT)


def test_every_action_has_a_sentence() -> None:
    missing = sorted(set(ACTS) - set(SENTENCES))
    assert missing == [], "add a row to SENTENCES in service/sites/audit_sentences.py for these"
    assert set(SENTENCES) <= set(ACTS)


def test_the_sentences_are_those_that_were_reviewed() -> None:
    """Known actions have the sentence in the file. A new one needs a line there, which somebody reads."""
    reviewed = dict(line.split(": ", 1) for line in GOLDEN.read_text().splitlines())
    found = {action: words(action, *EXAMPLES.get(action, ("Ines", "x", "old", "new"))) for action in ACTS}
    assert {action: found[action] for action in reviewed if action in found} == {
        action: text for action, text in reviewed.items() if action in found
    }


def test_a_decision_links_the_person_the_comment_its_author_and_the_page() -> None:
    parts = sentence(entry("comment.approve", "Ines", "c1", "held", "approved"), CONTEXT)
    assert "".join(p.text for p in parts) == "Ines published a comment by Gus Marlow on “The pier in winter”"
    assert [(p.text, p.kind, p.target) for p in parts if p.kind] == [
        ("Ines", "person", "Ines"),
        ("a comment", "comment", "c1"),
        ("Gus Marlow", "author", COMMENT.history_key),
        ("The pier in winter", "page", PIER),
    ]


def test_a_comment_that_no_longer_exists_is_named_so() -> None:
    assert words("comment.spam", "Ines", "lost") == "Ines marked a comment that no longer exists as spam"


@pytest.mark.parametrize(
    ("subject", "before", "after", "text"),
    [
        ("max_pending", "20000", "5000", "from 20,000 to 5,000"),
        ("origins", "https://a.example,https://b.example", "https://b.example", "removed “https://a.example”"),
        ("name", "A blog", "The blog", "from “A blog” to “The blog”"),
        ("gone_setting", "1", "", "changed ‘gone_setting’ from “1” to nothing"),
    ],
)
def test_a_changed_setting_says_old_and_new(subject: str, before: str, after: str, text: str) -> None:
    found = words("site.set", "Ines", subject, before, after)
    assert found.startswith("Ines changed ‘")
    assert found.endswith(text)


def test_a_switch_is_turned_on_or_off() -> None:
    assert words("site.set", "Ines", "paused", "no", "yes").startswith("Ines turned on ‘")
    assert words("site.set", "Ines", "paused", "yes", "no").startswith("Ines turned off ‘")


def test_an_action_of_another_version_is_readable() -> None:
    assert words("rule.paint", "Ines", "x", "red", "blue") == "Ines did “rule.paint”: x from “red” to “blue”"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("author:key-of-gus", "a rule about Gus"),
        ("author:key-of-gus@network", "a rule about Gus"),
        ("author:gone", "a rule about gone"),
        ("origin:abc", "a rule about the network abc"),
        ("domain:shop.example", "a rule about links to shop.example"),
        ("expression:/ca[s5]ino/", "a rule about text like /ca[s5]ino/"),
        ("range:hash", "a rule about a range of IP addresses"),
        ("30 rules", "30 rules"),
    ],
)
def test_a_rule_is_named_by_what_it_is_about(subject: str, text: str) -> None:
    parts = sentence(entry("standing.lift", "Ines", subject), AuditContext(a_site(), authors={"key-of-gus": "Gus"}))
    assert "".join(p.text for p in parts) == f"Ines deleted {text}"
    assert [p.target for p in parts if p.kind == "author"] == (
        [subject[7:].partition("@")[0]] if "author" in subject else []
    )


def test_the_first_owner_of_a_site_created_it() -> None:
    assert words("person.role", "Ines", "Ines", "", "owner") == "Ines created this site and owns it"


def test_values_are_not_taken_for_placeholders() -> None:
    assert words("standing.set", "{after}", "{comment}[x]", "", "") == "{after} added the rule “{comment}[x]”"


def test_an_email_address_is_hidden_from_those_who_may_not_see_it() -> None:
    parts = sentence(entry("standing.set", "Ines", "email:gus@example.org", "", "ban"), CONTEXT)
    assert "".join(p.text for p in without_emails(parts)) == "Ines added the rule “email:(hidden email address)”: ban"


def test_a_long_value_is_cut() -> None:
    assert len(words("thread.close", "Ines", "x" * 5_000)) < 300
